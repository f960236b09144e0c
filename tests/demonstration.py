"""The demonstration data, loaded once a run for each engine, and nobody changes it.

It takes half a minute, so PostgreSQL has the file of 2008 only: the made-up years are written by the same services,
which random histories try on both engines.
"""

from __future__ import annotations

import fcntl
import os
from contextlib import nullcontext
from datetime import UTC, datetime
from pathlib import Path

from app.core import clock
from app.core.db import make_engine, make_sessions, unit_of_work
from app.demo.accounts import make_accounts
from app.demo.asked import make_requests
from app.demo.history import make_drafts, make_history
from app.demo.services import AS_OF, DEMO_FILE, load_file
from tests.databases import PostgresServer, SqliteServer
from tests.factories.people import PASSWORD

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)


def demonstration(server: SqliteServer | PostgresServer, base: Path) -> str:
    """The URL of the database with it: made by the first worker that asks. `base` is pytest's folder."""
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    note = shared / f"demo-{type(server).__name__}"
    with note.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not note.exists():
            url = server.filled()
            _load(url, history=isinstance(server, SqliteServer))
            note.write_text(url)
    return note.read_text()


def _load(url: str, *, history: bool) -> None:
    engine = make_engine(url)
    with clock.pretending(NOW), unit_of_work(make_sessions(engine)) as session:
        make_accounts(session, PASSWORD)
        load_file(session, DEMO_FILE, AS_OF, nullcontext)
        if history:
            make_history(session, iter)
            make_drafts(session)
            make_requests(session)
    engine.dispose()
