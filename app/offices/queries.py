"""Reads of offices, their regions, countries and roster, and of what a person may do today."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from app.accounts.models import User
from app.codelists.models import Label
from app.core import clock
from app.core.permissions import Actor, Role
from app.offices.directory import Directory, Link, OfficeRecord, OfficeRow, Roster, as_of
from app.offices.models import (
    Exemption,
    Membership,
    Office,
    OfficeCountry,
    OfficeRegion,
    PublishedFigure,
    Region,
    RegionProposal,
    RosterInterval,
)

COLUMNS = (
    "code", "type", "short_name", "host", "time_zone", "dates_confidence", "source", "note", "retired_on",
)  # fmt: skip


def directory(session: Session, only: str | None = None) -> Directory:
    """Every office (or `only` one) with its links, in five statements. Load it once to read many years."""
    name = select(Label.text).where(
        Label.kind == "office", Label.code == Office.code, Label.language == "en", Label.former.is_(False)
    )
    offices = select(Office, name.scalar_subquery()).order_by(Office.code)
    links = {
        "regions": _links(session, OfficeRegion.office, OfficeRegion.region, OfficeRegion, only),
        "countries": _links(session, OfficeCountry.office, OfficeCountry.country, OfficeCountry, only),
        "roster": _links(session, RosterInterval.office, None, RosterInterval, only),
        "exemptions": _links(session, Exemption.office, Exemption.reason, Exemption, only),
    }
    rows = session.execute(offices.where(Office.code == only) if only else offices)
    return Directory({found.code: _record(found, text, links) for found, text in rows})


def _record(found: Office, name: str | None, links: Mapping[str, Mapping[str, list[Link]]]) -> OfficeRecord:
    own: dict[str, Any] = {column: getattr(found, column) for column in COLUMNS}
    dated: dict[str, Any] = {kind: tuple(of_office.get(found.code, ())) for kind, of_office in links.items()}
    return OfficeRecord(name=name or found.short_name, **own, **dated)


def _links(
    session: Session,
    office: InstrumentedAttribute[str],
    target: InstrumentedAttribute[str] | None,
    model: Any,
    only: str | None,
) -> dict[str, list[Link]]:
    columns: list[Any] = [office, model.valid_from, model.valid_to, *([target] if target is not None else [])]
    statement: Select[Any] = select(*columns).order_by(office, model.id)
    found: dict[str, list[Link]] = defaultdict(list)
    for code, valid_from, valid_to, *rest in session.execute(statement.where(office == only) if only else statement):
        found[code].append(Link(rest[0] if rest else "", valid_from, valid_to))
    return found


def offices_on(session: Session, day: date) -> tuple[OfficeRow, ...]:
    """Every office, of every type, as it is on `day`, by code."""
    return directory(session).on(day)


def office(session: Session, code: str, day: date | None = None) -> OfficeRow | None:
    """One office as it is on `day` (today if not said); None if there is none."""
    found = directory(session, code).offices.get(code)
    return as_of(found, day or clock.today()) if found else None


def region_of(session: Session, code: str, day: date) -> str | None:
    """The region of an office on `day`."""
    return directory(session, code).region_of(code, day)


def countries_served(session: Session, code: str, first_day: date, last_day: date) -> frozenset[str]:
    """The iso3 codes of the countries that the office serves on any of the days."""
    found = directory(session, code).offices.get(code)
    return found.countries_between(first_day, last_day) if found else frozenset()


def roster(session: Session, year: int, today: date) -> Roster:
    """The roster of one year. For several years: `directory(session).roster(year, today)`."""
    return directory(session).roster(year, today)


def region_codes(session: Session) -> tuple[str, ...]:
    """The seven regions in their order; headquarters, which is in no figure, is not among them."""
    return tuple(session.scalars(select(Region.code).where(Region.code != "HQ").order_by(Region.position)))


def announced_changes(session: Session, code: str) -> tuple[RegionProposal, ...]:
    """Region changes announced for an office: shown as announced, read by no figure."""
    return tuple(session.scalars(select(RegionProposal).where(RegionProposal.office == code)))


def published_figures(session: Session, year: int | None = None) -> tuple[PublishedFigure, ...]:
    """Figures somebody else published, of one year or all, by year and code."""
    statement = select(PublishedFigure).where(PublishedFigure.retired_on.is_(None))
    if year is not None:
        statement = statement.where(PublishedFigure.year == year)
    return tuple(session.scalars(statement.order_by(PublishedFigure.year, PublishedFigure.code)))


def actor_for(session: Session, user_id: int, today: date | None = None) -> Actor | None:
    """Who the person is and what their memberships give them on `today` (UTC).

    Returns:
        None if there is no such person or the account is not active.
    """
    day = today or clock.today()
    user = session.get(User, user_id)
    if user is None or not user.active:
        return None
    memberships = session.scalars(
        select(Membership)
        .where(
            Membership.user_id == user_id,
            Membership.valid_from <= day,
            or_(Membership.valid_to.is_(None), Membership.valid_to >= day),
        )
        .order_by(Membership.home.desc(), Membership.id)
    ).all()
    return _actor(user, memberships, directory(session), day)


def _actor(user: User, memberships: Iterable[Membership], offices: Directory, day: date) -> Actor:
    held = list(memberships)
    roles = frozenset(Role(m.role) for m in held)
    staff = frozenset(m.office for m in held if m.office and m.role == Role.COUNTRY_STAFF)
    lead = frozenset(m.office for m in held if m.office and m.role == Role.COUNTRY_LEAD)
    regions = frozenset(m.region for m in held if m.region)
    advised = offices.in_regions(regions, day)
    home = _home(held, offices, day)
    own = {region for code in staff | lead if (region := offices.region_of(code, day))}
    return Actor(
        user_id=user.id,
        name=user.name,
        email=user.email,
        roles=roles,
        staff_of=staff,
        lead_of=lead,
        advises=advised,
        regions=regions,
        own_other_offices=_other_offices(roles, advised, offices),
        region_offices=offices.in_regions(regions | own, day),
        home_office=home,
        home_region=offices.region_of(home, day) if home else None,
    )


def _home(held: list[Membership], offices: Directory, day: date) -> str | None:
    """The office of the home membership, which comes first; an adviser's is the regional office."""
    for membership in held:
        if membership.office:
            return membership.office
        if membership.region:
            advised = sorted(offices.in_regions([membership.region], day))
            return next((code for code in advised if offices.offices[code].type == "regional"), None)
    return None


def _other_offices(roles: frozenset[Role], advised: frozenset[str], offices: Directory) -> frozenset[str]:
    """Offices in no figure that a person may log for: advisers their regional one, headquarters its own."""
    found = {code for code in advised if offices.offices[code].type == "regional"}
    if Role.HEADQUARTERS in roles:
        found |= {code for code, office in offices.offices.items() if office.type == "hq"}
    return frozenset(found)
