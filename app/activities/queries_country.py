"""What the approved records say of one country: with whom, which steps of laws, what stands in the way, what is next.

Only records that the actor may open; where their text is closed, only its codes are read.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.activities.filters import ActivityFilters
from app.activities.models import (
    Activity,
    Counterpart,
    NextStep,
    RevisionCode,
    RevisionCounterpart,
    RevisionMilestone,
    RevisionPartner,
)
from app.activities.models_line import ActivityLine
from app.activities.queries import lines
from app.activities.rules import State
from app.core.db import AnyRow
from app.core.permissions import Actor

L = ActivityLine
MOST = 300
"""So many records, the latest begun first: a page before a mission looks at the recent ones."""


@dataclass(frozen=True)
class Step:
    """A step of a law."""

    on: str
    kind: str
    law: str
    contribution: str
    reference: str


@dataclass(frozen=True)
class Todo:
    """A next step that is not done."""

    what: str
    who: str
    due_on: date | None
    reference: str


def country_records(session: Session, actor: Actor, country: str, most: int = MOST) -> list[AnyRow]:
    """Lines of the approved records that name the country, the latest begun first; closed texts are blank."""
    when = func.coalesce(L.actual_start, L.planned_start, "")
    statement = (
        lines(actor, ActivityFilters(coded={"country": (country,)}))
        .where(L.workflow == State.APPROVED, L.withdrawn.is_(False), L.set_aside.is_(False))
        .order_by(when.desc(), L.activity_id.desc())
        .limit(most)
    )
    return list(session.execute(statement))


def open_texts(records: Collection[AnyRow]) -> list[AnyRow]:
    """Those whose text the reader may read: a title is never blank otherwise."""
    return [row for row in records if row.title]


def law_steps(session: Session, records: Collection[AnyRow]) -> list[Step]:
    """The steps of laws in these records, the latest first; steps without a date last."""
    m = RevisionMilestone
    names = {row.revision_id: row.reference for row in open_texts(records)}
    rows = _of(session, select(m.revision_id, m.on, m.kind, m.law, m.contribution), m.revision_id, names)
    steps = {Step(on or "", kind, law, by or "", names[at]) for at, on, kind, law, by in rows}
    return sorted(steps, key=lambda step: (step.on, step.law, step.reference), reverse=True)


def counterparts_of(session: Session, records: Collection[AnyRow]) -> list[tuple[str, str, int]]:
    """(name, kind, in how many records), the most frequent first."""
    ids = [row.revision_id for row in open_texts(records)]
    statement = select(Counterpart.name, Counterpart.kind).join(
        RevisionCounterpart, RevisionCounterpart.counterpart_id == Counterpart.id
    )
    found = Counter(map(tuple, _of(session, statement, RevisionCounterpart.revision_id, ids)))
    return [(name, kind, n) for (name, kind), n in sorted(found.items(), key=lambda each: (-each[1], each[0]))]


def partners_of(session: Session, records: Collection[AnyRow]) -> list[tuple[str, int]]:
    """(partner's code, in how many records), the most frequent first."""
    statement = select(RevisionPartner.revision_id, RevisionPartner.partner)
    ids = [row.revision_id for row in records]
    rows = {(revision, code) for revision, code in _of(session, statement, RevisionPartner.revision_id, ids)}
    return _most(code for _revision, code in rows)


def obstacles_of(session: Session, records: Collection[AnyRow]) -> list[tuple[str, int]]:
    """(obstacle's code, in how many records), the most frequent first."""
    statement = select(RevisionCode.code).where(RevisionCode.list_key == "obstacle")
    ids = [row.revision_id for row in records]
    return _most(code for (code,) in _of(session, statement, RevisionCode.revision_id, ids))


def todos_of(session: Session, records: Collection[AnyRow]) -> list[Todo]:
    """Next steps that are not done, the first due first; those without a day last."""
    n = NextStep
    statement = (
        select(n.what, n.owner_name, n.due_on, Activity.reference)
        .join(Activity, Activity.id == n.activity_id)
        .where(n.done_at.is_(None), n.removed_at.is_(None))
    )
    ids = [row.activity_id for row in open_texts(records)]
    found = [Todo(*row) for row in _of(session, statement, n.activity_id, ids)]
    return sorted(found, key=lambda todo: (todo.due_on or date.max, todo.what))


def _of(session: Session, statement: Any, column: Any, ids: Collection[int]) -> list[Any]:
    return list(session.execute(statement.where(column.in_(ids)))) if ids else []


def _most(codes: Any) -> list[tuple[str, int]]:
    return sorted(Counter(codes).items(), key=lambda each: (-each[1], each[0]))
