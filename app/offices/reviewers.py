"""Who looks at what an office submits: a named reviewer with a deputy, else whoever may decide there."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from app.accounts.models import User
from app.core import audit, clock
from app.core.errors import Invalid, NotFound, Problem, Stale
from app.core.i18n import N_
from app.core.permissions import Actor, Permission, Role, demand
from app.offices.models import Membership, OfficeReviewer, RegionReview
from app.offices.queries import directory, region_codes

HEADQUARTERS = "HQ"


@dataclass(frozen=True)
class Person:
    """Somebody who can be chosen."""

    id: int
    name: str


def live_membership() -> ColumnElement[bool]:
    """Memberships of today, of people who are active (join User)."""
    today = clock.today()
    ends = or_(Membership.valid_to.is_(None), Membership.valid_to >= today)
    return and_(User.active, Membership.valid_from <= today, ends)


def people_with(session: Session, *which: ColumnElement[bool]) -> list[Person]:
    """Active people with a membership of today that fits one of `which`, by name."""
    statement = (
        select(User.id, User.name)
        .join(Membership, Membership.user_id == User.id)
        .where(live_membership(), or_(*which))
        .distinct()
        .order_by(User.name, User.id)
    )
    return [Person(*row) for row in session.execute(statement)]


def staff_of(session: Session, office: str) -> list[Person]:
    """Staff and leads of an office."""
    return people_with(session, Membership.office == office)


def deciders_of(session: Session, office: str) -> list[Person]:
    """Those who may decide what the office submits: the advisers of its region; headquarters for its own office."""
    found = directory(session).offices.get(office)
    region = found.region_on(clock.today()) if found else None
    if region is None or region == HEADQUARTERS:
        return people_with(session, Membership.role == Role.HEADQUARTERS)
    return people_with(session, and_(Membership.role == Role.REGIONAL_ADVISER, Membership.region == region))


def reviewers_of(session: Session, office: str) -> list[int]:
    """Whom to ask: the named reviewer and the deputy while they may decide here, else everybody who may."""
    named = session.get(OfficeReviewer, office)
    deciders = [person.id for person in deciders_of(session, office)]
    chosen = [each for each in (named.reviewer_id, named.deputy_id) if each in deciders] if named else []
    return chosen or deciders


def reviewer_text(session: Session, office: str) -> str:
    """Who is named now, as text: a form says what it showed."""
    named = session.get(OfficeReviewer, office)
    return f"{named.reviewer_id}:{named.deputy_id or ''}" if named else ""


def set_reviewers(
    session: Session, actor: Actor, office: str, reviewer: int | None, deputy: int | None, seen: str | None = None
) -> None:
    """Name the reviewer of an office and the deputy; None takes the name away, and everybody who may decide is asked.

    `seen` is what the form showed (`reviewer_text`), None for commands.

    Raises:
        NotFound: no such office. Invalid: somebody who may not decide there, or one person twice. Forbidden.
        Stale: somebody named others in between.
    """
    if office not in directory(session).offices:
        raise NotFound(N_("There is no office with this code."))
    demand(Permission.REVIEWER_SET, actor, office)
    problems = list(_problems(session, office, reviewer, deputy))
    if problems:
        raise Invalid(problems)
    found = session.get(OfficeReviewer, office, with_for_update=True)
    now = reviewer_text(session, office)
    if now == (f"{reviewer}:{deputy or ''}" if reviewer else ""):
        return
    if seen is not None and seen != now:
        raise Stale(0, 1)
    if reviewer is None:
        if found is not None:
            session.delete(found)
    else:
        found = found or OfficeReviewer(office=office)
        found.reviewer_id, found.deputy_id = reviewer, deputy
        found.set_by, found.set_at = actor.user_id, clock.now()
        session.add(found)
    session.flush()
    state = {"reviewer": reviewer, "deputy": deputy}
    audit.record(session, actor_id=actor.user_id, action="office.reviewers", subject=("office", office), state=state)
    session.flush()


def _problems(session: Session, office: str, reviewer: int | None, deputy: int | None) -> list[Problem]:
    able = {person.id for person in deciders_of(session, office)}
    not_able = N_("Choose somebody who advises this office's region.")
    found = [
        Problem(name, not_able) for name, who in (("reviewer", reviewer), ("deputy", deputy)) if who and who not in able
    ]
    if deputy is not None and reviewer is None:
        found.append(Problem("reviewer", N_("Name the reviewer first; a deputy stands in for somebody.")))
    if deputy is not None and deputy == reviewer:
        found.append(Problem("deputy", N_("The deputy is another person than the reviewer.")))
    return found


def self_approving_regions(session: Session) -> frozenset[str]:
    """Regions whose advisers may approve what they wrote or submitted themselves."""
    return frozenset(session.scalars(select(RegionReview.region).where(RegionReview.self_approval)))


def allows_self_approval(session: Session, office: str) -> bool:
    """May somebody approve their own work of this office?"""
    found = directory(session).offices.get(office)
    region = found.region_on(clock.today()) if found else None
    return region is not None and region in self_approving_regions(session)


def set_self_approval(session: Session, actor: Actor, regions: Collection[str]) -> None:
    """Say in which regions people may approve their own work; elsewhere they may not.

    Raises:
        Invalid: a region that is none. Forbidden.
    """
    demand(Permission.SELF_APPROVAL_SET, actor)
    every = region_codes(session)
    if not set(regions) <= set(every):
        raise Invalid.at("regions", N_("This choice is not on the list."))
    before = self_approving_regions(session)
    for code in every:
        if (code in regions) != (code in before):
            made = RegionReview(region=code, self_approval=code in regions, set_by=actor.user_id, set_at=clock.now())
            session.merge(made)
            state = {"self_approval": code in regions}
            audit.record(
                session, actor_id=actor.user_id, action="region.self-approval", subject=("region", code), state=state
            )
    session.flush()
