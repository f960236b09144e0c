"""Reads about mail: who wants it when, and what waits."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session

from app.mail.models import MailChoice, OutboxMessage
from app.mail.rules import Rhythm

M = OutboxMessage
OPEN: ColumnElement[bool] = and_(M.sent_at.is_(None), M.dropped_at.is_(None))


def rhythm_of(session: Session, user_id: int) -> Rhythm:
    """How often the person wants mail; at once, unless they said otherwise."""
    found = session.get(MailChoice, user_id)
    return Rhythm(found.rhythm) if found else Rhythm.INSTANT


def free(now: datetime) -> ColumnElement[bool]:
    """Messages that are due and that no worker holds."""
    return and_(OPEN, M.due_at <= now, or_(M.claimed_until.is_(None), M.claimed_until <= now))


def waiting_envelopes(session: Session, now: datetime) -> list[str]:
    """The mails that may go out now, the oldest first."""
    statement = select(M.envelope).where(free(now), M.envelope.is_not(None)).group_by(M.envelope)
    return [each for each in session.scalars(statement.order_by(func.min(M.id))) if each is not None]


def in_envelope(session: Session, envelope: str) -> list[OutboxMessage]:
    """The messages of one mail that are still to be told, in the order in which they were written."""
    return list(session.scalars(select(M).where(M.envelope == envelope, OPEN).order_by(M.id)))
