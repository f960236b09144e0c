"""The audit as administrators read it: what happened, filtered; and its rows for files.

What records say stays with those who may open them: of activities, returns and what people said the page tells that
something happened, and to what, but neither its reason nor its state. Everything else is told whole.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.models import User
from app.administration.audit_subjects import Subject, subjects_of
from app.administration.history import Line, lines_of
from app.administration.words import KINDS, action_word, kind_word
from app.core.audit import AuditEvent
from app.core.errors import Invalid
from app.core.i18n import N_
from app.core.tables import Column, Kind

SHOWN = 50
# Where an action is named otherwise than the thing that it is done to.
KIND_OF = {
    "return": "annual_return",
    "membership": "user",
    "mail": "mail_choice",
    "access": "office",
    "exemption": "office",
}
# Subjects whose state or reason can carry what people wrote about their work.
WRITTEN = frozenset({"activity", "annual_return", "comment", "counterpart", "office_sentence", "handover",
                     "request-comment", "practice"})  # fmt: skip


NO_DAY = N_("Write the day as 2026-01-31.")


@dataclass(frozen=True)
class AuditFilter:
    """What is asked for; "" or None is: any."""

    who: str = ""
    kind: str = ""
    key: str = ""
    action: str = ""
    first: date | None = None
    last: date | None = None
    before: int | None = None

    @classmethod
    def read(cls, given: Mapping[str, str]) -> AuditFilter:
        """From the address.

        Raises:
            Invalid: a day that is none: without it the list would show something else than was asked.
        """
        before = given.get("before", "")
        return cls(
            who=given.get("who", "").strip()[:100],
            kind=given.get("kind", "").strip()[:60],
            key=given.get("key", "").strip()[:100],
            action=given.get("action", "").strip()[:60],
            first=_day(given, "first"),
            last=_day(given, "last"),
            before=int(before) if before.isdecimal() and len(before) < 16 else None,
        )

    def query(self) -> dict[str, str]:
        """The address that asks the same, without the page."""
        told = {"who": self.who, "kind": self.kind, "key": self.key, "action": self.action,
                "first": str(self.first or ""), "last": str(self.last or "")}  # fmt: skip
        return {name: value for name, value in told.items() if value}


def _day(given: Mapping[str, str], name: str) -> date | None:
    text = given.get(name, "").strip()
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise Invalid.at(name, NO_DAY) from None


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, UTC)


def _asked(given: AuditFilter) -> Any:
    e = AuditEvent
    statement = select(e)
    if given.who:
        like = f"%{given.who.casefold()}%"
        people = select(User.id).where(User.email.ilike(like) | User.name.ilike(like))
        statement = statement.where(e.actor_id.in_(people))
    for column, value in ((e.subject_kind, given.kind), (e.subject_key, given.key), (e.action, given.action)):
        statement = statement.where(column == value) if value else statement
    if given.first:
        statement = statement.where(e.at >= _midnight(given.first))
    if given.last and given.last < date.max:
        statement = statement.where(e.at < _midnight(given.last + timedelta(days=1)))
    return statement


@dataclass(frozen=True)
class AuditPage:
    """All that the page shows."""

    rows: list[tuple[AuditEvent, Line, Subject]]
    older: int | None
    kinds: list[tuple[str, str]]
    actions: list[tuple[str, str]]


def audit_page(session: Session, given: AuditFilter) -> AuditPage:
    """One page of events, the newest first."""
    statement = _asked(given)
    if given.before:
        statement = statement.where(AuditEvent.id < given.before)
    found = list(session.scalars(statement.order_by(AuditEvent.id.desc()).limit(SHOWN + 1)))
    shown = found[:SHOWN]
    rows = list(zip(shown, lines_of(session, shown), subjects_of(session, shown), strict=True))
    kinds = session.scalars(select(AuditEvent.subject_kind).distinct())
    actions = session.scalars(select(AuditEvent.action).distinct())
    return AuditPage(
        rows=rows,
        older=shown[-1].id if len(found) > SHOWN else None,
        kinds=_by_words((kind, kind_word(kind)) for kind in kinds),
        actions=_by_words((action, _action_of(action)) for action in actions),
    )


def _by_words(pairs: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    return sorted(pairs, key=lambda pair: pair[1].casefold())


def _action_of(action: str) -> str:
    """ "Activity: withdrawn": in a list of actions each says of what it is, for several have the same words."""
    kind = KIND_OF.get(action.partition(".")[0], action.partition(".")[0])
    return f"{kind_word(kind)}: {action_word(action)}" if kind in KINDS else action_word(action)


def told_reason(event: AuditEvent) -> str:
    """Why, where that may be read here."""
    return "" if event.subject_kind in WRITTEN else event.reason


def told_state(event: AuditEvent) -> str | None:
    """The state after it, where that may be read here."""
    return None if event.subject_kind in WRITTEN else event.state


def events(session: Session, given: AuditFilter) -> Iterator[AuditEvent]:
    """Every event that is asked for, the oldest first, a few at a time."""
    statement = _asked(given).order_by(AuditEvent.id).execution_options(yield_per=500)
    with session.execute(statement) as found:
        for event in found.scalars():
            yield event
            session.expunge(event)


COLUMNS: tuple[Column[AuditEvent], ...] = (
    Column("id", "Number", Kind.INTEGER, lambda e: e.id),
    Column("at", "At", Kind.INSTANT, lambda e: e.at),
    Column("actor_id", "Person", Kind.INTEGER, lambda e: e.actor_id),
    Column("action", "Action", Kind.CODE, lambda e: e.action),
    Column("subject_kind", "Kind", Kind.CODE, lambda e: e.subject_kind),
    Column("subject_key", "Of what", Kind.TEXT, lambda e: e.subject_key),
    Column("revision", "Version", Kind.INTEGER, lambda e: e.revision),
    Column("reason", "Why", Kind.TEXT, told_reason),
    Column("state", "State after it", Kind.TEXT, told_state),
)


def as_line(event: AuditEvent, *, whole: bool = False) -> str:
    """An event as a line of JSON. `whole`, for the operator's own command: with everything."""
    state = event.state if whole else told_state(event)
    told = {
        "id": event.id,
        "at": event.at.astimezone(UTC).isoformat(),
        "actor_id": event.actor_id,
        "action": event.action,
        "subject_kind": event.subject_kind,
        "subject_key": event.subject_key,
        "revision": event.revision,
        "reason": event.reason if whole else told_reason(event),
        "state": None if state is None else json.loads(state),
    }
    return json.dumps(told, ensure_ascii=False, separators=(",", ":")) + "\n"
