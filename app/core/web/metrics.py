"""Numbers for whoever watches over the machine: requests by page and status, how long they took, what waits.

Open to the machine itself, and to who has the token; for everybody else there is no such page. Labels are names of
pages, never addresses: an address can carry what people typed. With several workers each writes into files of one
folder (`prepare`), and whoever is asked adds them up.
"""

from __future__ import annotations

import hmac
import os
import shutil
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

from flask import Flask, Response, current_app, g, request
from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from app.core.errors import NotFound
from app.core.i18n import N_
from app.core.leases import Lease
from app.core.web import db

FOLDER = "PROMETHEUS_MULTIPROC_DIR"
ROOM = {"counter": 1 << 17, "histogram": 1 << 19}
"""Bytes of a worker's two files: more than all pages with all their answers need."""
SMALLEST = 8
LOOPBACK = frozenset({"127.0.0.1", "::1"})
BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
_EXTENSION = "tracker.metrics"
_made: dict[str, Any] = {}


def prepare(folder: Path) -> None:
    """Before any worker begins: an empty folder into which they all write."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    os.environ[FOLDER] = str(folder)


def make_room(pid: int) -> None:
    """Before a worker begins: its files, whole, every block of them on the disk.

    It writes into them as into memory, and where a block is missing because the disk is full, the system ends it at
    once, in the middle of a request. Where there is no room now, the worker counts for itself alone.
    """
    folder = os.environ.get(FOLDER)
    if folder is None:
        return
    try:
        for kind, size in ROOM.items():
            with (Path(folder) / f"{kind}_{pid}.db").open("wb") as file:
                os.posix_fallocate(file.fileno(), 0, size)
    except OSError:
        for kind in ROOM:
            (Path(folder) / f"{kind}_{pid}.db").unlink(missing_ok=True)
        del os.environ[FOLDER]


def forget(pid: int) -> None:
    """A worker has ended: what it did stays counted, what it was doing does not, and the room it left is given back."""
    from prometheus_client import multiprocess

    if FOLDER not in os.environ:
        return
    multiprocess.mark_process_dead(pid)  # type: ignore[no-untyped-call]
    for kind in ROOM:
        with suppress(OSError), (Path(os.environ[FOLDER]) / f"{kind}_{pid}.db").open("rb+") as file:
            file.truncate(max(SMALLEST, int.from_bytes(file.read(4), sys.byteorder)))


def install(app: Flask, *, token: str, believed: int) -> None:
    """Count every request from now on. `believed` is the number of proxies whose headers are believed."""
    app.extensions[_EXTENSION] = (token, believed)
    _instruments()

    @app.before_request
    def _begin() -> None:
        g.metrics_began = time.perf_counter()

    @app.after_request
    def _end(response: Response) -> Response:
        if request.endpoint not in ("static", "metrics", "healthz"):
            name = request.endpoint or "nothing"
            _made["requests"].labels(request.method, name, str(response.status_code)).inc()
            if "metrics_began" in g:
                _made["seconds"].labels(name).observe(time.perf_counter() - g.metrics_began)
        return response


def answer() -> Response:
    """The numbers, as Prometheus reads them."""
    if not _may_read():
        raise NotFound(N_("There is no such page, or it is not open to you."))
    from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest, multiprocess

    registry = CollectorRegistry()
    if FOLDER in os.environ:
        multiprocess.MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    else:
        for each in _made.values():
            registry.register(each)
    return Response(generate_latest(registry) + _now(), content_type=CONTENT_TYPE_LATEST)


def _may_read() -> bool:
    token, believed = current_app.extensions[_EXTENSION]
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if token and hmac.compare_digest(given.encode(), token.encode()):
        return True
    # Where no proxy is believed, a forwarded request would look as if the machine itself had sent it.
    forwarded = not believed and "X-Forwarded-For" in request.headers
    return request.remote_addr in LOOPBACK and not forwarded


def _instruments() -> None:
    if _made:
        return
    from prometheus_client import CollectorRegistry, Counter, Histogram

    registry = CollectorRegistry()
    _made["requests"] = Counter(
        "tracker_requests", "Requests by page and status", ["method", "page", "status"], registry=registry
    )
    _made["seconds"] = Histogram(
        "tracker_request_seconds", "How long pages took", ["page"], buckets=BUCKETS, registry=registry
    )


def _now() -> bytes:
    """What only the database knows: whether it answers, and when scheduled work last ended."""
    lines = ["# TYPE tracker_database_up gauge"]
    try:
        with db.session_factory()() as session:
            session.execute(select(func.count()).select_from(Lease)).scalar_one()
            ended = session.execute(select(Lease.name, Lease.last_ended_at)).all()
    except (SQLAlchemyError, PoolTimeout):
        return "\n".join([*lines, "tracker_database_up 0", ""]).encode()
    lines += ["tracker_database_up 1", "# TYPE tracker_scheduled_ended_seconds gauge"]
    lines += [
        f'tracker_scheduled_ended_seconds{{work="{n}"}} {at.timestamp():.0f}' for n, at in ended if at is not None
    ]
    return "\n".join([*lines, ""]).encode()
