"""The history of what administration looks after: who, when, what, why, and the fields that read differently since."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from app.accounts.models import User
from app.administration.words import action_word, field_word
from app.core.audit import AuditEvent
from app.core.web.locale import _

SHOWN = 40
LONGEST = 160


@dataclass(frozen=True)
class Difference:
    """A field before and after, in words."""

    field: str
    before: str
    after: str


@dataclass(frozen=True)
class Line:
    """One event."""

    at: datetime
    who: str
    what: str
    about: str
    reason: str
    changes: tuple[Difference, ...]


def history(session: Session, subjects: Sequence[tuple[str, str]]) -> list[Line]:
    """The newest events of these things, the newest first."""
    e = AuditEvent
    mine = or_(*(and_(e.subject_kind == kind, e.subject_key == key) for kind, key in subjects))
    found = list(session.scalars(select(e).where(mine).order_by(e.id.desc()).limit(SHOWN + 1)))
    return lines_of(session, found, compare=True)[:SHOWN]


def recent(session: Session, actions: Sequence[str], limit: int = 15) -> list[Line]:
    """The newest events of these actions by people."""
    e = AuditEvent
    asked = select(e).where(e.action.in_(actions), e.actor_id.is_not(None)).order_by(e.id.desc()).limit(limit)
    return lines_of(session, list(session.scalars(asked)))


def lines_of(session: Session, events: Sequence[AuditEvent], *, compare: bool = False) -> list[Line]:
    """Events in words; `compare` says what each changed against the event of the same thing before it."""
    names = people(session, {each.actor_id for each in events if each.actor_id is not None})
    before: dict[tuple[str, str, str], Any] = {}
    told = []
    for event in reversed(events):
        state = json.loads(event.state)
        # Events of a part are told of their office: compare like with like.
        thing = (event.subject_kind, event.subject_key, ",".join(sorted(state)))
        changes = differences(before[thing], state) if compare and thing in before else ()
        before[thing] = state
        told.append(
            Line(
                at=event.at,
                who=names.get(event.actor_id or 0, _("The system")),
                what=action_word(event.action),
                about=event.subject_key,
                reason=event.reason,
                changes=changes,
            )
        )
    return told[::-1]


def people(session: Session, ids: set[int]) -> dict[int, str]:
    """The names of these people."""
    rows = session.execute(select(User.id, User.name).where(User.id.in_(ids))) if ids else ()
    return {row[0]: row[1] for row in rows}


def differences(before: dict[str, Any], after: dict[str, Any]) -> tuple[Difference, ...]:
    """The fields of two states that differ."""
    fields = sorted(before.keys() | after.keys())
    return tuple(
        Difference(field_word(name), *_sides(before.get(name), after.get(name)))
        for name in fields
        if before.get(name) != after.get(name)
    )


def _sides(before: Any, after: Any) -> tuple[str, str]:
    if isinstance(before, list) and isinstance(after, list):
        return _in_words([e for e in before if e not in after]), _in_words([e for e in after if e not in before])
    if isinstance(before, dict) and isinstance(after, dict):
        keys = sorted(k for k in before.keys() | after.keys() if before.get(k) != after.get(k))
        return _in_words({k: before[k] for k in keys if k in before}), _in_words(
            {k: after[k] for k in keys if k in after}
        )
    return _in_words(before), _in_words(after)


def _in_words(value: Any) -> str:
    if isinstance(value, dict):
        text = ", ".join(
            f"{field_word(key)}: {_in_words(each)}" for key, each in value.items() if each not in (None, "")
        )
    elif isinstance(value, list):
        text = "; ".join(_in_words(each) for each in value)
    elif isinstance(value, bool):
        text = _("yes") if value else _("no")
    else:
        text = "" if value is None else str(value)
    return text if len(text) <= LONGEST else text[:LONGEST] + "…"
