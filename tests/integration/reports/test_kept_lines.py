"""Kept lines of activities.csv: the same bytes as lines that are written anew, after whatever happened to a record."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import delete, func, select, update

from app.activities.filters import ActivityFilters
from app.activities.models_line import ActivityLine
from app.activities.review import question_activity
from app.activities.services import withdraw_activity
from app.core.permissions import SYSTEM
from app.reports.kept import FORM, fill, wrong_lines
from app.reports.models import FileLine
from app.reports.registry import REPORTS
from app.reports.renderers.csv import write_csv
from tests.downloads import HEADQUARTERS
from tests.factories.activities import approved, proposed, submitted

pytestmark = pytest.mark.both_engines
TEXTS = ("=1+1", 'say "yes", twice', "two\nlines", "\u202eرجل\u202c", "'quoted", " ;=x")


@pytest.fixture
def records(session):
    """Records with text of every kind, in several states."""
    for text in TEXTS:
        approved(session, title=text.strip(), summary=text, visibility="all_staff")
    made = approved(session, title="Course")
    proposed(session, made, title="Longer course", sensitive=True)
    submitted(session, title="Waiting")
    gone = approved(session, title="Twice")
    withdraw_activity(session, SYSTEM, gone, "Twice, =really", gone.version)
    asked = approved(session, title="Asked")
    question_activity(session, SYSTEM, asked, "Which court?", asked.version)
    session.flush()
    return session


def both(session, actor, **filters) -> tuple[bytes, bytes]:
    """The file from kept lines, and the file written anew."""
    table = REPORTS["activities"].table(session, actor, ActivityFilters(**filters))
    return b"".join(write_csv(table)), b"".join(write_csv(replace(table, ready=None)))


@pytest.mark.parametrize("actor", [SYSTEM, HEADQUARTERS], ids=["system", "hq"])
def test_the_bytes_are_the_same_for_every_reader_and_filter(records, actor) -> None:
    for filters in ({}, {"basis": "provisional"}, {"year": (2025,)}, {"coded": {"office": ("0060",)}}, {"q": "course"}):
        kept, anew = both(records, actor, **filters)
        assert kept == anew
        assert kept.count(b"\r\n") > 1
    assert set(records.scalars(select(FileLine.form))) == {FORM}
    assert list(wrong_lines(records)) == []


def test_what_is_missing_or_of_another_form_is_written_on_the_way_and_then_filled(records) -> None:
    _kept, whole = both(records, SYSTEM)
    some = select(FileLine.revision_id).order_by(FileLine.revision_id)
    records.execute(delete(FileLine).where(FileLine.revision_id.in_(list(records.scalars(some.limit(3))))))
    records.execute(update(FileLine).values(form="older").where(FileLine.revision_id == records.scalars(some).first()))
    assert both(records, SYSTEM) == (whole, whole)
    assert sum(fill(records)) == 4
    lines = records.scalar(select(func.count()).select_from(ActivityLine))
    assert records.scalar(select(func.count()).where(FileLine.form == FORM)) == lines
    assert both(records, SYSTEM)[0] == whole


def test_a_line_that_is_wrong_is_told(records) -> None:
    first = records.scalars(select(FileLine.revision_id).order_by(FileLine.revision_id)).first()
    records.execute(update(FileLine).values(text="x").where(FileLine.revision_id == first))
    of_it = select(ActivityLine.reference).where(ActivityLine.revision_id == first)
    assert list(wrong_lines(records)) == [records.scalar(of_it)]


def test_kept_lines_go_with_the_line_they_were_made_of(records) -> None:
    records.execute(delete(ActivityLine))
    assert records.scalar(select(func.count()).select_from(FileLine)) == 0
