"""The process that reads files of others: with little memory, little time, and nothing but this file open.

`python -m app.exchange.child look|rows PATH OPTIONS MEMORY`: JSON lines on standard output, to the end.
Imports neither the database nor Flask, so that it starts at once and has nothing to give away.
"""

from __future__ import annotations

import contextlib
import json
import resource
import sys
from itertools import chain
from pathlib import Path
from typing import Any

from app.exchange.sheet_limits import SECONDS, Unreadable
from app.exchange.sheet_look import Reading, batches, headed, look_at, opened, told

BATCH = 500


def main(asked: str, path: Path, how: Reading) -> None:
    """Do what is asked, and say it."""
    try:
        if asked == "look":
            _say({"look": told(look_at(path, how))})
        else:
            _rows(path, how)
    except Unreadable as refused:
        _say({"refused": refused.template, "values": refused.values})


def _rows(path: Path, how: Reading) -> None:
    found = opened(path, how)
    rows, _headings, _tags, first = headed(found, path, how.of)
    for batch in batches(chain(first, rows), BATCH):
        _say({"rows": batch})
    _say({"end": True})


def _say(told: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(told, default=str) + "\n")
    sys.stdout.flush()


def limit(memory: int) -> None:
    """No more memory and time than a large file needs; no file written at all."""
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS + 5))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


if __name__ == "__main__":
    limit(int(sys.argv[4]))
    main(sys.argv[1], Path(sys.argv[2]), Reading(**json.loads(sys.argv[3])))
