"""Writes to offices and memberships."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from app.accounts.models import User
from app.core import clock
from app.core.audit import record
from app.core.errors import Forbidden, Invalid, Problem
from app.core.events import Changed, announce
from app.core.i18n import N_
from app.core.permissions import Actor, Role
from app.offices.models import Membership

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
    membership = Membership(
        user_id=command.user_id,
        role=command.role.value,
        office=command.office,
        region=command.region,
        valid_from=command.valid_from or clock.today(),
        valid_to=command.valid_to,
        home=command.home,
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
    announce(session, Changed("membership", membership.id))
    return membership


def _problems(session: Session, command: NewMembership) -> list[Problem]:
    found = []
    if session.get(User, command.user_id) is None:
        found.append(Problem("user", N_("There is no such person.")))
    if (command.role in OF_OFFICE) != (command.office is not None):
        found.append(Problem("office", N_("Country staff and country leads need an office, the others have none.")))
    if (command.role is Role.REGIONAL_ADVISER) != (command.region is not None):
        found.append(Problem("region", N_("A regional adviser needs a region, the others have none.")))
    return found
