"""The one writer of CSV: UTF-8 with BOM, CRLF, ISO dates, dot decimals in every locale, no cell that is a formula."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

from app.core.tables import Kind, Table

BOM = "\ufeff"
BLOCK = 500
# What a spreadsheet takes for the start of a formula; the full-width forms too.
_RISKY = re.compile(r"\s*['=+\-@\t\r＝＋－＠]")
_NUMBER = re.compile(r"[+-]?\d+([.,]\d+)?")
# Kinds whose cells can hold text that people typed.
_TYPED = frozenset({Kind.TEXT, Kind.LIST, Kind.CODE})


def guard(text: str) -> str:
    """`text` so that no spreadsheet runs it: one quote in front where it could begin a formula.

    A leading quote gets another one, so that an importer that takes off exactly one gets every text back.
    Plain numbers stay as they are.
    """
    if _RISKY.match(text) and not _NUMBER.fullmatch(text):
        return "'" + text
    return text


def unguard(text: str) -> str:
    """What `guard` was given."""
    return text[1:] if text.startswith("'") and guard(text[1:]) == text else text


def cell(kind: Kind) -> Callable[[Any], str]:
    """How a value of this kind is written. None is blank, which is not zero."""
    if kind in _TYPED:
        return lambda value: "" if value is None else guard(str(value))
    if kind == Kind.YES_NO:
        return lambda value: "" if value is None else "yes" if value else "no"
    if kind == Kind.INSTANT:
        return _instant
    return lambda value: "" if value is None else str(value)


def _instant(value: datetime | None) -> str:
    return "" if value is None else value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def write_csv(table: Table[Any]) -> Iterator[bytes]:
    """The table as bytes, by the block, so that a long file streams and memory stays flat."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\r\n")
    buffer.write(BOM)
    writer.writerow([column.key for column in table.columns])
    makers = [(column.value, cell(column.kind)) for column in table.columns]
    for number, row in enumerate(table.rows, 1):
        writer.writerow([write(value(row)) for value, write in makers])
        if number % BLOCK == 0:
            yield _taken(buffer)
    yield _taken(buffer)


def _taken(buffer: io.StringIO) -> bytes:
    text = buffer.getvalue()
    buffer.seek(0)
    buffer.truncate()
    return text.encode("utf-8")
