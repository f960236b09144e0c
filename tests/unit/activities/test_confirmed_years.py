"""METHODOLOGY, The years of an activity: what one revision's own dates confirm."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.activities.rules import COUNTING, How, Status, confirmed_years

START, DATES = How.START, How.DATES
years = st.integers(1990, 2030)


@pytest.mark.parametrize("status", sorted(COUNTING))
def test_every_counting_status_confirms_start_and_the_years_to_its_end(status):
    assert confirmed_years(status, "2008-11-30", "2010-01-01", None) == {2008: START, 2009: DATES, 2010: DATES}


def test_an_ongoing_activity_confirms_only_its_start():
    assert confirmed_years("active", "2008-11-30", None, None) == {2008: START}


def test_suspended_without_an_end_counts_in_its_start_only():
    assert confirmed_years("suspended", "2008", None, None) == {2008: START}


@pytest.mark.parametrize("status", [None, Status.REQUESTED, Status.PLANNED, Status.CANCELLED, "unheard of"])
def test_what_has_not_begun_or_was_cancelled_confirms_nothing(status):
    assert confirmed_years(status, "2008", "2010", (2008, 2010)) == {}


def test_without_an_actual_start_there_is_no_year():
    assert confirmed_years("active", None, None, None) == {}
    assert confirmed_years("active", None, "2010", (2008, 2010)) == {}


@pytest.mark.parametrize(("start", "end"), [("2008", "2010"), ("2008-05", "2010-02"), ("2008-05-03", "2010")])
def test_a_date_known_to_the_year_or_month_covers_it(start, end):
    assert set(confirmed_years("closed", start, end, None)) == {2008, 2009, 2010}


def test_the_source_says_in_which_years_an_imported_record_ran():
    assert confirmed_years("active", "2008-06-01", None, (2008, 2010)) == {2008: START, 2009: DATES, 2010: DATES}


def test_the_source_is_cut_to_the_actual_dates():
    assert set(confirmed_years("closed", "2008", "2009", (2006, 2012))) == {2008, 2009}
    assert set(confirmed_years("active", "2008", None, (2005, 2007))) == {2008}


def test_years_before_the_source_says_that_it_ran_are_not_filled():
    assert confirmed_years("active", "2005", None, (2008, 2010)) == {
        2005: START, 2008: DATES, 2009: DATES, 2010: DATES,
    }  # fmt: skip


@given(st.sampled_from(sorted(COUNTING)), years, st.none() | years, st.none() | st.tuples(years, years).map(sorted))
def test_the_start_always_counts_and_nothing_lies_outside_start_and_end(status, start, end, source):
    end = None if end is None else max(start, end)
    found = confirmed_years(status, str(start), end and str(end), source and tuple(source))
    assert found[start] == START
    assert all(how == DATES for year, how in found.items() if year != start)
    assert min(found) == start
    if end is not None:
        assert set(found) == set(range(start, end + 1))
    elif source is not None:
        assert set(found) == {start} | set(range(max(start, source[0]), source[1] + 1))
    else:
        assert set(found) == {start}
