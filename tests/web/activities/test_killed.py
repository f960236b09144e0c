"""The process is killed at every database operation of a save, a submit and an approval, and the disk is full at each:
nothing is half there, nothing is lost, and sending the same form again heals it and makes nothing twice.

Every seventh point is tried, on PostgreSQL every thirteenth; all of them with HYPOTHESIS_PROFILE=deep.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event, func, select
from sqlalchemy.orm import Session, sessionmaker

from app.accounts.models import User
from app.activities.models import Activity
from app.core.audit import AuditEvent
from app.core.db import new_client_id, unit_of_work
from app.coverage.keeping import verify
from app.mail.models import OutboxMessage
from app.offices.queries import actor_for
from tests.factories import activities as make
from tests.web.activities.breaking import MOST, assert_whole, engine_of, full_disk, killed
from tests.web.activities.conftest import QUICK, Browser, Sent, form_on, plain
from tests.web.conftest import csrf_of

Fill = Callable[..., Sent]
Log = Callable[..., str]
Approvable = Callable[[], tuple[str, int]]
NEW = "/activities/new"
EVERY_POINT = os.environ.get("HYPOTHESIS_PROFILE") == "deep"
LONG = "Typed with care. " * 117


def points(dialect: str = "sqlite") -> range:
    return range(1, MOST, 1 if EVERY_POINT else 7 if dialect == "sqlite" else 13)


@pytest.mark.both_engines
@pytest.mark.parametrize("do", ["draft", "submit"])
def test_killed_while_a_new_record_is_saved(
    app: Flask, browser: Browser, fill: Fill, sessions: sessionmaker[Session], dialect: str, do: str
) -> None:
    client = browser("staff")
    form = fill(client, **QUICK | {"delivered": LONG}, do=do, not_duplicate="yes")
    for point in points(dialect):
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
    for point in points():
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
    for point in points():
        sent = form | {"client_id": new_client_id()}
        died = killed(client, app, point, "/activities/typed.json", sent)
        assert_whole(sessions)
        assert client.post("/activities/typed.json", data=sent).status_code == 200
        if not died:
            assert point > 5
            return
    raise AssertionError("it never came to an end")


@pytest.fixture
def approvable(sessions: sessionmaker[Session], people: dict[str, User]) -> Approvable:
    """Submits one more record; its reference and version."""

    def run() -> tuple[str, int]:
        with unit_of_work(sessions) as session:
            staff = actor_for(session, people["staff@demo.example"].id)
            assert staff is not None
            made = make.submitted(session, actor=staff)
            return made.reference, made.version

    return run


def assert_approved_once(sessions: sessionmaker[Session], reference: str) -> None:
    """With one event and one mail, and counted."""
    with sessions() as session:
        activity = session.scalars(select(Activity).where(Activity.reference == reference)).one()
        assert (activity.current.state, activity.submitted) == ("approved", None)
        events = select(func.count()).select_from(AuditEvent).where(AuditEvent.subject_key == reference)
        assert session.scalar(events.where(AuditEvent.action == "activity.approved")) == 1
        mails = select(func.count()).select_from(OutboxMessage).where(OutboxMessage.activity_id == activity.id)
        assert session.scalar(mails.where(OutboxMessage.kind == "approved")) == 1
        assert list(verify(session)) == []


@pytest.mark.both_engines
def test_killed_while_a_record_is_approved(
    app: Flask, browser: Browser, approvable: Approvable, sessions: sessionmaker[Session], dialect: str
) -> None:
    adviser = browser("adviser")
    for point in points(dialect):
        reference, version = approvable()
        path = f"/activities/{reference}/approve"
        sent = {"csrf_token": csrf_of(adviser.get("/me")), "version": str(version)}
        died = killed(adviser, app, point, path, sent)
        assert_whole(sessions)
        answers = [adviser.post(path, data=sent).status_code for _ in range(2)]
        assert answers in ([302, 409], [409, 409]), point  # the second is told that it was decided
        assert_approved_once(sessions, reference)
        if not died:
            assert point > 10
            return
    raise AssertionError("it never came to an end")


@pytest.mark.both_engines
@pytest.mark.parametrize("do", ["draft", "submit"])
def test_a_full_disk_at_each_point_of_a_save(
    app: Flask, browser: Browser, fill: Fill, sessions: sessionmaker[Session], dialect: str, do: str
) -> None:
    client = browser("staff")
    form = fill(client, **QUICK | {"delivered": LONG}, do=do, not_duplicate="yes")
    for point in points(dialect):
        sent = form | {"client_id": new_client_id()}
        with full_disk(engine_of(app), point) as found:
            refused = client.post(NEW, data=sent)
        assert_whole(sessions)
        if refused.status_code != 302:
            assert refused.status_code == 503
            assert LONG.strip() in refused.text
            with sessions() as session:
                assert session.scalars(select(Activity).where(Activity.client_id == sent["client_id"])).all() == []
            sent = form_on(refused, NEW)  # the page has the form itself: one press sends it again
        assert client.post(NEW, data=sent).status_code == 302
        with sessions() as session:
            made = session.scalars(select(Activity).where(Activity.client_id == sent["client_id"])).one()
            assert (made.current.delivered, len(made.revisions)) == (LONG.strip(), 1)
            assert made.current.state == ("submitted" if do == "submit" else "draft")
        if not found.sprung:
            assert point > 10
            return
    raise AssertionError("it never came to an end")


@pytest.mark.both_engines
def test_a_full_disk_at_each_point_of_an_edit(
    app: Flask, browser: Browser, fill: Fill, log: Log, sessions: sessionmaker[Session], dialect: str
) -> None:
    client = browser("staff")
    path = f"/activities/{log('staff', do='draft')}/edit"
    for point in points(dialect):
        words = f"{point} {LONG[:1900]}".strip()
        sent = fill(client, path, delivered=words, do="draft")
        with full_disk(engine_of(app), point) as found:
            refused = client.post(path, data=sent)
        assert_whole(sessions)
        assert refused.status_code in (302, 503)
        assert refused.status_code == 302 or words in refused.text
        answer = client.post(path, data=sent)
        assert answer.status_code == 302, plain(answer.text)[:500]
        assert words in client.get(answer.location).text
        if not found.sprung:
            assert point > 5
            return
    raise AssertionError("it never came to an end")


@pytest.mark.both_engines
def test_a_full_disk_at_each_point_of_an_approval(
    app: Flask, browser: Browser, approvable: Approvable, sessions: sessionmaker[Session], dialect: str
) -> None:
    adviser = browser("adviser")
    for point in points(dialect):
        reference, version = approvable()
        path = f"/activities/{reference}/approve"
        sent = {"csrf_token": csrf_of(adviser.get("/me")), "version": str(version)}
        with full_disk(engine_of(app), point) as found:
            refused = adviser.post(path, data=sent).status_code
        assert refused in (302, 503), point
        assert_whole(sessions)
        assert adviser.post(path, data=sent).status_code == (302 if refused == 503 else 409)
        assert_approved_once(sessions, reference)
        if not found.sprung:
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
