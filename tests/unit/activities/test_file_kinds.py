"""Files are what their content says: honest ones of each kind are taken, everything else is refused in words."""

from __future__ import annotations

import io
import os
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.activities import file_kinds, office_files
from app.activities.file_kinds import KINDS, kind_of
from app.activities.file_names import LONGEST, name_to_give, plain_name
from app.core.errors import Refused
from tests.factories import files as make

OOXML = make.OOXML
MACRO_TYPE = "application/vnd.ms-word.document.macroEnabled.main+xml"


def kind(content: bytes) -> str:
    return kind_of(io.BytesIO(content), len(content)).media_type


@pytest.mark.parametrize(
    ("content", "media_type"),
    [
        (make.PDF, "application/pdf"),
        (make.office("docx"), OOXML + "wordprocessingml.document"),
        (make.office("xlsx"), OOXML + "spreadsheetml.sheet"),
        (make.office("pptx"), OOXML + "presentationml.presentation"),
        (make.open_document("text"), make.ODF + "text"),
        (make.open_document("spreadsheet"), make.ODF + "spreadsheet"),
        (make.picture("JPEG"), "image/jpeg"),
        (make.picture("PNG"), "image/png"),
        (make.picture("WEBP"), "image/webp"),
        (b"Minutes of the meeting\r\n", "text/plain"),
        (b"name;age\r\nx;3\r\n", "text/plain"),
        ("أسماء المشاركين".encode(), "text/plain"),
        ("أسماء".encode("cp1256"), "text/plain"),
        ("\ufeffpremière".encode("utf-16"), "text/plain"),
        (b"\xef\xbb\xbfa,b\n", "text/plain"),
        (b"< 5 children\n", "text/plain"),
    ],
)
def test_what_is_taken(content: bytes, media_type: str) -> None:
    assert kind(content) == media_type
    assert media_type in KINDS


def locked() -> bytes:
    made = bytearray(make.office("docx"))
    for mark, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):  # the bit that says "encrypted", of each member
        place = made.find(mark)
        while place >= 0:
            made[place + at] |= 1
            place = made.find(mark, place + 1)
    return bytes(made)


def two_members_of_one_name() -> bytes:
    out = io.BytesIO(make.office("docx"))
    with zipfile.ZipFile(out, "a") as more, pytest.warns(UserWarning, match="Duplicate"):
        more.writestr("word/document.xml", "<another/>")
    return out.getvalue()


def lying_size() -> bytes:
    """A member that says it is one byte long and unpacks to many."""
    made = make.office("docx", word__big="x" * 100_000)
    return made.replace((100_000).to_bytes(4, "little"), (1).to_bytes(4, "little"))


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", file_kinds.EMPTY),
        (b"MZ\x90\x00" + bytes(100), file_kinds.A_PROGRAM),
        (b"\x7fELF\x02\x01", file_kinds.A_PROGRAM),
        (b"#!/bin/sh\nrm -rf /\n", file_kinds.A_PROGRAM),
        (b"<!DOCTYPE html><p>Hello", file_kinds.A_PAGE),
        (b"  \n<svg xmlns='x' onload='alert(1)'/>", file_kinds.A_PAGE),
        (b"\xef\xbb\xbf<?xml version='1.0'?><svg/>", file_kinds.A_PAGE),
        ("\ufeff<script>alert(1)</script>".encode("utf-16"), file_kinds.A_PAGE),
        (b"Dear all\n<script>alert(1)</script>", file_kinds.A_PAGE),
        (b"{\\rtf1 x}", file_kinds.NOT_TAKEN),
        (b"%!PS-Adobe", file_kinds.NOT_TAKEN),
        (b"GIF89a\x01\x00\x01\x00\x00", file_kinds.NOT_TAKEN),
        (b"text\x00with nul", file_kinds.NOT_TAKEN),
        (b"colour \x1b[31m in a terminal", file_kinds.NOT_TAKEN),
        (file_kinds.OLE + bytes(600), file_kinds.OLD_OFFICE),
        (b"Rar!\x1a\x07\x00", file_kinds.OTHER_ARCHIVE),
        (b"7z\xbc\xaf\x27\x1c", file_kinds.OTHER_ARCHIVE),
        (make.archive({"a.txt": "x"}), office_files.AN_ARCHIVE),
        (make.open_document("presentation"), office_files.AN_ARCHIVE),
        (make.PDF[:40], file_kinds.CUT_PDF),
        (make.PDF + make.archive({"run.exe": "MZ"}), file_kinds.TWO_IN_ONE),
        (make.office("docx", MACRO_TYPE), office_files.WITH_MACROS),
        (make.office("xlsx", xl__vbaProject_dot_bin=b"x"), office_files.WITH_MACROS),
        (make.office("xlsx", xl__macrosheets__sheet1="x"), office_files.WITH_MACROS),
        (make.open_document(Basic__Standard__Module1="x"), office_files.WITH_MACROS),
        (make.open_document(manifest="<manifest:encryption-data/>"), office_files.LOCKED),
        (locked(), office_files.LOCKED),
        (make.office("docx", word__media=bytes(300 * 1024 * 1024)), office_files.BOMB),
        (make.office("docx", word__media=bytes(20 * 1024 * 1024)), office_files.BOMB),
        (make.archive({f"{n}": "" for n in range(5001)}), office_files.BOMB),
        (make.office("docx", **{"..__..__evil": "x"}), office_files.DAMAGED),
        (make.office("docx")[:-30], office_files.DAMAGED),
        (two_members_of_one_name(), office_files.DAMAGED),
        (lying_size(), office_files.DAMAGED),
    ],
)
def test_what_is_refused(content: bytes, why: str) -> None:
    with pytest.raises(Refused) as refused:
        kind(content)
    assert str(refused.value) == why


def test_what_hides_behind_a_page_of_text_is_seen() -> None:
    with pytest.raises(Refused):
        kind(b"a line of text\n" * 10_000 + bytes(range(32)))


@given(st.binary(max_size=600))
def test_any_bytes_are_taken_or_refused_in_words(content: bytes) -> None:
    for beginning in (b"", b"%PDF-", b"PK\x03\x04", b"RIFF0000WEBP"):
        try:
            kind(beginning + content)
        except Refused as refused:
            assert str(refused)


@given(st.integers(0, 400), st.integers(0, 255))
def test_a_spoilt_office_file_is_taken_or_refused_in_words(at: int, byte: int) -> None:
    made = bytearray(make.office("docx"))
    made[4 + at % (len(made) - 4)] = byte
    try:
        kind(bytes(made))
    except Refused as refused:
        assert str(refused)


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("report.pdf", "report.pdf"),
        ("../../../etc/passwd", "passwd"),
        ("C:\\Users\\demo\\تقرير.docx", "تقرير.docx"),
        ("photo\u202egpj.exe", "photogpj.exe"),
        ("a\u200b\u2066b\x00\r\n.txt", "ab.txt"),
        ("  spaces   inside .txt ", "spaces inside .txt"),
        ("..", "file"),
        ("", "file"),
        ("...hidden", "hidden"),
        ("x" * 300 + ".pdf", "x" * (LONGEST - 4) + ".pdf"),
        ("cafe\u0301.txt", "café.txt"),
    ],
)
def test_names_are_text_without_what_misleads(sent: str, kept: str) -> None:
    assert plain_name(sent) == kept


@given(st.text(max_size=400))
def test_no_name_is_a_path(sent: str) -> None:
    name = plain_name(sent)
    assert name
    assert len(name) <= LONGEST
    assert os.path.basename(name) == name
    assert name not in (".", "..")
    assert name.isprintable()


def test_a_download_is_named_for_what_it_is() -> None:
    pdf, text = KINDS["application/pdf"], KINDS["text/plain"]
    assert name_to_give("report.PDF", pdf) == "report.PDF"
    assert name_to_give("report.pdf.exe", pdf) == "report.pdf.exe.pdf"
    assert name_to_give("run.bat", text) == "run.bat.txt"
    assert name_to_give("table.csv", text) == "table.csv"
    assert name_to_give("no ending", text) == "no ending.txt"
