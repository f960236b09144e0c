"""Two processes on one database agree, and a replica serves what only reads, never less than the reader has written."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.orm import Session, sessionmaker

from app.codelists.queries import codes, labels
from app.codelists.services import Names, NewCode, add_code, rename
from app.core.db import make_engine, make_sessions, unit_of_work
from app.core.permissions import SYSTEM
from app.factory import create_app
from config import Settings
from tests.replica import NO_REPLICA, Replicated, replicated
from tests.web.conftest import sign_in_as

OTHER = """
import sys
from app.codelists.queries import codes, labels
from app.core.db import make_engine, make_sessions
from app.wiring import wire
wire()
sessions = make_sessions(make_engine(sys.argv[1]))
for _line in sys.stdin:
    with sessions() as session:
        known = ",".join(row.code for row in codes(session, "modality"))
        print(f"{labels(session).of('office', '0060')}|{known}", flush=True)
"""


@pytest.mark.both_engines
def test_what_one_worker_changes_the_other_sees_at_once(sessions: sessionmaker[Session], engine_url: str) -> None:
    other = subprocess.Popen(
        [sys.executable, "-c", OTHER, engine_url], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        cwd=Path(__file__).parents[3],
    )  # fmt: skip
    assert other.stdin
    assert other.stdout

    def asked() -> str:
        other.stdin.write("\n")  # type: ignore[union-attr]
        other.stdin.flush()  # type: ignore[union-attr]
        return other.stdout.readline().strip()  # type: ignore[union-attr]

    try:
        assert asked().startswith("Afghanistan Country Office|")
        for number in range(3):
            with unit_of_work(sessions) as session:
                rename(session, SYSTEM, Names("office", "0060", {"en": f"Kabul {number}"}))
                add_code(session, SYSTEM, NewCode("modality", f"made_{number}", {"en": "Made"}))
            told = asked()
            assert told.startswith(f"Kabul {number}|")
            assert told.endswith(f"made_{number}")
            with sessions() as session:
                assert labels(session).of("office", "0060") == f"Kabul {number}"
                assert codes(session, "modality")[-1].code == f"made_{number}"
    finally:
        other.stdin.close()
        other.wait(10)
        other.stdout.close()


@pytest.fixture(scope="module")
def pair() -> Iterator[Replicated]:
    if NO_REPLICA:
        pytest.skip(NO_REPLICA)
    with replicated() as made:
        yield made


@pytest.fixture
def app(pair: Replicated, tmp_path: Path) -> Iterator[Flask]:
    env = {"TRACKER_ENV": "development", "TRACKER_DATA_DIR": str(tmp_path), "TRACKER_DATABASE_URL": pair.primary,
           "TRACKER_READ_DATABASE_URL": pair.replica, "TRACKER_SECRET_KEY": "0123456789abcdef" * 4}  # fmt: skip
    made = create_app(Settings(**(vars(Settings.from_env(env)) | {"testing": True})))
    yield made
    made.extensions["tracker.sessions"].kw["bind"].dispose()
    made.extensions["tracker.read_sessions"].kw["bind"].dispose()


def test_a_real_replica_serves_dashboards_and_never_less_than_was_written(pair: Replicated, app: Flask) -> None:
    from tests.factories.people import make_person

    with unit_of_work(app.extensions["tracker.sessions"]) as session:
        make_person(session, "staff@demo.example")
    client = app.test_client()
    assert sign_in_as(client, "staff@demo.example").status_code == 302

    def reads() -> int:
        """Transactions that the replica has answered, as the replica itself counts."""
        engine = make_engine(pair.replica)
        with engine.connect() as connection:
            connection.execute(text("SELECT pg_stat_force_next_flush()"))
            count = connection.execute(
                text("SELECT xact_commit + xact_rollback FROM pg_stat_database WHERE datname = current_database()")
            ).scalar_one()
        engine.dispose()
        return int(count)

    pair.caught_up()
    before = app.extensions["tracker.read_sessions"]
    served: list[str] = []
    from sqlalchemy import event

    event.listen(before.kw["bind"], "before_cursor_execute", lambda *a: served.append(a[2]))
    assert client.get("/offices/0060").status_code == 200
    assert len(served) > 1
    served.clear()
    assert client.get("/activities").status_code == 200  # a room that also writes
    assert served == []
    pair.pause()
    try:
        with unit_of_work(app.extensions["tracker.sessions"]) as session:
            rename(session, SYSTEM, Names("office", "0060", {"en": "Written just now"}))
        assert "Written just now" in client.get("/offices/0060").text
        assert len(served) == 1  # it was asked how far it is, and no more
    finally:
        pair.go_on()
    pair.caught_up()
    served.clear()
    assert "Written just now" in client.get("/offices/0060").text
    assert len(served) > 1
    pair.stop_replica()
    app.extensions["tracker.read_sessions"].kw["bind"].dispose()
    assert "Written just now" in client.get("/offices/0060").text
    assert make_sessions  # the primary alone goes on
