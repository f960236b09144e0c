"""The measure for files: how fast the database's own tools write the same columns of the same rows as CSV."""

from __future__ import annotations

import csv
import io
import shutil
import sqlite3
import statistics
import subprocess
import time
from collections.abc import Callable

from sqlalchemy import Engine

from app.activities.models import ActivityLine
from app.activities.queries import L
from app.reports.definitions.activities import COLUMNS

RUNS = 3


def flat_rows_per_second(engine: Engine) -> tuple[str, float]:
    """(name of the tool, rows per second): the sqlite3 shell, else Python's csv module; COPY on PostgreSQL."""
    names = [column.name for column in ActivityLine.__table__.columns if column.name not in NOT_IN_THE_FILE]
    assert len(names) <= len(COLUMNS) + 1
    # Names of our own columns and no input.
    query = f"SELECT {', '.join(names)} FROM activity_line WHERE in_approved ORDER BY activity_id"
    with engine.connect() as connection:
        rows = connection.exec_driver_sql(f"SELECT count(*) FROM ({query}) AS x").scalar_one()
    tool, act = _tool(engine, query)
    act()
    return tool, rows / statistics.median(act() for _ in range(RUNS))


NOT_IN_THE_FILE = frozenset(
    {"search", "revision_id", "activity_id", "in_approved", "in_provisional", "awaiting", "ever_submitted"}
)


def _tool(engine: Engine, query: str) -> tuple[str, Callable[[], float]]:
    if engine.dialect.name == "postgresql":
        return "COPY", lambda: _copy(engine, query)
    path = str(engine.url.database)
    if shutil.which("sqlite3"):
        return "the sqlite3 shell", lambda: _shell(path, query)
    return "sqlite3 and csv of Python", lambda: _module(path, query)


def _shell(path: str, query: str) -> float:
    begin = time.perf_counter()
    subprocess.run(["sqlite3", "-readonly", "-csv", path, query], stdout=subprocess.PIPE, check=True)
    return time.perf_counter() - begin


def _module(path: str, query: str) -> float:
    begin = time.perf_counter()
    with sqlite3.connect(path) as connection:
        csv.writer(io.StringIO()).writerows(connection.execute(query))
    return time.perf_counter() - begin


def _copy(engine: Engine, query: str) -> float:
    with engine.connect() as connection:
        begin = time.perf_counter()
        with (
            connection.connection.cursor() as cursor,
            cursor.copy(f"COPY ({query}) TO STDOUT WITH (FORMAT csv)") as out,
        ):
            for _piece in out:
                pass
        return time.perf_counter() - begin


assert L is ActivityLine
