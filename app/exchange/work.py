"""The work of a long import, in a process of its own: short transactions for the look, one for taking or undoing."""

from __future__ import annotations

import time
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from app.core.db import unit_of_work, writing
from app.core.errors import NotFound, TrackerError
from app.core.permissions import SYSTEM, Actor
from app.exchange import services
from app.exchange.desk import Desk
from app.exchange.models import Import
from app.exchange.rules import State
from app.exchange.run import Progress
from app.exchange.undoing import to_undo, undo
from app.offices.queries import actor_for

PATIENCE = 20
"""Seconds for which the request that started the work may take to commit."""
CHECK, TAKE, UNDO = "check", "take", "undo"
NEWS_EVERY = 1.0
BROKEN = "It could not be worked on: a fault of the program. Try again, and tell the administrators."


@dataclass(frozen=True)
class Job:
    """What is to be done with an import that has this version by now."""

    key: str
    act: str
    version: int
    scope: str = ""
    take_id: str = ""


def work(sessions: sessionmaker[Session], desk: Desk, job: Job) -> None:
    """Check, take or undo the import; what goes wrong is kept with it in words, and it can be tried again."""
    trouble = ""
    try:
        _wait(sessions, job)
        ACTS[job.act](sessions, desk, job)
    except TrackerError as refused:
        trouble = str(refused)
    except Exception:
        trouble = BROKEN
        raise
    finally:
        if trouble:
            _give_back(sessions, job, trouble)
        desk.end(job.key)


def _wait(sessions: sessionmaker[Session], job: Job) -> None:
    for _ in range(PATIENCE * 5):
        with sessions() as session:
            if _ours(session, job) is not None:
                return
        time.sleep(0.2)
    raise NotFound(services.NO_SUCH)


def _ours(session: Session, job: Job) -> Import | None:
    """The import, locked, while it still waits for this work: somebody who took it for dead may have begun it again."""
    asked = (
        select(Import).where(Import.client_id == job.key).with_for_update().execution_options(populate_existing=True)
    )
    found = session.scalar(asked)
    return found if found is not None and (found.version, found.state) == (job.version, State.WORKING) else None


def _of(session: Session, job: Job) -> tuple[Import, Actor]:
    imported = _ours(session, job)
    if imported is None:
        raise NotFound(services.NO_SUCH)
    actor = SYSTEM if imported.uploaded_by is None else actor_for(session, imported.uploaded_by)
    if actor is None:
        raise NotFound(services.NO_SUCH)
    return imported, actor


def _check(sessions: sessionmaker[Session], desk: Desk, job: Job) -> None:
    """By the batch: whoever writes meanwhile waits for one batch only."""
    with writing(), sessions() as session:
        imported, actor = _of(session, job)
        total = services.look_of(imported).rows

        def progress(done: int) -> None:
            session.commit()
            _of(session, job)
            desk.say(job.key, done, total)

        services.check(session, actor, imported, desk.path(imported), progress)
        session.commit()


def _take(sessions: sessionmaker[Session], desk: Desk, job: Job) -> None:
    with unit_of_work(sessions) as session:
        imported, actor = _of(session, job)
        news = _news(desk, job, services.look_of(imported).rows)
        services.take(session, actor, imported, desk.path(imported), job.scope, job.take_id, news)


def _undo(sessions: sessionmaker[Session], desk: Desk, job: Job) -> None:
    with unit_of_work(sessions) as session:
        imported, actor = _of(session, job)
        undo(session, actor, imported, _news(desk, job, to_undo(imported)))


ACTS = {CHECK: _check, TAKE: _take, UNDO: _undo}


def _news(desk: Desk, job: Job, total: int) -> Progress:
    """Tells how far a long transaction is, not more often than somebody reads it."""
    told = 0.0

    def progress(done: int) -> None:
        nonlocal told
        if time.monotonic() - told > NEWS_EVERY:
            told = time.monotonic()
            desk.say(job.key, done, total)

    return progress


def _give_back(sessions: sessionmaker[Session], job: Job, trouble: str) -> None:
    with unit_of_work(sessions) as session:
        found = _ours(session, job)
        if found is not None:
            found.state, found.trouble = services.state_before(found), trouble
            found.version += 1
