"""Cells of an XLS sheet that are an error such as #N/A, or a formula without its text: the reader has them as blank.

An XLS is a small file system (a compound file) with one stream of records (BIFF). Only what names a sheet, an error or
a formula is looked at.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence
from struct import unpack_from

from app.exchange.sheet_broken_ods import NO_VALUE, Place

SIGNATURE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
STREAMS = ("Workbook", "Book")
END = 0xFFFFFFFA
"""Numbers of sectors from here on mean that there is none."""
ROOT = 5
SHEET, FIRST, LAST, ERROR, FORMULA, TEXT = 0x85, 0x809, 0x0A, 0x205, 0x06, 0x207
CODES = {0: "#NULL!", 7: "#DIV/0!", 15: "#VALUE!", 23: "#REF!", 29: "#NAME?", 36: "#NUM!", 42: "#N/A"}
TEXT_FOLLOWS = "the text of a formula stands in the next record"
Record = tuple[int, int, int]
"""(kind, where its data begin, how long they are)"""


def broken_in_xls(data: bytes, sheet: str) -> Iterator[tuple[Place, str]]:
    """((row, column), what is to stand there) of the sheet's broken cells, from 0; none of what is no XLS."""
    try:
        stream = _CompoundFile(data).stream(STREAMS) if data.startswith(SIGNATURE) else b""
        at = _sheets(stream).get(sheet)
        yield from _broken(stream, at) if at is not None else ()
    except (struct.error, IndexError, ValueError):
        return  # whoever reads the cells says what is wrong with the file


class _CompoundFile:
    """The streams of a compound file: sectors of one size, chained by a table that tells which follows which."""

    def __init__(self, data: bytes) -> None:
        self._data, self._size = data, 1 << unpack_from("<H", data, 30)[0]
        tables = [n for n in unpack_from("<109I", data, 76) if n < END]
        (more,) = unpack_from("<I", data, 68)
        while more < END and len(tables) < len(data) // self._size:
            *listed, more = self._numbers(self._sector(more))
            tables += [n for n in listed if n < END]
        self._next = [n for table in tables for n in self._numbers(self._sector(table))]

    def stream(self, names: Sequence[str]) -> bytes:
        """The stream with one of these names; a short one lies in the stream of the root, in sectors of 64 bytes."""
        entries, root = self._whole(self._field(48)), b""
        for place in range(0, len(entries), 128):
            length, kind = unpack_from("<HB", entries, place + 64)
            start, size = unpack_from("<II", entries, place + 116)
            if kind == ROOT:
                root = self._whole(start)
            elif entries[place : place + max(length - 2, 0)].decode("utf-16-le") in names:
                return (self._whole(start) if size >= self._field(56) else self._short(start, root))[:size]
        return b""

    def _field(self, place: int) -> int:
        return int(unpack_from("<I", self._data, place)[0])

    def _sector(self, number: int) -> bytes:
        return self._data[(number + 1) * self._size : (number + 2) * self._size]

    def _whole(self, start: int) -> bytes:
        return b"".join(map(self._sector, _chain(start, self._next)))

    def _short(self, start: int, root: bytes) -> bytes:
        table = self._numbers(self._whole(self._field(60)))
        return b"".join(root[n * 64 : n * 64 + 64] for n in _chain(start, table))

    @staticmethod
    def _numbers(sectors: bytes) -> list[int]:
        return list(unpack_from(f"<{len(sectors) // 4}I", sectors))


def _chain(number: int, following: Sequence[int]) -> Iterator[int]:
    seen = 0
    while number < END and seen <= len(following):
        yield number
        number, seen = following[number], seen + 1


def _records(stream: bytes, place: int) -> Iterator[Record]:
    while place + 4 <= len(stream):
        kind, length = unpack_from("<HH", stream, place)
        yield kind, place + 4, length
        place += 4 + length


def _sheets(stream: bytes) -> dict[str, int]:
    """{name: where its records begin}."""
    found = {}
    for kind, at, length in _records(stream, 0):
        if kind == SHEET:
            start, _seen, _kind, _letters, wide = unpack_from("<IBBBB", stream, at)
            found[stream[at + 8 : at + length].decode("utf-16-le" if wide & 1 else "latin-1")] = start
        elif kind == LAST:
            break
    return found


def _broken(stream: bytes, start: int) -> Iterator[tuple[Place, str]]:
    depth, waiting = 0, None
    for kind, at, _length in _records(stream, start):
        if waiting is not None and kind != TEXT:
            yield waiting, NO_VALUE
        waiting = None
        depth += (kind == FIRST) - (kind == LAST)
        if kind in (ERROR, FORMULA) and depth == 1:
            place: Place = unpack_from("<HH", stream, at)
            said = _said(kind, stream[at + 6 : at + 14])
            if said == TEXT_FOLLOWS:
                waiting = place
            elif said:
                yield place, said
        elif depth == 0:
            return


def _said(kind: int, told: bytes) -> str:
    """What is wrong with a cell, by the eight bytes of its value; "" for nothing."""
    if kind == ERROR:
        return CODES.get(told[0], NO_VALUE) if told[1] else ""
    if told[6:8] != b"\xff\xff":  # a number
        return ""
    return {0: TEXT_FOLLOWS, 2: CODES.get(told[2], NO_VALUE)}.get(told[0], "")
