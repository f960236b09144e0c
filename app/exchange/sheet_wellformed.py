"""Whether the XML inside a workbook is whole: the reader of spreadsheets takes a table that never ends for an endless
one, and a cell that points to no text for the first text of the file.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any
from xml.parsers import expat

from app.exchange.sheet_kinds import BROKEN_ZIP, ENTITIES, ODS, XLSX, overlapping, pieces
from app.exchange.sheet_limits import Unreadable

OVERLAP = 256
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
    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = _refuse_entities
    with archive.open(name) as file:
        if any(map(_NO_NUMBER.search, overlapping(_parsed(parser, pieces(file)), OVERLAP))):
            raise Unreadable(BROKEN_ZIP)


def _parsed(parser: expat.XMLParserType, given: Iterable[bytes]) -> Iterator[bytes]:
    """The pieces as they come, each once it is found to go on as XML."""
    for piece in given:
        parser.Parse(piece)
        yield piece
    parser.Parse(b"", True)


def _refuse_entities(*_declared: Any) -> None:
    raise Unreadable(ENTITIES)
