"""`make chaos`: bad days in large doses, on both engines. `make chaos ARGS="--kills 50 --engine sqlite"`."""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from app.cli.serve import THREADS
from tests.chaos import scenarios as s
from tests.chaos.clocks import clock_steps
from tests.chaos.site import Site
from tests.databases import SqliteServer, fill
from tests.replica import NO_REPLICA, one_server

Given = argparse.Namespace


def main() -> int:
    """Read the arguments, do it, print what was done and counted. 1 where anything was lost."""
    reader = argparse.ArgumentParser(prog="make chaos", description=__doc__)
    reader.add_argument("--engine", choices=("sqlite", "postgresql"), help="one engine only")
    reader.add_argument("--kills", type=int, default=200, help="workers killed (default 200)")
    reader.add_argument("--restarts", type=int, default=20, help="hard restarts (default 20)")
    reader.add_argument("--backups", type=int, default=20, help="backups during writes (default 20)")
    reader.add_argument("--only", default="", help="scenarios whose name has these words, parted by a bar")
    reader.add_argument("--terms", type=int, default=5, help="SIGTERMs during saves (default 5)")
    asked = reader.parse_args()
    bad = 0
    for engine in (asked.engine,) if asked.engine else ("sqlite", "postgresql"):
        with tempfile.TemporaryDirectory(prefix="tracker-chaos-") as folder:
            bad += _sqlite(Path(folder), asked) if engine == "sqlite" else _postgresql(Path(folder), asked)
    print(f"\n{'Nothing was lost, half or double.' if not bad else f'{bad} scenarios went wrong.'}")
    return int(bool(bad))


def _sqlite(folder: Path, asked: Given) -> int:
    server = SqliteServer(folder)

    def url() -> str:
        return server.filled()

    bad = _all("sqlite", folder, url, asked, None)
    if _wanted("several migrations at once", asked):
        bad += _told("sqlite: several migrations at once", lambda: s.migrations_at_once(server.empty(), 4))
    if not _wanted("the disk is full", asked):
        return bad
    with _small_disk(folder) as disk:
        if disk is None:
            print("sqlite: a full disk: left out, no small disk can be mounted here (the suite has it in a small dose)")
            return bad
        small = f"sqlite:///{disk / 'tracker.sqlite3'}"
        fill(small)
        with _site(disk, small) as site:
            bad += _told("sqlite: the disk is full", lambda: s.refused_then_well(site, s.full, 5))
    return bad


def _postgresql(folder: Path, asked: Given) -> int:
    if NO_REPLICA:
        print(f"postgresql: left out: {NO_REPLICA}")
        return 0
    with one_server() as server:
        bad = _all("postgresql", folder, server.filled, asked, server.restart)
        if _wanted("several migrations at once", asked):
            bad += _told("postgresql: several migrations at once", lambda: s.migrations_at_once(server.empty(), 4))
        if not _wanted("no room, the disk is full", asked):
            return bad
        with _site(folder, server.filled()) as site:
            bad += _told("postgresql: no room (error 53100)", lambda: s.refused_then_well(site, s.full, 5))
    return bad


def _all(name: str, folder: Path, url: Callable[[], str], asked: Given, restart: Callable[[], None] | None) -> int:
    doses: tuple[tuple[str, Callable[[Site], s.Told]], ...] = (
        ("kill -9 of workers under four writers", lambda site: s.killed_workers(site, asked.kills)),
        ("restarted hard under four writers", lambda site: s.restarted_hard(site, asked.restarts, restart)),
        ("SIGTERM during saves", lambda site: s.ended_while_saving(site, asked.terms)),
        ("locked by somebody else", lambda site: s.refused_then_well(site, s.locked, 2)),
        ("slow clients, fewer than a worker has threads", lambda site: s.slow_clients(site, THREADS - 1)),
        ("old code, new schema", s.old_code_new_schema),
        ("backup during writes", lambda site: s.backups_while_writing(site, asked.backups)),
    )
    bad = 0
    for what, dose in doses:
        if not _wanted(what, asked):
            continue
        place = folder / what.split()[0].strip(",")
        place.mkdir(exist_ok=True)
        with _site(place, url()) as site:
            bad += _told(f"{name}: {what}", lambda dose=dose, site=site: dose(site))  # type: ignore[misc]
    if _wanted("clock steps", asked):
        bad += _told(f"{name}: clock steps and nights of summer time", lambda: clock_steps(folder, url()))
    return bad


def _wanted(what: str, asked: Given) -> bool:
    return not asked.only or any(word in what for word in asked.only.split("|"))


@contextmanager
def _site(folder: Path, url: str) -> Iterator[Site]:
    site = Site(folder, url)
    site.start()
    try:
        yield site
    finally:
        site.close()


@contextmanager
def _small_disk(folder: Path) -> Iterator[Path | None]:
    disk = folder / "disk"
    disk.mkdir()
    mount = shutil.which("mount")
    done = (
        mount and subprocess.run([mount, "-t", "tmpfs", "-o", "size=40m", "tmpfs", disk], check=False).returncode == 0
    )
    if not done:
        yield None
        return
    try:
        yield disk
    finally:
        # Lazily: somebody may still be closing a file, and the folder must be free to be removed.
        subprocess.run([shutil.which("umount") or "umount", "-l", disk], check=False)


WRONG = (*s.LOST, "exit codes other than 0", "answers other than 503", "typed text lost", "failed", "faulty")


def _told(what: str, dose: Callable[[], s.Told]) -> int:
    began = time.monotonic()
    try:
        told = dose()
    except Exception as error:
        print(f"{what}: WENT WRONG: {type(error).__name__}: {error}", flush=True)
        return 1
    wrong = [name for name in WRONG if told.get(name)]
    counted = "; ".join(f"{name} {value}" for name, value in told.items())
    print(f"{what} ({time.monotonic() - began:.0f} s): {counted}{'  <-- WRONG' if wrong else ''}", flush=True)
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main())
