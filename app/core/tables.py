"""A table told once: columns with keys, labels, kinds and values. Renderers and exports read it, nobody retypes it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Generic, TypeVar

Row = TypeVar("Row")


class Kind(StrEnum):
    """How a cell is read. TEXT is the only kind that can carry a formula, so the only one that is guarded."""

    TEXT = "text"
    CODE = "code"
    INTEGER = "integer"
    DECIMAL = "decimal"
    YEAR = "year"
    PERCENT = "percent"
    DATE = "date"
    INSTANT = "instant"
    YES_NO = "yes_no"
    LIST = "list"


@dataclass(frozen=True)
class Column(Generic[Row]):
    """One column. `value` takes a row and gives a plain value, None where nothing was recorded.

    `names` is the kind of label that names the codes of the column (of a row, where rows differ): files give the codes,
    pages the names. `on_page` is false for what a page says elsewhere (a label beside its code, the definition).
    """

    key: str
    label: str
    kind: Kind
    value: Callable[[Row], Any]
    hxl: str = ""
    names: str | Callable[[Row], str] = ""
    on_page: bool = True


@dataclass(frozen=True)
class Table(Generic[Row]):
    """Columns and rows. `rows` may be a generator: renderers go over it once.

    `ready`, where there is one, gives the same rows as lines of CSV that were kept, without their ends, by the block.
    """

    columns: Sequence[Column[Row]]
    rows: Iterable[Row]
    ready: Callable[[], Iterator[Sequence[str]]] | None = None
