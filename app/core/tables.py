"""A table told once: columns with keys, labels, kinds and values. Renderers and exports read it, nobody retypes it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Generic, TypeVar

Row = TypeVar("Row")


class Kind(StrEnum):
    """How a cell is read. TEXT is the only kind that can carry a formula, so the only one that is guarded."""

    TEXT = "text"
    CODE = "code"
    INTEGER = "integer"
    PERCENT = "percent"
    DATE = "date"
    INSTANT = "instant"
    YES_NO = "yes_no"
    LIST = "list"


@dataclass(frozen=True)
class Column(Generic[Row]):
    """One column. `value` takes a row and gives a plain value, None where nothing was recorded."""

    key: str
    label: str
    kind: Kind
    value: Callable[[Row], Any]
    hxl: str = ""


@dataclass(frozen=True)
class Table(Generic[Row]):
    """Columns and rows. `rows` may be a generator: renderers go over it once."""

    columns: Sequence[Column[Row]]
    rows: Iterable[Row]
