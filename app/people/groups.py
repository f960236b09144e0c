"""Memberships that follow a person's groups at the provider of sign-in: given with the group, ended with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from app.core import clock
from app.core.errors import Refused
from app.core.permissions import SYSTEM, Role
from app.offices.models import Membership
from app.offices.services import NewMembership, add_membership
from app.people.services import end_membership

Place = tuple[str, str | None, str | None]
Mapped = Mapping[str, Sequence[Mapping[str, Any]]]


def follow_groups(session: Session, user_id: int, groups: Sequence[str], mapping: Mapped) -> bool:
    """Give what the groups give today, and end what they gave before and give no more. True if anything changed.

    What was given here by hand is left alone. Somebody who is still the last administrator stays one.
    """
    wanted: set[Place] = {
        (each["role"], each.get("office"), each.get("region")) for group in groups for each in mapping.get(group, ())
    }
    held = _held(session, user_id)
    missing, gone = wanted - held.keys(), [each for key, each in held.items() if key not in wanted]
    for each in gone:
        if each.origin == "group":
            _end(session, each)
    for role, office, region in sorted(missing, key=str):
        given = NewMembership(user_id, Role(role), office, region, home=not held, origin="group")
        held[role, office, region] = add_membership(session, SYSTEM, given)
    return bool(missing or gone)


def _held(session: Session, user_id: int) -> dict[Place, Membership]:
    today = clock.today()
    lasting = or_(Membership.valid_to.is_(None), Membership.valid_to >= today)
    mine = select(Membership).where(Membership.user_id == user_id, lasting, ~Membership.acting)
    return {(each.role, each.office, each.region): each for each in session.scalars(mine.order_by(Membership.id))}


def _end(session: Session, each: Membership) -> None:
    """It ended yesterday: from now on it opens nothing."""
    yesterday = clock.today() - timedelta(days=1)
    each.valid_from = min(each.valid_from, yesterday)
    try:
        end_membership(session, SYSTEM, each.id, yesterday, str(each.valid_to or ""))
    except Refused:
        return
