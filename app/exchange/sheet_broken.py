"""Cells of a sheet that have no value: errors such as #N/A, and formulas that were never worked out (XLSX here, ODS
and XLS next door).

The reader of spreadsheets gives both as blank, and blank clears what a record says. Only files that have such cells are
looked through; most need no more than a search for a few bytes.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import IO

from app.exchange.sheet_broken_ods import NO_VALUE, SHOWN, Place, broken_in
from app.exchange.sheet_broken_xls import SIGNATURE, broken_in_xls
from app.exchange.sheet_kinds import overlapping, pieces

OBJECT = "#OBJECT! "
"""What stands before an object in a JSON file, which no column takes."""
ODS = "content.xml"
CHUNK, OVERLAP, MOST = 1 << 20, 1 << 16, 10_000
LONGEST_MARK = 64
_FORMULA = re.compile(rb":formula=")
_SPANS = re.compile(rb'number-rows-spanned="(?:[2-9]|[1-9][0-9]+)"')
_SHEET = re.compile(rb"<sheet\b[^>]*>")
_RELATION = re.compile(rb"<Relationship\b[^>]*>")
_CELL = re.compile(
    rb'<c r="([A-Z]{1,3})([0-9]{1,7})"([^>]*)>(<f\b[^>]*/>|<f\b[^>]*>[^<]*</f>)?(<v>([^<]*)</v>|<v ?/>)?</c>'
)


def broken_cells(path: Path, sheet: str) -> Mapping[Place, str]:
    """{(row, column), from 0: what is to stand there}; nothing where the file is of another kind, or cannot be read."""
    try:
        with path.open("rb") as file:
            old = file.read(len(SIGNATURE)) == SIGNATURE
        if old:
            return dict(islice(broken_in_xls(path.read_bytes(), sheet), MOST))
        with zipfile.ZipFile(path) as archive:
            if ODS in archive.namelist():
                return dict(islice(_in_ods(archive, sheet), MOST))
            part = _part_of(archive, sheet)
            if part is None:
                return {}
            with archive.open(part) as file:
                return dict(_found(file))
    except (zipfile.BadZipFile, KeyError, OSError, ValueError, NotImplementedError, RuntimeError, SyntaxError):
        return {}  # whoever reads the cells says what is wrong with the file


def _in_ods(archive: zipfile.ZipFile, sheet: str) -> Iterator[tuple[Place, str]]:
    if _holds(archive, _FORMULA):  # most have none, and need no second reading
        with archive.open(ODS) as file:
            yield from broken_in(file, sheet)


def spans_rows(path: Path) -> bool:
    """Some cell of an ODS file stands over several rows."""
    try:
        with zipfile.ZipFile(path) as archive:
            return _holds(archive, _SPANS)
    except (zipfile.BadZipFile, KeyError, OSError):
        return False


def _holds(archive: zipfile.ZipFile, pattern: re.Pattern[bytes]) -> bool:
    with archive.open(ODS) as file:
        return any(map(pattern.search, overlapping(pieces(file), LONGEST_MARK)))


def _part_of(archive: zipfile.ZipFile, sheet: str) -> str | None:
    from xml.sax.saxutils import unescape

    for tag in _SHEET.findall(archive.read("xl/workbook.xml")):
        name = _attribute(tag, "name")
        if name is not None and unescape(name, {"&quot;": '"', "&apos;": "'"}) == sheet:
            wanted = _attribute(tag, "r:id")
            for relation in _RELATION.findall(archive.read("xl/_rels/workbook.xml.rels")):
                if _attribute(relation, "Id") == wanted:
                    target = _attribute(relation, "Target") or ""
                    return target.lstrip("/") if target.startswith("/") else f"xl/{target}"
    return None


def _attribute(tag: bytes, name: str) -> str | None:
    found = re.search(rb'\s%s="([^"]*)"' % name.encode(), tag)
    return found[1].decode("utf-8", "replace") if found else None


def _found(file: IO[bytes]) -> Iterator[tuple[Place, str]]:
    tail, count = b"", 0
    while chunk := file.read(CHUNK):
        text = tail + chunk
        if b't="e"' in text or b"<f" in text:
            for cell in _CELL.finditer(text):
                said = _said(cell)
                if said and count < MOST:
                    count += 1
                    yield (int(cell[2]) - 1, _column(cell[1])), said
        tail = text[-OVERLAP:]


def _said(cell: re.Match[bytes]) -> str:
    kind, formula, result, value = cell[3], cell[4], cell[5], cell[6]
    if b't="e"' in kind:
        return (value or b"#N/A").decode("utf-8", "replace")
    shows_nothing = result and b't="str"' in kind  # worked out, and "" came out of it
    return NO_VALUE if formula and not value and not shows_nothing else ""


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number - 1


def is_broken(cell: str) -> bool:
    """Whether the cell, as read, is neither a value nor blank."""
    return cell.strip() in (*SHOWN, NO_VALUE) or cell.startswith(OBJECT)
