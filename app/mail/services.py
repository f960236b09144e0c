"""Writing mail down, in the transaction of what it tells, and saying how often one wants it."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.accounts.models import User
from app.core import audit, clock
from app.core.db import new_client_id
from app.core.errors import Invalid
from app.core.i18n import N_
from app.core.permissions import Actor
from app.mail.models import MailChoice, OutboxMessage
from app.mail.queries import OPEN, rhythm_of
from app.mail.rules import OF_ACCOUNT, RHYTHMS, Kind, Rhythm, due


def put(session: Session, user_id: int, kind: Kind, *, once: str | None = None, **about: Any) -> None:
    """Write one message for one person, unless they want none, are not active, or `once` was written before.

    `about` fills the columns of the message: activity_id, comment_id, step_id, office, year, by_id, reason.
    """
    rhythm = Rhythm.INSTANT if kind in OF_ACCOUNT else rhythm_of(session, user_id)
    person = session.get(User, user_id)
    if rhythm is Rhythm.NEVER or person is None or not person.active:
        return
    if once and session.scalar(select(OutboxMessage.id).where(OutboxMessage.once == once)) is not None:
        return
    now, key = clock.now(), new_client_id()
    envelope = key if rhythm is Rhythm.INSTANT else None
    message = OutboxMessage(user_id=user_id, kind=kind.value, client_id=key, envelope=envelope, once=once)
    message.made_at, message.due_at = now, due(rhythm, now)
    for name, value in about.items():
        setattr(message, name, value)
    session.add(message)
    session.flush()


def choose_rhythm(session: Session, actor: Actor, rhythm: str) -> None:
    """Say how often one wants mail. What waits follows the new choice.

    Raises:
        Invalid: there is no such choice.
    """
    if rhythm not in set(RHYTHMS) or actor.user_id is None:
        raise Invalid.at("rhythm", N_("Choose one of these."))
    chosen, now = Rhythm(rhythm), clock.now()
    if rhythm_of(session, actor.user_id) is chosen:
        return
    session.merge(MailChoice(user_id=actor.user_id, rhythm=chosen.value, chosen_at=now))
    waiting = update(OutboxMessage).where(
        OutboxMessage.user_id == actor.user_id, OPEN, OutboxMessage.envelope.is_(None)
    )
    gone = {"dropped_at": now} if chosen is Rhythm.NEVER else {"due_at": due(chosen, now)}
    session.execute(waiting.values(**gone))
    subject = ("account", str(actor.user_id))
    audit.record(session, actor_id=actor.user_id, action="mail.chosen", subject=subject, state={"rhythm": chosen.value})
    session.flush()
