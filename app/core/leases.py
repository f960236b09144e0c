"""Work that must run once, whoever begins it: a row that one holds for a while.

Who dies holds it until its time runs out, no longer; who only works slowly holds on to it with every step.
"""

from __future__ import annotations

import os
import socket
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import CursorResult, String, Text, or_, text, update
from sqlalchemy.orm import Mapped, Session, mapped_column, sessionmaker

from app.core import clock
from app.core.db import Base, UtcDateTime, new_client_id, unit_of_work

FOR = timedelta(minutes=15)
# Nobody holds one for so long: the clock was wrong when it was taken.
NEVER = timedelta(days=1)
# Never twice: of two that insert at once one waits for the other, and then finds the row held.
FIRST = text(
    "INSERT INTO lease (name, holder, until, last_result)"
    " VALUES (:name, '', '2000-01-01 00:00:00.000000', '') ON CONFLICT DO NOTHING"
)


class Lease(Base):
    """One row a kind of work: who holds it, until when, and how the last run went."""

    __tablename__ = "lease"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    holder: Mapped[str] = mapped_column(String(80))
    until: Mapped[datetime] = mapped_column(UtcDateTime)
    last_ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    last_result: Mapped[str] = mapped_column(Text, default="")


@dataclass(frozen=True)
class Held:
    """A lease in hand."""

    sessions: sessionmaker[Session]
    name: str
    holder: str

    def renew(self) -> bool:
        """Hold it for longer; False if it ran out and somebody else took it."""
        return self._set(until=clock.now() + FOR)

    def end(self, result: str) -> None:
        """Give it back, saying how it went."""
        now = clock.now()
        self._set(until=now, holder="", last_ended_at=now, last_result=result[:500])

    def _set(self, **values: object) -> bool:
        with unit_of_work(self.sessions) as session:
            mine = update(Lease).where(Lease.name == self.name, Lease.holder == self.holder)
            result = session.execute(mine.values(**values))
            return isinstance(result, CursorResult) and result.rowcount > 0


def take(sessions: sessionmaker[Session], name: str) -> Held | None:
    """Take the lease; None while somebody else holds it."""
    now = clock.now()
    holder = f"{socket.gethostname()[:30]}:{os.getpid()}:{new_client_id()[:8]}"
    with unit_of_work(sessions) as session:
        session.execute(FIRST, {"name": name})
        free = update(Lease).where(Lease.name == name, or_(Lease.until <= now, Lease.until > now + NEVER))
        result = session.execute(free.values(holder=holder, until=now + FOR))
        taken = isinstance(result, CursorResult) and result.rowcount > 0
    return Held(sessions, name, holder) if taken else None


def once(sessions: sessionmaker[Session], name: str, work: Callable[[Held], str]) -> str | None:
    """Do `work`, which says how it went, unless somebody is doing it now: then None."""
    held = take(sessions, name)
    if held is None:
        return None
    result = "broke off"
    try:
        result = work(held)
    finally:
        held.end(result)
    return result
