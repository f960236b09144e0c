"""A spreadsheet of recommendations, read by the child process like every other file of others."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path, PurePath

from app.asked.intake import Row, Table
from app.core.i18n import N_
from app.exchange.reading import look, read_rows
from app.exchange.sheet_kinds import IATI
from app.exchange.sheet_limits import Unreadable
from app.exchange.sheet_look import REQUESTS, Look, Reading

IS_IATI = N_("This is an XML file. Recommendations are read from CSV, XLSX, XLS, ODS or JSON.")
MOST_SHEETS = 20


def request_table(path: Path, name: str) -> Table:
    """The table of recommendations in the file at `path`, which was called `name`. Its rows are read as they are taken.

    Raises:
        Unreadable: now, or while its rows are read.
    """
    found = _look(path)
    head = tuple(column.heading for column in found.columns)
    how = Reading(found.encoding, found.delimiter, found.sheet, REQUESTS)
    return Table(PurePath(name.replace("\\", "/")).name, _checksum(path), head, _rows(path, how, head))


def _look(path: Path) -> Look:
    """The sheet with the most columns that we know, of a workbook; the first of those that have as many."""
    found = look(path, Reading(of=REQUESTS))
    if found.kind == IATI:
        raise Unreadable(IS_IATI)
    others = (look(path, Reading(sheet=sheet, of=REQUESTS)) for sheet in found.sheets[1:MOST_SHEETS])
    return max((found, *others), key=lambda each: each.known)


def _rows(path: Path, how: Reading, head: tuple[str, ...]) -> Iterator[Row]:
    for batch in read_rows(path, how):
        for number, cells in batch:
            yield Row(number, {name: cell.strip() for name, cell in zip(head, cells, strict=False) if name})


def _checksum(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
