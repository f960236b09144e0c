"""What needs no review beside deliveries: co-office answers, next steps. Part of the room's services."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.activities.lines import settle
from app.activities.models import Activity, CoOfficeAnswer, NextStep
from app.activities.services import lock_activity, refuse_withdrawn, write_audit
from app.core import clock
from app.core.db import new_client_id
from app.core.errors import Invalid, NotFound, Problem
from app.core.i18n import N_
from app.core.permissions import Actor, Permission, demand
from app.offices.reviewers import Person, staff_of


def answer_joint(session: Session, actor: Actor, activity: Activity, office: str, *, accept: bool) -> CoOfficeAnswer:
    """A co-office accepts or declines to be counted in this joint activity.

    Raises:
        NotFound: the office is not named. Refused: withdrawn. Forbidden: the actor does not work for the co-office.
    """
    demand(Permission.ACTIVITY_ANSWER_JOINT, actor, office)
    lock_activity(session, activity)
    refuse_withdrawn(activity)
    answer = next((a for a in activity.co_offices if a.office == office), None)
    if answer is None:
        raise NotFound(N_("This office is not named in the activity."))
    answer.answer = "accepted" if accept else "declined"
    answer.answered_by = actor.user_id
    answer.answered_at = clock.now()
    _done(session, actor, activity, f"activity.joint-{answer.answer}")
    return answer


@dataclass(frozen=True)
class Step:
    """The command for a next step: what, whose (somebody of the office, or a name), due when."""

    what: str
    owner_name: str = ""
    owner_id: int | None = None
    due_on: date | None = None
    client_id: str = field(default_factory=new_client_id)


def add_next_step(session: Session, actor: Actor, activity: Activity, command: Step) -> NextStep:
    """Add a next step. Raises Invalid, Refused (withdrawn), Forbidden."""
    demand(Permission.ACTIVITY_EDIT, actor, activity)
    sent_before = session.scalar(select(NextStep).where(NextStep.client_id == command.client_id))
    if sent_before is not None and sent_before.activity_id == activity.id:
        return sent_before
    lock_activity(session, activity)
    refuse_withdrawn(activity)
    owner_name = checked_owner(command, staff_of(session, activity.lead_office))
    step = NextStep(
        client_id=command.client_id,
        what=command.what.strip(),
        owner_name=owner_name,
        owner_id=command.owner_id,
        due_on=command.due_on,
    )
    activity.next_steps.append(step)
    _done(session, actor, activity, "activity.next-step-added")
    return step


def checked_owner(command: Step, staff: Iterable[Person]) -> str:
    """The name of whose step it is, of whatever record; `staff` are those who can be chosen.

    Raises:
        Invalid: no words, too many, or somebody else.
    """
    if not command.what.strip() or len(command.what) > 300 or len(command.owner_name) > 150:
        raise Invalid([Problem("what", N_("Say in 300 characters or fewer what is to be done."))])
    owner = {person.id: person.name for person in staff}
    if command.owner_id is not None and command.owner_id not in owner:
        raise Invalid([Problem("owner", N_("Choose somebody who works in the office."))])
    return owner.get(command.owner_id or 0, command.owner_name.strip())[:150]


def finish_next_step(session: Session, actor: Actor, activity: Activity, step_id: int) -> None:
    """Mark a next step done. Raises NotFound, Refused (withdrawn), Forbidden."""
    demand(Permission.ACTIVITY_EDIT, actor, activity)
    lock_activity(session, activity)
    refuse_withdrawn(activity)
    step = next((s for s in activity.next_steps if s.id == step_id and s.done_at is None), None)
    if step is None:
        raise NotFound(N_("There is no such next step."))
    step.done_at = clock.now()
    _done(session, actor, activity, "activity.next-step-done")


def _done(session: Session, actor: Actor, activity: Activity, action: str) -> None:
    """These facts do not touch the revision, so they leave the version alone: an open form stays good."""
    settle(session, activity, actor.user_id)
    write_audit(session, actor, action, activity)
