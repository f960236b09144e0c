"""Records that may be the same thing, logged twice: same office, near dates, like titles."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from app.activities.models import Activity
from app.activities.models_line import ActivityLine
from app.activities.rules import PartialDate
from app.core.text import fold

NEAR = timedelta(days=60)
ALIKE = 0.5
"""Of all three-letter pieces of two titles, so many are in both."""
LOOKED_AT = 500
SHOWN = 5


@dataclass(frozen=True)
class Like:
    """A record that may be the same."""

    reference: str
    title: str
    start: str | None
    end: str | None
    workflow: str


def possible_duplicates(session: Session, activity: Activity) -> list[Like]:
    """Other records of the office that may be what `activity` says, the likest first. Withdrawn ones are none."""
    line, mine = ActivityLine, activity.current
    candidates = (
        select(line.reference, line.title, line.actual_start, line.planned_start, line.actual_end, line.newest_workflow)
        .where(line.lead_office == activity.lead_office, line.activity_id != activity.id, line.withdrawn.is_(False))
        .where(or_(line.in_provisional, line.in_approved))
        .order_by(line.changed_at.desc(), line.activity_id.desc())
        .limit(LOOKED_AT)
    )
    start = mine.actual_start or mine.planned_start
    found: dict[str, tuple[float, Like]] = {}
    for reference, title, actual, planned, end, workflow in session.execute(candidates):
        likeness = alike(mine.title, title)
        if likeness >= ALIKE and near(start, actual or planned):
            found[reference] = likeness, Like(reference, title, actual or planned, end, workflow)
    return [like for _likeness, like in sorted(found.values(), key=lambda pair: -pair[0])[:SHOWN]]


def alike(one: str, other: str) -> float:
    """How like two titles are, from 0 to 1, whatever their accents, case and order of words.

    >>> alike("Formation des juges à Conakry", "formation de juges, Conakry") > ALIKE
    True
    >>> alike("Training of judges", "Children's court rules")
    0.0
    """
    first, second = _pieces(one), _pieces(other)
    return len(first & second) / len(first | second) if first and second else 0.0


def near(one: str | None, other: str | None) -> bool:
    """Two partial dates may lie within 60 days of each other. What is not known may be near."""
    if not one or not other:
        return True
    first, second = PartialDate(one), PartialDate(other)
    return _after(first.latest()) >= second.earliest() and _after(second.latest()) >= first.earliest()


def _after(day: date) -> date:
    return min(day, date.max - NEAR) + NEAR


def _pieces(text: str) -> frozenset[str]:
    words = "".join(c if c.isalnum() else " " for c in fold(text)).split()
    padded = [f"  {word} " for word in words]
    return frozenset(word[at : at + 3] for word in padded for at in range(len(word) - 2))
