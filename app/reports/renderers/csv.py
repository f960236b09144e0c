"""The one writer of CSV: UTF-8 with BOM, CRLF, ISO dates, dot decimals in every locale, no cell that is a formula."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from itertools import islice
from operator import itemgetter
from types import NoneType
from typing import Any

from app.core.formulas import INNER, guard, unguard
from app.core.tables import Column, Kind, Table

__all__ = ["guard", "line_writer", "unguard", "write_csv"]

BOM, END = "\ufeff", "\r\n"
# The first block is short, so that the first byte comes soon; no byte is sent before the first rows are there.
FIRST_BLOCK, BLOCK = 50, 500
_RISKY_FIRST = frozenset("'=+-@＝＋－＠")
_FIRST = itemgetter(slice(0, 1))
_SPECIAL = ',"\r\n'
_NEEDS_QUOTES = re.compile(r'[,"\r\n]')
_QUOTE, _TWICE = '"', '""'
# Kinds whose cells can hold text that people typed.
_TYPED = frozenset({Kind.TEXT, Kind.LIST, Kind.CODE})


def write_csv(table: Table[Any]) -> Iterator[bytes]:
    """The table as bytes, by the block, so that a long file streams and memory stays flat.

    A block is made column by column: what must be looked for (formulas, quotes) is looked for once in the whole column.
    """
    text = BOM + ",".join(_quoted([column.key for column in table.columns])) + END
    for lines in table.ready() if table.ready else _blocks(table):
        yield (text + END.join(lines) + END).encode("utf-8")
        text = ""
    if text:
        yield text.encode("utf-8")


def _blocks(table: Table[Any]) -> Iterator[list[str]]:
    write = line_writer(table.columns)
    rows = iter(table.rows)
    size = FIRST_BLOCK
    while block := list(islice(rows, size)):
        yield write(block)
        size = BLOCK


def line_writer(columns: Sequence[Column[Any]]) -> Callable[[Sequence[Any]], list[str]]:
    """What makes lines, without their ends, of rows. A line that would be empty is a quoted blank, as csv.writer
    has it."""
    makers = [(column.value, _maker(column.kind)) for column in columns]

    def write(rows: Sequence[Any]) -> list[str]:
        made = [make(list(map(value, rows))) for value, make in makers]
        if len(made) > 1:
            return list(map(",".join, zip(*made, strict=True)))
        return [cell or '""' for cell in made[0]]

    return write


def _maker(kind: Kind) -> Callable[[list[Any]], list[str]]:
    """How the values of a column of this kind are written. None is blank, which is not zero."""
    if kind == Kind.YES_NO:
        return _yes_no
    if kind == Kind.INSTANT:
        return _instants
    return _typed if kind in _TYPED else _plain


def _typed(values: list[Any]) -> list[str]:
    texts = _texts(values)
    risky = any(first in _RISKY_FIRST or first.isspace() for first in set(map(_FIRST, texts)))
    if risky or INNER.search("\0".join(texts)):  # one look at the block: most of them need no more
        texts = list(map(guard, texts))
    return _quoted(texts)


def _plain(values: list[Any]) -> list[str]:
    return _quoted(_texts(values))


def _yes_no(values: list[Any]) -> list[str]:
    return ["" if value is None else "yes" if value else "no" for value in values]


def _instants(values: list[datetime | str | None]) -> list[str]:
    """Text is an instant that the database has written so already."""
    return [_instant(value) if isinstance(value, datetime) else value or "" for value in values]


def _instant(value: datetime) -> str:
    return value.astimezone(UTC).isoformat()[:19] + "Z"


def _texts(values: list[Any]) -> list[str]:
    kinds = set(map(type, values))
    if kinds <= {str}:
        return values
    if kinds <= {str, NoneType}:
        return [value or "" for value in values]
    return ["" if value is None else str(value) for value in values]


def _quoted(texts: list[str]) -> list[str]:
    """As RFC 4180 asks: quotes around a cell that holds a comma, a quote or a line end, quotes inside doubled."""
    everything = "".join(texts)
    if not any(mark in everything for mark in _SPECIAL):
        return texts
    return [f'"{text.replace(_QUOTE, _TWICE)}"' if _NEEDS_QUOTES.search(text) else text for text in texts]
