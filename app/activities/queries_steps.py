"""Next steps that somebody owns."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.activities.models import Activity, NextStep
from app.core import clock
from app.core.permissions import Actor, Permission, can


@dataclass(frozen=True)
class OwnStep:
    """Something that the reader is to do. `about` is the kind of record."""

    id: int
    reference: str
    what: str
    due_on: date | None
    late: bool
    about: str = "activity"


Source = Callable[[Session, Actor], list[OwnStep]]
_further: list[Source] = []


def also(source: Source) -> None:
    """Rooms above tell whose steps stand in their records. Twice is once."""
    if source not in _further:
        _further.append(source)


def own_steps(session: Session, actor: Actor) -> list[OwnStep]:
    """What the actor is to do in records that they may still edit, the first due first, undated ones last."""
    found = [*_of_activities(session, actor), *(step for source in _further for step in source(session, actor))]
    return sorted(found, key=lambda step: (step.due_on is None, step.due_on or date.max, step.about, step.id))


def _of_activities(session: Session, actor: Actor) -> list[OwnStep]:
    statement = (
        select(NextStep, Activity)
        .join(Activity, Activity.id == NextStep.activity_id)
        .where(
            NextStep.owner_id == actor.user_id,
            NextStep.done_at.is_(None),
            NextStep.removed_at.is_(None),
            Activity.withdrawn_at.is_(None),
        )
        .order_by(NextStep.due_on.is_(None), NextStep.due_on, NextStep.id)
    )
    today = clock.today()
    return [
        OwnStep(step.id, activity.reference, step.what, step.due_on, bool(step.due_on and step.due_on < today))
        for step, activity in session.execute(statement)
        if can(Permission.ACTIVITY_EDIT, actor, activity)
    ]
