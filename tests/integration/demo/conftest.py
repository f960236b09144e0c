from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy.orm import Session

from app.core import clock
from app.core.db import make_engine
from tests.databases import PostgresServer, SqliteServer, rolled_back
from tests.demonstration import NOW, demonstration


@pytest.fixture
def today() -> Iterator[None]:
    """It is 24 November 2026."""
    with clock.pretending(NOW):
        yield


@pytest.fixture(scope="session")
def loaded(server: SqliteServer | PostgresServer, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The URL of a database with all demonstration data."""
    return demonstration(server, tmp_path_factory.getbasetemp())


@pytest.fixture
def demo(loaded: str, today: None) -> Iterator[Session]:
    """A session on the demonstration data, rolled back after the test."""
    engine = make_engine(loaded)
    with rolled_back(engine) as session:
        yield session
    engine.dispose()
