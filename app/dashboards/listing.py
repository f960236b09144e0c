"""The newest activities of a list, as many as fit beside other things, and the way to all of them."""

from __future__ import annotations

from dataclasses import dataclass

from flask import url_for
from sqlalchemy.orm import Session

from app.activities.filters import ActivityFilters
from app.activities.queries import count_lines, page_of_lines
from app.core.db import AnyRow
from app.core.permissions import Actor
from app.core.web.locale import _, number

FIRST = 20
NAMED = ("activity_id", "reference", "title")


@dataclass(frozen=True)
class ActivityList:
    """The first lines that the reader may open, how many there are, and the address of the whole list."""

    rows: list[AnyRow]
    total: int | None
    url: str

    @property
    def count(self) -> str:
        """The total as text; "10,000+" where nobody counted further."""
        return count_text(self.total)


def activity_list(session: Session, actor: Actor, filters: ActivityFilters, size: int = FIRST) -> ActivityList:
    """The newest lines of a filtered list."""
    page = page_of_lines(session, actor, filters, size, NAMED)
    return ActivityList(page.rows, page.total, list_url(filters))


def counted(session: Session, actor: Actor, filters: ActivityFilters) -> int | None:
    """How many lines the list of this filter has; None above 10,000."""
    return count_lines(session, actor, filters)


def count_text(total: int | None) -> str:
    """A total as text."""
    return number(total) if total is not None else _("10,000+")


def list_url(filters: ActivityFilters) -> str:
    """The address of a filtered list."""
    return f"{url_for('activities.index')}?{filters.query_string()}"


def new_activity_url() -> str:
    """The address of the form for a new activity."""
    return f"{url_for('activities.index')}/new"


def record_url(reference: str) -> str:
    """The address of one activity."""
    return f"{url_for('activities.index')}/{reference}"
