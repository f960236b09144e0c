"""What every test may ask for. Databases are real, on both engines; tests that need it freeze the clock."""

from __future__ import annotations

import gc
import os
import shutil
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import pytest
from argon2 import PasswordHasher
from hypothesis import HealthCheck, settings
from sqlalchemy import Engine
from sqlalchemy.orm import Session, close_all_sessions, sessionmaker

from app.accounts import box, passwords
from app.core.db import make_engine, make_sessions
from app.wiring import wire
from config import Settings
from tests.compiled import share_readings, share_rules, share_statements, share_templates
from tests.databases import PostgresServer, Prepared, SqliteServer, in_memory, rolled_back

if TYPE_CHECKING:
    from flask import Flask
    from flask.testing import FlaskClient

# The same small set of examples each time; `make test-deep` looks for new ones.
CALM = [HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
settings.register_profile(
    "default", derandomize=True, max_examples=50, deadline=None, database=None, suppress_health_check=CALM
)
settings.register_profile("deep", max_examples=2000, deadline=None, suppress_health_check=CALM)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "default"))
DEEP = os.environ.get("HYPOTHESIS_PROFILE") == "deep"

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
NO_BROWSER = "no Chromium found"

# A real hash takes a tenth of a second, and some tests make seven accounts.
passwords.use(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))

share_rules()
share_readings()
share_statements()

# Sealed secrets and mailed links need a key, with or without a whole application around them.
SECRET_KEY = "0123456789abcdef" * 4
box.use(SECRET_KEY)

# Garbage is looked for seldom: a fifth of all time went there.
gc.set_threshold(50_000, 20, 10)

# Services ask the policy and announce to the listeners, with or without a whole application around them.
wire()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Browser tests need a browser; without one they are left out, and the summary says so."""
    browser = [item for item in items if item.get_closest_marker("browser")]
    for item in browser if CHROMIUM is None else ():
        item.add_marker(pytest.mark.skip(reason=NO_BROWSER))


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Say loudly what was left out."""
    skipped = terminalreporter.stats.get("skipped", [])
    count = sum(NO_BROWSER in str(report.longrepr) for report in skipped)
    if count:
        terminalreporter.write_sep("!", f"NO CHROMIUM FOUND: {count} BROWSER TESTS LEFT OUT", red=True)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Tests marked `both_engines` run once on SQLite and once on PostgreSQL; the rest on SQLite.

    Those marked `histories(…)` are made for each engine, with one seed each; in the deep profile with all.
    """
    if "dialect" not in metafunc.fixturenames:
        return
    seeds = next((mark.args for mark in metafunc.definition.iter_markers("histories")), ())
    both = bool(seeds) or any(metafunc.definition.iter_markers("both_engines"))
    engines = ["sqlite", "postgresql"] if both else ["sqlite"]
    if not seeds:
        metafunc.parametrize("dialect", engines, scope="session")
        return
    pairs = list(product(engines, seeds)) if DEEP else list(zip(engines, seeds, strict=True))
    metafunc.parametrize(("dialect", "seed"), pairs, scope="session")


@pytest.fixture(scope="session")
def dialect() -> str:
    """The engine's name; parametrised above."""
    raise AssertionError("parametrised by pytest_generate_tests")


@pytest.fixture(scope="session")
def _sqlite_server() -> Iterator[SqliteServer]:
    with TemporaryDirectory(prefix="tracker-sqlite-", dir=in_memory()) as folder:
        yield SqliteServer(Path(folder))


@pytest.fixture(scope="session")
def _postgres_server() -> PostgresServer:
    try:
        return PostgresServer()
    except Exception as error:
        pytest.fail(f"PostgreSQL does not start, and half of the suite means nothing without it: {error!r}")


@pytest.fixture(scope="session")
def server(dialect: str, request: pytest.FixtureRequest) -> SqliteServer | PostgresServer:
    """Makes databases on the engine of this test: `.empty()`, `.filled()`, `.drop(url)`."""
    found = request.getfixturevalue("_postgres_server" if dialect == "postgresql" else "_sqlite_server")
    assert isinstance(found, SqliteServer | PostgresServer)
    return found


@pytest.fixture
def prepared() -> Prepared | None:
    """What this test's own database holds beside reference data. Rooms and modules say more."""
    return None


@pytest.fixture
def engine_url(server: SqliteServer | PostgresServer, prepared: Prepared | None) -> Iterator[str]:
    """A fresh migrated database with reference data, this test's own."""
    url = server.filled(prepared)
    yield url
    server.drop(url)


@pytest.fixture
def engine(engine_url: str) -> Iterator[Engine]:
    """An engine on this test's own database."""
    engine = make_engine(engine_url)
    yield engine
    engine.dispose()


@pytest.fixture
def sessions(engine: Engine) -> sessionmaker[Session]:
    """Sessions that really commit, on this test's own database."""
    return make_sessions(engine)


@pytest.fixture
def session(request: pytest.FixtureRequest, server: SqliteServer | PostgresServer) -> Iterator[Session]:
    """One session whose commits are savepoints, rolled back after the test.

    It works on the test's own database if the test asks for one, else on one that such tests share: making and
    dropping it takes PostgreSQL longer than most of them. The engine is always new, as what a process keeps lies by it.
    """
    own = "engine" in request.fixturenames
    engine = request.getfixturevalue("engine") if own else make_engine(server.shared())
    with rolled_back(engine) as session:
        yield session
    if not own:
        engine.dispose()


@pytest.fixture(scope="module")
def module_session(server: SqliteServer | PostgresServer) -> Iterator[Session]:
    """One session for tests that only read what a fixture of their module wrote, on a database of its own."""
    url = server.filled()
    engine = make_engine(url)
    with rolled_back(engine) as session:
        yield session
    engine.dispose()
    server.drop(url)


@pytest.fixture
def app_settings(engine_url: str, tmp_path: Path) -> Settings:
    """Settings as in development, on this test's own database."""
    env = {
        "TRACKER_ENV": "development",
        "TRACKER_DATA_DIR": str(tmp_path),
        "TRACKER_DATABASE_URL": engine_url,
    }
    read = Settings.from_env(env | {"TRACKER_SECRET_KEY": SECRET_KEY})
    return Settings(**(vars(read) | {"testing": True}))


@pytest.fixture
def app(app_settings: Settings) -> Iterator[Flask]:
    """The whole application on this test's own database."""
    from app.factory import create_app  # three seconds that unit tests should not pay

    made = share_templates(create_app(app_settings))
    yield made
    close_all_sessions()  # of downloads that nobody read to the end, whose database is dropped next
    made.extensions["tracker.sessions"].kw["bind"].dispose()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A browser without script: keeps cookies, signed in as nobody."""
    return app.test_client()
