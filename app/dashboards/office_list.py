"""All offices by region, with their state in a year as far as the reader may know it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from app.core import clock
from app.core.permissions import Actor
from app.core.web.locale import _
from app.coverage.kept import kept_facts
from app.coverage.rules import Figure, State, YearFacts, figure
from app.dashboards import words
from app.dashboards.address import Ask
from app.dashboards.names import OFFICE_TYPES, Lists
from app.dashboards.naming import may_name
from app.offices.directory import OfficeRow
from app.offices.queries import offices_on
from app.offices.rules import figure_day


@dataclass(frozen=True)
class OfficeLine:
    """One office of the list. `state` is None where the reader may not know it, or the office is in no figure."""

    code: str
    name: str
    type_name: str
    countries: str
    state: State | None
    label: str


@dataclass(frozen=True)
class RegionGroup:
    """The offices of one region, and its figure."""

    code: str
    name: str
    figure: Figure
    answer: str
    coverage_url: str
    offices: list[OfficeLine]


@dataclass(frozen=True)
class OfficeList:
    """The page: a group for each region, then the offices in no figure."""

    ask: Ask
    year: str
    count: int
    groups: list[RegionGroup]
    others: list[OfficeLine]


def office_list(session: Session, actor: Actor | None, lists: Lists, ask: Ask, today: date | None = None) -> OfficeList:
    """The offices as they are on the year's day."""
    today = today or clock.today()
    facts = kept_facts(session, [ask.year], today)[ask.year]
    rows = offices_on(session, figure_day(ask.year, today))
    whole = figure(facts, ask.basis)
    states = {code: state for state, offices in whole.by_state.items() for code in offices}
    regions = [r for r in lists.regions if ask.part.region in (None, r)]

    def lines(wanted: list[OfficeRow]) -> list[OfficeLine]:
        found = [_line(actor, lists, row, states.get(row.code), whole) for row in wanted]
        return sorted(found, key=lambda line: line.name)

    reporting = [row for row in rows if row.code in states]
    others = [row for row in rows if row.code not in states and ask.part.region in (None, row.region)]
    groups = [_group(facts, lists, ask, r, lines([row for row in reporting if row.region == r])) for r in regions]
    return OfficeList(
        ask=ask,
        year=words.when(whole),
        count=sum(len(group.offices) for group in groups) + len(others),
        groups=groups,
        others=lines(others),
    )


def _group(facts: YearFacts, lists: Lists, ask: Ask, region: str, offices: list[OfficeLine]) -> RegionGroup:
    here = ask.narrowed(region=region)
    found = figure(facts, ask.basis, here.part)
    return RegionGroup(
        code=region,
        name=lists.names.region(region),
        figure=found,
        answer=words.answer(found, lists.names),
        coverage_url=here.coverage_url(),
        offices=offices,
    )


def _line(actor: Actor | None, lists: Lists, row: OfficeRow, state: State | None, whole: Figure) -> OfficeLine:
    shown = state if state is not None and may_name(actor, state, row.code) else None
    return OfficeLine(
        code=row.code,
        name=lists.names.office(row.code),
        type_name=_(OFFICE_TYPES[row.type]),
        countries=words.joined(lists.names.country(c) for c in row.countries),
        state=shown,
        label=words.state_label(shown, whole.round_state) if shown else "",
    )
