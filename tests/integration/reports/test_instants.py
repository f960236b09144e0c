"""Instants in activities.csv are written by the database: the same text on both engines."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlalchemy.orm import Session

from app.core import clock
from tests.downloads import download
from tests.factories.activities import approved, submitted

pytestmark = pytest.mark.both_engines
MOMENT = datetime(2026, 3, 4, 5, 6, 7, 891011, tzinfo=UTC)


def test_an_instant_is_utc_to_the_second_and_blank_where_there_is_none(session: Session) -> None:
    with clock.pretending(MOMENT):
        approved(session, title="Approved", visibility="all_staff")
        submitted(session, title="Waiting", visibility="all_staff")
        rows = {row["title"]: row for row in download(session, "activities", basis="provisional")}
    names = ("created_at", "changed_at", "submitted_at", "approved_at")
    assert [rows["Approved"][name] for name in names] == ["2026-03-04T05:06:07Z"] * 4
    assert [rows["Waiting"][name] for name in names] == ["2026-03-04T05:06:07Z"] * 3 + [""]
