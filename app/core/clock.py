"""The one place that asks what time it is."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime
from functools import cache
from zoneinfo import ZoneInfo

_pretended: ContextVar[datetime | None] = ContextVar("pretended", default=None)


def now() -> datetime:
    """The present instant, aware, in UTC."""
    return _pretended.get() or datetime.now(UTC)


@contextmanager
def pretending(instant: datetime) -> Iterator[None]:
    """Inside, it is `instant`: made-up demonstration history is written as of its own day."""
    token = _pretended.set(instant)
    try:
        yield
    finally:
        _pretended.reset(token)


def today() -> date:
    """Today in UTC: the day of every figure."""
    return now().date()


def stamp() -> str:
    """The present minute as pages and files say when they were made: 2026-11-24 03:21 UTC."""
    return now().strftime("%Y-%m-%d %H:%M UTC")


def office_today(time_zone: str) -> date:
    """Today where the office is: the day of every form. `time_zone` is an IANA name."""
    return now().astimezone(_zone(time_zone)).date()


@cache
def _zone(time_zone: str) -> ZoneInfo:
    """Kept for good: Python itself keeps eight, and reads the file of the next one anew for each row of an import."""
    return ZoneInfo(time_zone)
