"""Rounds, lateness, and the days of reminders."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import islice

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.returns.rules import (
    Reminder,
    days_late,
    default_due,
    default_inform,
    default_opening,
    due_moment,
    next_reminder,
    reminder_days,
    reminder_standing,
    tone,
)

DUE = date(2026, 1, 31)


def test_a_round_opens_in_november_and_is_due_in_january() -> None:
    assert default_opening(2025) == date(2025, 11, 1)
    assert default_due(2025) == DUE


@pytest.mark.parametrize(
    ("frozen", "informed"),
    [(date(2026, 3, 13), date(2026, 2, 27)), (date(2026, 3, 15), date(2026, 3, 2))],
)  # fmt: skip
def test_offices_are_informed_ten_working_days_before_the_freeze(frozen: date, informed: date) -> None:
    assert default_inform(frozen) == informed


def test_the_due_day_ends_where_the_office_is() -> None:
    assert due_moment(DUE, "Asia/Kabul") == datetime(2026, 1, 31, 19, 30, tzinfo=UTC)
    last_minute = datetime(2026, 1, 31, 19, 29, tzinfo=UTC)
    assert days_late(DUE, "Asia/Kabul", last_minute) == 0
    assert days_late(DUE, "Asia/Kabul", last_minute + timedelta(minutes=1)) == 1
    assert days_late(DUE, "America/Lima", last_minute + timedelta(minutes=1)) == 0


def test_reminders_come_before_on_and_after_the_due_day_then_monthly() -> None:
    found = list(islice(reminder_days(DUE, None), 7))
    assert [each.on for each in found] == [
        date(2026, 1, 17), DUE, date(2026, 2, 7), date(2026, 2, 21), date(2026, 3, 21), date(2026, 4, 21),
        date(2026, 5, 21),
    ]  # fmt: skip
    assert [each.kind for each in found[:3]] == [Reminder.BEFORE, Reminder.DUE, Reminder.LATE]


def test_a_month_without_that_day_takes_its_last() -> None:
    found = [each.on for each in islice(reminder_days(date(2026, 1, 10), None), 3, 8)]
    assert found == [date(2026, 1, 31), date(2026, 2, 28), date(2026, 3, 31), date(2026, 4, 30), date(2026, 5, 31)]


def test_nobody_is_reminded_from_the_freeze_on() -> None:
    frozen = date(2026, 3, 21)
    assert [each.on for each in reminder_days(DUE, frozen)][-1] == date(2026, 2, 21)
    assert reminder_standing(DUE, frozen, frozen) is None
    assert next_reminder(DUE, frozen, date(2026, 3, 1)) is None


@given(st.dates(date(2025, 11, 1), date(2030, 1, 1)))
def test_the_standing_reminder_is_past_and_the_next_one_to_come(today: date) -> None:
    standing, following = reminder_standing(DUE, None, today), next_reminder(DUE, None, today)
    assert following is not None
    assert following.on > today
    assert standing is None or standing.on <= today
    assert (standing is None) == (today < DUE - timedelta(days=14))


def test_the_tone_is_that_of_the_day() -> None:
    days = (DUE - timedelta(days=1), DUE, DUE + timedelta(days=1))
    assert [tone(DUE, day) for day in days] == [Reminder.BEFORE, Reminder.DUE, Reminder.LATE]
