"""Reads about who works where, what somebody leaves behind, and what is still to be handed over."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from app.accounts.models import User
from app.activities.models import Activity, ActivityRevision, NextStep
from app.activities.models_review import ActivityKeeper, ReviewClaim
from app.asked.models import RequestOffice, RequestStep
from app.core import clock
from app.core.permissions import Actor, Permission, Role, can
from app.offices.models import Membership, OfficeReviewer
from app.offices.queries import directory
from app.people.models import Handover, HandoverPart
from app.people.rules import Left
from app.returns.queries import office_years, rounds

UNFINISHED = ("draft", "returned")


@dataclass(frozen=True)
class Held:
    """A membership of today or later, and its person."""

    key: int
    user_id: int
    name: str
    role: str
    office: str | None
    region: str | None
    valid_to: date | None
    acting: bool


def memberships(session: Session, office: str | None) -> list[Held]:
    """Those of an office, or without one those of regions and the world, that have not ended; by name."""
    m, today = Membership, clock.today()
    statement = (
        select(m.id, User.id, User.name, m.role, m.office, m.region, m.valid_to, m.acting)
        .join(User, User.id == m.user_id)
        .where(m.office == office if office else m.office.is_(None), or_(m.valid_to.is_(None), m.valid_to >= today))
        .order_by(User.name, m.id)
    )
    return [Held(*row) for row in session.execute(statement)]


def drafts_left(session: Session, handover: Handover | Membership) -> list[Activity]:
    """Unfinished records of the office that the person keeps."""
    statement = (
        select(Activity)
        .join(ActivityKeeper, ActivityKeeper.activity_id == Activity.id)
        .join(ActivityRevision, ActivityRevision.id == Activity.current_revision_id)
        .where(
            ActivityKeeper.user_id == handover.user_id,
            Activity.lead_office == handover.office,
            Activity.withdrawn_at.is_(None),
            ActivityRevision.state.in_(UNFINISHED),
        )
        .order_by(Activity.id)
    )
    return list(session.scalars(statement))


def steps_left(session: Session, handover: Handover | Membership) -> list[NextStep]:
    """Open next steps of the person in the office's records."""
    statement = select(NextStep).join(Activity).where(
        NextStep.owner_id == handover.user_id, Activity.lead_office == handover.office,
        NextStep.done_at.is_(None), NextStep.removed_at.is_(None),
    )  # fmt: skip
    return list(session.scalars(statement.order_by(NextStep.id)))


def request_steps_left(session: Session, handover: Handover | Membership) -> list[RequestStep]:
    """Open next steps of the person in requests that fall to the office."""
    statement = (
        select(RequestStep)
        .join(RequestOffice, RequestOffice.request_id == RequestStep.request_id)
        .where(
            RequestStep.owner_id == handover.user_id,
            RequestOffice.office == handover.office,
            RequestStep.done_at.is_(None),
        )
    )
    return list(session.scalars(statement.order_by(RequestStep.id)))


def reviews_left(session: Session, handover: Handover | Membership) -> list[OfficeReviewer]:
    """Offices of the region for which the person is named as reviewer or deputy."""
    named = or_(OfficeReviewer.reviewer_id == handover.user_id, OfficeReviewer.deputy_id == handover.user_id)
    found = session.scalars(select(OfficeReviewer).where(named).order_by(OfficeReviewer.office))
    offices, today = directory(session).offices, clock.today()
    return [each for each in found if offices[each.office].region_on(today) == handover.region]


def claims_left(session: Session, handover: Handover | Membership) -> list[ReviewClaim]:
    """What the person was looking at in the region."""
    statement = (
        select(ReviewClaim, Activity.lead_office)
        .join(Activity, and_(Activity.id == ReviewClaim.activity_id,
                             Activity.submitted_revision_id == ReviewClaim.revision_id))
        .where(ReviewClaim.user_id == handover.user_id)
    )  # fmt: skip
    offices, today = directory(session).offices, clock.today()
    rows = session.execute(statement.order_by(ReviewClaim.activity_id))
    return [claim for claim, office in rows if offices[office].region_on(today) == handover.region]


def returns_left(session: Session, office: str) -> list[int]:
    """Years of the open rounds whose return the office has not signed."""
    today = clock.today()
    opened = [r.year for r in rounds(session) if r.opens_on <= today]
    return [line.year for line in office_years(session, opened, [office]) if line.unsigned]


def has_lead(session: Session, office: str, day: date) -> bool:
    """Somebody leads the office in their own right on that day."""
    found = select(Membership.id).join(User, User.id == Membership.user_id).where(
        User.active, Membership.office == office, Membership.role == Role.COUNTRY_LEAD, ~Membership.acting,
        Membership.valid_from <= day, or_(Membership.valid_to.is_(None), Membership.valid_to >= day),
    )  # fmt: skip
    return session.scalar(found.limit(1)) is not None


def how_much(session: Session, handover: Handover | Membership, kind: Left) -> int:
    """How many things of this kind are left behind now."""
    if kind is Left.DRAFTS:
        return len(drafts_left(session, handover))
    if kind is Left.NEXT_STEPS:
        return len(steps_left(session, handover)) + len(request_steps_left(session, handover))
    if kind is Left.REVIEWS:
        return len(reviews_left(session, handover)) + len(claims_left(session, handover))
    return len(returns_left(session, handover.office)) if handover.office else 0


@dataclass(frozen=True)
class Open:
    """A part of a handover that nobody has answered."""

    handover: int
    name: str
    office: str | None
    region: str | None
    ends_on: date
    kind: Left


def open_parts(session: Session, actor: Actor) -> list[Open]:
    """What is to be handed over and the actor may answer; the oldest first."""
    statement = (
        select(Handover.id, User.name, Handover.office, Handover.region, Handover.ends_on, HandoverPart.kind)
        .join(HandoverPart, HandoverPart.handover_id == Handover.id)
        .join(User, User.id == Handover.user_id)
        .where(HandoverPart.answered_at.is_(None))
        .order_by(Handover.id, HandoverPart.kind)
    )
    found = [Open(*row[:5], Left(row[5])) for row in session.execute(statement)]
    return [each for each in found if may_answer(session, actor, each)]


def may_answer(session: Session, actor: Actor, left: Any) -> bool:
    """May the actor say who takes it? Of a region: its other advisers and administrators."""
    return any(can(Permission.HANDOVER_ANSWER, actor, office) for office in _subjects(session, left))


def _subjects(session: Session, left: Any) -> Sequence[str]:
    if left.office:
        return (left.office,)
    today = clock.today()
    of_region = [o.code for o in directory(session).offices.values() if o.region_on(today) == left.region]
    return of_region[:1] or ("",)
