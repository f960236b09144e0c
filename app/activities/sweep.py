"""Bytes and rows brought together again after a crash: bytes without a row go, rows without bytes are told."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from app.activities.models import Activity, Evidence
from app.core import clock
from app.core.db import unit_of_work
from app.core.files import FileStore, hold

# Younger bytes may belong to somebody who is sending now.
OLD = timedelta(hours=1)


@dataclass(frozen=True)
class Fault:
    """A row whose bytes are not what it says."""

    reference: str
    evidence: int
    file_name: str
    why: str


def without_row(session: Session, store: FileStore, older_than: timedelta = OLD) -> Iterator[Path]:
    """Files that no row names, and files half received, that are older than `older_than`."""
    known = set(session.scalars(select(Evidence.sha256).where(Evidence.sha256.is_not(None))))
    for path in (*store.temporary(), *store.kept()):
        if path.name not in known and _is_old(path, older_than):
            yield path


def remove(sessions: sessionmaker[Session], paths: Iterable[Path], older_than: timedelta = OLD) -> int:
    """Remove those of `paths` that still no row names and that are still old. Returns how many went.

    Each in a short transaction of its own that keeps everybody from keeping bytes, so that none get a row meanwhile.
    """
    removed = 0
    for path in paths:
        with unit_of_work(sessions) as session:
            hold(session, alone=True)
            named = session.scalar(select(Evidence.id).where(Evidence.sha256 == path.name).limit(1))
            if named is None and _is_old(path, older_than):
                path.unlink(missing_ok=True)
                removed += 1
    return removed


def without_bytes(session: Session, store: FileStore, *, verify: bool = False) -> Iterator[Fault | None]:
    """For each file's row in turn, what is wrong with its bytes, None if nothing is. `verify` reads all of them."""
    asked = (
        select(Evidence, Activity.reference).join(Activity).where(Evidence.sha256.is_not(None)).order_by(Evidence.id)
    )
    for item, reference in session.execute(asked).all():
        why = _fault(store, item, verify=verify)
        yield Fault(reference, item.id, item.file_name or "", why) if why else None


def _fault(store: FileStore, item: Evidence, *, verify: bool) -> str:
    sha256 = item.sha256 or ""
    if not store.path(sha256).is_file():
        return "its bytes are missing"
    if not store.holds(sha256, item.size or 0):
        return "its bytes have another length"
    if verify and not store.is_whole(sha256):
        return "its bytes have another checksum"
    return ""


def _is_old(path: Path, older_than: timedelta) -> bool:
    try:
        return path.stat().st_mtime <= (clock.now() - older_than).timestamp()
    except FileNotFoundError:
        return False
