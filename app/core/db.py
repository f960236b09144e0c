"""Base of the models, column types, engines, and the unit of work.

Three writes have a short transaction of their own and are not part of a request's unit of work: signing in (attempts,
proofs, the way back from a provider), session bookkeeping, and the audit of refusals. All else is committed once, at
the edge.
"""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any, TypeAlias

from sqlalchemy import DateTime, MetaData, Row, Select, String, create_engine, event, text
from sqlalchemy.engine import Connection, Dialect, Engine
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, sessionmaker
from sqlalchemy.types import TypeDecorator

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}

AnySelect: TypeAlias = Select[*tuple[Any, ...]]
AnyRow: TypeAlias = Row[*tuple[Any, ...]]

# Versions by which processes and browsers keep what they read (app.core.versions).
RAISE = text(
    "INSERT INTO reference_version (domain, version) VALUES (:domain, 1)"
    " ON CONFLICT (domain) DO UPDATE SET version = reference_version.version + 1"
)
# The domains that every transaction raises that writes: a row for some of the processes each, so that writers seldom
# wait for each other, and never for longer than a commit takes.
DATA = "data:"
ROWS_OF_DATA = 8
# How statements that change nothing begin. What is not among them counts as a change: a wrong guess costs a page anew.
READS = ("SELECT", "BEGIN", "PRAGMA", "SAVEPOINT", "RELEASE", "SHOW", "EXPLAIN", "SET ")

# A transaction that reads first and writes later gets SQLITE_BUSY at once in WAL mode: write requests say so early.
_writing: ContextVar[bool] = ContextVar("writing", default=False)


class Base(DeclarativeBase):
    """Base of every mapped class."""

    metadata = MetaData(naming_convention=NAMING)


class UtcDateTime(TypeDecorator[datetime]):
    """An instant. Takes aware datetimes only, gives aware UTC back on both engines."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant must know its time zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def new_client_id() -> str:
    """A fresh id for a record, made where the record is made (browser, import, command)."""
    return str(uuid.uuid4())


class ClientMade:
    """A row somebody created: its id was made before it was sent, so that six sends make one record."""

    client_id: Mapped[str] = mapped_column(String(36), unique=True, default=new_client_id)


def make_engine(url: str, **options: Any) -> Engine:
    """An engine for SQLite (WAL, foreign keys, busy timeout) or PostgreSQL."""
    sqlite = url.startswith("sqlite")
    own: dict[str, Any] = (
        {"connect_args": {"check_same_thread": False, "timeout": 10}} if sqlite else {"pool_pre_ping": True}
    )
    # Filters make many statements of one kind: with the usual 500 some would be compiled again and again.
    engine = create_engine(url, query_cache_size=2000, **own, **options)
    if sqlite:
        event.listen(engine, "connect", _sqlite_connect)
        event.listen(engine, "begin", _sqlite_begin)
    _tell_writes(engine)
    return engine


def _tell_writes(engine: Engine) -> None:
    """Each transaction that wrote something, however it wrote, raises the version of the data as its last act.

    A connection with the execution option `bookkeeping` writes nothing that a page shows: it is passed over.
    """

    def note(connection: Connection, _cursor: Any, statement: str, *_more: Any) -> None:
        if not statement.startswith(READS) and not connection.get_execution_options().get("bookkeeping"):
            connection.info["wrote"] = True

    def committing(connection: Connection) -> None:
        if connection.info.get("wrote"):
            connection.execute(RAISE, {"domain": f"{DATA}{os.getpid() % ROWS_OF_DATA}"})
            connection.info["wrote"] = False

    def gave_up(connection: Connection) -> None:
        if not connection.invalidated:
            connection.info["wrote"] = False

    event.listen(engine, "before_cursor_execute", note)
    event.listen(engine, "commit", committing)
    event.listen(engine, "rollback", gave_up)


def _sqlite_connect(dbapi_connection: Any, _record: Any) -> None:
    dbapi_connection.isolation_level = None  # we emit BEGIN ourselves
    cursor = dbapi_connection.cursor()
    for pragma in ("journal_mode=WAL", "foreign_keys=ON", "busy_timeout=10000", "synchronous=NORMAL"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _sqlite_begin(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE" if _writing.get() else "BEGIN")


def make_sessions(engine: Engine) -> sessionmaker[Session]:
    """Sessions whose objects stay readable after the commit at the edge."""
    return sessionmaker(engine, expire_on_commit=False, autoflush=True)


@contextmanager
def writing() -> Iterator[None]:
    """Transactions begun inside take SQLite's write lock at their start."""
    token = _writing.set(True)
    try:
        yield
    finally:
        _writing.reset(token)


@contextmanager
def unit_of_work(sessions: sessionmaker[Session]) -> Iterator[Session]:
    """One session, one transaction: committed if the block ends well, rolled back if not."""
    with writing(), sessions() as session, session.begin():
        yield session
