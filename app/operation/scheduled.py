"""Work that comes round by itself: links for forgotten passwords, mail and reminders, accounts that nobody uses, what
is kept about people for a time only, bytes without a row, the figures proved once a day.

Whoever begins it takes a lease first; whoever comes meanwhile does nothing. Each task stands alone: one that breaks
keeps no other from being done.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import structlog
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session, sessionmaker

from app.accounts.forgetting import forget
from app.accounts.links import answer_resets
from app.activities import sweep as evidence
from app.core import clock
from app.core.db import unit_of_work
from app.core.files import FileStore
from app.core.leases import Held, Lease, once
from app.core.sweep import loose, remove
from app.coverage import keeping
from app.exchange import sweep as imports
from app.mail.carrier import carrier_for
from app.mail.letters import Post
from app.mail.reminders import write_reminders
from app.mail.sending import Sent, bundle, send_each
from app.people.admin import disable_idle

SCHEDULED, PROVED = "scheduled", "figures-proved"
A_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Place:
    """What the tasks work with."""

    engine: Engine
    sessions: sessionmaker[Session]
    data_dir: Path
    mail_url: str
    post: Post | None
    idle_days: int


Task = Callable[[Place, Held], str]


def mail(place: Place, held: Held) -> str:
    """Make the links for forgotten passwords, write down what became due, then send what waits. Each mail is claimed
    before it is sent."""
    if place.post is None or not place.mail_url:
        return "no mail settings"
    with unit_of_work(place.sessions) as session:
        answer_resets(session)
    with unit_of_work(place.sessions) as session:
        write_reminders(session)
    done, carrier = Sent(), carrier_for(place.mail_url)
    for _each in send_each(place.sessions, bundle(place.sessions), carrier, place.post, done):
        held.renew()
    return f"{done.sent} sent, {done.dropped} dropped" + (f", away: {done.away}" if done.away else "")


def idle(place: Place, held: Held) -> str:
    """Deactivate accounts without a sign-in for long."""
    with unit_of_work(place.sessions) as session:
        done, kept = disable_idle(session, place.idle_days)
    return f"{len(done)} deactivated" + (f", {len(kept)} left alone as the only administrator" if kept else "")


def forgotten(place: Place, held: Held) -> str:
    """Let go of what is kept about people for a time only."""
    with unit_of_work(place.sessions) as session:
        return f"{forget(session)} let go"


def swept(place: Place, held: Held) -> str:
    """Remove bytes that no row names, and the files of old imports."""
    removed = 0
    for folder, named in (("evidence", evidence.NAMED), ("imports", imports.named())):
        store = FileStore(place.data_dir / folder)
        with place.sessions() as session:
            leftovers = list(loose(session, store, named))
        held.renew()
        removed += remove(place.sessions, named, leftovers)
    return f"{removed} removed"


def proved(place: Place, held: Held) -> str:
    """Once a day: the kept facts of the figures against the records."""
    with place.sessions() as session:
        last = session.scalar(select(Lease.last_ended_at).where(Lease.name == PROVED))
        if last is not None and clock.now() - last < A_DAY:
            return "proved lately"
    held.renew()

    def prove(_held: Held) -> str:
        with place.sessions() as session:
            return f"{sum(1 for _drift in keeping.verify(session))} differences"

    return once(place.sessions, PROVED, prove) or "being proved"


TASKS: Mapping[str, Task] = {"mail": mail, "idle": idle, "forget": forgotten, "sweep": swept, "figures": proved}
"""What is done, in this order. Another room's task is one line here."""


def run(place: Place) -> dict[str, str] | None:
    """Do all of it once. None where another is doing it."""
    told: dict[str, str] = {}

    def work(held: Held) -> str:
        for name, task in TASKS.items():
            try:
                told[name] = task(place, held)
            except Exception as error:
                structlog.get_logger().error("scheduled work broke", task=name, error=type(error).__name__)
                told[name] = f"broke: {type(error).__name__}"
            if not held.renew():
                told[name] += "; the lease ran out"
                break
        return "; ".join(f"{name}: {words}" for name, words in told.items())

    return told if once(place.sessions, SCHEDULED, work) is not None else None
