"""A report: a key, a title, its definition in words, a permission, and a table. Renderers show it many ways."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from app.activities.filters import Query
from app.core.permissions import Actor, Permission
from app.core.tables import Table


@dataclass(frozen=True)
class Report:
    """One report. `parse` reads its filters from an address once (raises Invalid); `table` makes the table of them.

    `describe` gives the filters as a short piece of a file's name, e.g. "2025".
    """

    key: str
    title: str
    definition: str
    permission: Permission
    parse: Callable[[Query], Any]
    table: Callable[[Session, Actor, Any], Table[Any]]
    describe: Callable[[Any], str]
