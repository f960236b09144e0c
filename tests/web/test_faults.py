"""Bad moments in small doses: locked, no connection free, a newer schema, a clock that steps. 503, then well again."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, event, text
from sqlalchemy.orm import Session, sessionmaker
from werkzeug.test import TestResponse

from app.core import migrations
from app.core.db import make_engine, make_sessions
from tests.chaos import clocks
from tests.web.conftest import SignIn, csrf_of

TEXT = "Typed with care, and long."


@pytest.fixture
def staff(client: FlaskClient, sign_in: SignIn) -> FlaskClient:
    sign_in(client)
    return client


@pytest.fixture
def token(staff: FlaskClient) -> str:
    return csrf_of(staff.get("/me"))


def engine_of(app: Flask) -> Engine:
    engine = app.extensions["tracker.sessions"].kw["bind"]
    assert isinstance(engine, Engine)
    return engine


def impatient(connection: Any, _record: Any) -> None:
    """Wait a fifth of a second for a lock, not ten."""
    if hasattr(connection, "pgconn"):
        connection.execute("SET lock_timeout = '200ms'")
        connection.commit()
    else:
        connection.execute("PRAGMA busy_timeout = 200")


def assert_refused(answer: TestResponse) -> None:
    assert answer.status_code == 503, answer.text[:500]
    assert answer.headers["Retry-After"] == "5"
    assert TEXT in answer.text


@pytest.mark.both_engines
def test_a_locked_database(app: Flask, staff: FlaskClient, token: str, engine_url: str) -> None:
    event.listen(engine_of(app), "connect", impatient)
    engine_of(app).dispose()
    other = make_engine(engine_url)
    with other.connect() as connection:
        if other.dialect.name == "sqlite":
            connection.connection.driver_connection.execute("BEGIN IMMEDIATE")  # type: ignore[union-attr]
        else:
            connection.execute(text("LOCK TABLE user_account IN ACCESS EXCLUSIVE MODE"))
        assert_refused(_rename(staff, token))
        connection.connection.driver_connection.rollback()  # type: ignore[union-attr]
    other.dispose()
    assert _rename(staff, token).status_code == 200


def _rename(client: FlaskClient, token: str) -> TestResponse:
    return client.post("/probe/rename/200", data={"text": TEXT, "csrf_token": token})


@pytest.mark.both_engines
def test_no_connection_free(app: Flask, staff: FlaskClient, token: str, engine_url: str) -> None:
    small = make_engine(engine_url, pool_size=1, max_overflow=0, pool_timeout=0.2)
    before = app.extensions["tracker.sessions"]
    app.extensions["tracker.sessions"] = make_sessions(small)
    try:
        with small.connect() as held:
            held.execute(text("SELECT 1"))
            assert_refused(_rename(staff, token))
        assert staff.get("/me").status_code == 200
    finally:
        small.dispose()
        app.extensions["tracker.sessions"] = before


@pytest.mark.both_engines
def test_old_code_goes_on_beside_a_new_schema(
    app: Flask, staff: FlaskClient, token: str, sessions: sessionmaker[Session]
) -> None:
    with sessions() as session:
        session.connection(execution_options={"bookkeeping": True})
        session.execute(text("ALTER TABLE user_account ADD COLUMN of_tomorrow VARCHAR(10)"))
        session.execute(text("UPDATE alembic_version SET version_num = '9999'"))
        session.commit()
    assert _rename(staff, token).status_code == 200
    assert staff.get("/readyz").status_code == 503
    assert staff.get("/healthz").status_code == 200
    assert migrations.heads() != ["9999"]


def test_clock_steps_and_nights_of_summer_time(
    engine_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clocks, "NIGHTS", clocks.NIGHTS[:2])
    told = clocks.clock_steps(tmp_path, engine_url)
    assert told["saved"] == 10
    assert {
        told[name]
        for name in (
            "asked to sign in again",
            "acknowledged and lost",
            "days backwards",
            "leases taken twice",
            "facts apart",
        )
    } == {0}
