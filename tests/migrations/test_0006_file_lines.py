"""Migration 0006 with data in it: lines of lists stay, and kept lines go with them."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine, text

from app.core import migrations
from tests.migrations.test_migrations import ACTIVITY_WITH_REVISION, RECORDED_BY_ONE

pytestmark = pytest.mark.both_engines

KEPT = "INSERT INTO file_line (revision_id, form, text, marks) VALUES (1, 'one', 'ROSA-2026-0001,Visit', 'no,no')"


def test_0006_keeps_the_lines_and_a_kept_line_goes_with_its_own(empty: Engine) -> None:
    migrations.upgrade(empty, "0001")
    with empty.begin() as connection:
        for statement in (*ACTIVITY_WITH_REVISION, *RECORDED_BY_ONE):
            connection.execute(text(statement))
    migrations.upgrade(empty, "0006")
    count = text("SELECT (SELECT count(*) FROM activity_line), (SELECT count(*) FROM file_line)")
    with empty.begin() as connection:
        lines, kept = connection.execute(count).one()
        assert (lines, kept) == (1, 0)
        connection.execute(text(KEPT))
        connection.execute(text("DELETE FROM activity_line"))
        assert tuple(connection.execute(count).one()) == (0, 0)
    migrations.downgrade(empty, "0001")
    with empty.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM activity_revision")).scalar_one() == 1
