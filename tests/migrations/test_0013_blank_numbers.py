"""Migration 0013 with data in it: of each sum it is counted how many delivery lines are blank."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine, text

from app.core import migrations
from tests.migrations.test_migrations import ACTIVITY_WITH_REVISION, RECORDED_BY_ONE

pytestmark = pytest.mark.both_engines

LINES = (
    "INSERT INTO delivery_line (id, client_id, activity_id, on_date, what, place, recorded_at, removed_at) VALUES"
    " (1, 'one', 1, '2026-01', '', '', '2026-01-02 00:00:00', NULL),"
    " (2, 'two', 1, '2026-02', '', '', '2026-01-02 00:00:00', NULL),"
    " (3, 'three', 1, '2026-03', '', '', '2026-01-02 00:00:00', NULL),"
    " (4, 'gone', 1, '2026-03', '', '', '2026-01-02 00:00:00', '2026-01-03 00:00:00')"
)
PEOPLE = (
    "INSERT INTO participation (id, delivery_line_id, women, men)"
    " VALUES (1, 1, NULL, 0), (2, 1, 5, NULL), (3, 2, 0, NULL)"
)
BLANKS = "SELECT women_blank, men_blank, sex_not_recorded_blank FROM activity_line"


def test_0013_counts_the_blanks_of_lines_that_stand(empty: Engine) -> None:
    migrations.upgrade(empty, "0012")
    with empty.begin() as connection:
        recorded = (
            each.replace("(revision_id,", "(self_approved, revision_id,").replace(
                "VALUES (1, 1, true", "VALUES (false, 1, 1, true"
            )
            for each in RECORDED_BY_ONE
        )
        for statement in (*ACTIVITY_WITH_REVISION, *recorded, LINES, PEOPLE):
            connection.execute(text(statement))
        connection.execute(text("UPDATE activity_line SET delivery_lines = 3"))
    migrations.upgrade(empty, "0013")
    with empty.connect() as connection:
        assert tuple(connection.execute(text(BLANKS)).one()) == (1, 2, 3)
    migrations.downgrade(empty, "0012")
    with empty.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM activity_line")).scalar_one() == 1
