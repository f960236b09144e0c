"""Days of requests: since when it waits, and when it is asked whether it was met."""

from datetime import date

import pytest

from app.asked.counting import Asked, age_of
from app.asked.rules import asked_on, is_recommendation_of_para_8, met_due_on

TODAY = date(2026, 11, 24)


def test_it_waits_since_it_was_received_else_sent_on_else_dated():
    assert asked_on("2020", "2021", "2022") == "2022"
    assert asked_on("2020", "2021", None) == "2021"
    assert asked_on("2020", None, None) == "2020"
    assert asked_on(None, None, None) is None


@pytest.mark.parametrize(
    ("asked", "age"),
    [("2026-11-01", "age_half_year"), ("2026-01-01", "age_year"), ("2025-06", "age_two_years"), ("2019", "age_longer"),
     (None, "age_unknown")],
)  # fmt: skip
def test_ages(asked, age):
    assert age_of(Asked("R", "AFG", asked_on=asked), TODAY) == age


def test_a_year_after_a_leap_day():
    assert met_due_on("accepted", date(2024, 2, 29)) == date(2025, 3, 1)
    assert met_due_on("open", None) is None
    assert met_due_on("declined", date(2024, 1, 1)) is None


def test_para_8():
    assert is_recommendation_of_para_8("crc_concluding_observations", ())
    assert is_recommendation_of_para_8("upr", ("E1997-30-8",))
    assert not is_recommendation_of_para_8("upr", ("CRC-45B",))
