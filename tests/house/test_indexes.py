"""What points to a record is found by an index: deleting the record would read the whole table otherwise."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import Column, Table

from app.core.db import Base

DELETED = ("activity", "activity_revision", "activity_line", "counterpart", "import_file")
"""Tables of which rows are deleted one by one or many at a time."""
FEW = {("counterpart", "merged_into")}
"""Few rows even in a full database, and deleted seldom."""


def pointing() -> Iterator[tuple[Table, Column[object]]]:
    for table in Base.metadata.sorted_tables:
        for column in table.columns:
            if any(key.column.table.name in DELETED for key in column.foreign_keys):
                yield table, column


def leads(table: Table, column: Column[object]) -> bool:
    keys = [list(table.primary_key.columns), *(list(index.columns) for index in table.indexes)]
    return any(key and key[0] is column for key in keys)


def test_whatever_points_to_a_deleted_row_has_an_index() -> None:
    seen = list(pointing())
    assert len(seen) > 20
    missing = {(table.name, column.name) for table, column in seen if not leads(table, column)}
    assert missing == FEW
