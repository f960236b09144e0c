"""The append-only record of who did what, written in the transaction of the change."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Index, Text, or_, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.core import clock
from app.core.db import Base, UtcDateTime
from app.core.rows import write_rows


class AuditEvent(Base):
    """One change: who, when, to what, why, and the complete state after it (canonical JSON, no secrets).

    The database refuses to change or delete one (migration 0009).
    """

    __tablename__ = "audit_event"
    __table_args__ = (Index(None, "subject_kind", "subject_key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    actor_id: Mapped[int | None]
    action: Mapped[str] = mapped_column(Text, index=True)
    subject_kind: Mapped[str] = mapped_column(Text)
    subject_key: Mapped[str] = mapped_column(Text)
    revision: Mapped[int | None]
    reason: Mapped[str] = mapped_column(Text, default="")
    state: Mapped[str] = mapped_column(Text)


def canonical_json(value: Any) -> str:
    """The same text for the same value: sorted keys, no spaces, ISO dates."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=_plain)


def fingerprint(state: Any) -> str:
    """A short text that is another one for another state: what a form says it showed."""
    return hashlib.sha256(canonical_json(state).encode()).hexdigest()[:16]


def _plain(value: Any) -> Any:
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, (set, frozenset)):
        return sorted(value)
    raise TypeError(f"{type(value).__name__} has no place in an audit event")


def record(
    session: Session,
    *,
    actor_id: int | None,
    action: str,
    subject: tuple[str, str],
    state: dict[str, Any],
    revision: int | None = None,
    reason: str = "",
) -> None:
    """Add one event. `subject` is (kind, key), e.g. ("activity", "ESARO-2026-0001"); None as actor is the system."""
    event = {
        "at": clock.now(), "actor_id": actor_id, "action": action, "subject_kind": subject[0],
        "subject_key": subject[1], "revision": revision, "reason": reason, "state": canonical_json(state),
    }  # fmt: skip
    write_rows(session, AuditEvent.__table__, [event])


@dataclass(frozen=True)
class Event:
    """What happened to what, and when. `key` names the thing, e.g. a reference."""

    at: datetime
    action: str
    kind: str
    key: str


def events_since(session: Session, since: datetime, actions: Collection[str], but: int | None) -> list[Event]:
    """The events of these actions after a moment, the newest first, without those of one person."""
    e = AuditEvent
    statement = (
        select(e.at, e.action, e.subject_kind, e.subject_key)
        .where(e.at > since, e.action.in_(actions), or_(e.actor_id.is_(None), e.actor_id != but))
        .order_by(e.at.desc(), e.id.desc())
    )
    return [Event(*row) for row in session.execute(statement)]
