"""Bytes that people sent, each lot kept once under its SHA-256. Knows nothing of rows; `received` first, then `keep`.

The order is: temporary file, fsync, rename, fsync of the folders, and only then the row. So a row never points at
half a file; what a crash leaves are bytes without a row, which the sweeper removes.
"""

from __future__ import annotations

import errno
import hashlib
import os
import secrets
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.orm import Session

from app.core.errors import TrackerError
from app.core.i18n import N_

CHUNK = 256 * 1024
TEMPORARY = "incoming"
# Any fixed number: who keeps bytes and who sweeps them away meet at this lock.
ADVISORY_LOCK = 7_205_760
_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


class NoRoom(TrackerError):
    """The disk is full. Nothing was kept."""

    status = 507

    def __init__(self) -> None:
        super().__init__(N_("There is no room left for files. Nothing was stored. Please tell the administrators."))


@dataclass(frozen=True)
class Received:
    """Bytes that lie whole in a temporary file."""

    path: Path
    sha256: str
    size: int


class FileStore:
    """A folder of kept bytes: <folder>/<first two letters>/<sha256>."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def path(self, sha256: str) -> Path:
        """Where the bytes of this checksum lie, whether they are there or not."""
        return self.folder / sha256[:2] / sha256

    @contextmanager
    def received(self, chunks: Iterable[bytes]) -> Iterator[Received]:
        """Inside, the bytes lie in a temporary file; afterwards it is gone, unless it was kept.

        Raises:
            NoRoom: the disk is full.
        """
        self._make(self.folder / TEMPORARY)
        path = self.folder / TEMPORARY / secrets.token_hex(16)
        try:
            with no_room():
                taken = _write(path, chunks)
            yield taken
        finally:
            path.unlink(missing_ok=True)

    def keep(self, taken: Received) -> None:
        """Move the bytes to their place. The same bytes may lie there already: whole or spoilt, these replace them.

        Raises:
            NoRoom: the disk is full.
        """
        place = self.path(taken.sha256)
        with no_room():
            self._make(place.parent)
            os.replace(taken.path, place)
            _sync(place.parent)

    def holds(self, sha256: str, size: int) -> bool:
        """The bytes are there, as many as there should be."""
        try:
            return self.path(sha256).stat().st_size == size
        except FileNotFoundError:
            return False

    def is_whole(self, sha256: str) -> bool:
        """The bytes are there and have this checksum. Reads all of them."""
        try:
            with self.path(sha256).open("rb") as file:
                return hashlib.file_digest(file, "sha256").hexdigest() == sha256
        except FileNotFoundError:
            return False

    def kept(self) -> Iterator[Path]:
        """Every file that is kept, in no order."""
        for folder in self._folders():
            if folder.name != TEMPORARY:
                yield from (path for path in folder.iterdir() if path.is_file())

    def temporary(self) -> Iterator[Path]:
        """Every file that was being received; old ones are what a crash left."""
        folder = self.folder / TEMPORARY
        if folder.is_dir():
            yield from (path for path in folder.iterdir() if path.is_file())

    def _folders(self) -> Iterator[Path]:
        if self.folder.is_dir():
            yield from (path for path in self.folder.iterdir() if path.is_dir())

    def _make(self, folder: Path) -> None:
        if not folder.is_dir():
            with no_room():
                folder.mkdir(parents=True, exist_ok=True, mode=0o700)
                _sync(folder.parent)


def hold(session: Session, *, alone: bool = False) -> None:
    """Until the transaction ends no sweeper removes bytes; `alone`, for the sweeper: nor does anybody keep any.

    On SQLite the write lock does that, and both have it.
    """
    if session.get_bind().dialect.name == "postgresql":
        lock = "pg_advisory_xact_lock" if alone else "pg_advisory_xact_lock_shared"
        session.execute(text(f"SELECT {lock}(:key)"), {"key": ADVISORY_LOCK})


@contextmanager
def no_room() -> Iterator[None]:
    """Turns a full disk into words."""
    try:
        yield
    except OSError as error:
        if error.errno in _FULL:
            raise NoRoom from error
        raise


def _write(path: Path, chunks: Iterable[bytes]) -> Received:
    digest, size = hashlib.sha256(), 0
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        for chunk in chunks:
            _write_all(descriptor, chunk)
            digest.update(chunk)
            size += len(chunk)
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    return Received(path, digest.hexdigest(), size)


def _write_all(descriptor: int, chunk: bytes) -> None:
    left = memoryview(chunk)
    while left:
        left = left[os.write(descriptor, left) :]


def _sync(folder: Path) -> None:
    """What was renamed into the folder survives a power cut."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
