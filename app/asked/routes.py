"""The room's pages: the list, the sheet of those who got nothing, the import, the request, and its acts."""

from __future__ import annotations

from app.asked import routes_acts, routes_lists, routes_record
from app.asked.blueprint import bp

__all__ = ["bp", "routes_acts", "routes_lists", "routes_record"]
