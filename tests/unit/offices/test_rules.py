"""Days and intervals: inclusive, blank ends open."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.offices.rules import begins_or_ends_in, covers, figure_day, overlaps

days = st.dates(date(2000, 1, 1), date(2030, 12, 31))
ends = st.none() | days
FIRST, LAST = date(2012, 1, 1), date(2012, 12, 31)
DAY = timedelta(days=1)


@pytest.mark.parametrize(("day", "inside"), [(FIRST - DAY, False), (FIRST, True), (LAST, True), (LAST + DAY, False)])
def test_both_ends_are_inside(day: date, inside: bool) -> None:
    assert covers(FIRST, LAST, day) is inside


@given(days, days)
def test_blank_ends_are_open(end: date, day: date) -> None:
    assert covers(None, None, day)
    assert covers(None, end, day) is (day <= end)
    assert covers(end, None, day) is (day >= end)


@given(ends, ends, days, st.integers(0, 60))
def test_overlap_is_any_day_covered(valid_from: date | None, valid_to: date | None, first: date, length: int) -> None:
    span = [first + DAY * n for n in range(length + 1)]
    if valid_from and valid_to and valid_to < valid_from:
        return  # the schema refuses such an interval
    assert overlaps(valid_from, valid_to, first, span[-1]) is any(covers(valid_from, valid_to, day) for day in span)


def test_a_year_is_read_on_its_last_day_and_the_running_one_today() -> None:
    today = date(2026, 11, 23)
    assert figure_day(2025, today) == date(2025, 12, 31)
    assert figure_day(2026, today) == today


def test_begins_or_ends() -> None:
    assert begins_or_ends_in(date(2012, 5, 1), None, 2012)
    assert begins_or_ends_in(None, date(2012, 12, 31), 2012)
    assert not begins_or_ends_in(None, None, 2012)
    assert not begins_or_ends_in(date(2011, 1, 1), date(2013, 1, 1), 2012)
