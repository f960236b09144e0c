"""Sending what waits. Each mail is claimed by one worker, sent, and marked, in this order and each in its transaction.

Killed between sending and marking, it is sent again when the claim has run out, with the same Message-ID.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from email.message import EmailMessage
from typing import Any

from sqlalchemy import CursorResult, select, update
from sqlalchemy.orm import Session, sessionmaker

from app.accounts.models import User
from app.core import clock
from app.core.db import new_client_id, unit_of_work
from app.mail.carrier import Away, Carrier, Impossible
from app.mail.letters import Post, letter
from app.mail.models import OutboxMessage
from app.mail.queries import free, in_envelope, waiting_envelopes
from app.mail.rules import CLAIM, delay

M = OutboxMessage
Sessions = sessionmaker[Session]


@dataclass
class Sent:
    """How a run went. `away` is what the server said when it could not be reached, "" if it could."""

    sent: int = 0
    dropped: int = 0
    away: str = ""


def bundle(sessions: Sessions) -> list[str]:
    """Put what is due for one person into one envelope, for good; then the envelopes that may go out."""
    now = clock.now()
    with unit_of_work(sessions) as session:
        loose = select(M.user_id).where(free(now), M.envelope.is_(None)).distinct()
        for user_id in sorted(session.scalars(loose)):
            mine = update(M).where(free(now), M.envelope.is_(None), M.user_id == user_id)
            session.execute(mine.values(envelope=new_client_id()))
        return waiting_envelopes(session, now)


def send_each(sessions: Sessions, envelopes: list[str], carrier: Carrier, post: Post, done: Sent) -> Iterator[None]:
    """Send the mails one by one, yielding after each. Where the server is away, the rest waits for the next run."""
    for envelope in envelopes:
        if not done.away and claim(sessions, envelope):
            _send(sessions, envelope, carrier, post, done)
        yield


def claim(sessions: Sessions, envelope: str) -> bool:
    """Take a mail in hand; False if another worker has it, or it is sent."""
    now = clock.now()
    with unit_of_work(sessions) as session:
        taken = update(M).where(M.envelope == envelope, free(now))
        result = session.execute(taken.values(claimed_until=now + CLAIM, attempts=M.attempts + 1))
        return isinstance(result, CursorResult) and result.rowcount > 0


def _send(sessions: Sessions, envelope: str, carrier: Carrier, post: Post, done: Sent) -> None:
    mail, attempts = _written(sessions, envelope, post)
    if mail is None:
        _mark(sessions, envelope, dropped_at=clock.now(), reason="")
        done.dropped += 1
        return
    try:
        carrier.carry(mail)
    except Impossible as refused:
        _mark(sessions, envelope, dropped_at=clock.now(), reason="", fault=str(refused)[:500])
        done.dropped += 1
    except Away as error:
        done.away = str(error) or type(error).__name__
        later = clock.now() + delay(attempts)
        _mark(sessions, envelope, due_at=later, claimed_until=None, fault=done.away[:500])
    else:
        # What was told need not be kept here: the record's history has it.
        _mark(sessions, envelope, sent_at=clock.now(), reason="", fault="")
        done.sent += 1


def _written(sessions: Sessions, envelope: str, post: Post) -> tuple[EmailMessage | None, int]:
    with sessions() as session:
        messages = in_envelope(session, envelope)
        user = session.get(User, messages[0].user_id) if messages else None
        if user is None or not user.active:
            return None, 0
        return letter(session, user, messages, post), messages[0].attempts


def _mark(sessions: Sessions, envelope: str, **values: Any) -> None:
    with unit_of_work(sessions) as session:
        open_ones = update(M).where(M.envelope == envelope, M.sent_at.is_(None), M.dropped_at.is_(None))
        session.execute(open_ones.values(**values))
