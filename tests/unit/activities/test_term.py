from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.activities.rules import Content, derived_term, months_begun

LIMITS = {"short": 12, "medium": 36, "long": None}
days = st.dates(date(1990, 1, 1), date(2100, 1, 1))


@pytest.mark.parametrize(
    ("start", "end", "months"),
    [
        ("2008-01-01", "2008-01-01", 1),
        ("2008-01-01", "2008-01-31", 1),
        ("2008-01-01", "2008-02-01", 2),
        ("2008-01-01", "2008-12-31", 12),
        ("2008-01-01", "2009-01-01", 13),
        ("2008-01-15", "2009-01-14", 12),
        ("2008-01-15", "2009-01-15", 13),
        ("2007-12-31", "2008-01-01", 1),
        ("2008-01-31", "2008-03-01", 2),
    ],
)
def test_whole_months_begun(start, end, months):
    assert months_begun(date.fromisoformat(start), date.fromisoformat(end)) == months


@given(days, st.integers(0, 4000))
def test_months_grow_with_the_end_and_follow_the_days(start, more):
    end = start + timedelta(days=more)
    months = months_begun(start, end)
    assert months >= 1
    assert months <= months_begun(start, end + timedelta(days=1)) <= months + 1
    assert (months - 1) * 28 <= more <= months * 31


@pytest.mark.parametrize(
    ("dates", "term"),
    [
        ({}, None),
        ({"actual_end": "2008-01-01"}, None),
        ({"actual_start": "2008-01-01"}, "long"),
        ({"actual_start": "2008-01-01", "actual_end": "2008-12-31"}, "short"),
        ({"actual_start": "2008-01-01", "actual_end": "2009-01-01"}, "medium"),
        ({"actual_start": "2008-01-01", "actual_end": "2010-12-31"}, "medium"),
        ({"actual_start": "2008-01-01", "actual_end": "2011-01-01"}, "long"),
        ({"actual_start": "2008", "actual_end": "2008"}, "short"),
        ({"actual_start": "2008-03", "actual_end": "2009-02"}, "short"),
        ({"actual_start": "2008-03", "actual_end": "2009-03"}, "medium"),
        ({"planned_start": "2008-01-01", "planned_end": "2008-06-30"}, "short"),
        ({"planned_start": "2001-01-01", "actual_start": "2008-01-01", "planned_end": "2008-06-30"}, "short"),
        ({"actual_start": "2008-01-01", "actual_end": "2012-01-01", "planned_end": "2008-06-30"}, "long"),
        ({"actual_start": "2026-03-01", "planned_end": "2019-06-30"}, None),
        ({"actual_start": "2026", "planned_end": "2026-01"}, "short"),
    ],
)
def test_the_term_follows_the_dates_actual_before_planned(dates, term):
    assert derived_term(Content(**dates), LIMITS) == term
