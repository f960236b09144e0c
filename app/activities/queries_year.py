"""What of some activities belongs to one year: what was delivered, what became of laws."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.activities.models import DeliveryLine, Participation, RevisionMilestone

PEOPLE = ("women", "men", "not_recorded")


@dataclass(frozen=True)
class Delivered:
    """One delivery line. Numbers are None where nobody recorded them; `has_people` says whether any is recorded."""

    activity_id: int
    women: int | None
    men: int | None
    not_recorded: int | None

    @property
    def has_people(self) -> bool:
        """Some number of it is recorded, zero too."""
        return any(getattr(self, name) is not None for name in PEOPLE)


@dataclass(frozen=True)
class Milestone:
    """One step in the life of a law."""

    revision_id: int
    kind: str
    on: str
    law: str


def deliveries_in(session: Session, activities: Collection[int], year: int) -> list[Delivered]:
    """The delivery lines of these activities that are dated in the year."""
    columns = (DeliveryLine.id, DeliveryLine.activity_id, *(getattr(Participation, name) for name in PEOPLE))
    statement = (
        select(*columns)
        .outerjoin(Participation, Participation.delivery_line_id == DeliveryLine.id)
        .where(
            DeliveryLine.activity_id.in_(activities),
            DeliveryLine.removed_at.is_(None),
            DeliveryLine.on.startswith(str(year)),
        )
        .order_by(DeliveryLine.id)
    )
    lines: dict[int, tuple[int, list[tuple[int | None, ...]]]] = {}
    for line, activity, *numbers in session.execute(statement):
        lines.setdefault(line, (activity, []))[1].append(tuple(numbers))
    return [Delivered(activity, *map(known_sum, zip(*rows, strict=True))) for activity, rows in lines.values()]


def known_sum(values: Collection[int | None]) -> int | None:
    """The sum of what is recorded; None where nothing is. Blank is not zero."""
    known = [value for value in values if value is not None]
    return sum(known) if known else None


def milestones_in(session: Session, revisions: Collection[int], year: int) -> list[Milestone]:
    """The milestones of these revisions that are dated in the year."""
    m = RevisionMilestone
    statement = (
        select(m.revision_id, m.kind, m.on, m.law)
        .where(m.revision_id.in_(revisions), m.on.startswith(str(year)))
        .order_by(m.on, m.revision_id, m.position)
    )
    return [Milestone(revision, kind, on or "", law) for revision, kind, on, law in session.execute(statement)]
