"""A first look at a table: headings, tags, samples, how its dates and numbers are written. For the child process."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from itertools import chain, islice
from pathlib import Path
from typing import Any, TypeVar

from app.asked.columns import known_in as known_of_requests
from app.core.i18n import N_
from app.exchange import sheet_cells, sheet_csv
from app.exchange.sheet_broken import spans_rows
from app.exchange.sheet_columns import ACTIVITIES, MOST_ABOVE, Known, find_headings, is_tag_row, known_in, matched
from app.exchange.sheet_csv import Row
from app.exchange.sheet_kinds import CSV, JSON, ODS, kind_of
from app.exchange.sheet_limits import Unreadable
from app.exchange.sheet_wellformed import refuse_damaged

Each = TypeVar("Each")
REQUESTS = "requests"
KNOWN: Mapping[str, Known] = {ACTIVITIES: known_in, REQUESTS: known_of_requests}
"""How many of some cells are headings that we know, by what the rows are (deliveries are looked at as activities)."""
NO_SUCH_SHEET = N_("The workbook has no sheet “%(sheet)s”. It has: %(sheets)s.")
NO_ENCODING = N_("There is no encoding “%(encoding)s”. Common ones are utf-8, utf-16, cp1252 and cp1256.")
NO_MARK = N_("“%(mark)s” cannot part columns: it must be one sign, such as a comma, a semicolon or a tab.")
NAMES_A_ROW = frozenset({"title", "reference", "uuid", "original_identifier"})
SAMPLES = 3
SHEETS_TRIED = 5
SAMPLE_LENGTH = 80
_PARTED = re.compile(r"\s*(\d{1,2})[./\-\s](\d{1,2})[./\-\s]\d{4}(?:[T ]\d{1,2}:.*)?\s*")
_COMMA = re.compile(r"[^,]*,\d{1,2}|[^,]*\.\d{3},\d+")
_DOT = re.compile(r"[^.]*\.\d{1,2}|[^.]*,\d{3}\.\d+")
_NUMBER = re.compile(r"[\s\d.,'\u00a0\u202f]*\d[\s\d.,'\u00a0\u202f]*")


@dataclass
class ColumnLook:
    """What stands in one column. The counts say how many cells can only be read in that way."""

    heading: str
    tag: str = ""
    filled: int = 0
    samples: list[str] = field(default_factory=list)
    day_first: int = 0
    month_first: int = 0
    either: int = 0
    comma: int = 0
    dot: int = 0


@dataclass
class Look:
    """What the child found out about a file."""

    kind: str
    sheets: list[str] = field(default_factory=list)
    sheet: str = ""
    tables: list[str] = field(default_factory=list)
    """The sheets that hold rows below headings that we know, where nobody said which sheet is meant."""
    merged_at: int = -1
    """The last row, from 0, from which on cells of several rows are merged into one; -1 for none."""
    encoding: str = ""
    sure: bool = True
    delimiter: str = ""
    heading_row: int = 0
    tag_row: int = 0
    rows: int = 0
    known: int = 0
    columns: list[ColumnLook] = field(default_factory=list)
    faults: list[list[str]] = field(default_factory=list)
    """Of an IATI file as a whole: severity and sentence."""

    @property
    def merged(self) -> bool:
        """Of rows below the headings: all but the first of these rows are read as blank there."""
        return bool(self.rows) and self.merged_at >= self.heading_row

    def note_merged(self, ranges: sheet_cells.Ranges) -> None:
        """What the reader of cells tells."""
        self.merged_at = max((first[0] for first, last in ranges if last[0] > first[0]), default=-1)


@dataclass(frozen=True)
class Reading:
    """How a file is to be read: what was found, or what somebody corrected. Blank means: find out.

    `of` says what its rows are, so that the headings and the delimiter are found by the names of these columns.
    """

    encoding: str = ""
    delimiter: str = ""
    sheet: str = ""
    of: str = ACTIVITIES


def look_at(path: Path, how: Reading) -> Look:
    """The whole table read once, nothing of it kept. Raises Unreadable."""
    found = opened(path, how)
    rows, headings, tags, first = headed(found, path, how.of)
    found.heading_row = headings[0] if headings else 0
    found.tag_row = tags[0] if tags else 0
    names = headings[1] if headings else []
    found.known = KNOWN[how.of](names)
    under = tags[1] if tags else []
    found.columns = [ColumnLook(name.strip()[:200], under[i].strip()[:100] if i < len(under) else "")
                     for i, name in enumerate(names)]  # fmt: skip
    for _number, cells in chain(first, rows):
        found.rows += 1
        for column, cell in zip(found.columns, cells, strict=False):
            if cell:
                _note(column, cell)
    if found.kind == ODS and spans_rows(path):
        found.merged_at = found.heading_row
    return found


def opened(path: Path, how: Reading, *, looked_at: bool = False) -> Look:
    """Kind, sheet, encoding and delimiter; `looked_at` before, a workbook was found whole. Raises Unreadable."""
    kind = kind_of(path)
    found = Look(kind)
    _refuse_unknown(how)
    if kind == CSV:
        found.encoding, found.sure = (how.encoding, True) if how.encoding else sheet_csv.encoding_of(path)
        sample = sheet_csv.sample_of(path, found.encoding)
        found.delimiter = how.delimiter or sheet_csv.delimiter_of(sample, KNOWN[how.of])
    elif kind != JSON:
        if not looked_at:
            refuse_damaged(path, kind)
        found.sheets = sheet_cells.sheet_names(path)
        found.sheet = how.sheet
        if not found.sheets:
            raise Unreadable(sheet_cells.NO_SHEET)
        if not how.sheet:
            found.sheet, found.tables = _likeliest(path, found.sheets, how.of)
        elif how.sheet not in found.sheets:
            raise Unreadable(NO_SUCH_SHEET, sheet=how.sheet[:100], sheets=", ".join(found.sheets)[:500])
    return found


def _refuse_unknown(how: Reading) -> None:
    """Raises Unreadable where somebody asked for an encoding or a mark that there is not."""
    if len(how.delimiter) > 1 or how.delimiter in ('"', "\r", "\n"):
        raise Unreadable(NO_MARK, mark=how.delimiter[:20])
    try:
        "".encode(how.encoding or "utf-8")
    except (LookupError, UnicodeError, ValueError) as error:
        raise Unreadable(NO_ENCODING, encoding=how.encoding[:40]) from error


def _likeliest(path: Path, sheets: list[str], of: str) -> tuple[str, list[str]]:
    """(the likeliest sheet, those that hold rows below headings that we know).

    A cover, an empty sheet or an empty form often stands before the table.
    """
    if len(sheets) == 1:
        return sheets[0], []
    filled, headed, tables = [], [], []
    for name in sheets[:SHEETS_TRIED]:
        first = [cells for _number, cells in islice(sheet_cells.read_cells(path, name), MOST_ABOVE)]
        place = find_headings(first, KNOWN[of])
        if first:
            filled.append(name)
        if first and _is_head(first[place], of):
            headed.append(name)
            if not all(map(is_tag_row, first[place + 1 :])):
                tables.append(name)
    return next(iter([*tables, *headed, *filled, *sheets])), tables


def _is_head(cells: list[str], of: str) -> bool:
    """These are headings of such rows; the lists that our template has are none, though their names are known."""
    return KNOWN[of](cells) > 1 and (of == REQUESTS or bool(set(matched(cells)) & NAMES_A_ROW))


def table_rows(found: Look, path: Path) -> Iterator[Row]:
    """Every row of the table that is not blank. Raises Unreadable."""
    if found.kind == CSV:
        return sheet_csv.read_csv(path, found.encoding, found.delimiter)
    if found.kind == JSON:
        return sheet_cells.read_json(path)
    return sheet_cells.read_cells(path, found.sheet, found.note_merged)


def headed(found: Look, path: Path, of: str = ACTIVITIES) -> tuple[Iterator[Row], Row | None, Row | None, list[Row]]:
    """(the rest of the rows, headings, HXL tags, rows below the headings that were read already)."""
    rows = table_rows(found, path)
    first = list(islice(rows, MOST_ABOVE))
    if not first:
        return rows, None, None, []
    place = find_headings([cells for _number, cells in first], KNOWN[of])
    headings, rest = first[place], first[place + 1 :]
    tags = None
    if is_tag_row(headings[1]) and place == 0:  # tags without headings over them
        return rows, headings, headings, rest
    if rest and is_tag_row(rest[0][1]):
        tags, rest = rest[0], rest[1:]
    return rows, headings, tags, rest


def _note(column: ColumnLook, cell: str) -> None:
    column.filled += 1
    if len(column.samples) < SAMPLES:
        column.samples.append(cell[:SAMPLE_LENGTH])
    if len(cell) > 30:
        return
    parted = _PARTED.fullmatch(cell)
    if parted:
        first, second = int(parted[1]), int(parted[2])
        column.day_first += first > 12 >= second
        column.month_first += second > 12 >= first
        column.either += first <= 12 and second <= 12
    elif _NUMBER.fullmatch(cell):
        column.comma += bool(_COMMA.fullmatch(cell))
        column.dot += bool(_DOT.fullmatch(cell))


def told(found: Look) -> dict[str, Any]:
    """As plain values."""
    return asdict(found)


def untold(given: dict[str, Any]) -> Look:
    """What `told` told."""
    return Look(**{**given, "columns": [ColumnLook(**each) for each in given["columns"]]})


def batches(rows: Iterable[Each], size: int) -> Iterator[list[Each]]:
    """Lists of `size` rows."""
    rows = iter(rows)
    while batch := list(islice(rows, size)):
        yield batch
