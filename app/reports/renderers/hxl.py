"""CSV with a row of HXL tags under the head, as humanitarian tools read it. Its head has labels, not keys."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from app.core.tables import Column, Kind, Table
from app.reports.renderers.csv import write_csv


def write_hxl(table: Table[Any]) -> Iterator[bytes]:
    """The table as bytes: labels, HXL tags, rows."""
    tagged = [replace(column, key=column.label) for column in table.columns]
    tags = Table([_tag(column) for column in table.columns], [None])
    head = b"".join(write_csv(Table(tagged, [])))
    _keys, _end, tag_row = b"".join(write_csv(tags)).partition(b"\r\n")
    blocks = write_csv(Table(tagged, table.rows))
    first = next(blocks)
    yield head + tag_row + first[len(head) :]
    yield from blocks


def _tag(column: Column[Any]) -> Column[Any]:
    return Column(column.key, column.label, Kind.CODE, lambda _row: column.hxl)
