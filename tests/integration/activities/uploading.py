"""One upload that dies, or finds the disk full, at the nth thing it asks of a file or the database.

As a program it takes the address of a database, a folder and a reference; then lines of `<how> <n>`. Each is done in a
process of its own, forked where everything is loaded already, and answered by how it ended.
"""

from __future__ import annotations

import errno
import io
import os
import signal
import sys
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, event
from sqlalchemy.exc import OperationalError

from app.activities.evidence import Added, Details, Limits, add_files, ready
from app.activities.services import find_activity
from app.core.db import make_engine, make_sessions, unit_of_work
from app.core.files import FileStore, NoRoom
from app.core.permissions import SYSTEM
from app.wiring import wire
from tests.factories import files as make

CLIENT_ID = "00000000-0000-4000-8000-00000000000a"
SENT = {"minutes.pdf": make.PDF, "room.jpg": make.told_picture()}
DONE, NO_ROOM, NO_DATABASE, KILLED = "done", "no room", "no database", "killed"
ENDS = {0: DONE, 3: NO_ROOM, 4: NO_DATABASE}


def upload(engine: Engine, folder: Path, reference: str) -> Added:
    """Send the two files, all in one form."""
    store, limits = FileStore(folder), Limits()
    with ExitStack() as stack:
        files = [stack.enter_context(ready(store, limits, io.BytesIO(b), name)) for name, b in SENT.items()]
        with unit_of_work(make_sessions(engine)) as session:
            activity = find_activity(session, reference)
            return add_files(session, SYSTEM, activity, store, limits, files, Details(), CLIENT_ID)


class Trap:
    """Counts what is asked of files and database, and springs at the nth."""

    def __init__(self, how: str, n: int) -> None:
        self.how, self.left = how, n

    def set_on(self, engine: Engine) -> None:
        """From now on everything is counted."""
        for name in ("open", "fsync", "replace", "mkdir", "unlink"):
            setattr(os, name, self._counted(getattr(os, name), may_fill=name != "unlink"))
        os.write = self._torn(os.write)  # type: ignore[assignment]
        for moment in ("before_cursor_execute", "commit"):
            event.listen(engine, moment, lambda *_given: self.step(self._database_full))

    def step(self, fail: Callable[[], object]) -> None:
        """One thing is asked."""
        self.left -= 1
        if self.left == 0:
            if self.how == "kill":
                os.kill(os.getpid(), signal.SIGKILL)
            fail()

    def _counted(self, real: Callable[..., Any], *, may_fill: bool) -> Callable[..., Any]:
        def run(*given: Any, **named: Any) -> Any:
            self.step(self._disk_full if may_fill else lambda: None)
            return real(*given, **named)

        return run

    def _torn(self, real: Callable[[int, bytes], int]) -> Callable[[int, bytes], int]:
        def run(descriptor: int, content: bytes) -> int:
            if self.left == 1:
                real(descriptor, bytes(content)[: len(content) // 2])
            self.step(self._disk_full)
            return real(descriptor, content)

        return run

    @staticmethod
    def _disk_full() -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    @staticmethod
    def _database_full() -> None:
        raise OperationalError("database or disk is full", None, Exception())


def one(url: str, folder: Path, reference: str, how: str, n: int) -> int:
    """What the forked process does; its exit code."""
    engine = make_engine(url)
    trap = Trap(how, n)
    trap.set_on(engine)
    try:
        upload(engine, folder, reference)
        trap.step(lambda: None)  # right after the commit
    except NoRoom:
        return 3
    except OperationalError:
        return 4
    return 0 if trap.left > 0 else 3


def main() -> None:
    """Read lines, fork, answer."""
    url, folder, reference = sys.argv[1], Path(sys.argv[2]), sys.argv[3]
    wire()
    for line in sys.stdin:
        how, n = line.split()
        child = os.fork()
        if child == 0:
            os._exit(one(url, folder, reference, how, int(n)))
        _, status = os.waitpid(child, 0)
        print(KILLED if os.WIFSIGNALED(status) else ENDS[os.WEXITSTATUS(status)], flush=True)


if __name__ == "__main__":
    main()
