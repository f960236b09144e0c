"""Dates of a round, pure. Source: METHODOLOGY, Words (Round)."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo


def default_opening(year: int) -> date:
    """1 November of the year."""
    return date(year, 11, 1)


def default_due(year: int) -> date:
    """31 January of the next year."""
    return date(year + 1, 1, 31)


def due_moment(due_on: date, time_zone: str) -> datetime:
    """The end of the due day where the office is, as an instant: a return signed before it is on time."""
    midnight = datetime.combine(due_on + timedelta(days=1), time(0), tzinfo=ZoneInfo(time_zone))
    return midnight.astimezone(UTC)
