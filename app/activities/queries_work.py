"""What lies on each office's desk: how many records it has begun, has to change, or has handed in; counts only."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import case, func, literal_column, select
from sqlalchemy.orm import Session

from app.activities.filters import ActivityFilters
from app.activities.models import Activity, ActivityRevision, CoOfficeAnswer
from app.activities.models_line import ActivityLine
from app.activities.queries import lines
from app.activities.rules import State
from app.core.db import AnyRow
from app.core.permissions import Actor

L = ActivityLine


@dataclass(frozen=True)
class Desk:
    """Counts of one office; what a draft says is the office's own affair. `oldest` is the longest wait for review."""

    drafts: int = 0
    returned: int = 0
    awaiting: int = 0
    oldest: datetime | None = None
    joint: int = 0


def desks(session: Session, offices: Collection[str]) -> dict[str, Desk]:
    """{office: desk} of these offices, withdrawn records left out."""
    statement = (
        select(
            L.lead_office,
            _how_many(L.newest_workflow == State.DRAFT),
            _how_many(L.newest_workflow == State.RETURNED),
            _how_many(L.awaiting),
            func.min(case((L.awaiting, L.submitted_at))),  # this line of a record that waits is what was submitted
        )
        .where(*_open(offices))
        .group_by(L.lead_office)
    )
    found = {office: Desk(*counts) for office, *counts in session.execute(statement)}
    joint = _joint(session, offices)
    return {code: replace(found.get(code, Desk()), joint=joint.get(code, 0)) for code in offices}


def _open(offices: Collection[str]) -> tuple[Any, ...]:
    """One line of each record on which somebody is still at work, as the partial index of these has it."""
    unfinished = L.newest_workflow != literal_column("'approved'")
    return unfinished, L.lead_office.in_(offices), L.withdrawn.is_(False), L.in_provisional.is_(True)


def visible_references(session: Session, actor: Actor, references: Collection[str]) -> dict[str, AnyRow]:
    """{reference: line} of those that the actor may open; closed texts are blank."""
    found: dict[str, AnyRow] = {}
    wanted = sorted(references)
    for start in range(0, len(wanted), 500):
        part = wanted[start : start + 500]
        statement = lines(actor, ActivityFilters()).where(L.reference.in_(part))
        found |= {row.reference: row for row in session.execute(statement)}
    return found


def _how_many(condition: Any) -> Any:
    return func.coalesce(func.sum(case((condition, 1), else_=0)), 0)


def _joint(session: Session, offices: Collection[str]) -> dict[str, int]:
    """Records that name the office as joining in, and wait for its answer."""
    statement = (
        select(CoOfficeAnswer.office, func.count())
        .join(Activity, Activity.id == CoOfficeAnswer.activity_id)
        .join(ActivityRevision, ActivityRevision.id == Activity.current_revision_id)
        .where(
            CoOfficeAnswer.office.in_(offices),
            CoOfficeAnswer.answer == "named",
            Activity.withdrawn_at.is_(None),
            ActivityRevision.state.in_((State.SUBMITTED, State.APPROVED)),
        )
        .group_by(CoOfficeAnswer.office)
    )
    return dict(session.execute(statement).all())
