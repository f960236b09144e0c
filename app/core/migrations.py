"""The schema's version: migrate a database, ask whether it is at the newest, write the next migration."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine

from app.core.db import Base, writing

FOLDER = Path(__file__).resolve().parents[2] / "migrations"


def upgrade(engine: Engine, to: str = "head") -> None:
    """Migrate up to revision `to`. All or nothing; a second migration at the same time waits for the first."""
    _run(engine, lambda config: command.upgrade(config, to))


def downgrade(engine: Engine, to: str = "base") -> None:
    """Migrate down to revision `to`. What the removed tables held is gone."""
    _run(engine, lambda config: command.downgrade(config, to))


def at_head(engine: Engine) -> bool:
    """True if the database has exactly the newest schema."""
    with engine.connect() as connection:
        return set(MigrationContext.configure(connection).get_current_heads()) == set(heads())


def present(engine: Engine) -> str | None:
    """The revision that the database is at; None if it was never migrated."""
    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def known() -> frozenset[str]:
    """Every revision that this program has."""
    return frozenset(each.revision for each in _scripts().walk_revisions())


def heads() -> list[str]:
    """The newest revisions in the folder. A house test holds that there is one."""
    return list(_scripts().get_heads())


def differences(engine: Engine) -> list[Any]:
    """What the models say that the migrated database does not: empty in a sound tree."""
    with engine.connect() as connection:
        opts = {"compare_type": True, "compare_server_default": True, "include_name": is_ours}
        context = MigrationContext.configure(connection, opts=opts)
        return list(compare_metadata(context, Base.metadata))


def is_ours(name: str | None, kind: str, _parents: Any) -> bool:
    """The models say of this table or index what it is. They do not of the index of words (migration 0012), which each
    engine has in its own way."""
    words = (kind == "table" and (name or "").startswith("activity_word")) or name == "ix_activity_line_words"
    return not words


def write_next(engine: Engine, slug: str) -> Path:
    """Write the migration from the database at `engine` (at head) to the models, numbered after the last.

    Returns:
        The new file, to be read and completed by a person.
    """
    number = f"{len(list(_scripts().walk_revisions())) + 1:04d}"
    _run(engine, lambda config: command.revision(config, slug, autogenerate=True, rev_id=number))
    return next((FOLDER / "versions").glob(f"{number}_*.py"))


def _run(engine: Engine, act: Callable[[Config], object]) -> None:
    with _ready(engine) as connection:
        config = _config()
        config.attributes["connection"] = connection
        act(config)


@contextmanager
def _ready(engine: Engine) -> Iterator[Connection]:
    """A connection that may change tables: on SQLite with the write lock and with foreign keys asleep."""
    with writing(), engine.connect() as connection:
        # The table of versions may not be there yet; and new migrations are a new program, whose pages are new.
        connection.execution_options(bookkeeping=True)
        if connection.dialect.name != "sqlite":
            yield connection
            return
        raw: Any = connection.connection.driver_connection
        raw.execute("PRAGMA foreign_keys=OFF")  # cannot be changed inside a transaction, so not by a migration
        raw.execute("PRAGMA busy_timeout=600000")  # another migration may be at it, and takes as long as it takes
        try:
            yield connection
        finally:
            raw.execute("PRAGMA foreign_keys=ON")
            raw.execute("PRAGMA busy_timeout=10000")


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(FOLDER).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.set_main_option("file_template", "%%(rev)s_%%(slug)s")
    return config


def _scripts() -> ScriptDirectory:
    return ScriptDirectory.from_config(_config())
