"""The process is killed at every database operation of a save and a submit, and the disk is full: nothing is half
there, nothing is lost, and sending the same form again heals it and makes nothing twice.
"""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, event, func, select, text
from sqlalchemy.orm import Session, sessionmaker

from app.activities.models import Activity, ActivityLine
from app.activities.services import complete_state
from app.core.audit import AuditEvent, canonical_json
from app.core.db import new_client_id
from tests.web.activities.conftest import QUICK, Browser, Sent, form_on, plain

Fill = Callable[..., Sent]
Log = Callable[..., str]
NEW = "/activities/new"
LONG = "Typed with care. " * 117
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


@pytest.mark.both_engines
@pytest.mark.parametrize("do", ["draft", "submit"])
def test_killed_while_a_new_record_is_saved(
    app: Flask, browser: Browser, fill: Fill, sessions: sessionmaker[Session], dialect: str, do: str
) -> None:
    client = browser("staff")
    form = fill(client, **QUICK | {"delivered": LONG}, do=do, not_duplicate="yes")
    step = 1 if dialect == "sqlite" else 5
    for point in range(1, MOST, step):
        sent = form | {"client_id": new_client_id()}
        died = killed(client, app, point, NEW, sent)
        assert_whole(sessions)
        for _ in range(2):
            assert client.post(NEW, data=sent).status_code == 302, point
        with sessions() as session:
            made = session.scalars(select(Activity).where(Activity.client_id == sent["client_id"])).one()
            state = "submitted" if do == "submit" else "draft"
            assert (made.current.state, made.current.delivered, len(made.revisions)) == (state, LONG.strip(), 1)
        if not died:
            assert point > 20
            return
    raise AssertionError("it never came to an end")


@pytest.mark.parametrize("do", ["draft", "submit"])
def test_killed_while_an_edit_is_saved(
    app: Flask, browser: Browser, fill: Fill, log: Log, sessions: sessionmaker[Session], do: str
) -> None:
    client = browser("staff")
    reference = log("staff", do="draft")
    path = f"/activities/{reference}/edit"
    for point in range(1, MOST):
        words = f"{point} {LONG[:1900]}"
        sent = fill(client, path, delivered=words, do=do, not_duplicate="yes")
        died = killed(client, app, point, path, sent)
        assert_whole(sessions)
        answer = client.post(path, data=sent)
        assert answer.status_code == 302, plain(answer.text)[:500]
        with sessions() as session:
            now = session.scalars(select(Activity).where(Activity.reference == reference)).one()
            assert now.current.delivered == words.strip()
            assert now.current.state == ("submitted" if do == "submit" else "draft")
        if not died:
            assert point > 20
            return
    raise AssertionError("it never came to an end")


def test_killed_while_typed_text_is_kept(
    app: Flask, browser: Browser, fill: Fill, sessions: sessionmaker[Session]
) -> None:
    client = browser("staff")
    form = fill(client, title="Typed", delivered=LONG)
    for point in range(1, MOST):
        sent = form | {"client_id": new_client_id()}
        died = killed(client, app, point, "/activities/typed.json", sent)
        assert_whole(sessions)
        assert client.post("/activities/typed.json", data=sent).status_code == 200
        if not died:
            assert point > 5
            return
    raise AssertionError("it never came to an end")


def test_a_full_disk_keeps_the_text_and_the_same_form_can_be_sent_later(
    app: Flask, browser: Browser, fill: Fill, sessions: sessionmaker[Session], how_many: Callable[[], int]
) -> None:
    client = browser("staff")
    sent = fill(client, **QUICK | {"delivered": LONG, "lessons": LONG}, do="submit")
    engine = engine_of(app)
    with engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()

    def full(connection: Any, _record: Any) -> None:
        connection.execute(f"PRAGMA max_page_count = {pages}")

    event.listen(engine, "connect", full)
    engine.dispose()
    refused = client.post(NEW, data=sent)
    assert refused.status_code == 503
    assert LONG.strip() in refused.text
    assert how_many() == 0
    assert_whole(sessions)
    event.remove(engine, "connect", full)
    engine.dispose()
    # The page has the form itself: one press sends it again.
    again = form_on(refused, NEW)
    assert {name: again[name] for name in sent if name != "csrf_token" and sent[name]} == {
        name: value for name, value in sent.items() if name != "csrf_token" and value
    }
    assert client.post(NEW, data=again).status_code == 302
    assert how_many() == 1
