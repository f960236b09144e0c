"""A country before a mission, on one sheet: ten years, laws, counterparts, who else, obstacles, next steps."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from flask import url_for
from sqlalchemy.orm import Session

from app.activities.filters import ActivityFilters
from app.activities.queries_country import (
    Step,
    Todo,
    counterparts_of,
    country_records,
    law_steps,
    obstacles_of,
    partners_of,
    todos_of,
)
from app.activities.reference import reference_data
from app.activities.rules import State as Workflow
from app.activities.words import Words, day, span, whole_day
from app.core import clock
from app.core.db import AnyRow
from app.core.permissions import Actor
from app.core.web.locale import _, ngettext
from app.coverage.kept import kept_facts, kept_years
from app.coverage.rules import Figure, State, YearFacts, figure
from app.dashboards import words
from app.dashboards.address import Ask
from app.dashboards.asked_panel import AskedPanel, asked_panel
from app.dashboards.country_states import MARKS, WORDS, Reach, reach
from app.dashboards.listing import list_url
from app.dashboards.names import Lists, Names
from app.offices.queries import directory

YEARS = 10
FEW = 6
"""Each list on the sheet is cut to so many: the whole of it is one link away."""


@dataclass(frozen=True)
class CountryYear:
    """A year of the country."""

    label: str
    mark: State
    state: str
    offices: list[tuple[str, str]]
    activities: int
    url: str


@dataclass(frozen=True)
class Entry:
    """A line of a list: its words, what stands small beside them, and the record behind it, "" for none."""

    text: str
    beside: str
    reference: str = ""


@dataclass(frozen=True)
class Sheet:
    """A list of the sheet: its first lines, how many there are, and the report that has them all."""

    title: str
    entries: list[Entry]
    count: int
    none: str
    url: str


@dataclass(frozen=True)
class CountryPage:
    """Everything that the page shows."""

    iso3: str
    name: str
    sentence: str
    offices: list[tuple[str, str]]
    region: str
    region_code: str
    years: list[CountryYear]
    sheets: list[Sheet]
    latest: list[Entry]
    years_url: str
    records_url: str
    asked: AskedPanel


def country_page(session: Session, actor: Actor, lists: Lists, iso3: str, today: date | None = None) -> CountryPage:
    """The sheet of one country."""
    today = today or clock.today()
    names = lists.names
    wanted = range(today.year - YEARS + 1, today.year + 1)
    every = kept_facts(session, sorted({*kept_years(session, today), *wanted}), today)
    reporting = (office for office in directory(session).offices.values() if office.reports)
    serving = [office for office in reporting if iso3 in office.countries_between(today, today)]
    region = next((r for o in serving if (r := o.region_on(today))), "")
    records = country_records(session, actor, iso3)
    said = Words(reference_data(session))
    return CountryPage(
        iso3=iso3,
        name=names.country(iso3),
        sentence=_sentence(every, names, iso3),
        offices=[(o.code, names.office(o.code)) for o in serving],
        region=names.region(region) if region else "",
        region_code=region,
        years=[_year(every[year], names, iso3) for year in reversed(wanted)],
        sheets=_sheets(session, said, records, iso3),
        latest=[_latest(said, row) for row in records[:FEW]],
        years_url=url_for("reports.report", key="trend", country=iso3),
        records_url=list_url(ActivityFilters(coded={"country": (iso3,)})),
        asked=asked_panel(session, country=iso3),
    )


def _sentence(every: Mapping[int, YearFacts], names: Names, iso3: str) -> str:
    """The answer in words: the last year with support, and how many of the years on record."""
    reached = [year for year, facts in sorted(every.items()) if iso3 in figure(facts).countries]
    if not reached:
        return _("No support to %(country)s is on record.", country=names.country(iso3))
    return ngettext(
        "Support reached %(country)s in %(num)s year on record, last in %(last)s",
        "Support reached %(country)s in %(num)s years on record, last in %(last)s",
        len(reached),
        country=names.country(iso3),
        last=str(reached[-1]),
    )


def _year(facts: YearFacts, names: Names, iso3: str) -> CountryYear:
    state = reach(figure(facts), iso3)
    ask = Ask(facts.year).narrowed(country=iso3)
    found = figure(facts, ask.basis, ask.part)
    provided = found.by_state[State.PROVIDED]
    return CountryYear(
        label=words.when(found),
        mark=MARKS[state],
        state=_state(state, found),
        offices=[(code, names.office(code)) for code in provided],
        activities=found.activities,
        url=ask.behind_url(),
    )


def _state(state: Reach, found: Figure) -> str:
    if state == Reach.NOT_REACHED and found.activities:
        return _("Not reached: the activities are of offices that were not expected")
    return _("Not served by an office then") if state == Reach.OUTSIDE and not found.activities else _(WORDS[state])


def _sheets(session: Session, said: Words, records: list[AnyRow], iso3: str) -> list[Sheet]:
    steps, todos = law_steps(session, records), todos_of(session, records)
    bodies = counterparts_of(session, records)
    partners, obstacles = partners_of(session, records), obstacles_of(session, records)
    return [
        _sheet(
            iso3,
            "activity-milestones",
            _("Steps of laws"),
            (_step(said, step) for step in steps),
            _("No step of a law is recorded."),
        ),
        _sheet(
            iso3,
            "activity-counterparts",
            _("Counterparts"),
            (Entry(name, f"{said.of('counterpart_kind', kind)}, {_times(n)}") for name, kind, n in bodies),
            _("No counterpart that you may read."),
        ),
        _sheet(
            iso3,
            "activity-partners",
            _("Who else works there"),
            (Entry(said.of("partner_agency", code), _times(n)) for code, n in partners),
            _("No partner is recorded."),
        ),
        _sheet(
            iso3,
            "activity-obstacles",
            _("Obstacles"),
            (Entry(said.of("obstacle", code), _times(n)) for code, n in obstacles),
            _("No obstacle is recorded."),
        ),
        _sheet(
            iso3,
            "activity-next-steps",
            _("Next steps"),
            (_todo(todo) for todo in todos),
            _("No next step is open."),
        ),
    ]


def _sheet(iso3: str, report: str, title: str, entries: Iterable[Entry], none: str) -> Sheet:
    every = list(entries)
    of_country = url_for(
        "reports.report", key=report, country=iso3, workflow=Workflow.APPROVED, withdrawn="no", set_aside="no"
    )
    return Sheet(title, every[:FEW], len(every), none, of_country)


def _times(n: int) -> str:
    return ngettext("%(num)s record", "%(num)s records", n)


def _step(said: Words, step: Step) -> Entry:
    about = [day(step.on), said.of("milestone", step.kind), said.of("contribution", step.contribution)]
    return Entry(step.law, ", ".join(filter(None, about)), step.reference)


def _todo(todo: Todo) -> Entry:
    due = _("due %(day)s", day=whole_day(todo.due_on)) if todo.due_on else _("no day set")
    return Entry(todo.what, ", ".join(filter(None, (todo.who, due))), todo.reference)


def _latest(said: Words, row: AnyRow) -> Entry:
    when = span(row.actual_start or row.planned_start, row.actual_end or row.planned_end)
    about = [said.of("office", row.lead_office), said.of("activity_status", row.status), when]
    return Entry(row.title, ", ".join(filter(None, about)), row.reference)


@dataclass(frozen=True)
class CountryLine:
    """A country in the list."""

    iso3: str
    name: str
    mark: State
    state: str
    last: str
    offices: list[tuple[str, str]]


@dataclass(frozen=True)
class CountryGroup:
    """The countries of one region."""

    code: str
    name: str
    countries: list[CountryLine]


@dataclass(frozen=True)
class CountryList:
    """Every programme country of the year, by region."""

    ask: Ask
    heading: str
    lede: str
    answer: str
    groups: list[CountryGroup]


def country_list(session: Session, lists: Lists, ask: Ask, today: date | None = None) -> CountryList:
    """The countries that offices serve in the year, each with how support reached it and when it last did."""
    today = today or clock.today()
    every = kept_facts(session, sorted({*kept_years(session, today), ask.year}), today)
    last: dict[str, int] = {}
    for year, facts in sorted(every.items()):
        if year <= ask.year:
            last |= dict.fromkeys(figure(facts, ask.basis, ask.narrowed(region=None).part).countries, year)
    facts = every[ask.year]
    found = figure(facts, ask.basis, ask.part)
    served = served_by(facts)

    def line(iso3: str, region: str) -> CountryLine:
        state = reach(figures[region], iso3)
        offices = [(code, lists.names.office(code)) for code in served[iso3] if facts.offices[code].region == region]
        since = str(last.get(iso3, ""))
        return CountryLine(iso3, lists.names.country(iso3), MARKS[state], _(WORDS[state]), since, offices)

    regions = [code for code in lists.regions if ask.part.region in (None, code)]
    figures = {code: figure(facts, ask.basis, ask.narrowed(region=code).part) for code in regions}
    groups = [
        CountryGroup(
            code,
            lists.names.region(code),
            sorted((line(iso3, code) for iso3 in figures[code].programme_countries), key=lambda each: each.name),
        )
        for code in regions
    ]
    return CountryList(
        ask=ask,
        heading=_("Countries in %(year)s", year=words.when(found)),
        lede=words.lede(found, lists.names),
        answer=words.countries_line(found),
        groups=groups,
    )


def served_by(facts: YearFacts) -> dict[str, list[str]]:
    """{country: the offices on the roster that serve it}."""
    found: dict[str, list[str]] = {}
    for code, office in sorted(facts.offices.items()):
        for iso3 in office.countries if office.on_roster else ():
            found.setdefault(iso3, []).append(code)
    return found
