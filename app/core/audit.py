"""The append-only record of who did what, written in the transaction of the change."""

from __future__ import annotations

import json
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Index, Text
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.core import clock
from app.core.db import Base, UtcDateTime


class AuditEvent(Base):
    """One change: who, when, to what, why, and the complete state after it (canonical JSON, no secrets)."""

    __tablename__ = "audit_event"
    __table_args__ = (Index(None, "subject_kind", "subject_key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    actor_id: Mapped[int | None]
    action: Mapped[str] = mapped_column(Text)
    subject_kind: Mapped[str] = mapped_column(Text)
    subject_key: Mapped[str] = mapped_column(Text)
    revision: Mapped[int | None]
    reason: Mapped[str] = mapped_column(Text, default="")
    state: Mapped[str] = mapped_column(Text)


def canonical_json(value: Any) -> str:
    """The same text for the same value: sorted keys, no spaces, ISO dates."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=_plain)


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
    session.add(
        AuditEvent(
            at=clock.now(),
            actor_id=actor_id,
            action=action,
            subject_kind=subject[0],
            subject_key=subject[1],
            revision=revision,
            reason=reason,
            state=canonical_json(state),
        )
    )
