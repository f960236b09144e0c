"""Writes to the register of offices: opened, closed, opened again, moved, serving. Each act has one door.

Intervals are inclusive and dated; what was true stays true of its time. An announced change of region is no fact until
somebody writes it here. `seen` is the fingerprint of the office that the form showed, None for commands.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from zoneinfo import available_timezones

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.codelists.services import check_seen
from app.core import audit, clock
from app.core.errors import Invalid, NotFound, Problem, Refused
from app.core.events import Changed, announce
from app.core.i18n import N_
from app.core.permissions import Actor, Permission, demand
from app.offices.directory import REPORTING_TYPES
from app.offices.models import Country, Office, OfficeCountry, OfficeRegion, Region, RosterInterval
from app.offices.rules import covers, overlaps
from app.offices.states import office_states

CODE = re.compile(r"[0-9A-Z]{4}\Z")
TYPES = ("country", "multi_country", "regional", "hq")
HERE = "administration"
DAY = timedelta(days=1)
NO_OFFICE = N_("There is no office with this code.")
NO_REGION = N_("Choose a region from the list.")
NO_COUNTRY = N_("Choose a country from the list.")
GIVE_DAY = N_("Give the day.")
BACKWARDS = N_("The last day is before the first.")
OVERLAP = N_("The office has another interval in these days. Change that one first.")


@dataclass(frozen=True)
class NewOffice:
    """The command for a new office. Names come by `codelists.services.rename`."""

    code: str
    type: str
    host: str
    region: str
    time_zone: str
    short_name: str
    opened_on: date | None
    countries: tuple[str, ...] = ()
    reason: str = ""


def open_office(session: Session, actor: Actor, command: NewOffice) -> Office:
    """Put a new office into the register: on the roster from its first day, if it is one that reports.

    Sent twice it is opened once.

    Raises:
        Invalid: the code is taken or can be none; no such type, country, region, time zone; no day. Forbidden.
    """
    demand(Permission.OFFICE_EDIT, actor)
    sent_before = session.get(Office, command.code)
    if sent_before is not None and _is(sent_before, command):
        return sent_before
    problems = list(_new_problems(session, command))
    if problems:
        raise Invalid(problems)
    made = Office(
        code=command.code, type=command.type, host=command.host, time_zone=command.time_zone,
        short_name=command.short_name.strip(), dates_confidence="high", source=HERE, note="", retired_on=None,
    )  # fmt: skip
    session.add(made)
    session.flush()
    first = {"office": made.code, "valid_from": command.opened_on, "valid_to": None}
    session.add(OfficeRegion(region=command.region, source=HERE, **first))
    for iso3 in dict.fromkeys((command.host, *command.countries)):
        session.add(OfficeCountry(country=iso3, role="host" if iso3 == command.host else "covered", **first))
    if command.type in REPORTING_TYPES:
        session.add(RosterInterval(source=HERE, **first))
    return _done(session, actor, "office.opened", made, command.reason)


@dataclass(frozen=True)
class Details:
    """The command for what is said of an office beside its dates."""

    short_name: str
    time_zone: str
    note: str = ""
    reason: str = ""


def describe_office(session: Session, actor: Actor, code: str, command: Details, seen: str | None = None) -> Office:
    """Change an office's short name, time zone and note.

    Raises:
        Invalid: no such time zone, no name. Stale, NotFound, Forbidden.
    """
    found = _take(session, actor, code, seen)
    problems = list(_detail_problems(command.short_name, command.time_zone))
    if problems:
        raise Invalid(problems)
    found.short_name, found.time_zone, found.note = command.short_name.strip(), command.time_zone, command.note
    return _done(session, actor, "office.described", found, command.reason)


def close_office(
    session: Session, actor: Actor, code: str, day: date | None, reason: str = "", seen: str | None = None
) -> Office:
    """Close an office: it stays on the roster until 31 December of the year (METHODOLOGY, State).

    Raises:
        Invalid: no day, or before it opened. Refused: it is closed already. Stale, NotFound, Forbidden.
    """
    found = _take(session, actor, code, seen)
    if day is None:
        raise Invalid.at("day", GIVE_DAY)
    running = [r for r in _roster(session, code) if covers(r.valid_from, r.valid_to, day)]
    if not running:
        raise Refused(N_("The office is not on the roster on this day."))
    last = date(day.year, 12, 31)
    if any(r is not running[0] and overlaps(r.valid_from, r.valid_to, day, last) for r in _roster(session, code)):
        raise Refused(OVERLAP)
    running[0].valid_to = last
    return _done(session, actor, "office.closed", found, reason)


def reopen_office(
    session: Session, actor: Actor, code: str, day: date | None, reason: str = "", seen: str | None = None
) -> Office:
    """Put a closed office on the roster again from a day on. A day after its last one goes on without a gap.

    Raises:
        Invalid: no day. Refused: it is open then, or it is of no type that reports. Stale, NotFound, Forbidden.
    """
    found = _take(session, actor, code, seen)
    if day is None:
        raise Invalid.at("day", GIVE_DAY)
    if found.type not in REPORTING_TYPES:
        raise Refused(N_("Only country offices and multi-country offices are on the roster."))
    _check_apart(_roster(session, code), day, None)
    session.add(RosterInterval(office=code, valid_from=day, valid_to=None, source=HERE))
    return _done(session, actor, "office.reopened", found, reason)


@dataclass(frozen=True)
class Interval:
    """The command for an interval: a blank first day is an unknown opening, a blank last one is open."""

    key: int
    valid_from: date | None
    valid_to: date | None
    reason: str = ""


def correct_interval(session: Session, actor: Actor, code: str, command: Interval, seen: str | None = None) -> Office:
    """Correct the days of an interval on the roster.

    Raises:
        Invalid: backwards, or into another interval. Stale, NotFound, Forbidden.
    """
    found = _take(session, actor, code, seen)
    rows = _roster(session, code)
    row = next((r for r in rows if r.id == command.key), None)
    if row is None:
        raise NotFound(N_("There is no such interval."))
    if command.valid_from and command.valid_to and command.valid_to < command.valid_from:
        raise Invalid.at("valid_to", BACKWARDS)
    _check_apart([r for r in rows if r is not row], command.valid_from, command.valid_to, "valid_from")
    row.valid_from, row.valid_to = command.valid_from, command.valid_to
    return _done(session, actor, "office.interval-corrected", found, command.reason)


def move_office(
    session: Session, actor: Actor, code: str, region: str, day: date | None, reason: str = "", seen: str | None = None
) -> Office:
    """Let an office be of another region from a day on, past or to come; until the day before it stays where it was.

    Raises:
        Invalid: no day, no such region, the region it has then. Refused: another change comes later. Stale, …
    """
    found = _take(session, actor, code, seen)
    known = session.get(Region, region) is not None
    if day is None or not known:
        raise Invalid([*_wrong("day", GIVE_DAY, day is None), *_wrong("region", NO_REGION, not known)])
    rows = _regions(session, code)
    if any(r.valid_from is not None and r.valid_from >= day for r in rows):
        raise Refused(N_("A later change of region is written down already. Take that back first."))
    before = next((r for r in reversed(rows) if covers(r.valid_from, r.valid_to, day)), None)
    if before is not None and before.region == region:
        raise Invalid.at("region", N_("The office is of this region on that day already."))
    if before is not None:
        before.valid_to = day - DAY
    session.flush()
    session.add(OfficeRegion(office=code, region=region, valid_from=day, valid_to=None, source=HERE))
    return _done(session, actor, "office.moved", found, reason)


def take_back_move(session: Session, actor: Actor, code: str, reason: str = "", seen: str | None = None) -> Office:
    """Take back a change of region that is still to come: the office stays where it is.

    Raises:
        Refused: no change is to come. Stale, NotFound, Forbidden.
    """
    found = _take(session, actor, code, seen)
    rows = _regions(session, code)
    last = rows[-1] if rows else None
    if last is None or last.valid_from is None or last.valid_from <= clock.today() or len(rows) < 2:
        raise Refused(N_("No change of region is to come."))
    session.delete(last)
    rows[-2].valid_to = None
    return _done(session, actor, "office.move-taken-back", found, reason)


@dataclass(frozen=True)
class Served:
    """The command for a country that an office serves from a day on; a blank first day is: all along."""

    country: str
    valid_from: date | None
    valid_to: date | None = None
    reason: str = ""


def serve_country(session: Session, actor: Actor, code: str, command: Served, seen: str | None = None) -> Office:
    """Let an office serve one more country.

    Raises:
        Invalid: no such country, or it serves it in these days. Stale, NotFound, Forbidden.
    """
    found = _take(session, actor, code, seen)
    unknown = session.get(Country, command.country) is None
    backwards = command.valid_from and command.valid_to and command.valid_to < command.valid_from
    if unknown or backwards:
        raise Invalid([*_wrong("country", NO_COUNTRY, unknown), *_wrong("valid_to", BACKWARDS, bool(backwards))])
    same = [c for c in _countries(session, code) if c.country == command.country]
    _check_apart(same, command.valid_from, command.valid_to, "country")
    days = {"valid_from": command.valid_from, "valid_to": command.valid_to}
    role = "host" if command.country == found.host else "covered"
    session.add(OfficeCountry(office=code, country=command.country, role=role, **days))
    return _done(session, actor, "office.serves", found, command.reason)


def end_service(
    session: Session, actor: Actor, code: str, key: int, day: date | None, reason: str = "", seen: str | None = None
) -> Office:
    """Say until when (inclusive) an office serves a country.

    Raises:
        Invalid: no day, or before the first. Stale, NotFound, Forbidden.
    """
    found = _take(session, actor, code, seen)
    row = next((c for c in _countries(session, code) if c.id == key), None)
    if row is None:
        raise NotFound(N_("The office does not serve this country."))
    if day is None:
        raise Invalid.at("day", GIVE_DAY)
    if row.valid_from is not None and day < row.valid_from:
        raise Invalid.at("day", BACKWARDS)
    row.valid_to = day
    return _done(session, actor, "office.serves-no-more", found, reason)


def _wrong(field: str, message: str, is_so: bool) -> list[Problem]:
    return [Problem(field, message)] if is_so else []


def _is(office: Office, command: NewOffice) -> bool:
    return all(getattr(office, name) == getattr(command, name) for name in ("type", "host", "time_zone", "short_name"))


def _take(session: Session, actor: Actor, code: str, seen: str | None) -> Office:
    demand(Permission.OFFICE_EDIT, actor, code)
    session.flush()
    found = session.get(Office, code, with_for_update=True)
    if found is None:
        raise NotFound(NO_OFFICE)
    check_seen(office_states(session, [code])[code], seen)
    return found


def _done(session: Session, actor: Actor, action: str, office: Office, reason: str) -> Office:
    session.flush()
    state = office_states(session, [office.code])[office.code]
    audit.record(
        session, actor_id=actor.user_id, action=action, subject=("office", office.code), state=state, reason=reason
    )
    announce(session, Changed("office", office.code))
    return office


def _roster(session: Session, code: str) -> list[RosterInterval]:
    statement = select(RosterInterval).where(RosterInterval.office == code).order_by(RosterInterval.id)
    return list(session.scalars(statement))


def _regions(session: Session, code: str) -> list[OfficeRegion]:
    rows = session.scalars(select(OfficeRegion).where(OfficeRegion.office == code))
    return sorted(rows, key=lambda r: r.valid_from or date.min)


def _countries(session: Session, code: str) -> list[OfficeCountry]:
    return list(session.scalars(select(OfficeCountry).where(OfficeCountry.office == code)))


def _check_apart(
    rows: list[RosterInterval] | list[OfficeCountry], first: date | None, last: date | None, field: str = "day"
) -> None:
    if any(overlaps(r.valid_from, r.valid_to, first or date.min, last or date.max) for r in rows):
        raise Invalid.at(field, OVERLAP)


def _new_problems(session: Session, command: NewOffice) -> Iterator[Problem]:
    if not CODE.match(command.code):
        yield Problem("code", N_("An office's code has four digits or capital letters."))
    elif session.get(Office, command.code) is not None:
        yield Problem("code", N_("Another office has this code. A code is never given twice."))
    if command.type not in TYPES:
        yield Problem("type", N_("Choose what kind of office it is."))
    if session.get(Region, command.region) is None:
        yield Problem("region", NO_REGION)
    if session.get(Country, command.host) is None:
        yield Problem("host", NO_COUNTRY)
    if any(session.get(Country, iso3) is None for iso3 in command.countries):
        yield Problem("countries", NO_COUNTRY)
    if command.opened_on is None:
        yield Problem("opened_on", N_("Give the first day of the office."))
    yield from _detail_problems(command.short_name, command.time_zone)


def _detail_problems(short_name: str, time_zone: str) -> Iterator[Problem]:
    if not short_name.strip():
        yield Problem("short_name", N_("Give the short name that lists show."))
    elif len(short_name) > 100:
        yield Problem("short_name", N_("This text has more than 100 characters."))
    if time_zone not in available_timezones():
        yield Problem("time_zone", N_("Choose a time zone from the list, such as Africa/Nairobi."))
