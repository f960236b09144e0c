"""What needs no review: delivery lines, co-office answers, next steps. Part of the room's services."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.activities.lines import settle
from app.activities.models import Activity, CoOfficeAnswer, DeliveryLine, NextStep, Participation
from app.activities.reference import reference_data, surroundings
from app.activities.rules import NOT_BEGUN, PartialDate
from app.activities.services import lock_activity, refuse_withdrawn, write_audit
from app.core import clock
from app.core.db import new_client_id
from app.core.errors import Invalid, NotFound, Problem, Refused
from app.core.i18n import N_
from app.core.permissions import Actor, Permission, demand
from app.offices.reviewers import Person, staff_of

MOST_PEOPLE = 10_000_000


@dataclass(frozen=True)
class People:
    """Participations of one profession (a target group's code, None if not recorded). None is not recorded, not 0."""

    profession: str | None = None
    women: int | None = None
    men: int | None = None
    not_recorded: int | None = None

    @property
    def blank(self) -> bool:
        """No number was given."""
        return self.women is None and self.men is None and self.not_recorded is None


@dataclass(frozen=True)
class Delivery:
    """The command for one delivery line. `on` is a partial date (ISO text), hours a decimal text."""

    on: str
    what: str = ""
    place: str = ""
    hours: Decimal | None = None
    people_basis: str | None = None
    people: tuple[People, ...] = field(default_factory=tuple)
    client_id: str = field(default_factory=new_client_id)


def add_delivery(session: Session, actor: Actor, activity: Activity, command: Delivery) -> DeliveryLine:
    """Add a delivery line. It confirms its year at once, also of an approved activity (METHODOLOGY, Revisions).

    Raises:
        Invalid: no date, a date to come, numbers that cannot be. Refused: withdrawn, or nothing has begun. Forbidden.
    """
    demand(Permission.ACTIVITY_EDIT, actor, activity)
    sent_before = session.scalar(select(DeliveryLine).where(DeliveryLine.client_id == command.client_id))
    if sent_before is not None and sent_before.activity_id == activity.id:
        return sent_before
    lock_activity(session, activity)
    refuse_withdrawn(activity)
    counted = [r.status for r in (activity.current, activity.submitted, activity.approved) if r is not None]
    if any(status in NOT_BEGUN for status in counted):
        raise Refused(N_("This activity has not begun. Change its status before you add what was delivered."))
    problems = _delivery_problems(session, activity, command)
    if problems:
        raise Invalid(problems)
    line = DeliveryLine(
        client_id=command.client_id,
        on=command.on,
        what=command.what.strip(),
        place=command.place.strip(),
        hours=command.hours,
        people_basis=command.people_basis,
        recorded_by=actor.user_id,
        recorded_at=clock.now(),
        participations=[
            Participation(profession=p.profession, women=p.women, men=p.men, not_recorded=p.not_recorded)
            for p in command.people
            if not p.blank
        ],
    )
    activity.deliveries.append(line)
    _done(session, actor, activity, "activity.delivery-added")
    return line


def remove_delivery(session: Session, actor: Actor, activity: Activity, line_id: int) -> None:
    """Mark a delivery line removed; the audit event keeps it.

    Raises:
        NotFound: the activity has no such line. Refused: withdrawn. Forbidden.
    """
    demand(Permission.ACTIVITY_EDIT, actor, activity)
    lock_activity(session, activity)
    refuse_withdrawn(activity)
    line = next((x for x in activity.deliveries if x.id == line_id and x.removed_at is None), None)
    if line is None:
        raise NotFound(N_("There is no such delivery."))
    line.removed_at = clock.now()
    line.removed_by = actor.user_id
    _done(session, actor, activity, "activity.delivery-removed")


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


def _delivery_problems(session: Session, activity: Activity, command: Delivery) -> list[Problem]:
    found = []
    today = surroundings(session, activity).today
    try:
        on = PartialDate(command.on)
    except ValueError:
        found.append(Problem("on", N_("Give the date of the event; month or year is enough.")))
    else:
        if on.earliest() > today:
            found.append(Problem("on", N_("This date is still to come. Add what was delivered after the event.")))
        elif on.year < activity_first_year(activity):
            found.append(Problem("on", N_("This is before the activity began.")))
    if len(command.what) > 300:
        found.append(Problem("what", N_("This text has more than 300 characters.")))
    if len(command.place) > 150:
        found.append(Problem("place", N_("This text has more than 150 characters.")))
    if command.hours is not None and not 0 <= command.hours <= 100_000:
        found.append(Problem("hours", N_("This number of hours cannot be right.")))
    return found + _people_problems(session, command)


def activity_first_year(activity: Activity) -> int:
    """The earliest year in which a delivery can lie: that of the start, or any if none is known."""
    start = activity.current.actual_start
    return PartialDate(start).year if start else 1900


def _people_problems(session: Session, command: Delivery) -> list[Problem]:
    codes = reference_data(session).codes
    found = []
    for index, people in enumerate(command.people):
        if people.profession is not None and people.profession not in codes["target_group"]:
            found.append(Problem(f"people-{index}-profession", N_("This choice is not on the list.")))
        for name in ("women", "men", "not_recorded"):
            number = getattr(people, name)
            if number is not None and not 0 <= number <= MOST_PEOPLE:
                found.append(Problem(f"people-{index}-{name}", N_("This number cannot be right.")))
    if command.people_basis not in (None, "counted", "estimated"):
        found.append(Problem("people_basis", N_("This choice is not on the list.")))
    return found
