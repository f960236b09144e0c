"""Runs migrations on the connection that `app.core.migrations` hands over; no alembic.ini, no offline mode."""

from __future__ import annotations

import importlib
import pkgutil
from pathlib import Path
from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext
from sqlalchemy import Connection, text

import app
import app.core.audit
from app.core.db import Base, UtcDateTime
from app.core.migrations import is_ours

# Any fixed number: two migrations of this program at once must meet at the same lock.
ADVISORY_LOCK = 7_205_759
WAIT_FOR_THE_OTHER = "5min"
WAIT_FOR_A_TABLE = "10s"
LONGEST_STATEMENT = "15min"


def load_models() -> None:
    """Import every room's models, so that the metadata is whole."""
    for room in pkgutil.iter_modules(app.__path__):
        if room.ispkg:
            for file in sorted((Path(app.__path__[0]) / room.name).glob("models*.py")):
                importlib.import_module(f"app.{room.name}.{file.stem}")


def render_item(kind: str, thing: Any, _context: AutogenContext) -> str | Literal[False]:
    """Migrations never import the application: our column types are written as what the database sees."""
    if kind == "type" and isinstance(thing, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    return False


def guard(connection: Connection) -> None:
    """On PostgreSQL: one migration at a time, and none that waits for ever behind a reader."""
    if connection.dialect.name != "postgresql":
        return  # SQLite: `app.core.migrations` begins with the write lock
    connection.execute(text(f"SET LOCAL lock_timeout = '{WAIT_FOR_THE_OTHER}'"))
    connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": ADVISORY_LOCK})
    connection.execute(text(f"SET LOCAL lock_timeout = '{WAIT_FOR_A_TABLE}'"))
    connection.execute(text(f"SET LOCAL statement_timeout = '{LONGEST_STATEMENT}'"))


def check_references(connection: Connection) -> None:
    """On SQLite foreign keys sleep during a migration, so rows left without their parent are looked for at its end."""
    if connection.dialect.name == "sqlite":
        orphans = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
        if orphans:
            raise RuntimeError(f"the migration left rows without their parents: {orphans[:5]}")


def run() -> None:
    """Migrate inside one transaction, on both engines."""
    connection: Connection = context.config.attributes["connection"]
    load_models()
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_as_batch=True,
        compare_type=True,
        compare_server_default=True,
        transactional_ddl=True,
        render_item=render_item,
        include_name=is_ours,
    )
    with context.begin_transaction():
        guard(connection)
        context.run_migrations()
        check_references(connection)


run()
