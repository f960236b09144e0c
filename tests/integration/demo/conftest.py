from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import nullcontext
from datetime import UTC, datetime

import pytest
from sqlalchemy.orm import Session

from app.core import clock
from app.core.db import make_engine, make_sessions, unit_of_work
from app.demo.accounts import make_accounts
from app.demo.asked import make_requests
from app.demo.history import make_drafts, make_history
from app.demo.services import AS_OF, DEMO_FILE, load_file
from tests.databases import PostgresServer, SqliteServer, rolled_back
from tests.factories.people import PASSWORD

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)


@pytest.fixture
def today() -> Iterator[None]:
    """It is 24 November 2026."""
    with clock.pretending(NOW):
        yield


@pytest.fixture(scope="session")
def loaded(server: SqliteServer | PostgresServer, dialect: str, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The URL of a database with all demonstration data: made by the first worker that asks, read by all."""
    base = tmp_path_factory.getbasetemp()
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    note = shared / f"demo-{dialect}"
    with note.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not note.exists():
            note.write_text(_load(server.filled()))
    return note.read_text()


def _load(url: str) -> str:
    engine = make_engine(url)
    with clock.pretending(NOW), unit_of_work(make_sessions(engine)) as session:
        make_accounts(session, PASSWORD)
        load_file(session, DEMO_FILE, AS_OF, nullcontext)
        make_history(session, iter)
        make_drafts(session)
        make_requests(session)
    engine.dispose()
    return url


@pytest.fixture
def demo(loaded: str, today: None) -> Iterator[Session]:
    """A session on the demonstration data, rolled back after the test."""
    engine = make_engine(loaded)
    with rolled_back(engine) as session:
        yield session
    engine.dispose()
