"""The complete state of a code and of the names of a thing: what the audit keeps and what replaying compares."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.codelists.models import Code, Label, SupportType

States = dict[str, dict[str, Any]]


def code_states(session: Session, keys: Iterable[str] | None = None) -> States:
    """Every entry of the small lists by "list/code", or these."""
    statement = select(Code)
    if keys is not None:
        pairs = [key.partition("/") for key in keys]
        statement = statement.where(Code.list_key.in_({p[0] for p in pairs}), Code.code.in_({p[2] for p in pairs}))
    return {f"{row.list_key}/{row.code}": plain_columns(row, but=("id",)) for row in session.scalars(statement)}


def support_type_states(session: Session, keys: Iterable[str] | None = None) -> States:
    """Every support type by its code, or these."""
    statement = select(SupportType)
    if keys is not None:
        statement = statement.where(SupportType.code.in_(list(keys)))
    return {row.code: plain_columns(row) for row in session.scalars(statement)}


def name_states(session: Session, keys: Iterable[str] | None = None) -> States:
    """The names of every thing by "kind/code", or of these: the present ones by language, and the former ones."""
    statement = select(Label.kind, Label.code, Label.language, Label.text, Label.former)
    if keys is not None:
        pairs = [key.partition("/") for key in keys]
        statement = statement.where(Label.kind.in_({p[0] for p in pairs}), Label.code.in_({p[2] for p in pairs}))
    found: States = defaultdict(lambda: {"names": {}, "former": []})
    for kind, code, language, text, former in session.execute(statement):
        state = found[f"{kind}/{code}"]
        if former:
            state["former"].append([language, text])
        else:
            state["names"][language] = text
    for state in found.values():
        state["former"].sort()
    return dict(found)


def plain_columns(row: Any, but: Iterable[str] = ()) -> dict[str, Any]:
    """The columns of a row by their name."""
    return {c.key: getattr(row, c.key) for c in row.__mapper__.column_attrs if c.key not in but}


def one(states: Mapping[str, dict[str, Any]], key: str) -> dict[str, Any]:
    """The state of one thing; empty where there is none."""
    return states.get(key, {})
