"""Whether the XML inside a workbook is whole: the reader of spreadsheets takes a table that never ends for an endless
one, and a cell that points to no text for the first text of the file.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.parsers import expat

from app.exchange.sheet_kinds import BROKEN_ZIP, ENTITIES, ODS, XLSX
from app.exchange.sheet_limits import Unreadable

CHUNK, OVERLAP = 1 << 20, 256
PARTS = {
    ODS: re.compile(r"content\.xml"),
    XLSX: re.compile(r"xl/(worksheets/[^/]+\.xml|sharedStrings\.xml|workbook\.xml)", re.IGNORECASE),
}
# A cell whose text is kept elsewhere says by its number which one it is.
_NO_NUMBER = re.compile(rb"""<c\b[^>]*\bt=["']s["'][^>]*>\s*<v>(?!\s*[0-9]{1,9}\s*<)[^<]*<""")


def refuse_damaged(path: Path, kind: str) -> None:
    """Nothing, where the tables of the workbook are XML to their ends. Raises Unreadable."""
    if kind not in PARTS:
        return
    try:
        with zipfile.ZipFile(path) as archive:
            for name in filter(PARTS[kind].fullmatch, archive.namelist()):
                _refuse_damaged_part(archive, name)
    except (zipfile.BadZipFile, expat.ExpatError, OSError, EOFError, ValueError, LookupError) as error:
        raise Unreadable(BROKEN_ZIP) from error


def _refuse_damaged_part(archive: zipfile.ZipFile, name: str) -> None:
    parser, tail = expat.ParserCreate(), b""
    parser.StartDoctypeDeclHandler = _refuse_entities
    for piece in _pieces(archive, name):
        parser.Parse(piece)
        if _NO_NUMBER.search(tail + piece):
            raise Unreadable(BROKEN_ZIP)
        tail = piece[-OVERLAP:]
    parser.Parse(b"", True)


def _pieces(archive: zipfile.ZipFile, name: str) -> Iterator[bytes]:
    with archive.open(name) as file:
        while piece := file.read(CHUNK):
            yield piece


def _refuse_entities(*_declared: Any) -> None:
    raise Unreadable(ENTITIES)
