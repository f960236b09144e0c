"""What is kept about people only for a time, and goes by itself (docs/data-protection.md)."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import delete, or_, update
from sqlalchemy.orm import Session

from app.accounts.models import SignInAttempt, UserSession
from app.accounts.rules import LATELY
from app.core import clock

TRACED = timedelta(days=90)
"""How long it can be looked up from where a session came: longer than any session lasts."""


def forget(session: Session) -> int:
    """Blank the network address and browser of sessions unused for 90 days; remove tries to sign in after 30.

    Returns how many rows it changed.
    """
    now = clock.now()
    old = UserSession.seen_at < now - TRACED
    told = or_(UserSession.address != "", UserSession.agent != "")
    blanked = session.execute(update(UserSession).where(old, told).values(address="", agent=""))
    removed = session.execute(delete(SignInAttempt).where(SignInAttempt.at < now - LATELY))
    return int(blanked.rowcount + removed.rowcount)  # type: ignore[attr-defined]
