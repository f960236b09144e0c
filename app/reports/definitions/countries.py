"""countries: each country in a year: reached or not, by how many activities and offices, first and last year."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.core.i18n import N_
from app.core.permissions import Actor, Permission
from app.core.tables import Column, Kind, Table
from app.coverage.kept import kept_facts, kept_years, supported_facts
from app.coverage.rules import Figure, YearFacts, serving
from app.reports.base import Report
from app.reports.filters import SliceFilter
from app.reports.lists import lists
from app.reports.marks import demonstration_mark
from app.reports.slices import counted, without, years_of

REACHED, ONLY_MULTI, NOT_REACHED = "reached", "reached_only_multi", "not_reached"


@dataclass(frozen=True)
class Row:
    """One programme country in one year."""

    figure: Figure
    country: str
    label: str
    state: str
    activities: int
    offices: frozenset[str]
    years: tuple[int, ...]


COLUMNS: tuple[Column[Row], ...] = (
    Column("year", N_("Year"), Kind.YEAR, lambda r: r.figure.year, "#date+year"),
    Column("basis", N_("Basis"), Kind.CODE, lambda r: r.figure.basis, names="basis"),
    Column("country", N_("Country"), Kind.CODE, lambda r: r.country, "#country+code+v_iso3", names="country"),
    Column("label", N_("Label"), Kind.TEXT, lambda r: r.label, on_page=False),
    Column("state", N_("State"), Kind.CODE, lambda r: r.state, names="country_state"),
    Column("activities", N_("Activities"), Kind.INTEGER, lambda r: r.activities),
    Column("offices", N_("Offices"), Kind.INTEGER, lambda r: len(r.offices)),
    Column("office_codes", N_("Offices, by code"), Kind.LIST, lambda r: ";".join(sorted(r.offices))),
    Column("first_year", N_("First year"), Kind.YEAR, lambda r: min(r.years, default=None)),
    Column("last_year", N_("Last year"), Kind.YEAR, lambda r: max(r.years, default=None)),
    Column("definition", N_("Definition"), Kind.CODE, lambda r: r.figure.definition, on_page=False),
)


def _rows(session: Session, filters: SliceFilter) -> Iterator[Row]:
    names = lists(session).names
    every = _years(kept_facts(session, kept_years(session)), filters)
    for facts in supported_facts(session, years_of(filters)).values():
        found = counted(facts, filters, filters.part)
        activities, offices = _behind(facts, filters)
        asked = filters.part.country
        for country in (c for c in found.programme_countries if asked in (None, c)):
            yield Row(
                figure=found,
                country=country,
                label=names.of("country", country),
                state=_state(found, country),
                activities=len(activities[country]),
                offices=frozenset(offices[country]),
                years=tuple(y for y, reached in every.items() if country in reached),
            )


def _state(figure: Figure, country: str) -> str:
    if country in figure.countries_only_multi:
        return ONLY_MULTI
    return REACHED if country in figure.countries else NOT_REACHED


def _years(years: Mapping[int, YearFacts], filters: SliceFilter) -> dict[int, tuple[str, ...]]:
    return {year: counted(facts, filters, filters.part).countries for year, facts in years.items()}


def _behind(facts: YearFacts, filters: SliceFilter) -> tuple[dict[str, set[int]], dict[str, set[str]]]:
    """{country: activities} and {country: offices through which they reach it}."""
    activities: dict[str, set[int]] = defaultdict(set)
    offices: dict[str, set[str]] = defaultdict(set)
    for support in filter(filters.part.admits, facts.supports(filters.basis)):
        for code in serving(facts, support, filters.part.region):
            for country in facts.offices[code].countries & support.countries:
                activities[country].add(support.activity_id or 0)
                offices[country].add(code)
    return activities, offices


def table(session: Session, actor: Actor, filters: SliceFilter) -> Table[Row]:
    """The programme countries; the same for every signed-in person."""
    return Table((*COLUMNS, demonstration_mark(session)), _rows(session, filters))


PARAMETERS = without()

REPORT = Report(
    key="countries",
    title=N_("Countries"),
    definition=N_(
        "Each programme country in the year (served at its end by an office on the roster): reached by support that"
        " counts, reached only through records of several countries, or not reached; the activities and offices through"
        " which it was reached; the first and the last year on record in which it was."
    ),
    permission=Permission.COVERAGE_READ,
    parameters=PARAMETERS,
    parse=SliceFilter.reader(PARAMETERS),
    pairs=SliceFilter.pairs,
    check=lambda session, filters: filters.check(session),
    table=table,
    describe=SliceFilter.describe,
    bases=lambda filters: (filters.basis.value,),
    version=lambda filters: filters.definition,
)
