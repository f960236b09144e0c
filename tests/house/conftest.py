"""One world for each module and engine: tests that spoil it make their own records in it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.databases import PostgresServer, SqliteServer
from tests.house.world import World, new_world


@pytest.fixture(scope="module")
def world(server: SqliteServer | PostgresServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """The application with everybody in it."""
    with new_world(server, tmp_path_factory.mktemp("world")) as made:
        yield made
