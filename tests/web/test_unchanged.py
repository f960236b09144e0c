"""A page that the browser has already is not sent again, and never a page that is another one by now."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session, sessionmaker
from werkzeug.test import TestResponse

from app.accounts.models import User, UserSession
from app.activities.models import Activity
from app.activities.services import withdraw_activity
from app.codelists.models import Label
from app.core import clock
from app.core.db import unit_of_work
from app.core.permissions import SYSTEM, Permission
from app.core.web.guard import requires
from tests.factories import activities as make
from tests.web.conftest import SignIn

HQ, STAFF = "hq@demo.example", "staff@demo.example"
PAGES = ("/", "/activities", "/coverage", "/coverage/behind", "/offices", "/offices/0060", "/provisions", "/reports")
Post = Callable[..., TestResponse]


@pytest.fixture
def record(sessions: sessionmaker[Session]) -> int:
    """Id of an approved activity."""
    with unit_of_work(sessions) as session:
        return make.approved(session).id


def _tag(client: FlaskClient, path: str) -> str:
    page = client.get(path)
    assert page.status_code == 200
    tag = page.headers["ETag"]
    assert tag.startswith("W/")
    return tag


def _state(tag: str) -> str:
    return tag.partition(".")[2]


def _again(client: FlaskClient, path: str, tag: str) -> TestResponse:
    return client.get(path, headers={"If-None-Match": tag, "Accept-Encoding": "br"})


def _status_later(client: FlaskClient, path: str, later: timedelta) -> int:
    """What is answered so much later to a browser that kept the page."""
    start = datetime(2026, 11, 24, 9, 1, tzinfo=UTC)
    with clock.pretending(start):
        tag = _tag(client, path)
    with clock.pretending(start + later):
        return _again(client, path, tag).status_code


@pytest.mark.parametrize("path", PAGES)
def test_an_unchanged_page_is_not_sent_again(client: FlaskClient, sign_in: SignIn, path: str) -> None:
    sign_in(client, HQ)
    answer = _again(client, path, _tag(client, path))
    assert (answer.status_code, answer.data) == (304, b"")
    assert answer.headers["Cache-Control"] == "private, no-cache"
    assert {"Cookie", "Accept-Encoding"} <= {each.strip() for each in answer.headers["Vary"].split(",")}
    assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'")


def test_compression_leaves_the_tag_alone(client: FlaskClient, sign_in: SignIn) -> None:
    sign_in(client, HQ)
    plain, small = (client.get("/offices", headers={"Accept-Encoding": each}) for each in ("identity", "br"))
    assert plain.headers["ETag"] == small.headers["ETag"]
    assert len(small.data) < len(plain.data)


def test_a_changed_record_is_sent(
    client: FlaskClient, sign_in: SignIn, sessions: sessionmaker[Session], record: int
) -> None:
    sign_in(client, HQ)
    tags = {path: _tag(client, path) for path in ("/activities", "/coverage?year=2025")}
    with unit_of_work(sessions) as session:
        found = session.get_one(Activity, record)
        withdraw_activity(session, SYSTEM, found, "Logged twice.", found.version)
    for path, tag in tags.items():
        assert _again(client, path, tag).status_code == 200, path


def test_a_changed_name_is_sent(client: FlaskClient, sign_in: SignIn, sessions: sessionmaker[Session]) -> None:
    sign_in(client, HQ)
    tag = _tag(client, "/offices")
    with unit_of_work(sessions) as session:
        session.query(Label).filter_by(kind="office", code="0060", former=False).one().text = "Another Office"
    answer = client.get("/offices", headers={"If-None-Match": tag})
    assert answer.status_code == 200
    assert "Another Office" in answer.text


def test_in_an_unchanged_state_no_page_is_made(
    client: FlaskClient, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The bar of PERFORMANCE.md, P10: a 304 costs what it costs to find out who asks."""
    sign_in(client, HQ)
    tag = _tag(client, "/activities")

    def fail() -> str:
        raise AssertionError("the page was made")

    monkeypatch.setitem(client.application.view_functions, "activities.index", requires(Permission.SIGNED_IN)(fail))
    assert _again(client, "/activities", tag).status_code == 304


@pytest.mark.both_engines
def test_any_change_of_anything_has_the_page_made_again(
    client: FlaskClient, sign_in: SignIn, engine: Engine, sessions: sessionmaker[Session]
) -> None:
    """Whoever writes, and however: through a session, a statement, or a connection of its own."""
    sign_in(client, HQ)
    statements = ("UPDATE office SET note = 'x'", "DELETE FROM sign_in_attempt")
    for number, statement in enumerate(statements):
        tag = _tag(client, "/provisions")
        with engine.begin() as connection:
            connection.exec_driver_sql(statement)
        assert _state(_tag(client, "/provisions")) != _state(tag), number
    tag = _tag(client, "/provisions")
    with unit_of_work(sessions) as session:
        session.query(User).filter_by(email=HQ).update({"name": "Another Name"})
    assert "Another Name" in client.get("/provisions", headers={"If-None-Match": tag}).text


def test_a_change_that_the_page_does_not_show_still_spares_the_line(
    client: FlaskClient, sign_in: SignIn, engine: Engine
) -> None:
    sign_in(client, HQ)
    tag = _tag(client, "/provisions")
    with engine.begin() as connection:
        connection.exec_driver_sql("DELETE FROM sign_in_attempt")
    answer = _again(client, "/provisions", tag)
    assert answer.status_code == 304
    assert answer.headers["ETag"] == _tag(client, "/provisions") != tag


def test_a_change_given_up_and_a_noted_visit_change_no_state(
    client: FlaskClient, sign_in: SignIn, engine: Engine, sessions: sessionmaker[Session]
) -> None:
    start = datetime(2026, 11, 24, 9, 1, tzinfo=UTC)
    with clock.pretending(start):
        sign_in(client, HQ)
        tag = _tag(client, "/provisions")
    with engine.connect() as connection:
        connection.exec_driver_sql("UPDATE office SET note = 'x'")
        connection.rollback()
    with clock.pretending(start + timedelta(minutes=7)):
        assert _state(_tag(client, "/provisions")) == _state(tag)
        assert _state(_tag(client, "/provisions")) == _state(tag)
    with sessions() as session:
        assert session.scalar(select(func.max(UserSession.seen_at))) == start + timedelta(minutes=7)


def test_who_lost_the_right_is_told_so(client: FlaskClient, sign_in: SignIn, sessions: sessionmaker[Session]) -> None:
    sign_in(client, HQ)
    tag = _tag(client, "/activities")
    with unit_of_work(sessions) as session:
        session.query(User).filter_by(email=HQ).update({"active": False})
    assert _again(client, "/activities", tag).status_code == 302


def test_another_person_gets_a_page_of_their_own(client: FlaskClient, sign_in: SignIn) -> None:
    sign_in(client, HQ)
    tag = _tag(client, "/reports")
    other = client.application.test_client()
    sign_in(other, STAFF)
    assert _again(other, "/reports", tag).status_code == 200


def test_a_new_sign_in_gets_a_page_with_a_token_that_works(client: FlaskClient, sign_in: SignIn, post: Post) -> None:
    sign_in(client, HQ)
    tag = _tag(client, "/reports")
    gone = post(client, "/sign-out")
    assert gone.headers["Clear-Site-Data"] == '"cache"'
    sign_in(client, HQ)
    assert _again(client, "/reports", tag).status_code == 200


def test_another_language_is_another_page(client: FlaskClient, sign_in: SignIn, post: Post) -> None:
    sign_in(client, HQ)
    tag = _tag(client, "/reports")
    assert post(client, "/language", {"language": "qps", "next": "/reports"}).status_code == 303
    assert _again(client, "/reports", tag).status_code == 200


def test_a_page_is_sent_anew_before_its_token_runs_out(client: FlaskClient, sign_in: SignIn) -> None:
    sign_in(client, HQ)
    assert _status_later(client, "/reports", timedelta(0)) == 304
    assert _status_later(client, "/reports", timedelta(hours=3)) == 200


def test_the_minute_told_on_paper_makes_no_new_page(client: FlaskClient, sign_in: SignIn) -> None:
    sign_in(client, HQ)
    assert _status_later(client, "/coverage", timedelta(minutes=2)) == 304


@pytest.mark.parametrize("path", ["/activities/new", "/me"])
def test_forms_are_made_anew(client: FlaskClient, sign_in: SignIn, path: str) -> None:
    sign_in(client, STAFF)
    page = client.get(path)
    assert "ETag" not in page.headers
    assert page.headers["Cache-Control"] == "private, no-store"


def test_what_was_just_done_is_told_once(client: FlaskClient, sign_in: SignIn) -> None:
    sign_in(client, HQ)
    tag = _tag(client, "/reports")
    client.get("/probe/go")
    told = client.get("/reports", headers={"If-None-Match": tag})
    assert "hello" in told.text
    assert "ETag" not in told.headers
    assert told.headers["Cache-Control"] == "private, no-store"
    assert _again(client, "/reports", tag).status_code == 304


def test_strangers_and_refusals_get_no_tag(client: FlaskClient, sign_in: SignIn) -> None:
    assert "ETag" not in client.get("/sign-in").headers
    sign_in(client, STAFF)
    for path in ("/nowhere", "/activities?year=no-year", "/probe/stream.csv"):
        assert "ETag" not in client.get(path).headers, path
