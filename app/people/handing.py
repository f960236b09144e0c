"""Answering a handover: each part once, to somebody or to the office as a whole. Part of the room's services."""

from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy import and_
from sqlalchemy.orm import Session

from app.accounts.models import User
from app.activities.models import Activity
from app.activities.models_review import ActivityKeeper
from app.activities.services import lock_activity, write_audit
from app.asked.models import SupportRequest
from app.asked.services import done, lock_request
from app.core import audit, clock
from app.core.errors import Forbidden, Invalid, NotFound, Refused
from app.core.i18n import N_
from app.core.permissions import Actor, Role
from app.offices.models import Membership
from app.offices.reviewers import Person, people_with, staff_of
from app.people.models import Handover, HandoverPart
from app.people.queries import (
    claims_left,
    drafts_left,
    may_answer,
    request_steps_left,
    reviews_left,
    steps_left,
)
from app.people.rules import Left
from app.people.services import name_acting


def find_handover(session: Session, actor: Actor, key: int, *, lock: bool = False) -> Handover:
    """A handover that the actor may answer.

    Raises:
        NotFound: there is none. Forbidden.
    """
    found = session.get(Handover, key, with_for_update=lock or None, populate_existing=lock)
    if found is None:
        raise NotFound(N_("There is no such handover."))
    if not may_answer(session, actor, found):
        raise Forbidden(N_("The office's lead, its adviser or an administrator answers this."))
    return found


def takers(session: Session, handover: Handover) -> list[Person]:
    """Who can take something: the office's people, or the region's other advisers; never who leaves."""
    if handover.office:
        found = staff_of(session, handover.office)
    else:
        advises = and_(Membership.role == Role.REGIONAL_ADVISER, Membership.region == handover.region)
        found = people_with(session, advises)
    return [person for person in found if person.id != handover.user_id]


def answer_handover(
    session: Session, actor: Actor, key: int, kind: str, taker: int | None, until: date | None = None
) -> HandoverPart:
    """Say who takes a part; None leaves it with the office. `until`: how long somebody signs in a lead's place.

    Raises:
        Invalid: somebody who cannot take it, or no day. Refused: answered already, otherwise. NotFound, Forbidden.
    """
    handover = find_handover(session, actor, key, lock=True)
    part = next((each for each in handover.parts if each.kind == kind), None)
    if part is None:
        raise NotFound(N_("There is no such handover."))
    if taker is not None and taker not in {person.id for person in takers(session, handover)}:
        raise Invalid.at("person", N_("Choose somebody of the list."))
    if part.answered_at is not None:
        if part.taken_by == taker:
            return part
        raise Refused(N_("Somebody answered this already."))
    _give(session, actor, handover, Left(kind), taker, until)
    part.taken_by, part.answered_by, part.answered_at = taker, actor.user_id, clock.now()
    session.flush()
    state = {"kind": kind, "from": handover.user_id, "to": taker, "until": until}
    subject = ("handover", str(handover.id))
    audit.record(session, actor_id=actor.user_id, action="handover.answered", subject=subject, state=state)
    session.flush()
    return part


def _give(
    session: Session, actor: Actor, handover: Handover, kind: Left, taker: int | None, until: date | None
) -> None:
    if kind is Left.DRAFTS:
        for activity in drafts_left(session, handover):
            _give_activity(session, actor, activity, taker)
    elif kind is Left.NEXT_STEPS:
        _give_steps(session, actor, handover, taker)
    elif kind is Left.REVIEWS:
        _give_reviews(session, handover, taker)
    elif taker is not None and handover.office:
        first = max(clock.today(), handover.ends_on + timedelta(days=1))
        name_acting(session, actor, handover.office, taker, until, first)


def _give_activity(session: Session, actor: Actor, activity: Activity, taker: int | None) -> None:
    lock_activity(session, activity)
    keeper = session.get_one(ActivityKeeper, activity.id)
    if taker is None:
        session.delete(keeper)
    else:
        keeper.user_id = taker
    session.flush()
    write_audit(session, actor, "activity.kept-by", activity)


def _give_steps(session: Session, actor: Actor, handover: Handover, taker: int | None) -> None:
    name = session.get_one(User, taker).name if taker is not None else ""
    touched: dict[int, Activity] = {}
    for step in steps_left(session, handover):
        step.owner_id, step.owner_name = taker, name
        touched[step.activity_id] = session.get_one(Activity, step.activity_id)
    for activity in touched.values():
        lock_activity(session, activity)
        write_audit(session, actor, "activity.next-step-given", activity)
    requests: dict[int, SupportRequest] = {}
    for left in request_steps_left(session, handover):
        left.owner_id, left.owner_name = taker, name
        requests[left.request_id] = session.get_one(SupportRequest, left.request_id)
    for request in requests.values():
        lock_request(session, request)
        done(session, actor, "request.next-step-given", request)


def _give_reviews(session: Session, handover: Handover, taker: int | None) -> None:
    """Where nobody takes the reviewer's place the deputy does, and where there is none the whole region."""
    for named in reviews_left(session, handover):
        left_first = named.reviewer_id == handover.user_id
        others = [named.deputy_id if left_first else named.reviewer_id]
        order = [taker, *others] if left_first else [*others, taker]
        people = list(dict.fromkeys(each for each in order if each is not None))
        if not people:
            session.delete(named)
            continue
        named.reviewer_id, named.deputy_id = people[0], people[1] if len(people) > 1 else None
    for claim in claims_left(session, handover):
        session.delete(claim)
    session.flush()
