"""Instants as the text that files show, written by the database: Python would need three times as long for a row."""

from __future__ import annotations

from typing import Any

from sqlalchemy import String
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement


class InstantText(FunctionElement[str]):
    """`InstantText(column)` of a UtcDateTime: 2026-11-23T08:15:00Z, blank (NULL) where there is none."""

    type = String()
    inherit_cache = True


@compiles(InstantText, "sqlite")
def _sqlite(element: InstantText, compiler: SQLCompiler, **options: Any) -> str:
    column = compiler.process(element.clauses, **options)
    return f"replace(substr({column}, 1, 19), ' ', 'T') || 'Z'"


@compiles(InstantText, "postgresql")
def _postgresql(element: InstantText, compiler: SQLCompiler, **options: Any) -> str:
    column = compiler.process(element.clauses, **options)
    return f"to_char({column} AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"')"
