"""What is due or overdue, written as mail once: next steps to their owners, annual returns to who may sign."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.activities.models import Activity, NextStep
from app.core import clock
from app.mail.rules import Kind
from app.mail.services import put
from app.returns.queries import leads_of, office_years, rounds
from app.returns.rules import ReminderDay, reminder_standing

STEP_AHEAD = timedelta(days=3)
YEARS_REMINDED = 2


def write_reminders(session: Session) -> None:
    """Write what became due since the last time. Nobody is reminded twice of one thing."""
    _steps(session)
    _returns(session)


def _steps(session: Session) -> None:
    today = clock.today()
    statement = select(NextStep).join(Activity).where(
        NextStep.owner_id.is_not(None), NextStep.done_at.is_(None), NextStep.removed_at.is_(None),
        NextStep.due_on <= today + STEP_AHEAD, Activity.withdrawn_at.is_(None),
    )  # fmt: skip
    for step in session.scalars(statement.order_by(NextStep.id)):
        if step.owner_id is not None and step.due_on is not None:
            kind = Kind.STEP_OVERDUE if step.due_on < today else Kind.STEP_DUE
            once = f"{kind}:{step.id}:{step.owner_id}:{step.due_on}"
            put(session, step.owner_id, kind, once=once, activity_id=step.activity_id, step_id=step.id)


def _returns(session: Session) -> None:
    """The last reminder whose day has come, on the days that the room of returns names and its pages announce."""
    standing = dict(_standing(session))
    for line in office_years(session, standing):
        if line.unsigned:
            kind = Kind.RETURN_OVERDUE if line.late else Kind.RETURN_DUE
            for lead in leads_of(session, line.office):
                once = f"return:{line.office}:{line.year}:{lead.id}:{standing[line.year].on}"
                put(session, lead.id, kind, once=once, office=line.office, year=line.year)


def _standing(session: Session) -> Iterator[tuple[int, ReminderDay]]:
    """(year, reminder) of each open round. Years after its day a return is a matter of the yearly page, not of mail."""
    today = clock.today()
    for each in rounds(session):
        found = reminder_standing(each.due_on, each.frozen_on, today)
        if found is not None and each.opens_on <= today and each.year >= today.year - YEARS_REMINDED:
            yield each.year, found
