"""What a command works with: the settings, the database, the policy, the listeners."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy import Engine
from sqlalchemy.orm import Session, sessionmaker

from app.accounts import box
from app.core import migrations
from app.core.db import make_engine, make_sessions
from app.core.errors import Refused
from app.wiring import wire
from config import Settings

NOT_MIGRATED = "The database is not migrated. Run: tracker db upgrade"


@dataclass(frozen=True)
class Surroundings:
    """Settings and database of one run."""

    settings: Settings
    engine: Engine
    sessions: sessionmaker[Session]


@contextmanager
def surroundings(*, migrated: bool = True) -> Iterator[Surroundings]:
    """Read the settings, open the database, install policy and listeners; close the database afterwards.

    Raises:
        SettingsError: the environment asks for something the program will not do.
        Refused: `migrated` is asked for and the database is not at the newest revision.
    """
    settings = Settings.from_env()
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    engine = make_engine(settings.database_url)
    box.use(settings.secret_key)
    wire()
    try:
        if migrated and not migrations.at_head(engine):
            raise Refused(NOT_MIGRATED)
        yield Surroundings(settings, engine, make_sessions(engine))
    finally:
        engine.dispose()
