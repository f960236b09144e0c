"""A database without any table, for each test its own."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import Engine

from app.core.db import make_engine


@pytest.fixture
def empty_url(server: Any) -> Iterator[str]:
    url = server.empty()
    yield url
    server.drop(url)


@pytest.fixture
def empty(empty_url: str) -> Iterator[Engine]:
    engine = make_engine(empty_url)
    yield engine
    engine.dispose()
