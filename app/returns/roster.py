"""Offices that open, close, open again or go to another region, as facts with their day and source. Part of the
room's services.

`seen` is what the form showed when it was opened (`roster_text`). The lists that come with the program leave what was
changed here as it is (app.reference.merge).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core import audit, clock
from app.core.errors import Invalid, NotFound, Problem, Stale
from app.core.events import Changed, announce
from app.core.i18n import N_
from app.core.permissions import Actor, Permission, demand
from app.offices.models import Office, OfficeRegion, RosterInterval
from app.offices.queries import directory, region_codes

SOURCE_LIMIT = 500
ACTS = {
    "close": N_("It closed: the day is its last one"),
    "open": N_("It opened, or opened again: the day is its first one"),
    "move": N_("It went to another region: the day is its first one there"),
}
Links = Sequence[Any]
Faults = Iterator[Problem]


@dataclass(frozen=True)
class RosterChange:
    """The command: what happened to an office on a day, and where that is known from."""

    act: str
    day: date | None
    source: str
    region: str = ""


def change_roster(session: Session, actor: Actor, code: str, command: RosterChange, seen: str) -> None:
    """Record that an office opened, closed or went to another region. The same form sent twice is taken once.

    Raises:
        Invalid: what is asked does not fit what is known, the day has not come, or no source. Stale: somebody changed
        it in between. NotFound: no such reporting office. Forbidden.
    """
    demand(Permission.ROSTER_EDIT, actor)
    found = directory(session).offices.get(code)
    if found is None or not found.reports:
        raise NotFound(N_("There is no country or multi-country office with this code."))
    session.get_one(Office, code, with_for_update=True)
    intervals, regions = _links(session, RosterInterval, code), _links(session, OfficeRegion, code)
    _refuse(_common(command))
    if _is_so(command, intervals, regions):
        return
    if _text(intervals, regions) != seen:
        raise Stale(0, 1)
    _refuse(_checks(session, command, intervals, regions))
    _WRITE[command.act](session, code, command, regions if command.act == "move" else intervals)
    session.flush()
    state = {"act": command.act, "day": str(command.day), "region": command.region or None, "source": command.source}
    audit.record(session, actor_id=actor.user_id, action="office.roster", subject=("office", code), state=state)
    announce(session, Changed("roster", code))


def _refuse(problems: Faults) -> None:
    found = list(problems)
    if found:
        raise Invalid(found)


def roster_text(session: Session, code: str) -> str:
    """The office's intervals and regions as one text. Two that differ were saved at different times."""
    return _text(_links(session, RosterInterval, code), _links(session, OfficeRegion, code))


def _links(session: Session, model: Any, code: str) -> Links:
    """In order of their days; an unknown beginning is the first."""
    found = session.scalars(select(model).where(model.office == code))
    return sorted(found, key=lambda link: (link.valid_from or date.min, link.id))


def _text(intervals: Links, regions: Links) -> str:
    told = [f"{link.valid_from or '-'}/{link.valid_to or '-'}" for link in intervals]
    told += [f"{link.region}:{link.valid_from or '-'}/{link.valid_to or '-'}" for link in regions]
    return " ".join(told)


def _is_so(command: RosterChange, intervals: Links, regions: Links) -> bool:
    """It is as the command asks already."""
    if command.day is None:
        return False
    if command.act == "move":
        last = regions[-1] if regions else None
        return last is not None and (last.region, last.valid_from) == (command.region, command.day)
    last = intervals[-1] if intervals else None
    end = "valid_to" if command.act == "close" else "valid_from"
    return last is not None and getattr(last, end) == command.day


def _common(command: RosterChange) -> Faults:
    if command.act not in ACTS:
        yield Problem("act", N_("Say what happened."))
    if command.day is None:
        yield Problem("day", N_("Give the day."))
    elif command.day > clock.today():
        yield Problem("day", N_("This day has not come. What is only announced is no fact yet."))
    if not command.source.strip():
        yield Problem("source", N_("Say where this is known from: it is kept with the change."))
    if len(command.source.strip()) > SOURCE_LIMIT:
        yield Problem("source", N_("This text has more than 500 characters."))


def _checks(session: Session, command: RosterChange, intervals: Links, regions: Links) -> Faults:
    day, last = command.day or date.min, intervals[-1] if intervals else None
    if command.act == "move":
        yield from _move_problems(session, command, day, regions)
    elif command.act == "close" and (last is None or last.valid_to is not None):
        yield Problem("act", N_("The office is closed already."))
    elif command.act == "close" and last is not None and last.valid_from and day < last.valid_from:
        yield Problem("day", N_("This is before it opened."))
    elif command.act == "open" and last is not None and last.valid_to is None:
        yield Problem("act", N_("The office is open. Close it first."))
    elif command.act == "open" and last is not None and day <= last.valid_to:
        yield Problem("day", N_("This is before it closed."))


def _move_problems(session: Session, command: RosterChange, day: date, regions: Links) -> Faults:
    last = regions[-1] if regions else None
    if command.region not in region_codes(session):
        yield Problem("region", N_("Choose a region from the list."))
    elif last is not None and last.valid_to is None and last.region == command.region:
        yield Problem("region", N_("The office is in this region already."))
    if last is not None and last.valid_from is not None and day <= last.valid_from:
        yield Problem("day", N_("This is not after it came to its present region."))


def _close(_session: Session, _code: str, command: RosterChange, intervals: Links) -> None:
    intervals[-1].valid_to, intervals[-1].source = command.day, command.source.strip()


def _open(session: Session, code: str, command: RosterChange, _intervals: Links) -> None:
    session.add(RosterInterval(office=code, valid_from=command.day, source=command.source.strip()))


def _move(session: Session, code: str, command: RosterChange, regions: Links) -> None:
    assert command.day is not None
    if regions and (regions[-1].valid_to is None or regions[-1].valid_to >= command.day):
        regions[-1].valid_to = command.day - timedelta(days=1)
        session.flush()
    made = OfficeRegion(office=code, region=command.region, valid_from=command.day, source=command.source.strip())
    session.add(made)


_WRITE: Mapping[str, Callable[[Session, str, RosterChange, Links], None]] = {
    "close": _close,
    "open": _open,
    "move": _move,
}
