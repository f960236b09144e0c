"""The coverage page: the answer first, then what it is made of, over the years, and by region, type and provision."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import url_for
from sqlalchemy.orm import Session

from app.activities.filters import ActivityFilters
from app.activities.queries import count_lines
from app.activities.rules import COUNTING
from app.codelists.queries import SupportTypeRow
from app.core import clock
from app.core.permissions import SYSTEM
from app.core.web.locale import _, ngettext, number
from app.coverage.further import Change, EntryPoints, change, entry_points
from app.coverage.kept import kept_facts, kept_years
from app.coverage.rules import Basis, Figure, Slice, State, YearFacts, figure, percent
from app.dashboards import definitions, words
from app.dashboards.address import FILTERS, Ask
from app.dashboards.definitions import Note
from app.dashboards.listing import list_url
from app.dashboards.names import Lists
from app.dashboards.published import Beside, benchmarks, beside
from app.dashboards.trend import Trend, trend
from app.offices.queries import published_figures
from app.provisions.queries import ProvisionRow


@dataclass(frozen=True)
class Tile:
    """One of the further figures: its name, the number, what it is a share of, and what is behind it."""

    name: str
    text: str
    sub: str
    url: str


@dataclass(frozen=True)
class StateRow:
    """How many offices are in a state, and where they are listed."""

    state: State
    label: str
    meaning: str
    count: int
    share: str
    url: str


@dataclass(frozen=True)
class ShareRow:
    """One line of a table of shares: a part of the whole, with its figure."""

    name: str
    ask: Ask
    figure: Figure
    current: bool = False
    unchecked: bool = False


@dataclass(frozen=True)
class ShareTable:
    """Lines in order of share. `left_out` are those with nothing behind them, named under the table."""

    title: str
    anchor: str
    rows: list[ShareRow]
    whole: ShareRow | None = None
    left_out: tuple[ShareRow, ...] = ()


@dataclass(frozen=True)
class Choice:
    """An option of a select."""

    value: str
    label: str
    chosen: bool


@dataclass(frozen=True)
class CoveragePage:
    """Everything that the page shows."""

    ask: Ask
    figure: Figure
    heading: str
    lede: str
    answer: str
    line: str
    tiles: list[Tile]
    states: list[StateRow]
    notes: list[Note]
    beside: list[Beside]
    trend: Trend
    regions: ShareTable
    types: list[ShareTable]
    provisions: list[ShareTable]
    selects: dict[str, list[Choice]]
    chips: list[dict[str, str]]

    @property
    def freeze_url(self) -> str:
        """Where the figure is frozen for publication; "" where no report has it."""
        part, year, basis = self.ask.part, str(self.ask.year), self.ask.basis.value
        if part.with_type or part.country or self.figure.is_unknown:
            return ""
        asked: dict[str, Any] = {"region": part.region, "support_type": part.support_type, "provision": part.provision}
        row = f"{year}/{basis}/" + (f"region/{part.region}/" if part.region else "world//")
        return url_for("figures.new", report="trend", year=year, basis=basis, row=row, **asked)


def coverage_page(session: Session, lists: Lists, ask: Ask, today: date | None = None) -> CoveragePage:
    """The page of one figure. Facts of all years are read once."""
    today = today or clock.today()
    years = sorted({*kept_years(session, today), ask.year})
    all_facts = kept_facts(session, [*years, ask.year - 1], today)
    facts = all_facts[ask.year]
    found = figure(facts, ask.basis, ask.part)
    # A published figure is of the world and every kind of support: beside a slice it would mislead.
    comparable = benchmarks(published_figures(session)) if ask.part == Slice() else []
    regions = _by_region(facts, lists, ask)
    return CoveragePage(
        ask=ask,
        figure=found,
        heading=words.heading(found, lists.names),
        lede=words.lede(found, lists.names),
        answer=words.answer(found, lists.names),
        line=words.line(found),
        tiles=[] if found.is_unknown else _tiles(found, ask) + further_tiles(all_facts, found, ask),
        states=state_rows(found, ask),
        notes=[*definitions.notes(found, lists.names), *_self_approved(session, lists, ask)],
        beside=beside(found, comparable),
        trend=trend({year: all_facts[year] for year in years}, ask, comparable),
        regions=regions,
        types=[_by_type(facts, lists, ask, facet) for facet in ("how", "about")],
        provisions=[_by_provision(facts, lists, ask, mandating) for mandating in (True, False)],
        selects=selects(lists, ask, years),
        chips=chips(lists, ask),
    )


def _self_approved(session: Session, lists: Lists, ask: Ask) -> Iterator[Note]:
    """How many of the records behind the figure nobody but their own author approved; the same for every reader."""
    part = ask.part
    chosen = {name: getattr(part, name) for name in ("region", "support_type", "provision", "country")}
    if part.with_type:
        # A list takes any of several values of one filter; both types at once are asked for under two names.
        chosen |= {t.facet: t.code for t in lists.types if t.code == part.with_type}
    coded = {name: (value,) for name, value in chosen.items() if value}
    marks = {"self_approved": True, "withdrawn": False, "set_aside": False}
    filters = ActivityFilters(
        year=(ask.year,),
        coded={**coded, "concerns": ("mainly", "also"), "status": tuple(sorted(COUNTING))},
        marks=marks,
        basis=ask.basis.value,
    )
    count = count_lines(session, SYSTEM, filters)
    if count:
        text = ngettext(
            "%(num)s record that counts here was approved by its own author, as its region allows.",
            "%(num)s records that count here were approved by their own authors, as their regions allow.",
            count,
        )
        yield Note(text, url=list_url(filters))


def _tiles(found: Figure, ask: Ask) -> list[Tile]:
    rates = (
        (_("Among those that answered"), found.k, found.answered, words.among_answered(found), "answered"),
        (_("Declared coverage"), found.declared_k, found.n, words.declared(found), "declared_coverage"),
    )
    tiles = [Tile(name, _rate(k, n), sub, ask.behind_url(anchor)) for name, k, n, sub, anchor in rates]
    reached = number(len(found.countries))
    return [
        *tiles,
        Tile(_("Reporting rate"), words.returns_signed(found), words.reporting(found), ask.behind_url("returns")),
        Tile(_("Countries reached"), reached, words.countries(found), ask.behind_url("countries")),
    ]


def further_tiles(years: Mapping[int, YearFacts], found: Figure, ask: Ask) -> list[Tile]:
    """Entry points, and the change since the year before; `years` must hold both."""
    points = entry_points(years[ask.year], ask.basis, ask.part)
    since = change(found, figure(years[ask.year - 1], ask.basis, ask.part))
    return [*(_entry_tiles(found, points, ask) if points else ()), _change_tile(since, found, ask)]


def _entry_tiles(found: Figure, points: EntryPoints, ask: Ask) -> list[Tile]:
    lines = (
        (_("Entry points"), points.entry, _("supported prevention, diversion or alternatives"), "entry"),
        (_("The whole system"), points.system, _("entry points, courts and custody, and the way back"), "system"),
    )
    return [
        Tile(name, _rate(len(codes), found.n), f"{words.k_of_n(len(codes), found.n)} {meaning}", ask.behind_url(anchor))
        for name, codes, meaning, anchor in lines
    ]


def _change_tile(since: Change | None, found: Figure, ask: Ask) -> Tile:
    name = _("Change since %(year)s", year=str(ask.year - 1))
    if since is None:
        why = _("Not measured while the year runs") if found.running else _("No office was expected")
        return Tile(name, "–", why, ask.behind_url())
    sub = _(
        "percentage points: %(gained)s more offices, %(lost)s fewer",
        gained=number(len(since.gained)),
        lost=number(len(since.lost)),
    )
    return Tile(name, words.signed(since.points), sub, ask.behind_url("gained"))


def _rate(k: int, n: int) -> str:
    return words.share(percent(k, n)) if n else "–"


def state_rows(found: Figure, ask: Ask) -> list[StateRow]:
    """A line for each state. In a slice of the support, nil and provided elsewhere are both answered, none here."""
    states = [State.PROVIDED, State.DECLARED, State.NIL, State.UNANSWERED, State.NOT_EXPECTED]
    if found.slice.of_support:
        states[2] = State.ANSWERED_NONE
    return [_state_row(found, ask, state) for state in states]


def _state_row(found: Figure, ask: Ask, state: State) -> StateRow:
    count = found.answered_none if state == State.ANSWERED_NONE else found.count(state)
    return StateRow(
        state=state,
        label=words.state_label(state, found.round_state),
        meaning=definitions.of_state(state, found.round_state),
        count=count,
        share="" if state == State.NOT_EXPECTED or not found.n else words.share(percent(count, found.n)),
        url=ask.behind_url(state.value),
    )


def _by_region(facts: YearFacts, lists: Lists, ask: Ask) -> ShareTable:
    rows = [
        _share_row(facts, lists.names.region(code), ask.narrowed(region=code), code == ask.part.region)
        for code in lists.regions
    ]
    whole = _share_row(facts, _("All regions"), ask.narrowed(region=None))
    return ShareTable(_("By region"), "regions", _ordered(rows), whole)


def _by_type(facts: YearFacts, lists: Lists, ask: Ask, facet: str) -> ShareTable:
    def line(entry: SupportTypeRow) -> ShareRow:
        here = ask.narrowed(support_type=entry.code)
        return _share_row(facts, lists.names.support_type(entry.code), here, entry.code == ask.part.support_type)

    rows = [line(t) for t in lists.types if t.facet == facet]
    return _table(_facet_title(facet), facet, rows)


def _facet_title(facet: str) -> str:
    return _("How offices helped") if facet == "how" else _("What the help was about")


def _by_provision(facts: YearFacts, lists: Lists, ask: Ask, mandating: bool) -> ShareTable:
    def line(entry: ProvisionRow) -> ShareRow:
        here = ask.narrowed(provision=entry.code)
        current = entry.code == ask.part.provision
        return _share_row(facts, lists.names.provision(entry.code), here, current, not entry.checked)

    rows = [line(p) for p in lists.provisions if p.mandating == mandating]
    title = _("Mandating provisions that offices cited") if mandating else _("Standards that offices cited")
    return _table(title, "mandates" if mandating else "standards", rows)


def _table(title: str, anchor: str, rows: list[ShareRow]) -> ShareTable:
    """The lines with something behind them, in order of share; the others are named below, so that no zero is lost."""
    filled = [row for row in rows if row.figure.activities or row.current]
    left_out = tuple(row for row in rows if row not in filled)
    return ShareTable(title, anchor, _ordered(filled), left_out=left_out)


def _share_row(facts: YearFacts, name: str, ask: Ask, current: bool = False, unchecked: bool = False) -> ShareRow:
    return ShareRow(name, ask, figure(facts, ask.basis, ask.part), current, unchecked)


def _ordered(rows: Iterable[ShareRow]) -> list[ShareRow]:
    return sorted(rows, key=lambda row: (-(row.figure.percent or -1), row.name))


def selects(lists: Lists, ask: Ask, years: Iterable[int]) -> dict[str, list[Choice]]:
    """The options of the page's filters."""
    part, names = ask.part, lists.names

    def options(codes: Iterable[str], name: Callable[[str], str], chosen: str | None, every: str) -> list[Choice]:
        return [Choice("", every, not chosen), *(Choice(code, name(code), code == chosen) for code in codes)]

    types = sorted((t.code for t in lists.types), key=names.support_type)
    cited = [p.code for p in lists.provisions]
    return {
        "year": [Choice(str(y), str(y), y == ask.year) for y in sorted(years, reverse=True)],
        "basis": [Choice(b.value, definitions.basis_words(b), b == ask.basis) for b in Basis],
        "region": options(lists.regions, names.region, part.region, _("All regions")),
        "support_type": options(types, names.support_type, part.support_type, _("All support types")),
        "provision": options(cited, names.provision, part.provision, _("All provisions")),
    }


def chips(lists: Lists, ask: Ask, endpoint: str = "dashboards.coverage", **values: str) -> list[dict[str, str]]:
    """The filters in use, each with the address of this page without it."""
    part, names = ask.part, lists.names
    name = {
        "region": names.region,
        "support_type": names.support_type,
        "with_type": names.support_type,
        "provision": names.provision,
        "country": names.country,
    }
    used = [(each, code) for each in FILTERS if (code := getattr(part, each))]
    return [{"label": name[each](code), "remove_url": ask.narrowed(**{each: None}).url(endpoint, **values)}
            for each, code in used]  # fmt: skip
