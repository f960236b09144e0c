"""What the pages of the register show."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from flask import url_for
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.activities.words import day
from app.core import clock
from app.core.web.locale import _
from app.dashboards.names import OFFICE_TYPES, Names, names_of
from app.offices.directory import REPORTING_TYPES
from app.offices.models import Office, OfficeCountry, OfficeRegion, RosterInterval
from app.offices.queries import announced_changes, office, offices_on


@dataclass(frozen=True)
class RegisterRow:
    """An office in one line."""

    code: str
    name: str
    kind: str
    region: str
    state: str


@dataclass(frozen=True)
class LinkLine:
    """A dated link in words; `url` leads to the form that ends or corrects it."""

    what: str
    first: str
    last: str
    note: str
    url: str = ""


@dataclass(frozen=True)
class OfficePage:
    """All that the page of one office shows."""

    code: str
    name: str
    facts: list[tuple[str, str]]
    roster: list[LinkLine]
    regions: list[LinkLine]
    proposals: list[LinkLine]
    countries: list[LinkLine]
    acts: list[tuple[str, str]]
    names_url: str


def register(session: Session, today: date) -> list[RegisterRow]:
    """Every office as it is today, by name."""
    names = names_of(session)
    rows = (
        RegisterRow(
            code=each.code,
            name=names.office(each.code),
            kind=_(OFFICE_TYPES[each.type]),
            region=names.region(each.region or ""),
            state=_state(each.type, each.on_roster),
        )
        for each in offices_on(session, today)
    )
    return sorted(rows, key=lambda row: row.name.casefold())


def _state(kind: str, on_roster: bool) -> str:
    if kind not in REPORTING_TYPES:
        return _("in no figure")
    return _("on the roster") if on_roster else _("closed")


def office_page(session: Session, found: Office) -> OfficePage:
    """The page of one office."""
    names, today = names_of(session), clock.today()
    row = office(session, found.code, today)
    assert row is not None
    regions = _regions(session, found.code, names, today)
    return OfficePage(
        code=found.code,
        name=names.office(found.code),
        facts=[
            (_("Code"), found.code),
            (_("Kind of office"), _(OFFICE_TYPES[found.type])),
            (_("Today"), _state(found.type, row.on_roster)),
            (_("Region"), names.region(row.region or "")),
            (_("Host country"), names.country(found.host)),
            (_("Time zone"), found.time_zone),
            (_("Short name"), found.short_name),
            (_("Note"), found.note),
        ],
        roster=_roster(session, found.code),
        regions=regions,
        proposals=[
            LinkLine(_announced(names, each.region), each.valid_from, "", each.status)
            for each in announced_changes(session, found.code)
        ],
        countries=_countries(session, found.code, names),
        acts=_acts(found, row.on_roster, to_come=any(line.note for line in regions)),
        names_url=url_for("administration.edit_names", kind="office", code=found.code),
    )


def _announced(names: Names, regions: str) -> str:
    return " + ".join(names.region(code) for code in regions.split("+"))


def _act_url(code: str, act: str, item: int | None = None) -> str:
    return url_for("administration.edit_office", code=code, act=act, item=item)


def _acts(found: Office, on_roster: bool, *, to_come: bool) -> list[tuple[str, str]]:
    acts = [("move", _("Change its region")), ("serve", _("Add a country")), ("describe", _("Change its description"))]
    if to_come:
        acts.insert(0, ("take-back", _("Take the coming change back")))
    if found.type in REPORTING_TYPES:
        acts.insert(0, ("close", _("Close it")) if on_roster else ("reopen", _("Open it again")))
    return [(_act_url(found.code, act), label) for act, label in acts]


def _roster(session: Session, code: str) -> list[LinkLine]:
    rows = session.scalars(select(RosterInterval).where(RosterInterval.office == code).order_by(RosterInterval.id))
    return [
        LinkLine(
            what="",
            first=_day(row.valid_from) or _("unknown: open from the first year on record"),
            last=_day(row.valid_to) or _("open"),
            note=row.source,
            url=_act_url(code, "interval", row.id),
        )
        for row in rows
    ]


def _regions(session: Session, code: str, names: Names, today: date) -> list[LinkLine]:
    rows = session.scalars(select(OfficeRegion).where(OfficeRegion.office == code))
    return [
        LinkLine(
            what=names.region(row.region),
            first=_day(row.valid_from) or _("all along"),
            last=_day(row.valid_to) or _("open"),
            note=_("to come") if row.valid_from is not None and row.valid_from > today else "",
        )
        for row in sorted(rows, key=lambda r: r.valid_from or date.min)
    ]


def _countries(session: Session, code: str, names: Names) -> list[LinkLine]:
    rows = session.scalars(select(OfficeCountry).where(OfficeCountry.office == code))
    return [
        LinkLine(
            what=names.country(row.country),
            first=_day(row.valid_from) or _("all along"),
            last=_day(row.valid_to) or _("open"),
            note=_("host country") if row.role == "host" else "",
            url=_act_url(code, "end-service", row.id),
        )
        for row in sorted(rows, key=lambda r: names.country(r.country))
    ]


def _day(given: date | None) -> str:
    return day(given.isoformat()) if given else ""
