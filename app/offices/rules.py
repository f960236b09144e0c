"""Days and intervals of offices. Intervals are inclusive; a blank end is open (METHODOLOGY, State)."""

from __future__ import annotations

from datetime import date


def covers(valid_from: date | None, valid_to: date | None, day: date) -> bool:
    """True if the interval covers `day`."""
    return overlaps(valid_from, valid_to, day, day)


def overlaps(valid_from: date | None, valid_to: date | None, first: date, last: date) -> bool:
    """True if the interval shares a day with first to last, both inclusive."""
    return (valid_from is None or valid_from <= last) and (valid_to is None or valid_to >= first)


def begins_or_ends_in(valid_from: date | None, valid_to: date | None, year: int) -> bool:
    """True if a known end of the interval lies in `year`."""
    return any(end is not None and end.year == year for end in (valid_from, valid_to))


def figure_day(year: int, today: date) -> date:
    """The day on which a year's roster, regions and countries are read: 31 December, in the running year today."""
    return today if year == today.year else date(year, 12, 31)
