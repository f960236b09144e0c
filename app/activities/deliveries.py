"""Delivery lines: what was delivered when, with participations. They need no review. Part of the room's services."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.activities.lines import settle
from app.activities.models import Activity, DeliveryLine, Participation
from app.activities.reference import office_today, reference_data
from app.activities.rules import NOT_BEGUN, PartialDate
from app.activities.services import lock_activities, lock_activity, refuse_withdrawn, write_audit
from app.core import clock
from app.core.db import new_client_id
from app.core.errors import Invalid, NotFound, Problem, Refused
from app.core.i18n import N_
from app.core.permissions import Actor, Permission, demand

MOST_PEOPLE = 10_000_000
PEOPLE = ("profession", "women", "men", "not_recorded")
"""What is told of those who took part, as fields of `People`."""
NOT_HOURS = N_("Write the hours as a number with one decimal at most, for example 6 or 1.5.")
NOT_A_NUMBER = N_("Write a whole number, or leave it empty if it is not known.")
NO_SUCH = N_("There is no such delivery.")
NOT_BEGUN_YET = N_("This activity has not begun. Change its status before you add what was delivered.")


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


@dataclass(frozen=True)
class Taken:
    """A delivery that a file brought: the line's client id, and that of the one in whose place it stands."""

    line: str
    instead_of: str | None


def read_delivery(line: DeliveryLine) -> Delivery:
    """What the line says."""
    people = tuple(People(p.profession, p.women, p.men, p.not_recorded) for p in line.participations)
    return Delivery(line.on, line.what, line.place, line.hours, line.people_basis, people, line.client_id)


def plain_hours(hours: Decimal | None) -> Decimal | None:
    """Hours as somebody writes them: 6, or 1.5."""
    return None if hours is None else Decimal(format(hours.normalize(), "f"))


def add_delivery(session: Session, actor: Actor, activity: Activity, command: Delivery) -> DeliveryLine:
    """Add a delivery line. It confirms its year at once, also of an approved activity (METHODOLOGY, Revisions).

    Raises:
        Invalid: no date, a date to come, numbers that cannot be. Refused: withdrawn, or nothing has begun. Forbidden.
    """
    demand(Permission.ACTIVITY_EDIT, actor, activity)
    sent_before = _sent_before(session, activity, command)
    if sent_before is not None:
        return sent_before
    lock_activity(session, activity)
    line = _add(session, actor, activity, command)
    _done(session, actor, activity, "activity.delivery-added")
    return line


def correct_delivery(
    session: Session, actor: Actor, activity: Activity, line_id: int, command: Delivery
) -> DeliveryLine:
    """Put another delivery line in the place of one that was written wrongly; the history keeps both.

    Raises:
        NotFound: the activity has no such line (any more). Invalid, Refused, Forbidden: as `add_delivery`.
    """
    demand(Permission.ACTIVITY_EDIT, actor, activity)
    sent_before = _sent_before(session, activity, command)
    if sent_before is not None:
        return sent_before
    lock_activity(session, activity)
    _mark_removed(actor, _live(activity, "id", line_id))
    line = _add(session, actor, activity, command)
    _done(session, actor, activity, "activity.delivery-corrected")
    return line


def remove_delivery(session: Session, actor: Actor, activity: Activity, line_id: int) -> None:
    """Mark a delivery line removed; the audit event keeps it.

    Raises:
        NotFound: the activity has no such line. Refused: withdrawn. Forbidden.
    """
    demand(Permission.ACTIVITY_EDIT, actor, activity)
    lock_activity(session, activity)
    refuse_withdrawn(activity)
    _mark_removed(actor, _live(activity, "id", line_id))
    _done(session, actor, activity, "activity.delivery-removed")


def take_deliveries(
    session: Session, actor: Actor, wanted: Mapping[int, Sequence[tuple[Delivery, str | None]]]
) -> None:
    """Add what a file says was delivered, by the activities' ids: an act for each of them. With the client id of a
    line, in the place of that one.

    Raises:
        NotFound: there is no such line (any more). Invalid, Refused, Forbidden: as `add_delivery`.
    """
    for activity in lock_activities(session, wanted):
        demand(Permission.ACTIVITY_EDIT, actor, activity)
        for command, instead_of in wanted[activity.id]:
            if instead_of is not None:
                _mark_removed(actor, _live(activity, "client_id", instead_of))
            _add(session, actor, activity, command)
        _done(session, actor, activity, "activity.deliveries-imported")


def take_back_deliveries(session: Session, actor: Actor, taken: Mapping[int, Sequence[Taken]], reason: str) -> None:
    """Make it as if a file had not brought these deliveries (by the activities' ids): they go, and those that they
    replaced stand again.

    Raises:
        NotFound: one of them is not there any more. Refused: withdrawn. Forbidden.
    """
    for activity in lock_activities(session, taken):
        demand(Permission.ACTIVITY_EDIT, actor, activity)
        refuse_withdrawn(activity)
        _take_back(session, activity, taken[activity.id])
        _done(session, actor, activity, "activity.import-undone", reason)


def _take_back(session: Session, activity: Activity, taken: Sequence[Taken]) -> None:
    every = {line.client_id: line for line in activity.deliveries}
    for each in taken:
        session.delete(_live(activity, "client_id", each.line))
        if each.instead_of is not None:
            before = every[each.instead_of]
            before.removed_at = before.removed_by = None
    session.flush()
    session.expire(activity, ["deliveries"])


def refuse_delivery(activity: Activity) -> None:
    """Raises Refused where nothing can have been delivered: it is withdrawn, or has not begun."""
    refuse_withdrawn(activity)
    read = (activity.current, activity.submitted, activity.approved)
    if any(r.status in NOT_BEGUN for r in read if r is not None):
        raise Refused(NOT_BEGUN_YET)


def delivery_problems(session: Session, activity: Activity, command: Delivery) -> list[Problem]:
    """What keeps the delivery from being added, at the fields of its form."""
    found = date_problems(session, activity, command.on)
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


def _sent_before(session: Session, activity: Activity, command: Delivery) -> DeliveryLine | None:
    found = session.scalar(select(DeliveryLine).where(DeliveryLine.client_id == command.client_id))
    return found if found is not None and found.activity_id == activity.id else None


def _add(session: Session, actor: Actor, activity: Activity, command: Delivery) -> DeliveryLine:
    refuse_delivery(activity)
    problems = delivery_problems(session, activity, command)
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
    return line


def _live(activity: Activity, key: str, value: object) -> DeliveryLine:
    """The line with this key. Raises NotFound where there is none, or it was removed."""
    line = next((x for x in activity.deliveries if getattr(x, key) == value and x.removed_at is None), None)
    if line is None:
        raise NotFound(NO_SUCH)
    return line


def _mark_removed(actor: Actor, line: DeliveryLine) -> None:
    line.removed_at = clock.now()
    line.removed_by = actor.user_id


def _done(session: Session, actor: Actor, activity: Activity, action: str, reason: str = "") -> None:
    """These facts do not touch the revision, so they leave the version alone: an open form stays good."""
    settle(session, activity, actor.user_id)
    write_audit(session, actor, action, activity, reason)


def date_problems(session: Session, activity: Activity, on_text: str) -> list[Problem]:
    """What is wrong with the date of a delivery (ISO text, a partial date)."""
    try:
        on = PartialDate(on_text)
    except ValueError:
        return [Problem("on", N_("Give the date of the event; month or year is enough."))]
    if on.earliest() > office_today(session, activity.lead_office):
        return [Problem("on", N_("This date is still to come. Add what was delivered after the event."))]
    if on.year < activity_first_year(activity):
        return [Problem("on", N_("This is before the activity began."))]
    return []


def _people_problems(session: Session, command: Delivery) -> list[Problem]:
    codes = reference_data(session).codes
    found = []
    for index, people in enumerate(command.people):
        if people.profession is not None and people.profession not in codes["target_group"]:
            found.append(Problem(f"people-{index}-profession", N_("This choice is not on the list.")))
        for name in PEOPLE[1:]:
            number = getattr(people, name)
            if number is not None and not 0 <= number <= MOST_PEOPLE:
                found.append(Problem(f"people-{index}-{name}", N_("This number cannot be right.")))
    if command.people_basis not in (None, "counted", "estimated"):
        found.append(Problem("people_basis", N_("This choice is not on the list.")))
    return found
