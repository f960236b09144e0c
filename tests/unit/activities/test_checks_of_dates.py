"""Status, dates and countries: what fits together (the form's table in the issue)."""

from dataclasses import replace

import pytest

from app.activities.rules import COUNTING, NOT_BEGUN
from tests.unit.activities.surroundings import ABOUT, IMPORTED, faults

CLOSED = {"status": "closed", "actual_end": "2022"}


@pytest.mark.parametrize("status", sorted(COUNTING))
def test_what_has_begun_needs_its_start_and_what_was_delivered(status):
    found = faults(status=status, actual_start=None, actual_end="2022", delivered=" ", status_reason="Crisis.")
    assert found == {"actual_start", "delivered"}


def test_closed_needs_an_end_and_the_others_do_not():
    assert faults(**CLOSED) == set()
    assert faults(status="closed") == {"actual_end"}
    assert faults(status="finalising") == set()


@pytest.mark.parametrize("status", ["suspended", "cancelled"])
def test_suspended_and_cancelled_have_a_reason(status):
    assert faults(status=status) == {"status_reason"}
    assert faults(status=status, status_reason="The partner left.") == set()


def test_a_cancelled_one_needs_no_start_and_no_delivery():
    assert faults(status="cancelled", status_reason="No.", actual_start=None, delivered="") == set()


@pytest.mark.parametrize("status", sorted(NOT_BEGUN))
def test_what_has_not_begun_has_planned_dates_only(status):
    plain = {"status": status, "delivered": "", "actual_start": None}
    assert faults(**plain, planned_start="2027-01", planned_end="2028") == set()
    assert faults(**plain | {"actual_start": "2021"}) == {"actual_start"}
    assert faults(**plain | {"actual_start": "2021", "actual_end": "2021"}) == {"actual_start", "actual_end"}


@pytest.mark.parametrize("status", sorted(NOT_BEGUN))
def test_what_was_delivered_cannot_be_unbegun_again(status):
    delivered = replace(ABOUT, has_deliveries=True)
    assert faults(delivered, status=status, actual_start=None) == {"status"}


@pytest.mark.parametrize(
    ("start", "end"),
    [
        ("2021-03-10", "2021-03-10"),
        ("2021-03-10", "2021-03"),
        ("2021-03-31", "2021"),
        ("2021", "2021-01-01"),
        ("2021-12", "2021"),
        ("2021-03", "2021-03-01"),
    ],
)
def test_an_end_may_be_the_start_as_far_as_both_are_known(start, end):
    assert faults(**CLOSED | {"actual_start": start, "actual_end": end}) == set()
    assert faults(planned_start=start, planned_end=end, actual_start=start) == set()


@pytest.mark.parametrize(
    ("start", "end"), [("2021-03-10", "2021-03-09"), ("2021-03", "2021-02"), ("2021", "2020-12-31")]
)
def test_an_end_before_the_start_is_named(start, end):
    assert faults(**CLOSED | {"actual_start": start, "actual_end": end}) == {"actual_end"}
    assert faults(planned_start=start, planned_end=end) == {"planned_end"}


@pytest.mark.parametrize("text", ["2026-11-23", "2026-11", "2026"])
def test_actual_dates_may_reach_today(text):
    assert faults(actual_start=text) == set()
    assert faults(**CLOSED | {"actual_end": text}) == set()


@pytest.mark.parametrize("text", ["2026-11-24", "2026-12", "2027"])
def test_actual_dates_may_not_lie_after_today(text):
    assert faults(actual_start=text) == {"actual_start"}
    assert faults(**CLOSED | {"actual_end": text}) == {"actual_end"}


@pytest.mark.parametrize("text", ["1948", "2101", "0001"])
def test_years_that_cannot_be_right(text):
    assert faults(planned_start=text) == {"planned_start"}


def test_a_broken_date_is_named_and_nothing_is_compared_with_it():
    assert faults(actual_start="2021-02-30", actual_end="2000") == {"actual_start"}


@pytest.mark.parametrize(
    ("dates", "country", "ok"),
    [
        ({"actual_start": "2018", **CLOSED, "actual_end": "2019"}, "PAK", True),
        ({"actual_start": "2018", **CLOSED, "actual_end": "2019"}, "NPL", False),
        ({"actual_start": "2018"}, "PAK", True),
        ({"actual_start": "2018"}, "NPL", True),
        ({"actual_start": "2020"}, "PAK", False),
        ({"actual_start": "2019-12-31"}, "PAK", True),
        ({"status": "planned", "actual_start": None, "planned_start": "2027"}, "PAK", False),
    ],
)
def test_countries_must_be_served_in_that_time(dates, country, ok):
    assert faults(**dates, countries=(country,)) == (set() if ok else {"countries"})


@pytest.mark.parametrize("scope", ["regional", "global"])
def test_a_wider_scope_is_bound_to_no_country(scope):
    assert faults(scope=scope, countries=("FRA",)) == set()
    assert faults(scope=scope, countries=()) == set()


def test_all_countries_ask_for_a_sentence_but_not_of_an_import():
    every = ("AFG", "NPL")
    assert faults(countries=every) == {"countries_reason"}
    assert faults(countries=every, countries_reason="One session each.") == set()
    assert faults(IMPORTED, countries=every) == set()


def test_an_office_that_serves_nobody_ticks_nothing():
    assert faults(replace(ABOUT, served=lambda first, last: frozenset()), countries=()) == set()


def test_what_began_after_its_planned_end_needs_another_plan_or_its_end():
    late = {"status": "active", "actual_start": "2026-03-01", "planned_end": "2019-06-30", "delivered": "x"}
    assert faults(**late) == {"planned_end"}
    assert faults(**late | {"planned_end": "2026-03"}) == set()
    assert faults(IMPORTED, **late) == set()
