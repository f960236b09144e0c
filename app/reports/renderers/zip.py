"""The one writer of ZIP: files that are made while they are sent, one after the other."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

SEND = 1 << 16
Files = Iterable[tuple[str, Iterable[bytes]]]


class _Sink(io.RawIOBase):
    """Takes what is written until somebody takes it on. It cannot be gone back in, as a line to a browser cannot."""

    def __init__(self) -> None:
        super().__init__()
        self.pieces: list[bytes] = []
        self.size = 0

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        piece = bytes(data)
        self.pieces.append(piece)
        self.size += len(piece)
        return len(piece)

    def taken(self) -> bytes:
        data = b"".join(self.pieces)
        self.pieces, self.size = [], 0
        return data


def write_zip(files: Files, at: datetime) -> Iterator[bytes]:
    """(name, blocks) each as a member of one archive. Memory stays flat however long they are."""
    sink = _Sink()
    with ZipFile(sink, "w") as archive:
        for name, blocks in files:
            member = ZipInfo(name, (at.year, at.month, at.day, at.hour, at.minute, at.second))
            member.compress_type = ZIP_DEFLATED
            member.external_attr = 0o644 << 16
            with archive.open(member, "w", force_zip64=True) as entry:
                for block in blocks:
                    entry.write(block)
                    if sink.size >= SEND:
                        yield sink.taken()
    yield sink.taken()
