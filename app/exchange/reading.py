"""Reading a file through a child process: what is hostile ends there, and is told in words."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any

from app.core.i18n import N_
from app.exchange.iati_model import IatiActivity
from app.exchange.iati_told import untold as untold_iati
from app.exchange.sheet_columns import ACTIVITIES
from app.exchange.sheet_csv import Row
from app.exchange.sheet_kinds import IATI, kind_of
from app.exchange.sheet_limits import MEMORY, SECONDS, Unreadable
from app.exchange.sheet_look import Look, Reading, untold

ROOT = Path(__file__).resolve().parents[2]
TOO_MUCH = N_("Reading the file takes more memory or time than an import may use. Send it in parts, or as CSV.")
UNREADABLE = N_("The file cannot be read: it is damaged, or not what it seems. Save it anew and send it again.")
GONE = N_("The file is not there any more.")


def look(path: Path, how: Reading | None = None) -> Look:
    """What the table is, or the IATI file. Raises Unreadable."""
    how = how or Reading()
    _there(path)
    if kind_of(path) == IATI:
        return look_iati(path) if how.of == ACTIVITIES else Look(IATI)
    return _look("look", path, asdict(how))


def look_iati(path: Path) -> Look:
    """How many activities the IATI file holds, and what is wrong with it as a whole. Raises Unreadable."""
    return _look("look-iati", path, {})


def _look(asked: str, path: Path, how: Mapping[str, Any]) -> Look:
    for told in _told(asked, path, how):
        if "look" in told:
            return untold(told["look"])
    raise Unreadable(UNREADABLE)


def read_rows(path: Path, how: Reading) -> Iterator[list[Row]]:
    """The rows below the headings, by the batch. Raises Unreadable, at the latest at the end."""
    _there(path)
    yield from ([(number, cells) for number, cells in batch] for batch in _batches("rows", path, asdict(how)))


def read_activities(path: Path, today: date, countries: Collection[str]) -> Iterator[list[IatiActivity]]:
    """The activities of an IATI file, by the batch; `countries` are the codes (ISO 2) that count as known.

    Raises:
        Unreadable: at the latest at the end.
    """
    how = {"today": today.isoformat(), "countries": sorted(countries)}
    _there(path)
    yield from ([untold_iati(each) for each in batch] for batch in _batches("iati", path, how))


def _there(path: Path) -> None:
    if not path.is_file():
        raise Unreadable(GONE)


def _batches(asked: str, path: Path, how: Mapping[str, Any]) -> Iterator[list[Any]]:
    for told in _told(asked, path, how):
        if asked in told:
            yield told[asked]
        elif "end" in told:
            return
    raise Unreadable(UNREADABLE)


def _told(asked: str, path: Path, how: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    with _child(asked, path, how) as (process, watch):
        assert process.stdout is not None
        for line in process.stdout:
            try:
                told = json.loads(line)
            except ValueError:
                break  # it was killed in the middle of a line
            if "refused" in told:
                raise Unreadable(told["refused"], **told["values"])
            watch.rest()
            yield told
            watch.begin()
        code = process.wait()
        if code:
            raise Unreadable(TOO_MUCH if code < 0 or _out_of_memory(process) else UNREADABLE)


def _out_of_memory(process: subprocess.Popen[bytes]) -> bool:
    assert process.stderr is not None
    return b"MemoryError" in process.stderr.read()[-4000:]


class _Watch:
    """Kills the process where nothing is heard of it for too long.

    It rests while whoever asked works with what was told: the process then waits for its reader, who may take hours
    over a long file. How long the process itself works is limited by its own processor time.
    """

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self._process = process
        self.begin()

    def begin(self) -> None:
        """Count the seconds from now on."""
        self._timer = threading.Timer(SECONDS, self._process.kill)
        self._timer.daemon = True
        self._timer.start()

    def rest(self) -> None:
        """Count no more."""
        self._timer.cancel()


@contextmanager
def _child(asked: str, path: Path, how: Mapping[str, Any]) -> Iterator[tuple[subprocess.Popen[bytes], _Watch]]:
    """The process and who watches it; it does not outlive its use."""
    options = json.dumps(how)
    command = [sys.executable, "-m", "app.exchange.child", asked, str(path.resolve()), options, str(MEMORY)]
    process = subprocess.Popen(  # noqa: S603 - our own interpreter and module, no shell
        command, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        env={"PATH": "", "PYTHONHASHSEED": "0", "LC_ALL": "C.UTF-8"}, close_fds=True,
    )  # fmt: skip
    watch = _Watch(process)
    try:
        yield process, watch
    finally:
        watch.rest()
        if process.poll() is None:
            process.kill()
        process.wait()
        for pipe in (process.stdout, process.stderr):
            if pipe is not None:
                pipe.close()
