"""Dates of a round, lateness, and when an office is reminded in which words. Pure.

Source: METHODOLOGY, Words (Round). The reminders are ours: before the due day, on it, and after it until the freeze.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from itertools import chain, count
from zoneinfo import ZoneInfo

from app.core.i18n import N_

FIRST_YEAR = 1989  # the Convention's own year: nothing of ours is older
WORDS_LIMIT = 2000
SENTENCE_LIMIT = 300
WORKING_DAYS_BEFORE_FREEZE = 10
SATURDAY = 5


class State(StrEnum):
    """Where a return is. Only a signed one answers; a reopened one is no answer until it is signed anew."""

    DRAFT = "draft"
    SIGNED = "signed"
    REOPENED = "reopened"


class Answer(StrEnum):
    """What a return says."""

    SUPPORT = "support"
    NIL = "nil"


def default_opening(year: int) -> date:
    """1 November of the year."""
    return date(year, 11, 1)


def default_due(year: int) -> date:
    """31 January of the next year."""
    return date(year + 1, 1, 31)


def default_inform(frozen_on: date) -> date:
    """Ten working days (Monday to Friday) before the freeze: offices that will be named are informed."""
    day, left = frozen_on, WORKING_DAYS_BEFORE_FREEZE
    while left:
        day -= timedelta(days=1)
        left -= day.weekday() < SATURDAY
    return day


def due_moment(due_on: date, time_zone: str) -> datetime:
    """The end of the due day where the office is, as an instant: a return signed before it is on time."""
    midnight = datetime.combine(due_on + timedelta(days=1), time(0), tzinfo=ZoneInfo(time_zone))
    return midnight.astimezone(UTC)


def is_on_time(signed_at: datetime | None, due: datetime | None) -> bool | None:
    """Whether a return was signed before its due moment; None where it is not signed, or nothing was due."""
    return signed_at < due if signed_at and due else None


def days_late(due_on: date, time_zone: str, moment: datetime) -> int:
    """Whole days since the due day where the office is; 0 until its end."""
    return max(0, (moment.astimezone(ZoneInfo(time_zone)).date() - due_on).days)


class Reminder(StrEnum):
    """The three tones of a reminder."""

    BEFORE = "before"
    DUE = "due"
    LATE = "late"


@dataclass(frozen=True)
class ReminderDay:
    """A day on which an office that has not signed is reminded."""

    on: date
    kind: Reminder


BEFORE_DAYS = 14
LATE_DAYS = (7, 21)


def reminder_days(due_on: date, frozen_on: date | None) -> Iterator[ReminderDay]:
    """14 days before the due day, on it, 7 and 21 days after it, then monthly; none from the freeze on.

    Without a freeze there is no last one: take as many as you need.
    """
    last = due_on + timedelta(days=LATE_DAYS[-1])
    late = chain((due_on + timedelta(days=n) for n in LATE_DAYS), (_months_later(last, n) for n in count(1)))
    days = chain(
        [ReminderDay(due_on - timedelta(days=BEFORE_DAYS), Reminder.BEFORE), ReminderDay(due_on, Reminder.DUE)],
        (ReminderDay(day, Reminder.LATE) for day in late),
    )
    for each in days:
        if frozen_on is not None and each.on >= frozen_on:
            return
        yield each


def reminder_standing(due_on: date, frozen_on: date | None, today: date) -> ReminderDay | None:
    """The last reminder whose day has come; None before the first, and from the freeze on."""
    if frozen_on is not None and today >= frozen_on:
        return None
    standing = None
    for each in reminder_days(due_on, frozen_on):
        if each.on > today:
            break
        standing = each
    return standing


def next_reminder(due_on: date, frozen_on: date | None, today: date) -> ReminderDay | None:
    """The first reminder after today; None if the freeze comes first."""
    return next((each for each in reminder_days(due_on, frozen_on) if each.on > today), None)


def tone(due_on: date, today: date) -> Reminder:
    """In which words an office is reminded today, whatever the day of the next regular reminder is."""
    if today < due_on:
        return Reminder.BEFORE
    return Reminder.DUE if today == due_on else Reminder.LATE


def _months_later(day: date, months: int) -> date:
    """The same day of a later month, or that month's last day."""
    years, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + years, month + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


REMINDER_SUBJECTS = {
    Reminder.BEFORE: N_("%(office)s: annual return for %(year)s, due %(due)s"),
    Reminder.DUE: N_("%(office)s: annual return for %(year)s is due today"),
    Reminder.LATE: N_("%(office)s: annual return for %(year)s, was due %(due)s"),
}
REMINDER_FIRST = {
    Reminder.BEFORE: N_("The annual return of %(office)s for %(year)s is not signed yet. It is due on %(due)s."),
    Reminder.DUE: N_("The annual return of %(office)s for %(year)s is not signed yet. It is due today, %(due)s."),
    Reminder.LATE: N_("The annual return of %(office)s for %(year)s is not signed. It was due on %(due)s."),
}
REMINDER_GREETING = N_("Dear colleagues,")
REMINDER_HOW = N_(
    "It is one page: tick what was still delivered in %(year)s, accept or decline joint work, and sign."
    " If there was no support, a nil return with a sentence why is an answer, too."
)
REMINDER_ELSE = N_(
    "If you cannot sign now, tell me by telephone or mail, and I record your answer for you to confirm later."
    " You can also put a sentence beside your office's state, for example about a crisis or a vacancy."
)
REMINDER_FREEZE = N_("The figures for %(year)s are frozen on %(frozen)s. Until then your answer changes them.")
REMINDER_WHERE = N_("In the tracker, the page is %(path)s")
