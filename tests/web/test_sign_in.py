"""Signing in and out as a browser does it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session, sessionmaker
from werkzeug.test import TestResponse

from app.accounts import services
from app.accounts.models import SignInAttempt, User, UserSession
from app.core.db import unit_of_work
from tests.factories.people import make_person
from tests.web.conftest import SignIn, csrf_of, sign_in_as

STAFF = "staff@demo.example"
NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


def test_the_right_password_opens_the_account(client: FlaskClient, sign_in: SignIn) -> None:
    assert client.get("/me").status_code == 302
    assert sign_in(client, STAFF).headers["Location"] == "/"
    page = client.get("/me")
    assert page.status_code == 200
    assert STAFF in page.text


def test_the_address_is_read_in_any_spelling(client: FlaskClient, people: dict[str, User]) -> None:
    assert sign_in_as(client, "  Staff@DEMO.example ").status_code == 302


@pytest.mark.parametrize(
    ("email", "password"),
    [
        (STAFF, "wrong password"),
        ("nobody@demo.example", "wrong password"),
        (STAFF, "x" * 900),
        ("@", "x"),
        ("é" * 99, "x"),
    ],
)
def test_every_wrong_answer_is_the_same_422(
    client: FlaskClient, people: dict[str, User], email: str, password: str
) -> None:
    answer = sign_in_as(client, email, password)
    assert answer.status_code == 422
    assert "The email address or the password is not right." in answer.text
    assert password not in answer.text or len(password) == 1
    assert client.get("/me").status_code == 302


def test_empty_fields_are_named(client: FlaskClient) -> None:
    answer = sign_in_as(client, "", "")
    assert answer.status_code == 422
    assert "Write your email address." in answer.text
    assert "Write your password." in answer.text


def test_a_deactivated_person_is_out_at_once_and_stays_out(
    client: FlaskClient, sign_in: SignIn, sessions: sessionmaker[Session], people: dict[str, User]
) -> None:
    sign_in(client, STAFF)
    with unit_of_work(sessions) as session:
        services.set_active(session, session.get_one(User, people[STAFF].id), False)
    assert client.get("/me").status_code == 302
    assert sign_in_as(client, STAFF).status_code == 422


@pytest.mark.parametrize(
    "target",
    ["//evil.example", "/\\evil.example", "https://evil.example/", "javascript:alert(1)", "/\tx", "\\\\evil"],
)
def test_next_goes_nowhere_but_home_for_addresses_that_are_not_ours(
    client: FlaskClient, people: dict[str, User], target: str
) -> None:
    assert sign_in_as(client, STAFF, next=target).headers["Location"] == "/"


def test_next_brings_the_person_where_they_wanted_to_go(client: FlaskClient, people: dict[str, User]) -> None:
    asked = client.get("/me?x=1&y=2")
    assert asked.headers["Location"] == "/sign-in?next=%2Fme%3Fx%3D1%26y%3D2"
    page = client.get(asked.headers["Location"])
    assert 'value="/me?x=1&amp;y=2"' in page.text
    assert sign_in_as(client, STAFF, next="/me?x=1&y=2").headers["Location"] == "/me?x=1&y=2"
    assert client.get("/sign-in?next=/me").headers["Location"] == "/me"


def test_signing_in_takes_a_new_cookie_and_forgets_the_old(app: Flask, client: FlaskClient, sign_in: SignIn) -> None:
    client.get("/sign-in")
    with client.session_transaction() as cookie:
        cookie["planted"] = "by somebody else"
        token = cookie["csrf_token"]
    sign_in(client, STAFF)
    with client.session_transaction() as cookie:
        assert "planted" not in cookie
        assert cookie.get("csrf_token") != token


def test_a_cookie_replayed_after_sign_out_opens_nothing(
    app: Flask, client: FlaskClient, sign_in: SignIn, post: Callable[..., TestResponse]
) -> None:
    sign_in(client, STAFF)
    stolen = client.get_cookie("session")
    assert stolen is not None
    answer = post(client, "/sign-out")
    assert answer.headers["Location"] == "/sign-in"
    assert "You are signed out." in client.get("/sign-in").text
    thief = app.test_client()
    thief.set_cookie("session", stolen.value)
    assert thief.get("/me").status_code == 302


def test_sign_out_everywhere_ends_every_browser(
    app: Flask, client: FlaskClient, sign_in: SignIn, post: Callable[..., TestResponse]
) -> None:
    other = app.test_client()
    sign_in(client, STAFF)
    sign_in(other, STAFF)
    assert "2 sessions are open." in client.get("/me").text
    assert post(client, "/me/sign-out-everywhere").status_code == 302
    assert client.get("/me").status_code == 302
    assert other.get("/me").status_code == 302


def test_the_token_is_kept_as_a_hash_only(
    client: FlaskClient, sign_in: SignIn, sessions: sessionmaker[Session]
) -> None:
    sign_in(client, STAFF)
    with client.session_transaction() as cookie:
        token = cookie["token"]
    with sessions() as session:
        row = session.scalars(select(UserSession)).one()
        assert row.token_hash == services.token_hash(token) != token


def test_a_token_with_another_persons_mark_opens_nothing(client: FlaskClient, sign_in: SignIn) -> None:
    sign_in(client, STAFF)
    with client.session_transaction() as cookie:
        cookie["_user_id"] = "somebody else"
    assert client.get("/me").status_code == 302


def test_sessions_end_after_twelve_idle_hours_and_fourteen_days(client: FlaskClient, sign_in: SignIn) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        sign_in(client, STAFF)
        clock.move_to(NOON + timedelta(hours=12, seconds=1))
        assert client.get("/me").status_code == 302
        clock.move_to(NOON)
        for hours in range(0, 14 * 24, 11):
            clock.move_to(NOON + timedelta(hours=hours))
            assert client.get("/me").status_code == 200, hours
        clock.move_to(NOON + timedelta(days=14, seconds=1))
        assert client.get("/me").status_code == 302


def test_a_visit_is_noted_at_most_once_in_five_minutes(
    client: FlaskClient, sign_in: SignIn, sessions: sessionmaker[Session]
) -> None:
    def seen() -> datetime:
        with sessions() as session:
            return session.scalars(select(UserSession.seen_at)).one()

    with time_machine.travel(NOON, tick=False) as clock:
        sign_in(client, STAFF)
        clock.move_to(NOON + timedelta(minutes=4))
        client.get("/me")
        assert seen() == NOON
        clock.move_to(NOON + timedelta(minutes=6))
        client.get("/me")
        assert seen() == NOON + timedelta(minutes=6)


def test_the_sixth_guess_waits_and_a_success_clears_the_count(
    client: FlaskClient, people: dict[str, User], sessions: sessionmaker[Session]
) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        for _ in range(4):
            assert sign_in_as(client, STAFF, "wrong").status_code == 422
        assert sign_in_as(client, STAFF).status_code == 302
        client.delete_cookie("session")
        clock.move_to(NOON + timedelta(seconds=1))
        for _ in range(5):
            assert sign_in_as(client, STAFF, "wrong").status_code == 422
        blocked = sign_in_as(client, STAFF)
        assert blocked.status_code == 429
        assert "Your account is not blocked." in blocked.text
        assert 1 <= int(blocked.headers["Retry-After"]) <= 901
        with sessions() as session:  # what is refused is not counted, so waiting is enough
            assert session.scalar(select(func.count()).select_from(SignInAttempt)) == 10
        clock.move_to(NOON + timedelta(minutes=15, seconds=2))
        assert sign_in_as(client, STAFF).status_code == 302


def test_the_wait_is_the_same_for_an_account_that_does_not_exist(client: FlaskClient, people: dict[str, User]) -> None:
    answers = [sign_in_as(client, "nobody@demo.example", "wrong").status_code for _ in range(6)]
    assert answers == [422] * 5 + [429]


def test_a_cookie_of_nonsense_is_nobody(app: Flask) -> None:
    client = app.test_client()
    client.set_cookie("session", "nonsense.é\x01")
    assert client.get("/me").status_code == 302
    with client.session_transaction() as cookie:
        cookie["token"] = {"not": "a text"}
        cookie["_user_id"] = 7
    assert client.get("/me").status_code == 302


def test_a_person_without_a_role_gets_in_and_is_told(client: FlaskClient, sessions: sessionmaker[Session]) -> None:
    with unit_of_work(sessions) as session:
        make_person(session, "new@demo.example", role=None)
    assert sign_in_as(client, "new@demo.example").status_code == 302
    assert "You have no role yet." in client.get("/me").text


def test_the_password_is_not_looked_at_without_a_token(client: FlaskClient, people: dict[str, User]) -> None:
    answer = client.post("/sign-in", data={"email": STAFF, "password": "x" * 12})
    assert answer.status_code == 422
    assert "This page was open for too long." in answer.text
    assert f'value="{STAFF}"' in answer.text
    assert csrf_of(answer)
