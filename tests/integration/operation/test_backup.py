"""Backup while people write, and back again: every row, every byte, every figure; nothing is written over."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, func, select, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session, sessionmaker

from app.activities.models import Activity
from app.core import migrations
from app.core.db import make_engine, make_sessions, unit_of_work
from app.core.errors import Refused
from app.core.files import FileStore
from app.operation import restore as restoring
from app.operation.backup import back_up, counts, new_folder, newest
from app.operation.manifest import Manifest
from app.operation.replay import compare
from tests.factories.activities import submitted
from tests.integration.operation.conftest import BYTES

pytestmark = pytest.mark.both_engines


def backed_up(engine: Engine, store: FileStore, folder: Path) -> Path:
    place = new_folder(folder)
    assert list(back_up(engine, store, place))
    return place


def rows(engine: Engine) -> dict[str, list[Any]]:
    with engine.connect() as connection:
        return {
            name: sorted(map(repr, connection.execute(text(f'SELECT * FROM "{name}"')).all()))
            for name in counts(connection)
        }


def test_there_and_back(
    lived: sessionmaker[Session], engine: Engine, store: FileStore, tmp_path: Path, server: Any
) -> None:
    place = backed_up(engine, store, tmp_path / "backups")
    assert newest(tmp_path / "backups") == place
    assert list(restoring.check(engine, place)) == []
    url = server.empty()
    empty, kept = make_engine(url), FileStore(tmp_path / "elsewhere")
    restoring.restore(empty, kept, place)
    assert rows(empty) == rows(engine)
    assert migrations.at_head(empty)
    sha256 = Manifest.read(place).evidence[0]
    assert kept.path(sha256).read_bytes() == BYTES
    # The restored one goes on: numbers do not meet those that are there, and the audit gives the data.
    with unit_of_work(make_sessions(empty)) as session:
        submitted(session, "0060", title="After the fire")
    with make_sessions(empty)() as session:
        assert [a.subject for a in compare(session)] == []
    for again in (empty, engine):
        with pytest.raises(Refused, match="not empty"):
            restoring.restore(again, FileStore(tmp_path / "third"), place)
    empty.dispose()
    server.drop(url)


def test_whole_while_four_write(lived: sessionmaker[Session], engine: Engine, store: FileStore, tmp_path: Path) -> None:
    stop, faults = threading.Event(), []

    def write(number: int) -> None:
        while not stop.is_set():
            try:
                with unit_of_work(lived) as session:
                    submitted(session, "0060", title=f"Writer {number}")
            except OperationalError:
                continue  # a slow machine: the others held the lock for too long, which a person would be told
            except Exception as error:
                faults.append(error)
                return

    writers = [threading.Thread(target=write, args=(number,)) for number in range(4)]
    for each in writers:
        each.start()
    places = [backed_up(engine, store, tmp_path) for _ in range(2)]
    stop.set()
    for each in writers:
        each.join()
    assert not faults
    assert [list(restoring.check(engine, place)) for place in places] == [[], []]
    with lived() as session:
        now = session.scalar(select(func.count()).select_from(Activity)) or 0
    assert Manifest.read(places[0]).tables["activity"] <= Manifest.read(places[1]).tables["activity"] <= now


def test_what_is_spoilt_is_told(lived: sessionmaker[Session], engine: Engine, store: FileStore, tmp_path: Path) -> None:
    place = backed_up(engine, store, tmp_path)
    victim = next(path for path in sorted((place / "evidence").rglob("*")) if path.is_file())
    victim.write_bytes(b"other")
    assert any("evidence" in fault for fault in restoring.check(engine, place))
    with pytest.raises(Refused, match="not whole"):
        restoring.restore(engine, store, place)
    database = next(path for path in sorted(place.rglob("*")) if path.name in ("tracker.sqlite3", "office.copy"))
    database.write_bytes(database.read_bytes()[:-100])
    assert any("checksum" in fault for fault in restoring.check(engine, place))
    (place / "manifest.json").unlink()
    with pytest.raises(Refused, match="no whole backup"):
        list(restoring.check(engine, place))


def test_a_trial_leaves_nothing_behind(
    lived: sessionmaker[Session], engine: Engine, store: FileStore, tmp_path: Path
) -> None:
    place = backed_up(engine, store, tmp_path)
    before = rows(engine)
    assert list(restoring.check(engine, place)) == []
    assert rows(engine) == before
    if engine.dialect.name == "postgresql":
        with engine.connect() as connection:
            left = "SELECT count(*) FROM pg_namespace WHERE nspname LIKE 'restore_check%'"
            assert connection.execute(text(left)).scalar_one() == 0
