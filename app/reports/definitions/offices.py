"""offices.csv: each country and multi-country office in a year, with its state."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from app.core import clock
from app.core.i18n import N_
from app.core.permissions import Actor, Permission
from app.core.tables import Column, Kind, Table
from app.coverage.kept import kept_facts
from app.coverage.rules import Basis, Figure, OfficeYear, YearFacts, figure, office_states
from app.offices.queries import directory
from app.reports.base import Report
from app.reports.filters import YearFilter
from app.reports.marks import demonstration_mark
from app.reports.naming import may_name, shown_state
from app.reports.parameters import YEAR


@dataclass(frozen=True)
class Row:
    """One office in one year."""

    year: int
    type: str
    office: OfficeYear
    state: str
    state_provisional: str
    flags: str


COLUMNS: tuple[Column[Row], ...] = (
    Column("year", N_("Year"), Kind.YEAR, lambda r: r.year),
    Column("code", N_("Office"), Kind.CODE, lambda r: r.office.code, "#org+code+office", names="office"),
    Column("type", N_("Type"), Kind.CODE, lambda r: r.type, names="office_type"),
    Column("region", N_("Region"), Kind.CODE, lambda r: r.office.region, "#region+code", names="region"),
    Column("countries", N_("Countries"), Kind.LIST, lambda r: ";".join(sorted(r.office.countries)), names="country"),
    Column("state", N_("State"), Kind.CODE, lambda r: r.state, names="state"),
    Column("state_provisional", N_("State, provisional"), Kind.CODE, lambda r: r.state_provisional, names="state"),
    Column("flags", N_("Flags"), Kind.LIST, lambda r: r.flags, names="flag"),
    Column("on_roster", N_("On the roster"), Kind.YES_NO, lambda r: r.office.on_roster),
    Column("unknown_opening", N_("Opening unknown"), Kind.YES_NO, lambda r: r.office.unknown_opening),
    Column("opened_or_closed_in_year", N_("Opened or closed in the year"), Kind.YES_NO,
           lambda r: r.office.opened_or_closed),
    Column("exempt_reason", N_("Exempt because"), Kind.TEXT, lambda r: r.office.exempt_reason),
)  # fmt: skip


def _rows(session: Session, actor: Actor, filters: YearFilter) -> Iterator[Row]:
    types = {code: office.type for code, office in directory(session).offices.items()}
    years = filters.years or (clock.today().year,)
    for facts in kept_facts(session, years).values():
        yield from _year(facts, actor, types)


def _year(facts: YearFacts, actor: Actor, types: Mapping[str, str]) -> Iterator[Row]:
    states = office_states(facts, Basis.APPROVED)
    provisional = office_states(facts, Basis.PROVISIONAL)
    approved = figure(facts, Basis.APPROVED)
    for code, office in sorted(facts.offices.items()):
        named = may_name(actor, code)
        yield Row(
            year=facts.year,
            type=types[code],
            office=office,
            state=shown_state(actor, code, states[code]),
            state_provisional=shown_state(actor, code, provisional[code]),
            flags=";".join(_flags(code, approved, named=named)),
        )


def _flags(code: str, whole: Figure, *, named: bool) -> Iterator[str]:
    if named and code in whole.unsigned:
        yield "unsigned"
    if named and code in whole.contradictions:
        yield "contradiction"
    if code in whole.dates_only:
        yield "dates_only"
    if code in whole.outside:
        yield "support_though_not_expected"


def table(session: Session, actor: Actor, filters: YearFilter) -> Table[Any]:
    """The offices of the years (the running one if none is named). Names of unanswered offices: to those entitled."""
    return Table((*COLUMNS, demonstration_mark(session)), _rows(session, actor, filters))


REPORT = Report(
    key="offices",
    title=N_("Offices and their states"),
    definition=N_(
        "Each country and multi-country office in a year: on the roster or not, its region and countries on the"
        " figure's day, and its state. States other than provided are open to the office, its advisers and"
        " headquarters."
    ),
    permission=Permission.OFFICE_READ,
    parameters=(YEAR,),
    parse=YearFilter.parse,
    pairs=YearFilter.pairs,
    table=table,
    describe=YearFilter.describe,
)
