"""Files that cannot be read: exit code 2, one plain line, nothing written, not even what stood before the fault."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.integration.exchange.conftest import Everything, Import, refusal
from tests.unit.exchange.iati_files import activity_xml, file_xml, written

WHOLE = file_xml(activity_xml()).encode()
BOMB = (
    b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]>'
    b'<iati-activities version="2.03"><iati-activity><title>&b;</title></iati-activity></iati-activities>'
)
OUTSIDE = (
    b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
    b'<iati-activities version="2.03"><iati-activity><title>&a;</title></iati-activity></iati-activities>'
)
FILES = {
    "empty": (b"", "The file is empty."),
    "cut off": (WHOLE[:-25], "breaks off"),
    "not XML": (b"reference,title\r\n1,2\r\n", "not an XML file"),
    "JSON": (b'{"iati": []}', "looks like JSON"),
    "gzip": (gzip.compress(WHOLE), "compressed (gzip)"),
    "a web page": (b"<!DOCTYPE html><html></html>", "web page"),
    "another XML": (b"<rss version='2.0'/>", "no IATI activity file"),
    "organisations": (b"<iati-organisations version='2.03'/>", "organisation file"),
    "entities": (BOMB, "declares entities"),
    "outside entities": (OUTSIDE, "declares entities"),
    "wrong encoding": (WHOLE.replace(b"Diversion", b"D\xe9version"), "encoding"),
    "mixed up": (WHOLE.replace(b"</title>", b"</titel>"), "not well-formed"),
}


@pytest.mark.parametrize(("content", "words"), FILES.values(), ids=FILES)
def test_an_unreadable_file_is_refused_in_one_line(
    take: Import, everything: Callable[[], Everything], tmp_path: Path, content: bytes, words: str
) -> None:
    before = everything()
    said = refusal(take(written(tmp_path, content, "theirs.xml")))
    assert said.startswith("theirs.xml: ")
    assert words in said
    assert everything() == before


def test_a_file_that_is_not_there_or_a_folder(take: Import, tmp_path: Path) -> None:
    assert refusal(take(tmp_path / "none.xml")) == "none.xml: There is no such file."
    assert refusal(take(tmp_path)).endswith(": There is no such file.")


def test_an_unmigrated_database_is_refused_before_anything(
    take: Import, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TRACKER_DATABASE_URL", f"sqlite:///{tmp_path / 'empty.sqlite3'}")
    assert refusal(take(activity_xml())) == "The database is not migrated. Run: tracker db upgrade"
