"""A region for the person who looks after it: each office in one line, with whom it waits for; and all regions.

States other than provided, and what lies on an office's desk, are told of offices that the reader may name only
(docs/decisions/0006).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

from flask import url_for
from sqlalchemy.orm import Session

from app.activities.filters import ActivityFilters
from app.activities.queries_work import Desk, desks
from app.core import clock
from app.core.permissions import Actor, Permission, can
from app.core.web.locale import _, ngettext
from app.coverage.further import last_support
from app.coverage.kept import kept_facts, kept_years
from app.coverage.rules import Figure, RoundState, State, YearFacts, figure
from app.dashboards import definitions, words
from app.dashboards.address import Ask
from app.dashboards.asked_panel import AskedPanel, asked_panel
from app.dashboards.definitions import Note
from app.dashboards.listing import list_url
from app.dashboards.names import Lists
from app.dashboards.naming import may_name
from app.returns.queries import OfficeYear, office_years, sentences


@dataclass(frozen=True)
class Waits:
    """Something that waits: for the office, or for its adviser; and where it is done, "" where it is not open."""

    text: str
    url: str


@dataclass(frozen=True)
class OfficeLine:
    """An office in one line. `known` is False where the reader may not know more than its name and last support."""

    code: str
    name: str
    known: bool
    state: State | None
    label: str
    sentence: str
    last: str
    last_url: str
    drafts: int
    awaiting: int
    awaiting_url: str
    days_late: int
    office_waits: tuple[Waits, ...]
    adviser_waits: tuple[Waits, ...]
    reminder_url: str


@dataclass(frozen=True)
class RegionPage:
    """Everything that the page shows."""

    code: str
    name: str
    ask: Ask
    figure: Figure
    heading: str
    lede: str
    answer: str
    line: str
    notes: list[Note]
    offices: list[OfficeLine]
    mine: bool
    tasks: list[tuple[str, int, str]]
    hidden: int
    years: tuple[int, ...]
    asked: AskedPanel


@dataclass(frozen=True)
class _Reader:
    """Who reads, and all that the lines are made of."""

    actor: Actor
    lists: Lists
    ask: Ask
    figure: Figure
    desks: Mapping[str, Desk]
    returns: Mapping[str, OfficeYear]
    sentences: Mapping[str, str]
    last: Mapping[str, int]


def region_page(session: Session, actor: Actor, lists: Lists, ask: Ask, today: date | None = None) -> RegionPage:
    """The page of the region in `ask`, in its year."""
    today = today or clock.today()
    years = sorted({*kept_years(session, today), ask.year})
    every = kept_facts(session, years, today)
    found = figure(every[ask.year], ask.basis, ask.part)
    codes = [code for offices in found.by_state.values() for code in offices]
    known = [code for code in codes if can(Permission.OFFICE_UNANSWERED_NAME, actor, code)]
    last = last_support((facts for year, facts in every.items() if year <= ask.year), ask.basis)
    returns = {line.office: line for line in office_years(session, [ask.year], known)} if known else {}
    reader = _Reader(
        actor, lists, ask, found, desks(session, known), returns, sentences(session, ask.year), last
    )  # fmt: skip
    lines = [_line(reader, state, code) for state, offices in found.by_state.items() for code in offices]
    return RegionPage(
        code=ask.part.region or "",
        name=lists.names.region(ask.part.region or ""),
        ask=ask,
        figure=found,
        heading=_("%(region)s in %(year)s", region=lists.names.region(ask.part.region or ""), year=words.when(found)),
        lede=words.lede(found, lists.names),
        answer=words.answer(found, lists.names),
        line=words.line(found),
        notes=definitions.notes(found, lists.names),
        offices=sorted(lines, key=lambda each: (-each.days_late, each.state == State.NOT_EXPECTED, each.name)),
        mine=ask.part.region in actor.regions,
        tasks=_tasks(ask, found, [line for line in lines if line.known]),
        hidden=len(codes) - len(known),
        years=tuple(reversed(years)),
        asked=asked_panel(session, counts_given=False, region=ask.part.region),
    )


def _tasks(ask: Ask, found: Figure, known: list[OfficeLine]) -> list[tuple[str, int, str]]:
    """What is to do in the region, in numbers: each the count of the list behind it."""
    if not known:
        return []
    review = ActivityFilters(coded={"office": tuple(line.code for line in known)}, marks={"awaiting": True})
    silent = words.state_label(State.UNANSWERED, found.round_state)
    return [
        (_("Awaiting review"), sum(line.awaiting for line in known), list_url(review)),
        (silent, found.count(State.UNANSWERED), ask.behind_url(State.UNANSWERED.value)),
        (_("Returns late"), sum(line.days_late > 0 for line in known), "#offices"),
        (_("Contradictions"), len(found.contradictions), ask.behind_url("contradictions")),
    ]


def _line(reader: _Reader, state: State, code: str) -> OfficeLine:
    known = can(Permission.OFFICE_UNANSWERED_NAME, reader.actor, code)
    shown = state if may_name(reader.actor, state, code) else None
    desk = reader.desks.get(code, Desk())
    annual = reader.returns.get(code)
    year = reader.last.get(code)
    awaiting = ActivityFilters(coded={"office": (code,)}, marks={"awaiting": True})
    unsigned = annual is not None and annual.unsigned and reader.figure.round_state != RoundState.NOT_COLLECTED
    return OfficeLine(
        code=code,
        name=reader.lists.names.office(code),
        known=known,
        state=shown,
        label=words.state_label(shown, reader.figure.round_state) if shown else "",
        sentence=reader.sentences.get(code, "") if known else "",
        last=str(year) if year else "",
        last_url=Ask(year, reader.ask.basis).behind_url(office=code) if year else "",
        drafts=desk.drafts,
        awaiting=desk.awaiting,
        awaiting_url=list_url(awaiting),
        days_late=annual.days_late if annual is not None and annual.late else 0,
        office_waits=tuple(_for_office(reader, code, desk, annual if unsigned else None)) if known else (),
        adviser_waits=_for_adviser(desk, list_url(awaiting)),
        reminder_url=url_for("returns.reminder", code=code, year=reader.ask.year)
        if unsigned and can(Permission.RETURN_REMIND, reader.actor, code)
        else "",
    )


def _for_office(reader: _Reader, code: str, desk: Desk, unsigned: OfficeYear | None) -> list[Waits]:
    year = reader.ask.year
    page = url_for("returns.annual", code=code, year=year)
    held = reader.returns.get(code)
    counts: list[tuple[int, Callable[[int], str], str]] = [
        (int(unsigned is not None), lambda n: _("return of %(year)s not signed", year=str(year)), page),
        (
            int(held is not None and held.unconfirmed),
            lambda n: _("return of %(year)s recorded by its adviser, not confirmed", year=str(year)),
            page,
        ),
        (desk.returned, lambda n: ngettext("%(num)s record to change", "%(num)s records to change", n), ""),
        (desk.joint, lambda n: ngettext("%(num)s joint record to answer", "%(num)s joint records to answer", n), ""),
        (
            int(code in reader.figure.contradictions),
            lambda n: _("nil return beside an activity"),
            reader.ask.behind_url("contradictions"),
        ),
    ]
    return [Waits(text(n), url) for n, text, url in counts if n]


def _for_adviser(desk: Desk, url: str) -> tuple[Waits, ...]:
    if not desk.awaiting:
        return ()
    days = (clock.now() - desk.oldest).days if desk.oldest else 0
    text = ngettext("%(num)s record to review", "%(num)s records to review", desk.awaiting)
    waited = ngettext("the oldest for %(num)s day", "the oldest for %(num)s days", days) if days else ""
    return (Waits(text, url), Waits(waited, "")) if waited else (Waits(text, url),)


@dataclass(frozen=True)
class RegionRow:
    """A region in the list of regions."""

    code: str
    name: str
    url: str
    ask: Ask
    figure: Figure
    mine: bool


@dataclass(frozen=True)
class RegionList:
    """All regions in a year, and the whole."""

    ask: Ask
    heading: str
    lede: str
    rows: list[RegionRow]
    whole: RegionRow


def region_list(session: Session, actor: Actor, lists: Lists, ask: Ask, today: date | None = None) -> RegionList:
    """The regions in their order, the reader's own first."""
    facts = kept_facts(session, [ask.year], today or clock.today())[ask.year]
    own = sorted(lists.regions, key=lambda code: code not in actor.regions and code != actor.home_region)
    whole = figure(facts, ask.basis, ask.narrowed(region=None).part)
    return RegionList(
        ask=ask,
        heading=_("Regions in %(year)s", year=words.when(whole)),
        lede=words.lede(whole, lists.names),
        rows=[_region_row(facts, lists, ask.narrowed(region=code), actor) for code in own],
        whole=RegionRow("", _("All regions"), "", ask.narrowed(region=None), whole, mine=False),
    )


def _region_row(facts: YearFacts, lists: Lists, ask: Ask, actor: Actor) -> RegionRow:
    code = ask.part.region or ""
    found = figure(facts, ask.basis, ask.part)
    mine = code in actor.regions or code == actor.home_region
    return RegionRow(code, lists.names.region(code), ask.url("dashboards.region", code=code), ask, found, mine)
