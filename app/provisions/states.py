"""The complete state of provisions and instruments: what the audit keeps and replaying compares."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from app.provisions.models import Instrument, Provision

States = dict[str, dict[str, Any]]


def provision_states(session: Session, keys: Iterable[str] | None = None) -> States:
    """Every provision by its code, or these."""
    return _rows(session, Provision, keys)


def instrument_states(session: Session, keys: Iterable[str] | None = None) -> States:
    """Every instrument by its code, or these."""
    return _rows(session, Instrument, keys)


def _rows(session: Session, model: Any, keys: Iterable[str] | None) -> States:
    statement: Select[Any] = select(model)
    if keys is not None:
        statement = statement.where(model.code.in_(list(keys)))
    return {row.code: {c.key: getattr(row, c.key) for c in row.__mapper__.column_attrs}
            for row in session.scalars(statement)}  # fmt: skip
