"""Reads of a person's saved filters."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.permissions import Actor
from app.saved_filters.models import SavedFilter


def saved_filters(session: Session, actor: Actor, path: str | None = None) -> Sequence[SavedFilter]:
    """The actor's own filters (of one page, or of all), by name."""
    statement = select(SavedFilter).where(SavedFilter.user_id == actor.user_id)
    if path is not None:
        statement = statement.where(SavedFilter.path == path)
    return session.scalars(statement.order_by(SavedFilter.name, SavedFilter.id)).all()
