"""Rhythms and kinds of mail, and when it is due. Pure."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from enum import StrEnum

from app.core.i18n import N_

MORNING = time(6, tzinfo=UTC)
MONDAY = 0
# A worker that died with a letter in its hand: after so long another takes it up again.
CLAIM = timedelta(minutes=10)
FIRST_DELAY, LONGEST_DELAY = timedelta(minutes=5), timedelta(hours=12)


class Rhythm(StrEnum):
    """How often somebody wants mail."""

    INSTANT = "instant"
    DAILY = "daily"
    WEEKLY = "weekly"
    NEVER = "never"


RHYTHMS = {
    Rhythm.INSTANT: N_("At once, one mail for each"),
    Rhythm.DAILY: N_("Once a day, all in one mail"),
    Rhythm.WEEKLY: N_("On Mondays, all in one mail"),
    Rhythm.NEVER: N_("Never: I look at the home page"),
}


class Kind(StrEnum):
    """What a message tells."""

    SUBMITTED = "submitted"
    RETURNED = "returned"
    QUESTIONED = "questioned"
    APPROVED = "approved"
    MENTIONED = "mentioned"
    STEP_DUE = "step_due"
    STEP_OVERDUE = "step_overdue"
    RETURN_DUE = "return_due"
    RETURN_OVERDUE = "return_overdue"
    REQUEST_RECEIVED = "request_received"
    REQUEST_ANSWERED = "request_answered"
    REQUEST_DUE = "request_due"
    REQUEST_OVERDUE = "request_overdue"
    MET_DUE = "met_due"
    INVITED = "invited"
    RESET = "reset"
    ACCOUNT_CHANGED = "account_changed"


# About the account itself: sent at once, whatever rhythm its person chose.
OF_ACCOUNT = frozenset({Kind.INVITED, Kind.RESET, Kind.ACCOUNT_CHANGED})


def due(rhythm: Rhythm, now: datetime) -> datetime:
    """When mail written `now` goes out: at once, the next morning, or the next Monday morning (UTC)."""
    if rhythm not in (Rhythm.DAILY, Rhythm.WEEKLY):
        return now
    morning = datetime.combine(now.date(), MORNING)
    while morning <= now or (rhythm is Rhythm.WEEKLY and morning.weekday() != MONDAY):
        morning += timedelta(days=1)
    return morning


def delay(attempts: int) -> timedelta:
    """How long to wait after so many attempts: twice as long each time, up to half a day."""
    return min(FIRST_DELAY * (1 << min(max(attempts - 1, 0), 20)), LONGEST_DELAY)
