"""Writes to offices and memberships."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from app.accounts.models import User
from app.accounts.services import end_sessions_but
from app.core import clock
from app.core.audit import record
from app.core.db import new_client_id
from app.core.errors import Forbidden, Invalid, Problem
from app.core.events import Changed, announce
from app.core.i18n import N_
from app.core.permissions import Actor, Role
from app.offices.models import Membership, Office, Region

OF_OFFICE = frozenset({Role.COUNTRY_STAFF, Role.COUNTRY_LEAD})


@dataclass(frozen=True)
class NewMembership:
    """What a person may do where and from when. `valid_from` is today unless said."""

    user_id: int
    role: Role
    office: str | None = None
    region: str | None = None
    valid_from: date | None = None
    valid_to: date | None = None
    home: bool = False
    acting: bool = False
    origin: str = "here"
    client_id: str | None = None


def add_membership(session: Session, actor: Actor, command: NewMembership) -> Membership:
    """Give a person a role in an office, a region or the world.

    Raises:
        Forbidden: only administrators and commands do this.
        Invalid: no such person, or the role and the place do not fit.
    """
    if not (actor.administrator or actor.system):
        raise Forbidden(N_("Only an administrator may say who works where."))
    problems = list(_problems(session, command))
    if problems:
        raise Invalid(problems)
    if command.home:
        _make_room_for_home(session, command.user_id)
    membership = Membership(
        client_id=command.client_id or new_client_id(),
        user_id=command.user_id,
        role=command.role.value,
        office=command.office,
        region=command.region,
        valid_from=command.valid_from or clock.today(),
        valid_to=command.valid_to,
        home=command.home,
        acting=command.acting,
        origin=command.origin,
    )
    session.add(membership)
    session.flush()
    state = {column.key: getattr(membership, column.key) for column in Membership.__mapper__.column_attrs}
    record(
        session,
        actor_id=actor.user_id,
        action="membership.add",
        subject=("user", str(command.user_id)),
        state=state,
    )
    # Rights are another's now: whoever sits at an open browser shows again who they are.
    end_sessions_but(session, command.user_id, actor.session_id if actor.user_id == command.user_id else None)
    announce(session, Changed("membership", membership.id))
    return membership


def set_home(session: Session, actor: Actor, membership: Membership) -> None:
    """The office of this membership sets the person's defaults.

    Raises:
        Forbidden: only administrators do this.
    """
    if not (actor.administrator or actor.system):
        raise Forbidden(N_("Only an administrator may say who works where."))
    if membership.home:
        return
    _make_room_for_home(session, membership.user_id)
    membership.home = True
    session.flush()
    state = {"membership": membership.id, "office": membership.office, "region": membership.region, "home": True}
    subject = ("user", str(membership.user_id))
    record(session, actor_id=actor.user_id, action="membership.home", subject=subject, state=state)
    announce(session, Changed("membership", membership.id))


def _make_room_for_home(session: Session, user_id: int) -> None:
    session.execute(update(Membership).where(Membership.user_id == user_id, Membership.home).values(home=False))


def _problems(session: Session, command: NewMembership) -> list[Problem]:
    found = list(problems_of_place(session, command))
    if session.get(User, command.user_id) is None:
        found.append(Problem("user", N_("There is no such person.")))
    first = command.valid_from or clock.today()
    if command.valid_to is not None and command.valid_to < first:
        found.append(Problem("valid_to", N_("This is before the first day.")))
    elif not found and _overlaps(session, command, first):
        found.append(Problem("role", N_("This person has this role there already, in some of these days.")))
    if command.acting and (command.role is not Role.COUNTRY_LEAD or command.valid_to is None):
        found.append(Problem("acting", N_("Whoever stands in for a lead is a country lead, until a last day.")))
    return found


def problems_of_place(session: Session, command: NewMembership) -> Iterator[Problem]:
    """Where a role and its place do not fit."""
    if command.office is not None and session.get(Office, command.office) is None:
        yield Problem("office", N_("There is no office with this code."))
    elif (command.role in OF_OFFICE) != (command.office is not None):
        yield Problem("office", N_("Country staff and country leads need an office, the others have none."))
    if command.region is not None and session.get(Region, command.region) is None:
        yield Problem("region", N_("There is no such region."))
    elif (command.role is Role.REGIONAL_ADVISER) != (command.region is not None):
        yield Problem("region", N_("A regional adviser needs a region, the others have none."))


def _overlaps(session: Session, command: NewMembership, first: date) -> bool:
    m = Membership
    same = [m.user_id == command.user_id, m.role == command.role.value, m.acting == command.acting]
    same += [m.office == command.office if command.office else m.office.is_(None)]
    same += [m.region == command.region if command.region else m.region.is_(None)]
    same += [or_(m.valid_to.is_(None), m.valid_to >= first)]
    if command.valid_to is not None:
        same.append(m.valid_from <= command.valid_to)
    return session.scalar(select(m.id).where(*same).limit(1)) is not None
