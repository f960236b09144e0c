"""Bytes that no row names, removed: what a crash left, what was tried only, what is kept no longer."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import timedelta
from pathlib import Path

from sqlalchemy import Select
from sqlalchemy.orm import Session, sessionmaker

from app.core import clock
from app.core.db import unit_of_work
from app.core.files import FileStore, hold

# Younger bytes may belong to somebody who is sending now.
OLD = timedelta(hours=1)
Named = Select[str] | Select[str | None]
"""Asks for the checksums that are in use."""


def loose(session: Session, store: FileStore, named: Named, older_than: timedelta = OLD) -> Iterator[Path]:
    """Files that are not named, and files half received, that are older than `older_than`."""
    known = set(session.scalars(named))
    for path in (*store.temporary(), *store.kept()):
        if path.name not in known and _is_old(path, older_than):
            yield path


def remove(sessions: sessionmaker[Session], named: Named, paths: Iterable[Path], older_than: timedelta = OLD) -> int:
    """Remove those of `paths` that are still not named and still old. Returns how many went.

    Each in a short transaction of its own that keeps everybody from keeping bytes, so that none get a row meanwhile.
    """
    (checksum,) = named.selected_columns
    removed = 0
    for path in paths:
        with unit_of_work(sessions) as session:
            hold(session, alone=True)
            used = session.scalar(named.where(checksum == path.name).limit(1))
            if used is None and _is_old(path, older_than):
                path.unlink(missing_ok=True)
                removed += 1
    return removed


def _is_old(path: Path, older_than: timedelta) -> bool:
    try:
        return path.stat().st_mtime <= (clock.now() - older_than).timestamp()
    except FileNotFoundError:
        return False
