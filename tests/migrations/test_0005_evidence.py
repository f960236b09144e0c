"""Migration 0005 with data in it: links stay, and files go when it is undone."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine, text

from app.core import migrations
from tests.migrations.test_migrations import ACTIVITY_WITH_REVISION

pytestmark = pytest.mark.both_engines

LINKS = (
    "INSERT INTO evidence (id, client_id, activity_id, address, title)"
    " VALUES (1, 'one', 1, 'https://example.org/', 'Report')",
    "INSERT INTO evidence (id, client_id, activity_id, address, title, removed_at)"
    " VALUES (2, 'two', 1, 'https://example.org/old', 'Old', '2026-01-02 00:00:00')",
)
FILE = (
    "INSERT INTO evidence (id, client_id, activity_id, title, type, visibility, withdrawn_reason, sha256, sent_sha256,"
    " size, media_type, file_name)"
    " VALUES (3, 'three', 1, 'Photo', 'photograph', 'office', '', 'a', 'b', 9, 'image/png', 'photo.png')"
)


def test_0005_keeps_the_links(empty: Engine) -> None:
    migrations.upgrade(empty, "0001")
    with empty.begin() as connection:
        for statement in (*ACTIVITY_WITH_REVISION, *LINKS):
            connection.execute(text(statement))
    migrations.upgrade(empty, "0005")
    with empty.begin() as connection:
        asked = text("SELECT type, visibility, title, withdrawn_reason FROM evidence ORDER BY id")
        assert [tuple(row) for row in connection.execute(asked)] == [
            ("other", "record", "Report", ""),
            ("other", "record", "Old", "Removed"),
        ]
        connection.execute(text(FILE))
    migrations.downgrade(empty, "0001")
    with empty.connect() as connection:
        rows = connection.execute(text("SELECT id, address, removed_at FROM evidence ORDER BY id")).all()
    assert [(row[0], row[1], row[2] is not None) for row in rows] == [
        (1, "https://example.org/", False),
        (2, "https://example.org/old", True),
    ]
