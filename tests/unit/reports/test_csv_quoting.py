"""Blocks are written column by column, for speed; the bytes are those of Python's own csv.writer."""

from __future__ import annotations

import csv
import io
from operator import itemgetter

from hypothesis import given
from hypothesis import strategies as st

from app.core.tables import Column, Kind, Table
from app.reports.renderers.csv import BOM, FIRST_BLOCK, guard, write_csv

cells = st.none() | st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"))
rows = st.lists(st.tuples(cells, cells, st.none() | st.integers()), max_size=8)
COLUMNS = (
    Column("text", "Text", Kind.TEXT, itemgetter(0)),
    Column("date", "Date", Kind.DATE, itemgetter(1)),
    Column("number", "Number", Kind.INTEGER, itemgetter(2)),
)


@given(rows)
def test_the_bytes_are_those_of_csv_writer(values: list[tuple[str | None, str | None, int | None]]) -> None:
    wanted = io.StringIO()
    writer = csv.writer(wanted, lineterminator="\r\n")
    writer.writerow(["text", "date", "number"])
    writer.writerows([None if text is None else guard(text), date, number] for text, date, number in values)
    assert b"".join(write_csv(Table(COLUMNS, values))).decode() == BOM + wanted.getvalue()


def test_the_first_bytes_come_before_all_rows_are_read() -> None:
    read = []

    def source() -> object:
        for number in range(10 * FIRST_BLOCK):
            read.append(number)
            yield ("a", "2026", number)

    next(write_csv(Table(COLUMNS, source())))
    assert len(read) == FIRST_BLOCK


def test_a_table_without_rows_has_its_head() -> None:
    assert b"".join(write_csv(Table(COLUMNS, []))) == f"{BOM}text,date,number\r\n".encode()
