"""Ending a membership, handing over what is left behind, and standing in for a lead. Each act has one door."""

from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from app.accounts.models import User
from app.accounts.services import end_sessions_but
from app.core import audit, clock
from app.core.errors import Invalid, NotFound, Refused, Stale
from app.core.events import Changed, announce
from app.core.i18n import N_
from app.core.permissions import Actor, Permission, Role, demand
from app.offices.models import Membership
from app.offices.reviewers import staff_of
from app.people.models import Handover, HandoverPart
from app.people.queries import has_lead, how_much
from app.people.rules import LONGEST_ACTING, Left


def find_membership(session: Session, actor: Actor, key: int, *, lock: bool = False) -> Membership:
    """A membership that the actor may end.

    Raises:
        NotFound: there is none. Forbidden.
    """
    found = session.get(Membership, key, with_for_update=lock or None, populate_existing=lock)
    if found is None:
        raise NotFound(N_("There is no such membership."))
    demand(Permission.MEMBERSHIP_END, actor, found.office or "")
    return found


def end_membership(session: Session, actor: Actor, key: int, ends_on: date | None, seen: str) -> Handover | None:
    """Say on which day (inclusive) somebody's role ends. What they leave behind is asked for in a handover.

    `seen` is the last day that the form showed, as text.

    Returns:
        The handover; None where nothing is left behind.

    Raises:
        Invalid: no day, or before the first. Refused: it has ended, or it is the last administrator's. Stale,
        NotFound, Forbidden.
    """
    found = find_membership(session, actor, key, lock=True)
    if ends_on is None:
        raise Invalid.at("ends_on", N_("Give the last day."))
    if ends_on < found.valid_from:
        raise Invalid.at("ends_on", N_("This is before the membership begins."))
    if found.valid_to != ends_on:
        _check_ending(session, found, seen)
        found.valid_to = ends_on
        session.flush()
        _audit(session, actor, "membership.end", found)
        end_sessions_but(session, found.user_id, actor.session_id if actor.user_id == found.user_id else None)
        announce(session, Changed("membership", found.id))
    return _handover(session, actor, found, ends_on)


def _check_ending(session: Session, found: Membership, seen: str) -> None:
    if str(found.valid_to or "") != seen:
        raise Stale(0, 1)
    if found.valid_to is not None and found.valid_to < clock.today():
        raise Refused(N_("This membership has ended already."))
    others = _live(session, Membership.role == Role.ADMINISTRATOR, Membership.id != found.id)
    if found.role == Role.ADMINISTRATOR and not others:
        raise Refused(N_("This is the last administrator. Make another one first."))


def _live(session: Session, *which: object, day: date | None = None) -> bool:
    day = day or clock.today()
    lasting = or_(Membership.valid_to.is_(None), Membership.valid_to >= day)
    statement = select(Membership.id).join(User, User.id == Membership.user_id).where(User.active, lasting, *which)  # type: ignore[arg-type]
    return session.scalar(statement.limit(1)) is not None


def _handover(session: Session, actor: Actor, found: Membership, ends_on: date) -> Handover | None:
    made = session.scalar(select(Handover).where(Handover.membership_id == found.id))
    if made is not None:
        made.ends_on = ends_on
        session.flush()
        return made
    kinds = [kind for kind in _kinds(session, found, ends_on) if how_much(session, found, kind)]
    if not kinds:
        return None
    made = Handover(
        membership_id=found.id,
        user_id=found.user_id,
        office=found.office,
        region=found.region,
        ends_on=ends_on,
        made_by=actor.user_id,
        made_at=clock.now(),
        parts=[HandoverPart(kind=kind.value) for kind in kinds],
    )
    session.add(made)
    session.flush()
    return made


def _kinds(session: Session, found: Membership, ends_on: date) -> list[Left]:
    """What may be left behind by this role, unless another membership of the same person or role goes on."""
    after = ends_on + timedelta(days=1)
    same = (Membership.user_id == found.user_id, Membership.id != found.id)
    if found.region and not _live(session, *same, Membership.region == found.region, day=after):
        return [Left.REVIEWS]
    kinds: list[Left] = []
    if found.office and not _live(session, *same, Membership.office == found.office, day=after):
        kinds += [Left.DRAFTS, Left.NEXT_STEPS]
    if found.office and found.role == Role.COUNTRY_LEAD and not has_lead(session, found.office, after):
        kinds.append(Left.RETURNS)
    return kinds


def name_acting(
    session: Session, actor: Actor, office: str, user_id: int | None, last: date | None, first: date | None = None
) -> Membership:
    """Let somebody of the office sign while it has no lead, up to a last day. Named twice is named once.

    Raises:
        Invalid: nobody of the office, or no sensible day. Refused: the office has a lead. Forbidden.
    """
    demand(Permission.ACTING_NAME, actor, office)
    first = first or clock.today()
    if user_id not in {person.id for person in staff_of(session, office)} or user_id is None:
        raise Invalid.at("person", N_("Choose somebody who works in this office."))
    if last is None or not first <= last <= first + LONGEST_ACTING:
        raise Invalid.at("until", N_("Give the last day, within a year."))
    if has_lead(session, office, first):
        raise Refused(N_("This office has a lead, who signs. Nobody stands in."))
    given = {"user_id": user_id, "office": office, "role": Role.COUNTRY_LEAD.value, "valid_from": first}
    before = session.scalar(select(Membership).filter_by(**given, acting=True))
    if before is not None:
        return before
    made = Membership(**given, valid_to=last, acting=True, home=False)
    session.add(made)
    session.flush()
    _audit(session, actor, "membership.acting", made)
    end_sessions_but(session, user_id, actor.session_id if actor.user_id == user_id else None)
    announce(session, Changed("membership", made.id))
    return made


def _audit(session: Session, actor: Actor, action: str, found: Membership) -> None:
    state = {column.key: getattr(found, column.key) for column in Membership.__mapper__.column_attrs}
    subject = ("user", str(found.user_id))
    audit.record(session, actor_id=actor.user_id, action=action, subject=subject, state=state)
    session.flush()
