"""`make bench`: list page (P3), one save (P8), weight of pages (P10), coverage, and the CSV's rows a second."""

from __future__ import annotations

import argparse
import gzip
import itertools
import re
import sqlite3
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sqlalchemy import select

from app.accounts.models import User
from app.activities.services import record_activity, save_activity
from app.core import migrations
from app.core.db import make_engine, make_sessions, unit_of_work
from app.core.permissions import SYSTEM
from app.factory import create_app
from app.wiring import wire
from config import Settings
from tests.bench.seed import fill
from tests.databases import PostgresServer
from tests.factories.activities import quick
from tests.factories.people import Role, make_person
from tests.web.conftest import sign_in_as

PAGES = ("/", "/activities", "/activities/new", "/coverage", "/coverage?year=2025", "/offices", "/offices/0060",
         "/provisions", "/support-types/training")  # fmt: skip
RUNS = 15


def median_ms(act: Callable[[], object], runs: int = RUNS) -> float:
    """The middle of several runs, after one that is not counted."""
    act()
    times = []
    for _ in range(runs):
        begun = time.perf_counter()
        act()
        times.append((time.perf_counter() - begun) * 1000)
    return statistics.median(times)


class Bench:
    """One engine with a small and a large database."""

    def __init__(self, name: str, small_url: str, large_url: str, size: int, folder: Path) -> None:
        self.name, self.size = name, size
        self.small = self._application(small_url, max(size // 10, 300), folder)
        self.large = self._application(large_url, size, folder)

    def _application(self, url: str, size: int, folder: Path) -> Any:
        engine = make_engine(url)
        migrations.upgrade(engine)
        sessions = make_sessions(engine)
        fill(sessions, size)
        with unit_of_work(sessions) as session:
            make_person(session, "hq@demo.example", role=Role.HEADQUARTERS)
        settings = Settings.from_env({"TRACKER_ENV": "development", "TRACKER_DATA_DIR": str(folder),
                                      "TRACKER_DATABASE_URL": url})  # fmt: skip
        app = create_app(settings, sessions=sessions)
        client = app.test_client()
        assert sign_in_as(client, "hq@demo.example").status_code == 302
        return client

    def say(self, bar: str, figure: str, limit: str, *, kept: bool) -> None:
        print(f"{self.name:<11}{bar:<46}{figure:>22}   {limit:<12}{'kept' if kept else 'MISSED'}")

    def ratio(self, bar: str, value: float, limit: float) -> None:
        self.say(bar, f"{value:.2f}", f"<= {limit:g}", kept=value <= limit)

    def pages(self) -> None:
        nothing = median_ms(lambda: self.large.get("/me"))
        self.say("a signed-in page that does little (/me)", f"{nothing:.1f} ms", "", kept=True)
        for bar, path, limit in (("P3 list page", "/activities", 10.0), ("P2 coverage page, full", "/coverage", 16.0)):
            small, large = (median_ms(lambda c=c, p=path: c.get(p)) for c in (self.small, self.large))
            self.say(f"{bar} at {self.size:,}", f"{large:.1f} ms", "", kept=True)
            self.ratio(f"{bar} / little", large / nothing, limit)
            self.ratio(f"{bar}, {self.size:,} / {max(self.size // 10, 300):,}", large / small, 1.3)

    def save(self) -> None:
        times = {}
        for name, client in (("small", self.small), ("large", self.large)):
            sessions = client.application.extensions["tracker.sessions"]
            times[name] = _save_ms(sessions)
            if name == "large":
                bare = _bare_save_ms(sessions)
        self.say(f"P8 one save, all kept, at {self.size:,}", f"{times['large']:.1f} ms", "", kept=True)
        self.ratio("P8 one save / a bare save", times["large"] / bare, 10)
        self.ratio("P8 one save, large / small", times["large"] / times["small"], 2.5)

    def weight(self) -> None:
        for path in PAGES:
            page = self.large.get(path)
            assets = re.findall(r'(?:href|src)="(/static/[^"]+)"', page.text)
            html = len(gzip.compress(page.data))
            rest = sum(len(gzip.compress(self.large.get(a).data)) for a in dict.fromkeys(assets))
            requests = 1 + len(dict.fromkeys(assets))
            cold = (html + rest) / 1000
            fits = requests <= 3 and cold <= 30 and html <= 20_000
            self.say(f"P10 {path}", f"{cold:.1f} kB, {requests} req", "<= 30 kB, 3", kept=fits)

    def export(self) -> None:
        begun = time.perf_counter()
        answer = self.large.get("/activities.csv", buffered=False)
        blocks = iter(answer.response)
        size = len(next(blocks))
        first = time.perf_counter() - begun
        size += sum(len(block) for block in blocks)
        took = time.perf_counter() - begun
        rows = self.size / took
        self.say("activities.csv", f"{rows:,.0f} rows/s", "", kept=True)
        self.say("activities.csv, first byte", f"{first * 1000:.0f} ms", f"{size / 1e6:.1f} MB", kept=True)


def _save_ms(sessions: Any) -> float:
    with unit_of_work(sessions) as session:
        activity = record_activity(session, SYSTEM, "0060", quick())
        key = activity.id
    numbers = itertools.count()

    def save() -> None:
        with unit_of_work(sessions) as session:
            held = session.get(type(activity), key)
            assert held is not None
            save_activity(session, SYSTEM, held, quick(title=f"Course {next(numbers)}"), held.version)

    return median_ms(save)


def _bare_save_ms(sessions: Any) -> float:
    """One row changed and committed, nothing else."""
    numbers = itertools.count()

    def save() -> None:
        with unit_of_work(sessions) as session:
            user = session.scalars(select(User).limit(1)).one()
            user.name = f"Person {next(numbers)}"

    return median_ms(save)


def shell_rows(path: Path, size: int) -> None:
    """The same flat rows by the sqlite3 shell, where there is one, else by the module and its csv writer."""
    query = "SELECT * FROM activity_line WHERE in_approved = 1"
    begun = time.perf_counter()
    try:
        subprocess.run(["sqlite3", "-csv", str(path), query], stdout=subprocess.DEVNULL, check=True)
        name = "sqlite3 shell"
    except FileNotFoundError:
        with sqlite3.connect(path) as raw:
            sum(1 for _ in raw.execute(query))
        name = "sqlite3 module, rows only read"
    print(f"{'':<11}{name:<46}{size / (time.perf_counter() - begun):>15,.0f} rows/s")


def main() -> None:
    """Fill, measure, print."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--size", type=int, default=10_000)
    asked.add_argument("--engine", choices=("sqlite", "postgresql", "both"), default="both")
    asked_for = asked.parse_args()
    wire()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        urls = {"sqlite": (f"sqlite:///{folder / 'small.sqlite3'}", f"sqlite:///{folder / 'large.sqlite3'}")}
        if asked_for.engine != "sqlite":
            server = PostgresServer()
            urls["postgresql"] = (server.empty(), server.empty())
        for engine, (small, large) in urls.items():
            if asked_for.engine in (engine, "both"):
                print(f"Filling {engine} with {asked_for.size:,} activities …", flush=True)
                bench = Bench(engine, small, large, asked_for.size, folder)
                bench.pages()
                bench.save()
                bench.weight()
                bench.export()
        if asked_for.engine != "postgresql":
            shell_rows(folder / "large.sqlite3", asked_for.size)


if __name__ == "__main__":
    main()
