"""A backup while people write: the database as of one moment, then the bytes that it names.

In this order, since bytes are kept before their row is written, and are swept away only when no row names them.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from sqlalchemy import Connection, Engine, create_engine, text

from app.core import clock, migrations
from app.core.errors import Refused
from app.core.files import FileStore
from app.operation.manifest import NAME, Manifest, checksum
from app.operation.tables import FOLDER, one_moment, table_names, write_tables

DATABASE = "tracker.sqlite3"
EVIDENCE = "evidence"
NAMED = "SELECT DISTINCT sha256 FROM evidence WHERE sha256 IS NOT NULL ORDER BY sha256"


def new_folder(target: Path) -> Path:
    """A folder of its own inside `target`, named by the moment.

    Raises:
        Refused: it cannot be made.
    """
    folder = target / f"tracker-{clock.now():%Y%m%dT%H%M%S%f}Z"
    try:
        folder.mkdir(parents=True, mode=0o700)
    except OSError as error:
        raise Refused(f"The backup cannot be written to {target}: {error.strerror}.") from error
    return folder


def back_up(engine: Engine, store: FileStore, folder: Path) -> Iterator[str]:
    """Write a backup into the empty `folder`; yields what it does, in words. The manifest comes last.

    Raises:
        Refused: the database is not at a known revision.
    """
    made = Manifest(clock.now().isoformat(), engine.dialect.name, _revision(engine))
    yield "Copying the database"
    if engine.dialect.name == "sqlite":
        names = _sqlite(engine, folder, made)
    else:
        with one_moment(engine) as connection:
            made.tables = write_tables(connection, folder / FOLDER)
            names = list(connection.execute(text(NAMED)).scalars())
    yield f"Copying {len(names)} files of evidence"
    for sha256 in names:
        _copy(store, sha256, folder, made)
    made.files = {
        str(path.relative_to(folder)): checksum(path)
        for path in sorted(folder.rglob("*"))
        if path.is_file() and EVIDENCE not in path.relative_to(folder).parts[:1]
    }
    made.write(folder)
    _sync(folder)
    yield f"{sum(made.tables.values())} rows in {len(made.tables)} tables, {len(made.evidence)} files"


def _revision(engine: Engine) -> str:
    found = migrations.present(engine)
    if found is None:
        raise Refused("The database is not migrated. Run: tracker db upgrade")
    return found


def _sqlite(engine: Engine, folder: Path, made: Manifest) -> list[str]:
    """SQLite's own online backup, in one step: a read transaction, which no writer waits for."""
    path = folder / DATABASE
    source = engine.url.database or ""
    reading = f"file:{source}?mode=ro"
    with closing(sqlite3.connect(reading, uri=True, timeout=30)) as before, closing(sqlite3.connect(path)) as after:
        before.backup(after, pages=-1)
        after.execute("PRAGMA journal_mode=DELETE")
    copy = create_engine(f"sqlite:///{path}")
    try:
        with copy.connect() as connection:
            made.tables = counts(connection)
            return list(connection.execute(text(NAMED)).scalars())
    finally:
        copy.dispose()


def counts(connection: Connection) -> dict[str, int]:
    """How many rows each table of ours has."""
    ask = "SELECT count(*) FROM "
    return {name: int(connection.execute(text(f'{ask}"{name}"')).scalar_one()) for name in table_names(connection)}


def _copy(store: FileStore, sha256: str, folder: Path, made: Manifest) -> None:
    place = FileStore(folder / EVIDENCE).path(sha256)
    place.parent.mkdir(parents=True, exist_ok=True)
    try:
        shutil.copyfile(store.path(sha256), place)
    except FileNotFoundError:
        made.missing.append(sha256)  # a row without bytes: `tracker evidence sweep` tells of it too
        return
    if checksum(place) != sha256:
        made.missing.append(sha256)
        return
    made.evidence.append(sha256)


def _sync(folder: Path) -> None:
    for path in [*folder.rglob("*"), folder]:
        descriptor = os.open(path, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def newest(target: Path) -> Path:
    """The newest whole backup in a folder, or the folder itself if it is one.

    Raises:
        Refused: there is none.
    """
    if (target / NAME).is_file():
        return target
    found = sorted(path.parent for path in target.glob(f"tracker-*/{NAME}"))
    if not found:
        raise Refused(f"There is no whole backup in {target}.")
    return found[-1]
