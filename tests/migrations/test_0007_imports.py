"""Migration 0007 with data in it: imports and their rows go when it is undone, the records stay."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine, inspect, text

from app.core import migrations
from tests.migrations.test_migrations import ACTIVITY_WITH_REVISION

pytestmark = pytest.mark.both_engines

IMPORT = (
    "INSERT INTO import_file (id, client_id, kind, file_name, sha256, size, state, uploaded_at, look, how, counts,"
    " trouble, version) VALUES (1, 'one', 'spreadsheet', 'a.csv', 'a', 9, 'checked', '2026-01-02 00:00:00', '{}', '{}',"
    " '{}', '', 1)"
)
ROW = (
    "INSERT INTO import_row (import_id, number, outcome, office, reference, title, fields, findings, worst,"
    " activity_id)"
    " VALUES (1, 2, 'changed', '0060', 'ROSA-1', 'T', 'title', '[]', '', 1)"
)


def test_0007_comes_and_goes(empty: Engine) -> None:
    migrations.upgrade(empty, "0001")
    with empty.begin() as connection:
        for statement in ACTIVITY_WITH_REVISION:
            connection.execute(text(statement))
    migrations.upgrade(empty, "0007")
    with empty.begin() as connection:
        connection.execute(text(IMPORT))
        connection.execute(text(ROW))
    migrations.downgrade(empty, "0006")
    assert "import_row" not in inspect(empty).get_table_names()
    with empty.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM activity")).scalar_one() == 1
