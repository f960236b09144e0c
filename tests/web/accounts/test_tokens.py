"""Access tokens read .csv and .json as their person may, and do nothing else."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker
from werkzeug.test import TestResponse

from app.accounts.models import User
from app.accounts.models_proof import ApiToken
from app.core.audit import AuditEvent
from app.core.db import new_client_id, unit_of_work
from tests.web.accounts.proofs import send, texts
from tests.web.conftest import SignIn, csrf_of
from tests.web.test_sign_in import NOON, STAFF

DAY = {"last_day-day": "24", "last_day-month": "12", "last_day-year": "2026"}


def make(client: FlaskClient, **more: str) -> TestResponse:
    return send(client, client.get("/me/tokens"), "/me/tokens", **{"name": "Dashboard", **DAY, **more})


def token_in(page: TestResponse) -> str:
    (found,) = texts(page, "code.token")
    return found


def read(app: Flask, token: str, path: str = "/reports/offices.csv", method: str = "GET") -> TestResponse:
    return app.test_client().open(path, method=method, headers={"Authorization": f"Bearer {token}"})


@pytest.mark.both_engines
def test_a_token_reads_until_its_day_or_until_it_is_revoked(
    client: FlaskClient, sign_in: SignIn, app: Flask, sessions: sessionmaker[Session]
) -> None:
    """ASVS 7.2.2, 11.5.1: hashed, shown once, expiring, revocable, last used."""
    with time_machine.travel(NOON, tick=False) as clock:
        sign_in(client)
        made = make(client)
        token = token_in(made)
        assert token not in client.get("/me/tokens").text
        with sessions() as session:
            row = session.scalars(select(ApiToken)).one()
            assert token not in str(vars(row))
            assert token not in "".join(session.scalars(select(AuditEvent.state)))
        assert read(app, token).status_code == 200
        assert "last used" in client.get("/me/tokens").text
        clock.move_to(NOON.replace(month=12, hour=23))
        assert read(app, token).status_code == 200
        clock.shift(timedelta(hours=1))
        assert read(app, token).status_code == 401
        clock.move_to(NOON)
        token = token_in(make(client))
        assert read(app, token).status_code == 200
        assert send(client, client.get("/me/tokens"), "/revoke").status_code == 303
        assert read(app, token).status_code == 401


def test_a_token_opens_files_only(client: FlaskClient, sign_in: SignIn, app: Flask) -> None:
    """ASVS 8.2.1, 8.2.2: read-only; no page, no act, nothing about people."""
    with time_machine.travel(NOON, tick=False):
        sign_in(client, "admin@demo.example")
        token = token_in(make(client))
        for path in ("/", "/me", "/activities", "/me/tokens", "/administration/people", "/me/export.json",
                     "/administration/people/1/export.json", "/nowhere"):  # fmt: skip
            assert read(app, token, path).status_code in (403, 404), path
        for path in ("/me/tokens", "/me/password", "/sign-out", "/activities/new", "/reports/offices.csv"):
            for method in ("POST", "PUT", "DELETE", "PATCH"):
                assert read(app, token, path, method).status_code in (400, 403, 405), (method, path)
        assert read(app, token, "/reports/trend.json?year=2025").status_code == 200
        assert read(app, token, "/reports/offices.csv", "HEAD").status_code == 200


def test_the_token_decides_and_not_the_cookie(client: FlaskClient, sign_in: SignIn) -> None:
    sign_in(client)
    answer = client.get("/reports/offices.csv", headers={"Authorization": "Bearer tat_nonsense"})
    assert answer.status_code == 401
    assert client.get("/reports/offices.csv", headers={"Authorization": "Basic eDp5"}).status_code == 200
    assert client.get("/me").status_code == 200


def test_a_token_reads_what_its_person_may_read_now(
    client: FlaskClient, sign_in: SignIn, app: Flask, people: dict[str, User], sessions: sessionmaker[Session]
) -> None:
    with time_machine.travel(NOON, tick=False):
        sign_in(client, "hq@demo.example")
        token = token_in(make(client))
        mine = client.get("/reports/returns.csv?year=2025").text
        assert read(app, token, "/reports/returns.csv?year=2025").text == mine
        with unit_of_work(sessions) as session:
            session.get_one(User, people["hq@demo.example"].id).active = False
        assert read(app, token, "/reports/returns.csv?year=2025").status_code == 401


def test_a_token_is_made_once_however_often_it_is_sent(client: FlaskClient, sign_in: SignIn) -> None:
    with time_machine.travel(NOON, tick=False):
        sign_in(client)
        key = new_client_id()
        assert token_in(make(client, client_id=key))
        again = make(client, client_id=key)
        assert "sent twice" in again.text
        assert not list(texts(again, "code.token"))
        assert again.text.count("/revoke") == 1


def test_what_is_wrong_is_said_and_kept(client: FlaskClient, sign_in: SignIn) -> None:
    with time_machine.travel(NOON, tick=False):
        sign_in(client)
        for more in ({"name": ""}, {"last_day-year": "2028"}, {"last_day-year": "2025"}, {"last_day-day": ""}):
            answer = make(client, **more)
            assert answer.status_code == 422, more
            assert 'value="12"' in answer.text


def test_nobody_revokes_anothers_token(client: FlaskClient, sign_in: SignIn, app: Flask) -> None:
    with time_machine.travel(NOON, tick=False):
        sign_in(client)
        token = token_in(make(client))
        other = app.test_client()
        sign_in(other, "victim@demo.example")
        sent = {"csrf_token": csrf_of(other.get("/me"))}
        assert other.post("/me/tokens/1/revoke", data=sent).status_code == 404
        assert read(app, token).status_code == 200
        assert STAFF not in other.get("/me/tokens").text
