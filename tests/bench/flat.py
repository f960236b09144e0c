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

from app.activities.queries import LINE_FIELDS

RUNS = 3
# What `activities.csv` does not show.
INSIDE = frozenset({"revision_id", "activity_id", "in_approved", "in_provisional", "awaiting", "ever_submitted"})


def flat_rows_per_second(engine: Engine) -> tuple[str, float]:
    """(name of the tool, rows per second): the sqlite3 shell, else Python's csv module; COPY on PostgreSQL."""
    names = ", ".join(name for name in LINE_FIELDS if name not in INSIDE)
    query = f"SELECT {names} FROM activity_line WHERE in_approved ORDER BY activity_id"
    with engine.connect() as connection:
        rows = connection.exec_driver_sql(f"SELECT count(*) FROM ({query}) AS x").scalar_one()
    tool, act = _tool(engine, query)
    act()
    return tool, rows / statistics.median(act() for _ in range(RUNS))


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
        with connection.connection.cursor() as cursor, cursor.copy(f"COPY ({query}) TO STDOUT (FORMAT csv)") as out:
            for _piece in out:
                pass
        return time.perf_counter() - begin
