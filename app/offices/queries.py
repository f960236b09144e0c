"""Reads of offices, their regions, countries and roster, and of what a person may do today."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import Select, and_, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from app.accounts.models import User
from app.codelists.models import Label
from app.core import clock
from app.core.db import AnyRow
from app.core.permissions import Actor, Role
from app.core.versions import shared
from app.offices.directory import Directory, Link, OfficeRecord, OfficeRow, Roster, as_of
from app.offices.models import (
    Country,
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

OFFICE_COLUMNS = ("code", "type", "host", "time_zone", "dates_confidence", "source", "note", "retired_on")


def directory(session: Session) -> Directory:
    """Every office with its links: any day and any year can be read from it."""
    return shared(session, "offices", lambda: _load(session))


def _load(session: Session) -> Directory:
    links = {
        "regions": _links(session, OfficeRegion.office, OfficeRegion.region, OfficeRegion),
        "countries": _links(session, OfficeCountry.office, OfficeCountry.country, OfficeCountry),
        "roster": _links(session, RosterInterval.office, None, RosterInterval),
        "exemptions": _links(session, Exemption.office, Exemption.reason, Exemption),
    }
    return Directory({row.code: _record(row, links) for row in _office_rows(session)})


def _office_rows(session: Session) -> Sequence[Any]:
    named = and_(Label.kind == "office", Label.code == Office.code, Label.language == "en", ~Label.former)
    columns = (getattr(Office, name) for name in (*OFFICE_COLUMNS, "short_name"))
    statement = select(*columns, Label.text.label("name")).outerjoin(Label, named).order_by(Office.code)
    return session.execute(statement).all()


def _record(row: Any, links: Mapping[str, Mapping[str, list[Link]]]) -> OfficeRecord:
    own: dict[str, Any] = {column: getattr(row, column) for column in OFFICE_COLUMNS}
    dated: dict[str, Any] = {kind: tuple(of_office.get(row.code, ())) for kind, of_office in links.items()}
    return OfficeRecord(name=row.name or row.short_name, short_name=row.short_name, **own, **dated)


def _links(
    session: Session, office: InstrumentedAttribute[str], target: InstrumentedAttribute[str] | None, model: Any
) -> dict[str, list[Link]]:
    columns: list[Any] = [office, model.valid_from, model.valid_to, *([target] if target is not None else [])]
    statement: Select[Any] = select(*columns).order_by(office, model.id)
    found: dict[str, list[Link]] = defaultdict(list)
    for code, valid_from, valid_to, *rest in session.execute(statement):
        found[code].append(Link(rest[0] if rest else "", valid_from, valid_to))
    return found


def offices_on(session: Session, day: date) -> tuple[OfficeRow, ...]:
    """Every office, of every type, as it is on `day`, by code."""
    return directory(session).on(day)


def office(session: Session, code: str, day: date | None = None) -> OfficeRow | None:
    """One office as it is on `day` (today if not said); None if there is none."""
    found = directory(session).offices.get(code)
    return as_of(found, day or clock.today()) if found else None


def region_of(session: Session, code: str, day: date) -> str | None:
    """The region of an office on `day`."""
    return _links_on(session, day, code).regions.get(code)


def countries_served(session: Session, code: str, first_day: date, last_day: date) -> frozenset[str]:
    """The iso3 codes of the countries that the office serves on any of the days."""
    found = directory(session).offices.get(code)
    return found.countries_between(first_day, last_day) if found else frozenset()


def roster(session: Session, year: int, today: date) -> Roster:
    """The roster of one year. For several years: `directory(session).roster(year, today)`."""
    return directory(session).roster(year, today)


def region_codes(session: Session) -> tuple[str, ...]:
    """The seven regions in their order; headquarters, which is in no figure, is not among them."""
    statement = select(Region.code).where(Region.code != "HQ").order_by(Region.position)
    return shared(session, "regions", lambda: tuple(session.scalars(statement)))


def country_codes(session: Session) -> tuple[str, ...]:
    """The iso3 codes of all countries, retired ones too: old records name them."""
    return tuple(session.scalars(select(Country.iso3).order_by(Country.iso3)))


def announced_changes(session: Session, code: str) -> tuple[RegionProposal, ...]:
    """Region changes announced for an office: shown as announced, read by no figure."""
    return tuple(session.scalars(select(RegionProposal).where(RegionProposal.office == code)))


def published_figures(session: Session, year: int | None = None) -> tuple[AnyRow, ...]:
    """Figures somebody else published, of one year or all, by year and code: the columns of PublishedFigure."""
    statement = select(*PublishedFigure.__table__.columns).where(PublishedFigure.retired_on.is_(None))
    ordered = statement.order_by(PublishedFigure.year, PublishedFigure.code)
    every = shared(session, "published figures", lambda: tuple(session.execute(ordered)))
    return every if year is None else tuple(row for row in every if row.year == year)


@dataclass(frozen=True)
class _Today:
    """Type and region of every office on one day: all that rights are made of."""

    types: Mapping[str, str]
    regions: Mapping[str, str]

    def of(self, regions: Iterable[str | None]) -> frozenset[str]:
        """Codes of the offices of these regions, regional offices included."""
        wanted = frozenset(regions) - {None}
        return frozenset(code for code, region in self.regions.items() if region in wanted)

    def of_type(self, kind: str) -> frozenset[str]:
        """Codes of the offices of one type."""
        return frozenset(code for code, each in self.types.items() if each == kind)


def _links_on(session: Session, day: date, only: str | None = None) -> _Today:
    covering = and_(
        OfficeRegion.office == Office.code,
        or_(OfficeRegion.valid_from.is_(None), OfficeRegion.valid_from <= day),
        or_(OfficeRegion.valid_to.is_(None), OfficeRegion.valid_to >= day),
    )
    statement = (
        select(Office.code, Office.type, OfficeRegion.region)
        .outerjoin(OfficeRegion, covering)
        # Of two links that overlap the later one is read last, and stays.
        .order_by(Office.code, OfficeRegion.valid_from.is_not(None), OfficeRegion.valid_from)
    )
    rows = session.execute(statement.where(Office.code == only) if only else statement).all()
    return _Today({code: kind for code, kind, _ in rows}, {code: region for code, _, region in rows if region})


def actor_for(session: Session, user_id: int, today: date | None = None) -> Actor | None:
    """Who the person is and what their memberships give them on `today` (UTC).

    Returns:
        None if there is no such person or the account is not active.
    """
    day = today or clock.today()
    user = session.get(User, user_id)
    if user is None or not user.active:
        return None
    held = session.execute(
        select(Membership.role, Membership.office, Membership.region, Membership.acting)
        .where(
            Membership.user_id == user_id,
            Membership.valid_from <= day,
            or_(Membership.valid_to.is_(None), Membership.valid_to >= day),
        )
        .order_by(Membership.home.desc(), Membership.id)
    ).all()
    leads = {office for role, office, _region, acting in held if role == Role.COUNTRY_LEAD and not acting}
    offices = shared(session, ("types and regions", day), lambda: _links_on(session, day))
    actor = _actor(user, [(Role(role), office, region) for role, office, region, _ in held], offices)
    return replace(actor, acting_for=actor.lead_of - leads)


Held = list[tuple[Role, str | None, str | None]]


def _actor(user: User, held: Held, offices: _Today) -> Actor:
    roles = frozenset(role for role, _, _ in held)
    regions = frozenset(region for _, _, region in held if region)
    works_in = {office for _, office, _ in held if office}
    advised = offices.of(regions)
    others = advised & offices.of_type("regional")
    home = _home(held, offices)
    return Actor(
        user_id=user.id,
        name=user.name,
        email=user.email,
        roles=roles,
        staff_of=frozenset(office for role, office, _ in held if office and role is Role.COUNTRY_STAFF),
        lead_of=frozenset(office for role, office, _ in held if office and role is Role.COUNTRY_LEAD),
        advises=advised,
        regions=regions,
        # In no figure, yet they may lead activities: advisers log for their regional office, headquarters for its own.
        own_other_offices=others | (offices.of_type("hq") if Role.HEADQUARTERS in roles else frozenset()),
        region_offices=offices.of(regions | {offices.regions.get(code) for code in works_in}),
        home_office=home,
        home_region=offices.regions.get(home) if home else None,
    )


def _home(held: Held, offices: _Today) -> str | None:
    """The office of the home membership, which comes first; an adviser's is the regional office."""
    for _role, office, region in held:
        if office:
            return office
        if region:
            return min(offices.of([region]) & offices.of_type("regional"), default=None)
    return None
