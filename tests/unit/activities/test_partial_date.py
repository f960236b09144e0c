from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.activities.rules import PartialDate, partial

days = st.dates(date(1, 1, 1), date(9998, 12, 31))


@pytest.mark.parametrize(
    ("text", "earliest", "latest", "precision"),
    [
        ("2008-02-29", date(2008, 2, 29), date(2008, 2, 29), "day"),
        ("2008-02", date(2008, 2, 1), date(2008, 2, 29), "month"),
        ("2009-02", date(2009, 2, 1), date(2009, 2, 28), "month"),
        ("2008-12", date(2008, 12, 1), date(2008, 12, 31), "month"),
        ("2008", date(2008, 1, 1), date(2008, 12, 31), "year"),
    ],
)
def test_it_covers_all_of_what_it_names(text, earliest, latest, precision):
    value = PartialDate(text)
    assert (value.earliest(), value.latest(), value.precision, value.year) == (earliest, latest, precision, latest.year)


@pytest.mark.parametrize(
    "text",
    ["", "08", "2008-2", "2008-02-30", "2009-02-29", "2008-13", "2008-00", "0000", "2008-02-29T00:00", "20080229",
     " 2008", "2008 ", "2008\n", "2008-", "-2008", "٢٠٠٨-٠٢", "２００８", "2008-W05", "2008-060"],
)  # fmt: skip
def test_what_is_no_date_is_refused(text):
    with pytest.raises(ValueError):
        PartialDate(text)


@given(days)
def test_a_day_is_only_itself(day):
    value = PartialDate(day.isoformat())
    assert value.earliest() == value.latest() == day


@given(days, st.sampled_from([4, 7, 10]))
def test_a_day_lies_in_its_month_and_year_and_the_next_day_after_does_not(day, length):
    value = PartialDate(day.isoformat()[:length])
    assert value.earliest() <= day <= value.latest()
    assert not (value.latest() + timedelta(days=1)).isoformat().startswith(value.text)
    assert (
        not value.earliest().isoformat().startswith(value.text) or value.earliest().isoformat()[:length] == value.text
    )


@given(days, days)
def test_days_sort_as_their_texts(one, other):
    assert (PartialDate(one.isoformat()) < PartialDate(other.isoformat())) == (one < other)


@given(st.text(max_size=12))
def test_any_text_is_a_date_or_a_value_error(text):
    try:
        value = PartialDate(text)
    except ValueError:
        return
    assert value.earliest() <= value.latest()
    assert value.text.isascii()


def test_a_blank_is_no_date():
    assert partial(None) is None
    assert partial("") is None
    assert partial("2008") == PartialDate("2008")
