"""Ways to break the application in the middle of a request, and what must hold afterwards."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from psycopg.errors import DiskFull
from sqlalchemy import Engine, event, func, select, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session, sessionmaker

from app.activities.models import Activity
from app.activities.models_line import ActivityLine
from app.activities.services import complete_state
from app.core.audit import AuditEvent, canonical_json
from tests.web.activities.conftest import Sent

MOST = 400


def engine_of(app: Flask) -> Engine:
    engine = app.extensions["tracker.sessions"].kw["bind"]
    assert isinstance(engine, Engine)
    return engine


def kill_at(engine: Engine, point: int) -> None:
    """From now on the process dies just before the `point`-th statement or commit, or just after a commit."""
    passed = [0]

    def step(*_args: Any) -> None:
        passed[0] += 1
        if passed[0] == point:
            os.kill(os.getpid(), signal.SIGKILL)

    event.listen(engine, "before_cursor_execute", step)
    event.listen(engine, "commit", step)
    event.listen(engine, "checkin", step)


def killed(client: FlaskClient, app: Flask, point: int, path: str, sent: Sent) -> bool:
    """Send the form in a process of its own that dies at `point`; False where it ended before."""
    engine_of(app).dispose()  # no connection may be open in both
    child = os.fork()
    if child == 0:
        kill_at(engine_of(app), point)
        client.post(path, data=sent)
        os._exit(0)
    _pid, status = os.waitpid(child, 0)
    return os.WIFSIGNALED(status)


def assert_whole(sessions: sessionmaker[Session]) -> None:
    """The newest records are as their last audit events say, to the letter, with their lines; none is without any."""
    with sessions() as session:
        if session.get_bind().dialect.name == "sqlite":
            assert session.scalar(text("PRAGMA integrity_check")) == "ok"
            assert session.execute(text("PRAGMA foreign_key_check")).all() == []
        for activity in session.scalars(select(Activity).order_by(Activity.id.desc()).limit(2)):
            events = select(AuditEvent.state).where(AuditEvent.subject_key == activity.reference)
            last = session.scalars(events.order_by(AuditEvent.id.desc()).limit(1)).one()
            assert json.loads(last)["identity"]["version"] == activity.version
            assert json.loads(last)["content"] == json.loads(canonical_json(complete_state(activity)["content"]))
            lines = select(func.count()).select_from(ActivityLine)
            assert session.scalar(lines.where(ActivityLine.activity_id == activity.id)) >= 1
        told = session.scalar(
            select(func.count(func.distinct(AuditEvent.subject_key))).where(AuditEvent.subject_kind == "activity")
        )
        assert told == session.scalar(select(func.count()).select_from(Activity))


@dataclass
class Full:
    """Whether the disk was found full."""

    sprung: bool = False


@contextmanager
def full_disk(engine: Engine, point: int) -> Iterator[Full]:
    """From the `point`-th thing on that writes, nothing can be written. Reading goes on."""
    passed, found = [0], Full()

    def step() -> None:
        passed[0] += 1
        if passed[0] >= point:
            found.sprung = True
            raise OperationalError("a write", None, _no_room(engine.dialect.name))

    def statement(_connection: Any, _cursor: Any, words: str, *_rest: Any) -> None:
        if (
            not words.lstrip()
            .upper()
            .startswith(("SELECT", "WITH", "PRAGMA", "BEGIN", "SAVEPOINT", "RELEASE", "ROLLBACK"))
        ):
            step()

    def committing(_connection: Any) -> None:
        step()

    event.listen(engine, "before_cursor_execute", statement)
    event.listen(engine, "commit", committing)
    try:
        yield found
    finally:
        event.remove(engine, "before_cursor_execute", statement)
        event.remove(engine, "commit", committing)


def _no_room(dialect: str) -> Exception:
    if dialect != "sqlite":
        return DiskFull("could not extend file: No space left on device")
    error = sqlite3.OperationalError("database or disk is full")
    error.sqlite_errorcode = sqlite3.SQLITE_FULL
    return error
