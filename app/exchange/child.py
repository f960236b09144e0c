"""The process that reads files of others: with little memory, little time, and nothing but this file open.

`python -m app.exchange.child look|rows|look-iati|iati PATH OPTIONS MEMORY`: JSON lines on standard output, to the end.
Imports neither the database nor Flask, so that it starts at once and has nothing to give away.
"""

from __future__ import annotations

import contextlib
import json
import resource
import sys
from datetime import date
from itertools import chain
from pathlib import Path
from typing import Any

from app.exchange.iati_model import UnreadableFile
from app.exchange.sheet_kinds import IATI
from app.exchange.sheet_limits import SECONDS, Unreadable
from app.exchange.sheet_look import Look, Reading, batches, headed, look_at, opened, told

BATCH, IATI_BATCH = 500, 200


def main(asked: str, path: Path, how: dict[str, Any]) -> None:
    """Do what is asked, and say it."""
    try:
        ACTS[asked](path, how)
    except Unreadable as refused:
        _say({"refused": refused.template, "values": refused.values})
    except UnreadableFile as refused:
        _say({"refused": str(refused), "values": {}})


def _look(path: Path, how: dict[str, Any]) -> None:
    _say({"look": told(look_at(path, Reading(**how)))})


def _rows(path: Path, options: dict[str, Any]) -> None:
    how = Reading(**options)
    found = opened(path, how, looked_at=True)
    rows, _headings, _tags, first = headed(found, path, how.of)
    for batch in batches(chain(first, rows), BATCH):
        _say({"rows": batch})
    _say({"end": True})


def _look_iati(path: Path, _how: dict[str, Any]) -> None:
    from app.exchange.iati_reader import check_file  # loaded for such a file only

    found = check_file(path)
    faults = [[fault.severity, fault.message] for fault in found.faults]
    _say({"look": told(Look(IATI, rows=found.activities, faults=faults))})


def _iati(path: Path, how: dict[str, Any]) -> None:
    from app.exchange.iati_reader import read_iati

    found = read_iati(path, today=date.fromisoformat(how["today"]), countries=frozenset(how["countries"]))
    for batch in batches(found, IATI_BATCH):
        _say({"iati": batch})
    _say({"end": True})


ACTS = {"look": _look, "rows": _rows, "look-iati": _look_iati, "iati": _iati}


def _say(told: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(told, default=_plain) + "\n")
    sys.stdout.flush()


def _plain(thing: Any) -> Any:
    """A record as its fields; days and numbers as text, as `iati_told` reads them."""
    fields = getattr(thing, "__dataclass_fields__", None)
    return str(thing) if fields is None else {name: getattr(thing, name) for name in fields}


def limit(memory: int) -> None:
    """No more memory and time than a large file needs; no file written at all."""
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS + 5))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


if __name__ == "__main__":
    limit(int(sys.argv[4]))
    main(sys.argv[1], Path(sys.argv[2]), json.loads(sys.argv[3]))
