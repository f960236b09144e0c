"""A spreadsheet as rows of text: CSV in any of the usual encodings, XLSX, XLS or ODS. Pure; nothing is kept.

What cannot be read is said in words. A compressed file is measured before it is unpacked into memory.
"""

from __future__ import annotations

import csv
import hashlib
import io
import re
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import PurePath
from typing import Any

from app.core.errors import TrackerError
from app.core.i18n import N_

MB = 1024 * 1024
MOST_BYTES, MOST_UNPACKED, MOST_MEMBERS = 20 * MB, 200 * MB, 2000
MOST_ROWS = 100_000
LONGEST_CELL = MB
ZIP, OLD_EXCEL = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
_HIGH = re.compile(rb"[\x80-\xff]+")
DELIMITERS = ",;\t|"


class Unreadable(TrackerError):
    """The file cannot be read as a table."""

    status = 422


@dataclass(frozen=True)
class Row:
    """One row: its number in the file (the head is 1 where it is the first), and its cells by the head's words."""

    number: int
    cells: dict[str, str]


@dataclass(frozen=True)
class Sheet:
    """A table that was read."""

    name: str
    sha256: str
    head: tuple[str, ...]
    rows: tuple[Row, ...]


def read_table(name: str, data: bytes) -> Sheet:
    """The table in a file of this name.

    Raises:
        Unreadable: too large, no table, or broken; the words say what and where.
    """
    if len(data) > MOST_BYTES:
        raise Unreadable(N_("The file is larger than 20 MB. Split it and read the parts in one after the other."))
    if not data.strip():
        raise Unreadable(N_("The file is empty."))
    lines = _workbook(data) if data.startswith((ZIP, OLD_EXCEL)) else _text(data)
    numbered = ((number, [_cell(c) for c in cells]) for number, cells in enumerate(lines, 1))
    filled = ((number, cells) for number, cells in numbered if any(cells))
    found = next(filled, None)
    if found is None:
        raise Unreadable(N_("The file has no filled row."))
    head = tuple(found[1])
    rows = tuple(_rows(head, filled))
    return Sheet(PurePath(name).name, hashlib.sha256(data).hexdigest(), head, rows)


def _rows(head: tuple[str, ...], lines: Iterable[tuple[int, list[str]]]) -> Iterator[Row]:
    for count, (number, cells) in enumerate(lines):
        if count >= MOST_ROWS:
            raise Unreadable(N_("The file has more than 100,000 rows. Split it and read the parts in."))
        if all(cell.startswith("#") for cell in cells if cell):
            continue  # a row of HXL tags
        yield Row(number, {name: cell for name, cell in zip(head, cells, strict=False) if name})


def _cell(value: Any) -> str:
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, datetime):
        value = value.date()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bool):
        return "1" if value else "0"
    return "" if value is None else str(value).replace("\x00", "").strip()


def _text(data: bytes) -> Iterator[list[str]]:
    text = decoded(data)
    csv.field_size_limit(LONGEST_CELL)
    first = next((line for line in text.splitlines() if line.strip()), "")
    delimiter = max(DELIMITERS, key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        yield from reader
    except csv.Error as error:
        raise Unreadable(f"Line {reader.line_num} cannot be read: {error}. Is a quotation mark left open?") from error


def decoded(data: bytes) -> str:
    """The text of a file: UTF-8, UTF-16 with its mark, else Windows' Western or Arabic letters.

    Arabic stands in runs of high bytes, the accents of Western languages alone among plain letters.
    """
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return _decoded(data, "utf-16")
    if b"\x00" in data[:1000]:
        return _decoded(data, "utf-16-le" if data[1:2] == b"\x00" else "utf-16-be")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        runs = [len(run) for run in _HIGH.findall(data[: 4 * MB])]
        arabic = sum(runs) > 2 * len(runs)
        return _decoded(data, "cp1256" if arabic else "cp1252", "replace")


def _decoded(data: bytes, encoding: str, errors: str = "strict") -> str:
    try:
        return data.decode(encoding, errors)
    except UnicodeDecodeError as error:
        raise Unreadable(N_("The letters of the file cannot be read. Save it as UTF-8 and try again.")) from error


def _workbook(data: bytes) -> Iterator[list[Any]]:
    if data.startswith(ZIP):
        _measure(data)
    from python_calamine import CalamineError, load_workbook  # heavy: only where a workbook is read

    try:
        book = load_workbook(io.BytesIO(data))
        sheets = [book.get_sheet_by_name(name).to_python() for name in book.sheet_names]
    except (CalamineError, ValueError, OSError) as error:
        raise Unreadable(N_("This workbook cannot be opened. Save it as CSV or XLSX without a password.")) from error
    yield from max(sheets, key=len, default=[])


def _measure(data: bytes) -> None:
    """A small file may unpack to a huge one: unpack it piece by piece, and stop where it is too much."""
    too_much = Unreadable(N_("This workbook unpacks to more than can be read. Save it as CSV."))
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = archive.infolist()
            if len(members) > MOST_MEMBERS or sum(m.file_size for m in members) > MOST_UNPACKED:
                raise too_much
            left = MOST_UNPACKED
            for member in members:
                with archive.open(member) as part:
                    while piece := part.read(MB):
                        left -= len(piece)
                        if left < 0:
                            raise too_much
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, EOFError) as error:
        raise Unreadable(N_("This workbook is damaged or has a password. Save it again and try once more.")) from error
