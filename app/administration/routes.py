"""The room's pages: the index, offices and regions, code lists and names, provisions, definitions, the audit."""

from __future__ import annotations

from app.administration import (
    routes_audit,
    routes_index,
    routes_instruments,
    routes_lists,
    routes_names,
    routes_offices,
    routes_provisions,
)
from app.administration.blueprint import bp

__all__ = [
    "bp",
    "routes_audit",
    "routes_index",
    "routes_instruments",
    "routes_lists",
    "routes_names",
    "routes_offices",
    "routes_provisions",
]
