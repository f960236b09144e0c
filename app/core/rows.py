"""Writing many plain rows of one table at once, by the driver.

`connection.execute(insert(table), rows)` makes each row's parameters anew, which for an import is half of the time of
writing. Here the statement is made once a table and set of columns, and the values go to the driver as they are:
`executemany` on SQLite; on PostgreSQL one statement for all, which takes them as one JSON text (arrays are escaped cell
by cell in Python, which costs more than it saves). They still go through the connection, so whoever listens to
statements hears of it, and a broken constraint is an `IntegrityError` as ever.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from operator import itemgetter
from typing import Any

from sqlalchemy.engine import Dialect
from sqlalchemy.orm import Session

BLOCK = 5000
"""Rows of one statement: a bound for what the driver holds."""
Processor = Callable[[Any], Any]


@dataclass(frozen=True)
class _Way:
    """How rows with these columns are written: the statement, and what makes a value what the driver takes."""

    names: tuple[str, ...]
    statement: str
    pick: Callable[[Mapping[str, Any]], tuple[Any, ...]]
    processors: tuple[tuple[int, Processor], ...]
    as_text: bool


Making = Callable[[Any, Dialect, tuple[str, ...], tuple[str, ...]], _Way]
_ways: dict[tuple[Making, Any, str, tuple[str, ...], tuple[str, ...]], _Way] = {}


def write_rows(session: Session, table: Any, rows: Sequence[Mapping[str, Any]], over: str = "") -> None:
    """Insert the rows, which all have the columns of the first; `over` those with the same value in this column.

    Raises:
        ValueError: a column is left out that only Python has a default for. KeyError: a row lacks a column.
        IntegrityError.
    """
    if not rows:
        return
    _written(session, _way(_inserting, table, session.connection().dialect, tuple(rows[0]), (over,)), rows)


def change_rows(session: Session, table: Any, keys: tuple[str, ...], rows: Sequence[Mapping[str, Any]]) -> None:
    """Give the rows that `keys` name their other values; all have the columns of the first. A row that is not there
    is passed over.

    Raises:
        KeyError: a row lacks a column. IntegrityError.
    """
    if rows:
        _written(session, _way(_changing, table, session.connection().dialect, tuple(rows[0]), keys), rows)


def _written(session: Session, way: _Way, rows: Sequence[Mapping[str, Any]]) -> None:
    connection = session.connection()
    for start in range(0, len(rows), BLOCK):
        values = _processed([way.pick(row) for row in rows[start : start + BLOCK]], way.processors)
        if way.as_text:
            connection.exec_driver_sql(way.statement, (_told(way.names, values),))
        else:
            connection.exec_driver_sql(way.statement, values)


def _told(names: Sequence[str], values: Sequence[tuple[Any, ...]]) -> str:
    return json.dumps([dict(zip(names, row, strict=True)) for row in values], default=_plain, ensure_ascii=False)


def _plain(value: Any) -> str:
    if isinstance(value, date | Decimal):
        return str(value)
    raise TypeError(f"no column holds a {type(value).__name__}")


def _processed(values: list[tuple[Any, ...]], processors: Sequence[tuple[int, Processor]]) -> list[tuple[Any, ...]]:
    if not processors:
        return values
    found = []
    for row in values:
        changed = list(row)
        for place, process in processors:
            changed[place] = process(row[place])
        found.append(tuple(changed))
    return found


def _way(making: Making, table: Any, dialect: Dialect, names: tuple[str, ...], keys: tuple[str, ...]) -> _Way:
    place = (making, table, dialect.name, names, keys)
    found = _ways.get(place)
    if found is None:
        found = _ways[place] = making(table, dialect, names, keys)
    return found


def _inserting(table: Any, dialect: Dialect, names: tuple[str, ...], keys: tuple[str, ...]) -> _Way:
    left_out = [c.key for c in table.columns if c.key not in names and c.default is not None]
    if left_out:
        raise ValueError(f"rows of {table.name} must say {', '.join(left_out)}")
    quoted, target = _quoted(table, dialect, names)
    into = f"INSERT INTO {target} ({', '.join(quoted.values())})"
    given = f"SELECT * FROM {_given(table, dialect, names)}" if _as_text(dialect) else _marks(names)  # noqa: S608 - names of our own tables and columns
    if keys[0]:
        changes = ", ".join(f"{q} = excluded.{q}" for name, q in quoted.items() if name != keys[0])
        given += f" ON CONFLICT ({quoted[keys[0]]}) DO UPDATE SET {changes}"
    return _made(table, dialect, names, f"{into} {given}")


def _changing(table: Any, dialect: Dialect, names: tuple[str, ...], keys: tuple[str, ...]) -> _Way:
    others = tuple(name for name in names if name not in keys)
    quoted, target = _quoted(table, dialect, names)
    if _as_text(dialect):
        changes = ", ".join(f"{quoted[name]} = given.{quoted[name]}" for name in others)
        same = " AND ".join(f"{target}.{quoted[name]} = given.{quoted[name]}" for name in keys)
        statement = f"UPDATE {target} SET {changes} FROM {_given(table, dialect, names)} WHERE {same}"  # noqa: S608 - as above
        return _made(table, dialect, names, statement)
    changes = ", ".join(f"{quoted[name]} = ?" for name in others)
    same = " AND ".join(f"{quoted[name]} = ?" for name in keys)
    return _made(table, dialect, (*others, *keys), f"UPDATE {target} SET {changes} WHERE {same}")  # noqa: S608 - as above


def _made(table: Any, dialect: Dialect, names: tuple[str, ...], statement: str) -> _Way:
    processors = [(i, table.c[name].type.dialect_impl(dialect).bind_processor(dialect)) for i, name in enumerate(names)]
    own = tuple((place, process) for place, process in processors if process is not None)
    return _Way(names, statement, _picker(names), own, _as_text(dialect))


def _as_text(dialect: Dialect) -> bool:
    return dialect.name == "postgresql"


def _quoted(table: Any, dialect: Dialect, names: tuple[str, ...]) -> tuple[dict[str, str], str]:
    """(columns, table) as SQL writes them."""
    quote = dialect.identifier_preparer
    return {name: quote.format_column(table.c[name]) for name in names}, quote.format_table(table)


def _marks(names: tuple[str, ...]) -> str:
    return f"VALUES ({', '.join('?' * len(names))})"


def _given(table: Any, dialect: Dialect, names: tuple[str, ...]) -> str:
    """The rows of the one text, as a table."""
    quoted, _table = _quoted(table, dialect, names)
    listed = ", ".join(f"{quoted[name]} {_kind(table.c[name], dialect)}" for name in names)
    return f"json_to_recordset(%s::json) AS given ({listed})"


def _picker(names: tuple[str, ...]) -> Callable[[Mapping[str, Any]], tuple[Any, ...]]:
    if len(names) == 1:
        return lambda row: (row[names[0]],)
    return itemgetter(*names)


def _kind(column: Any, dialect: Dialect) -> str:
    """The type without its length: a cast to `varchar(4)` would cut what the column must refuse."""
    return re.sub(r"\s*\(.*?\)", "", column.type.compile(dialect=dialect))
