"""A backup brought back: into an empty place, or for a trial into one that is gone afterwards."""

from __future__ import annotations

import secrets
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, event, inspect, text

from app.activities import sweep
from app.core import migrations
from app.core.db import make_engine, make_sessions
from app.core.errors import Refused
from app.core.files import FileStore
from app.coverage import keeping
from app.figures.queries import frozen_figures
from app.figures.queries import verify as verify_figure
from app.operation.backup import DATABASE, EVIDENCE, counts
from app.operation.manifest import Manifest, checksum
from app.operation.tables import FOLDER, read_tables


def check_files(folder: Path, made: Manifest) -> Iterator[str]:
    """What is wrong with the backup's own files."""
    for name, wanted in made.files.items():
        path = folder / name
        if not path.is_file():
            yield f"{name} is missing"
        elif checksum(path) != wanted:
            yield f"{name} has another checksum"
    store = FileStore(folder / EVIDENCE)
    for sha256 in made.evidence:
        if not store.is_whole(sha256):
            yield f"the file of evidence {sha256[:12]}… is missing or has another checksum"


def restore(engine: Engine, store: FileStore, folder: Path) -> None:
    """Bring a backup back into the database at `engine` and the folder of `store`, which must both be empty.

    Raises:
        Refused: something is there already, the backup is of another engine, or it is not whole.
    """
    made = Manifest.read(folder)
    faults = list(check_files(folder, made))
    if faults:
        raise Refused(f"The backup is not whole: {'; '.join(faults[:5])}.")
    _check_place(engine, store, made)
    if store.folder.exists():
        store.folder.rmdir()
    if (folder / EVIDENCE).is_dir():
        shutil.copytree(folder / EVIDENCE, store.folder)
    fill(engine, folder, made)


def _check_place(engine: Engine, store: FileStore, made: Manifest) -> None:
    if engine.dialect.name != made.engine:
        raise Refused(f"This is a backup of {made.engine}; the database here is {engine.dialect.name}.")
    if made.revision not in migrations.known():
        raise Refused(f"The backup has revision {made.revision}, which this program does not know. Use a newer one.")
    if inspect(engine).get_table_names():
        raise Refused("The database is not empty. Restore into an empty one; nothing is ever written over.")
    if store.folder.is_dir() and any(store.folder.iterdir()):
        raise Refused(f"{store.folder} is not empty. Restore into an empty place; nothing is ever written over.")


def fill(engine: Engine, folder: Path, made: Manifest) -> None:
    """The rows of a backup into an empty database."""
    if engine.dialect.name == "sqlite":
        path = Path(engine.url.database or "")
        engine.dispose()
        half = path.with_suffix(".restoring")
        shutil.copyfile(folder / DATABASE, half)
        for suffix in ("-wal", "-shm"):
            Path(str(path) + suffix).unlink(missing_ok=True)
        half.replace(path)
        return
    migrations.upgrade(engine, made.revision)
    with engine.connect() as plain:
        # The database's own bookkeeping comes with the backup.
        connection = plain.execution_options(bookkeeping=True)
        with connection.begin():
            read_tables(connection, folder / FOLDER)


@contextmanager
def trial(engine: Engine, folder: Path, made: Manifest) -> Iterator[Engine]:
    """The backup in a place of its own, gone afterwards: a temporary file, or a schema beside the others."""
    if engine.dialect.name == "sqlite":
        with tempfile.TemporaryDirectory(prefix="tracker-restore-") as scratch:
            copy = make_engine(f"sqlite:///{Path(scratch) / DATABASE}")
            try:
                fill(copy, folder, made)
                yield copy
            finally:
                copy.dispose()
        return
    schema = f"restore_check_{secrets.token_hex(4)}"
    _run(engine, f"CREATE SCHEMA {schema}")
    copy = make_engine(engine.url.render_as_string(hide_password=False))
    event.listen(copy, "connect", _only(schema))
    try:
        fill(copy, folder, made)
        yield copy
    finally:
        copy.dispose()
        _run(engine, f"DROP SCHEMA {schema} CASCADE")


def _only(schema: str) -> Any:
    def connected(connection: Any, _record: Any) -> None:
        before, connection.autocommit = connection.autocommit, True
        connection.execute(f"SET search_path TO {schema}")
        connection.autocommit = before

    return connected


def _run(engine: Engine, statement: str) -> None:
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT", bookkeeping=True) as connection:
        connection.execute(text(statement))


def check(engine: Engine, folder: Path) -> Iterator[str]:
    """Bring the backup back for a trial and tell everything that is wrong with it; nothing if it is sound.

    Raises:
        Refused: it is no backup, or one of another engine or a newer program.
    """
    made = Manifest.read(folder)
    if engine.dialect.name != made.engine:
        raise Refused(f"This is a backup of {made.engine}; the database here is {engine.dialect.name}.")
    if made.revision not in migrations.known():
        raise Refused(f"The backup has revision {made.revision}, which this program does not know. Use a newer one.")
    faults = list(check_files(folder, made))
    yield from faults
    yield from (f"the file of evidence {sha256[:12]}… was missing when the backup was made" for sha256 in made.missing)
    if faults:
        return
    with trial(engine, folder, made) as copy:
        yield from _wrong_with(copy, folder, made)


def _wrong_with(copy: Engine, folder: Path, made: Manifest) -> Iterator[str]:
    with copy.connect() as connection:
        there = counts(connection)
        if copy.dialect.name == "sqlite":
            told = connection.execute(text("PRAGMA integrity_check")).scalar_one()
            if told != "ok":
                yield f"SQLite says: {told}"
            if connection.execute(text("PRAGMA foreign_key_check")).all():
                yield "rows point to rows that are not there"
    yield from (
        f"{name} has {there.get(name, 0)} rows, not {wanted}"
        for name, wanted in made.tables.items()
        if there.get(name, 0) != wanted
    )
    if not migrations.at_head(copy):
        migrations.upgrade(copy)
    with make_sessions(copy)() as session:
        yield from (f"kept facts: {drift.what}" for drift in keeping.verify(session))
        yield from (
            f"the frozen figure {figure.id} does not stand"
            for figure in frozen_figures(session)
            if not verify_figure(session, figure).stands
        )
        known = set(made.missing)
        for fault in sweep.without_bytes(session, FileStore(folder / EVIDENCE), verify=False):
            if fault is not None and not known:
                yield f"{fault.reference}: {fault.file_name}: {fault.why}"
