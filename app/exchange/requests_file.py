"""A spreadsheet of recommendations, read by the child process like every other file of others."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path, PurePath

from app.core.i18n import N_
from app.exchange.date_order import doubts_of, matters, order_of
from app.exchange.reading import look, read_rows
from app.exchange.requests_table import Row, Table
from app.exchange.sheet_judge import broken, surplus
from app.exchange.sheet_kinds import IATI
from app.exchange.sheet_limits import Unreadable
from app.exchange.sheet_look import REQUESTS, ColumnLook, Look, Reading

IS_IATI = N_("This is an XML file. Recommendations are read from CSV, XLSX, XLS, ODS or JSON.")
MOST_SHEETS = 20


def request_table(path: Path, name: str, order: str = "") -> Table:
    """The table of recommendations in the file at `path`, which was called `name`. Its rows are read as they are taken.

    `order` is that of its dates, "" to find it out.

    Raises:
        Unreadable: now, or while its rows are read.
    """
    found = _look(path)
    head = tuple(column.heading for column in found.columns)
    how = Reading(found.encoding, found.delimiter, found.sheet, REQUESTS)
    table = Table(PurePath(name.replace("\\", "/")).name, _checksum(path), head, ())
    dates = _dates(found, table)
    return replace(
        table,
        rows=_rows(path, how, head, frozenset(table.columns.values())),
        order=order or (order_of(dates) if matters(dates) else ""),
        doubts=() if order else tuple(doubts_of(dates)),
    )


def _look(path: Path) -> Look:
    """The sheet with the most columns that we know, of a workbook; the first of those that have as many."""
    found = look(path, Reading(of=REQUESTS))
    if found.kind == IATI:
        raise Unreadable(IS_IATI)
    others = (look(path, Reading(sheet=sheet, of=REQUESTS)) for sheet in found.sheets[1:MOST_SHEETS])
    return max((found, *others), key=lambda each: each.known)


def _dates(found: Look, table: Table) -> list[ColumnLook]:
    """The column of dates: the first, if several are called so."""
    return [column for column in found.columns if column.heading and column.heading == table.columns.get("date")][:1]


def _rows(path: Path, how: Reading, head: Sequence[str], read: frozenset[str]) -> Iterator[Row]:
    for batch in read_rows(path, how):
        for number, cells in batch:
            # Of columns that are called alike the first counts.
            named = {name: cell.strip() for name, cell in reversed(list(zip(head, cells, strict=False))) if name}
            wrong = broken({name: cell for name, cell in named.items() if name in read})
            yield Row(number, named, (*surplus(cells, head), *wrong))


def _checksum(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
