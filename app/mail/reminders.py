"""What is due or overdue, written as mail once: next steps to their owners, annual returns to who may sign."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.activities.models import Activity, NextStep
from app.asked.models import RequestStep, SupportRequest
from app.asked.rules import PROMISED, met_due_on
from app.core import clock
from app.mail.hearing import leads_of_request
from app.mail.rules import Kind
from app.mail.services import put
from app.returns.queries import leads_of, office_years, rounds
from app.returns.rules import ReminderDay, reminder_standing

STEP_AHEAD, REQUEST_AHEAD = timedelta(days=3), timedelta(days=14)
YEARS_REMINDED = 2


def write_reminders(session: Session) -> None:
    """Write what became due since the last time. Nobody is reminded twice of one thing."""
    _steps(session)
    _returns(session)
    _request_steps(session)
    _requests(session)


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


def _request_steps(session: Session) -> None:
    today = clock.today()
    statement = select(RequestStep).join(SupportRequest).where(
        RequestStep.owner_id.is_not(None), RequestStep.done_at.is_(None), RequestStep.due_on <= today + STEP_AHEAD,
        SupportRequest.withdrawn_at.is_(None),
    )  # fmt: skip
    for step in session.scalars(statement.order_by(RequestStep.id)):
        if step.owner_id is not None and step.due_on is not None:
            kind = Kind.STEP_OVERDUE if step.due_on < today else Kind.STEP_DUE
            once = f"request:{kind}:{step.id}:{step.owner_id}:{step.due_on}"
            put(session, step.owner_id, kind, once=once, request_id=step.request_id, request_step_id=step.id)


def _requests(session: Session) -> None:
    """Target dates that come or have passed, and “was it met?” a year after the answer; to the leads of the offices."""
    today = clock.today()
    promised = select(SupportRequest).where(
        SupportRequest.answer.in_(sorted(PROMISED)), SupportRequest.met.is_(None), SupportRequest.withdrawn_at.is_(None)
    )
    for request in session.scalars(promised.order_by(SupportRequest.id)):
        due, target = met_due_on(request.answer, request.answered_on), request.target_on
        told = []
        if due is not None and due <= today:
            told.append((Kind.MET_DUE, due))
        if target is not None and target <= today + REQUEST_AHEAD and not request.activities:
            told.append((Kind.REQUEST_OVERDUE if target < today else Kind.REQUEST_DUE, target))
        for kind, day in told:
            for user_id in sorted(leads_of_request(session, request)):
                put(session, user_id, kind, once=f"{kind}:{request.id}:{user_id}:{day}", request_id=request.id)
