"""The one writer of JSON: an object that says what it is, then its rows, streamed. Null is blank, which is not zero."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from itertools import islice
from typing import Any

from app.core.tables import Column, Kind, Table

FIRST_BLOCK, BLOCK = 50, 500


def write_json(head: Mapping[str, Any], table: Table[Any]) -> Iterator[bytes]:
    """`{…head…, "columns": […], "rows": […]}` as bytes, by the block, so that memory stays flat.

    Rows have the columns' keys. Shares are numbers with the decimals they have; they never were binary floats.
    """
    columns = [{"key": c.key, "label": c.label, "kind": c.kind.value} for c in table.columns]
    opening = _text({**head, "columns": columns})[:-1]
    text = f'{opening},\n"rows": ['
    makers = [(f"{_text(c.key)}: ", c.value, _maker(c)) for c in table.columns]
    rows = iter(table.rows)
    size, between = FIRST_BLOCK, "\n"
    while block := list(islice(rows, size)):
        for row in block:
            cells = ", ".join(key + make(value(row)) for key, value, make in makers)
            text += f"{between}{{{cells}}}"
            between = ",\n"
        yield text.encode("utf-8")
        text, size = "", BLOCK
    yield (text + "\n]}\n").encode("utf-8")


def _maker(column: Column[Any]) -> Callable[[Any], str]:
    """How the values of a column are written."""
    makers: dict[Kind, Callable[[Any], str]] = {
        Kind.INTEGER: str,
        Kind.DECIMAL: str,
        Kind.PERCENT: str,
        Kind.YES_NO: lambda value: "true" if value else "false",
        Kind.INSTANT: _instant,
        Kind.LIST: lambda value: _text([part for part in value.split(";") if part]),
    }
    make = makers.get(column.kind, _text)
    return lambda value: "null" if value is None else make(value)


def _instant(value: datetime | str) -> str:
    """Text is an instant that the database has written so already."""
    if isinstance(value, datetime):
        value = value.astimezone(UTC).isoformat()[:19] + "Z"
    return _text(value)


def _text(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
