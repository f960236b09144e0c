"""An upload that is killed, or finds the disk full, at each thing it asks of a file or the database, on both engines.

After each: no row without whole bytes, one file is never there without the other, sending again makes it whole and
nothing double, and the sweeper leaves exactly the bytes that have a row. Every fifth point is tried, on PostgreSQL
every tenth; all of them with HYPOTHESIS_PROFILE=deep.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from itertools import count
from pathlib import Path

import pytest
from sqlalchemy import Engine, delete, func, select
from sqlalchemy.orm import Session, sessionmaker

from app.activities import sweep
from app.activities.models import Evidence
from app.core.audit import AuditEvent
from app.core.db import unit_of_work
from app.core.files import FileStore
from app.core.sweep import loose, remove
from config import ROOT
from tests.factories import activities as make
from tests.integration.activities import uploading

pytestmark = pytest.mark.both_engines
AT_ONCE = timedelta(seconds=-5)
EVERY_POINT = os.environ.get("HYPOTHESIS_PROFILE") == "deep"


@pytest.fixture
def reference(sessions: sessionmaker[Session]) -> str:
    with unit_of_work(sessions) as session:
        return make.approved(session).reference


@pytest.fixture
def store(tmp_path: Path) -> FileStore:
    return FileStore(tmp_path / "evidence")


@pytest.fixture
def program(engine_url: str, store: FileStore, reference: str) -> Iterator[subprocess.Popen[str]]:
    words = [sys.executable, "-m", "tests.integration.activities.uploading", engine_url, str(store.folder), reference]
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT) as started:
        yield started
        assert started.stdin
        started.stdin.close()


def end_of(program: subprocess.Popen[str], how: str, n: int) -> str:
    assert program.stdin
    assert program.stdout
    program.stdin.write(f"{how} {n}\n")
    program.stdin.flush()
    return program.stdout.readline().strip()


_before = {"event": 0}


def names_and_told(sessions: sessionmaker[Session], store: FileStore) -> tuple[list[str], int]:
    """The files on record, each of them whole; and how often the history tells of files."""
    with sessions() as session:
        rows = session.scalars(select(Evidence)).all()
        here = (AuditEvent.action == "activity.files-added", AuditEvent.id > _before["event"])
        told = session.scalar(select(func.count()).where(*here)) or 0
        assert all(row.sha256 and store.is_whole(row.sha256) for row in rows)
        assert all(fault is None for fault in sweep.without_bytes(session, store, verify=True))
        return sorted(row.file_name or "" for row in rows), told


def swept(sessions: sessionmaker[Session], store: FileStore) -> None:
    with sessions() as session:
        found = list(loose(session, store, sweep.NAMED, AT_ONCE))
        known = set(session.scalars(select(Evidence.sha256)))
    remove(sessions, sweep.NAMED, found, AT_ONCE)
    assert {path.name for path in store.kept()} == known
    assert list(store.temporary()) == []


def cleared(sessions: sessionmaker[Session], store: FileStore) -> None:
    with unit_of_work(sessions) as session:
        session.execute(delete(Evidence))
        # The audit only grows: what it told before does not count.
        _before["event"] = session.scalar(select(func.max(AuditEvent.id))) or 0
    shutil.rmtree(store.folder, ignore_errors=True)


@pytest.mark.parametrize("how", ["kill", "full"])
def test_at_each_point(
    how: str,
    program: subprocess.Popen[str],
    engine: Engine,
    sessions: sessionmaker[Session],
    store: FileStore,
    reference: str,
) -> None:
    both = sorted(uploading.SENT)
    points = count(1, 1 if EVERY_POINT else 5 if engine.dialect.name == "sqlite" else 10)
    ends: list[str] = []
    while not ends or ends[-1] != uploading.DONE:
        cleared(sessions, store)
        point = next(points)
        ends.append(end_of(program, how, point))
        assert ends[-1] in ENDINGS[how], ends
        names, told = names_and_told(sessions, store)
        assert (names, told) in (([], 0), (both, 1)), (len(ends), ends[-1])
        if len(ends) % 2:  # swept between the two sendings, and not
            swept(sessions, store)
        uploading.upload(engine, store.folder, reference)
        assert names_and_told(sessions, store) == (both, 1)
        swept(sessions, store)
    assert set(ends) == ENDINGS[how]
    assert point > 30  # the traps were sprung


ENDINGS = {
    "kill": {uploading.KILLED, uploading.DONE},
    "full": {uploading.NO_ROOM, uploading.NO_DATABASE, uploading.DONE},
}
