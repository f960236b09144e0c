"""`make bench`: measure, and print each figure beside its bar. `make bench ARGS="--size 100000 --engine sqlite"`."""

from __future__ import annotations

import argparse
import contextlib
import os
import tempfile
import time
import warnings
from collections.abc import Iterator
from pathlib import Path

from app.core.db import make_engine, make_sessions, unit_of_work
from app.core.permissions import Permission, Role
from app.core.web.guard import requires
from app.factory import create_app
from config import Settings
from tests.bench.browser import Browser
from tests.bench.imports import imports
from tests.bench.measures import NOTHING, Result, Site, cells, files, mix, pages, saves, unchanged, weights
from tests.bench.seed import check_sample, seed
from tests.databases import PostgresServer, SqliteServer
from tests.factories.people import PASSWORD, make_person

ENGINES = ("sqlite", "postgresql")
SMALLEST = 100


def main() -> None:
    """Read the arguments, measure each engine, print."""
    reader = argparse.ArgumentParser(prog="make bench", description=__doc__)
    reader.add_argument("--size", type=int, default=10_000, help="activities (default 10,000)")
    reader.add_argument("--against", type=int, help="activities of the smaller database (default: a tenth)")
    reader.add_argument("--engine", choices=ENGINES, help="one engine only")
    reader.add_argument("--runs", type=int, default=15, help="runs whose median is taken (default 15)")
    asked = reader.parse_args()
    smaller = asked.against or max(SMALLEST, asked.size // 10)
    with tempfile.TemporaryDirectory(prefix="tracker-bench-") as folder:
        for engine in (asked.engine,) if asked.engine else ENGINES:
            _measure(engine, Path(folder), (smaller, asked.size), asked.runs)


def _measure(dialect: str, folder: Path, sizes: tuple[int, int], runs: int) -> None:
    begin = time.perf_counter()
    server = SqliteServer(folder) if dialect == "sqlite" else PostgresServer(folder)
    with contextlib.ExitStack() as stack:
        # The log is written, for it is part of the work, but not among the results.
        stack.enter_context(contextlib.redirect_stderr(stack.enter_context(open(os.devnull, "w"))))
        small, large = (stack.enter_context(_site(server, size, folder)) for size in sizes)
        for site in (small, large):  # not before: a session ends while a million activities are made
            site.browser.sign_in("hq@demo.example", PASSWORD)
        print(f"\n{dialect}, {large.size:,} synthetic activities (and {small.size:,}), ready after"
              f" {time.perf_counter() - begin:.0f} s", flush=True)  # fmt: skip
        _print(pages(small, large, runs))
        _print(unchanged(large, runs))
        _print(files(large, runs))
        _print(weights(large))
        _print(mix(large))
        _print(cells(large))
        _print(saves(small, large))
        _print(imports(large, folder))


@contextlib.contextmanager
def _site(server: SqliteServer | PostgresServer, size: int, folder: Path) -> Iterator[Site]:
    url = server.filled()
    engine = make_engine(url)
    sessions = make_sessions(engine)
    app = create_app(_settings(url, folder))
    app.add_url_rule(NOTHING, "bench_nothing", requires(Permission.SIGNED_IN)(lambda: "nothing"))
    seed(sessions, size)
    check_sample(sessions)
    with unit_of_work(sessions) as session:
        make_person(session, "hq@demo.example", role=Role.HEADQUARTERS)
    try:
        yield Site(size, engine, sessions, Browser(app))
    finally:
        app.extensions["tracker.engine"].dispose()
        engine.dispose()
        server.drop(url)


def _settings(url: str, folder: Path) -> Settings:
    env = {
        "TRACKER_DATABASE_URL": url, "TRACKER_DATA_DIR": str(folder), "TRACKER_SECRET_KEY": "0123456789abcdef" * 4,
        "TRACKER_SECOND_FACTOR_ROLES": "none",  # headquarters signs in with a password alone
    }  # fmt: skip
    return Settings.from_env(env)


def _print(results: Iterator[Result]) -> None:
    for line in results:
        verdict = {True: "ok", False: "MISSED", None: ""}[line.good]
        print(f"{line.bar:<4} {line.what:<34} {line.value:<66} {line.limit:<16} {verdict}".rstrip(), flush=True)


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    main()
