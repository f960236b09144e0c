"""Evidence and its bytes: which bytes are in use, and rows whose bytes are not what they say."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.activities.models import Activity, Evidence
from app.core.files import FileStore
from app.core.sweep import Named

NAMED: Named = select(Evidence.sha256).where(Evidence.sha256.is_not(None))
"""Checksums of all evidence."""


@dataclass(frozen=True)
class Fault:
    """A row whose bytes are not what it says."""

    reference: str
    evidence: int
    file_name: str
    why: str


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
