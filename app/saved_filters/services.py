"""Saving a filter under a name, and removing it. A person's own affair: not audited."""

from __future__ import annotations

from dataclasses import dataclass, field

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.core import clock
from app.core.db import new_client_id
from app.core.errors import Invalid, NotFound, Refused
from app.core.i18n import N_
from app.core.permissions import Actor, Permission, demand
from app.saved_filters.models import SavedFilter
from app.saved_filters.rules import MOST, NAME_LIMIT, filter_address


@dataclass(frozen=True)
class Save:
    """The command: a name, and the address of the page with the filter."""

    name: str
    address: str
    client_id: str = field(default_factory=new_client_id)


def save_filter(session: Session, actor: Actor, command: Save) -> SavedFilter:
    """Save a filter of the actor's own. Sent twice, it is taken once.

    Raises:
        Invalid: no name, a name that is taken, an address without a filter. Refused: too many. Forbidden.
    """
    demand(Permission.FILTER_SAVE, actor)
    assert actor.user_id is not None
    before = session.scalar(select(SavedFilter).where(SavedFilter.client_id == command.client_id))
    if before is not None and before.user_id == actor.user_id:
        return before
    name, place = command.name.strip(), filter_address(command.address)
    if not name or len(name) > NAME_LIMIT:
        raise Invalid.at("name", N_("Give the filter a name of at most 100 characters."))
    if place is None:
        raise Invalid.at("address", N_("This page has no filter that could be saved."))
    own = select(SavedFilter).where(SavedFilter.user_id == actor.user_id)
    if session.scalar(own.where(SavedFilter.name == name)) is not None:
        raise Invalid.at("name", N_("You have a filter of this name. Choose another, or remove that one first."))
    if (session.scalar(select(func.count()).select_from(own.subquery())) or 0) >= MOST:
        raise Refused(N_("You have 100 saved filters. Remove one that you need no longer."))
    saved = SavedFilter(
        client_id=command.client_id,
        user_id=actor.user_id,
        name=name,
        path=place[0],
        query=place[1],
        saved_at=clock.now(),
    )
    session.add(saved)
    session.flush()
    return saved


def remove_filter(session: Session, actor: Actor, filter_id: int) -> SavedFilter:
    """Remove one of the actor's own filters.

    Raises:
        NotFound: the actor has no such filter. Forbidden.
    """
    demand(Permission.FILTER_SAVE, actor)
    found = session.get(SavedFilter, filter_id)
    if found is None or found.user_id != actor.user_id:
        raise NotFound(N_("You have no such filter."))
    session.delete(found)
    session.flush()
    return found
