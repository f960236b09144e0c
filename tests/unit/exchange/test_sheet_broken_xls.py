"""Error cells of XLS: each at its place, of its own sheet; whatever the bytes are, reading them ends."""

from __future__ import annotations

import random
from struct import pack
from typing import Any

import pytest

from app.exchange.sheet_broken_xls import broken_in_xls
from app.exchange.sheet_cells import read_cells
from config import ROOT

# Made with xlwt: a cover, and a sheet of two rows with #N/A in the summary of the second.
FILE = ROOT / "tests" / "data" / "errors.xls"


def formula(row: int, column: int, value: bytes) -> tuple[int, bytes]:
    return 0x06, pack("<HHH", row, column, 0) + value + bytes(8)


@pytest.fixture
def made() -> Any:
    """Bytes of a compound file whose workbook is the first sector chain: records of one sheet."""

    def make(*records: tuple[int, bytes]) -> bytes:
        def told(kind: int, data: bytes) -> bytes:
            return pack("<HH", kind, len(data)) + data

        name = "Bölge".encode("utf-16-le")
        head = told(0x809, bytes(16))
        bound = told(0x85, pack("<IBBBB", len(head) + 4 + 8 + len(name) + 4, 0, 0, 5, 1) + name)
        sheet = told(0x809, bytes(16)) + b"".join(told(*each) for each in records) + told(0x0A, b"")
        stream = (head + bound + told(0x0A, b"") + sheet).ljust(4096, b"\0")
        first = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(22) + pack("<H", 9) + bytes(16)
        first += pack("<IIIIIIII", 1, 0, 0, 4096, 0xFFFFFFFE, 0, 0xFFFFFFFE, 0)
        header = (first[:48] + pack("<I", 1) + first[52:56] + pack("<III", 4096, 0xFFFFFFFE, 0)
                  + pack("<II", 0xFFFFFFFE, 0) + pack("<I", 0)).ljust(512, b"\xff")  # fmt: skip
        table = pack("<128I", 0xFFFFFFFD, 0xFFFFFFFE, *range(3, 10), 0xFFFFFFFE, *[0xFFFFFFFF] * 118)
        entry = "Workbook".encode("utf-16-le").ljust(64, b"\0") + pack("<HB", 18, 2) + bytes(49) + pack("<II", 2, 4096)
        return header + table + entry.ljust(512, b"\0") + stream

    return make


def test_each_error_is_found_in_its_own_sheet() -> None:
    data = FILE.read_bytes()
    assert list(broken_in_xls(data, "2025")) == [((2, 5), "#N/A")]
    assert list(broken_in_xls(data, "Cover")) == []
    assert list(broken_in_xls(data, "None")) == []
    rows = [cells for _number, cells in read_cells(FILE, "2025")]
    assert (rows[1][5], rows[2][5]) == ("Of it", "#N/A")


def test_formulas_tell_errors_and_texts_that_are_missing(made: Any) -> None:
    data = made(
        formula(0, 1, b"\x02\0\x07\0\0\0\xff\xff"),  # an error
        formula(1, 1, b"\0\0\0\0\0\0\xff\xff"),  # a text
        (0x207, pack("<HB", 1, 0) + b"x"),
        formula(2, 1, b"\0\0\0\0\0\0\xff\xff"),  # a text that does not follow
        formula(3, 1, b"\x03\0\0\0\0\0\xff\xff"),  # a blank
        formula(4, 1, pack("<d", 12.5)),
        (0x205, pack("<HHHBB", 5, 2, 0, 1, 0)),  # true
        (0x205, pack("<HHHBB", 6, 2, 0, 23, 1)),
    )
    found = [((0, 1), "#DIV/0!"), ((2, 1), "#NO VALUE!"), ((6, 2), "#REF!")]
    assert list(broken_in_xls(data, "Bölge")) == found


def test_torn_and_changed_bytes_end_quietly() -> None:
    data, chance = FILE.read_bytes(), random.Random(7)
    assert list(broken_in_xls(b"PK", "2025")) == []
    for end in range(0, len(data), 97):
        list(broken_in_xls(data[:end], "2025"))
    for _turn in range(400):
        changed = bytearray(data)
        for _each in range(chance.randint(1, 12)):
            changed[chance.randrange(8, len(changed))] = chance.choice((0, 1, 5, 254, 255, chance.randrange(256)))
        list(broken_in_xls(bytes(changed), "2025"))
