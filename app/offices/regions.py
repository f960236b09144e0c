"""Writes to regions."""

from __future__ import annotations

import re
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.core import audit
from app.core.errors import Invalid
from app.core.events import Changed, announce
from app.core.i18n import N_
from app.core.permissions import Actor, Permission, demand
from app.offices.models import Region
from app.offices.states import region_states

CODE = re.compile(r"[A-Z]{2,10}\Z")


@dataclass(frozen=True)
class NewRegion:
    """The command for a new region, to which offices can then move. Its names come by `codelists.services.rename`."""

    code: str
    seat: str
    reason: str = ""


def add_region(session: Session, actor: Actor, command: NewRegion) -> Region:
    """Put a new region on the list. It is in every figure from the day on which its first office moves there.

    Raises:
        Invalid: the code is taken or can be none. Forbidden.
    """
    demand(Permission.OFFICE_EDIT, actor)
    if not CODE.match(command.code):
        raise Invalid.at("code", N_("A region's code has two to ten capital letters."))
    if session.get(Region, command.code) is not None:
        raise Invalid.at("code", N_("Another region has this code. A code is never given twice."))
    last = session.scalar(select(func.max(Region.position))) or 0
    made = Region(code=command.code, name_in_2008="", seat=command.seat.strip()[:100], position=last + 1)
    session.add(made)
    session.flush()
    audit.record(
        session,
        actor_id=actor.user_id,
        action="region.added",
        subject=("region", made.code),
        state=region_states(session, [made.code])[made.code],
        reason=command.reason,
    )
    announce(session, Changed("region", made.code))
    return made
