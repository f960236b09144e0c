"""What is behind a figure: each office by its state with its activities, and how many are not open to the reader.

The figure takes no actor. Who reads is asked here, on the ids that the figure gave: shown + closed = its count.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace

from sqlalchemy.orm import Session

from app.activities.queries import lines_by_ids
from app.core.db import AnyRow
from app.core.permissions import Actor
from app.core.web.locale import _, number
from app.coverage.further import change, entry_points
from app.coverage.kept import kept_facts, kept_records
from app.coverage.rules import Figure, Reading, RoundState, State, YearFacts, figure
from app.dashboards import definitions, words
from app.dashboards.address import Ask
from app.dashboards.definitions import Note
from app.dashboards.left_out import Activities, LeftOut, Opened, left_out
from app.dashboards.names import Lists, Names
from app.dashboards.naming import may_name, named
from app.returns.queries import return_rows, sentences

WHOLE_LIST = 200
"""Up to so many activities are all listed on the page; above, one of each office, the rest on pages of their own."""
A_FEW = 1
ALWAYS = ("returns", "contradictions", "entry", "system", "gained", "lost")
"""Lists that are shown empty, too: a link of another page leads to each."""


@dataclass(frozen=True)
class OfficeEntry:
    """An office in a list: why it stands there, and what it did."""

    code: str
    name: str
    region: str
    reason: str
    activities: Activities
    url: str


@dataclass(frozen=True)
class Section:
    """One list: a state or a mark, its offices that the reader may see by name, and how many more there are."""

    anchor: str
    state: State | None
    title: str
    meaning: str
    count: int
    offices: tuple[OfficeEntry, ...]
    hidden: int


@dataclass(frozen=True)
class Own:
    """The reader's own office, first of all."""

    code: str
    name: str
    state: State
    label: str
    meaning: str


@dataclass(frozen=True)
class BehindPage:
    """Everything that the page shows. `shown` + `closed` = the number of activities of the figure."""

    ask: Ask
    figure: Figure
    names: Names
    heading: str
    lede: str
    answer: str
    line: str
    sums: list[tuple[str, str]]
    only: str
    own: list[Own]
    sections: list[Section]
    marks: list[Section]
    other: Section | None
    left_out: list[LeftOut]
    shown: int
    closed: int
    countries: list[tuple[str, bool]]
    missing_countries: list[str]
    notes: list[Note]


@dataclass(frozen=True)
class _Reader:
    """Who asks, for what, and which activities they may open: what every list of the page needs."""

    actor: Actor | None
    ask: Ask
    lists: Lists
    facts: YearFacts
    before: YearFacts
    figure: Figure
    of_office: Mapping[str, frozenset[int]]
    declared: Mapping[str, frozenset[int]]
    open_lines: Mapping[int, AnyRow]
    said: Mapping[str, str]
    most: int

    def activities(self, ids: Collection[int]) -> Activities:
        """These activities as the reader sees them."""
        lines = sorted((self.open_lines[i] for i in ids if i in self.open_lines), key=lambda row: str(row.reference))
        shown = tuple(Opened(row.reference, row.title) for row in lines[: self.most])
        return Activities(shown, len(lines) - len(shown), len(ids) - len(lines), len(ids))

    def entry(self, code: str, reason: str = "", ids: Collection[int] = ()) -> OfficeEntry:
        """One office of a list, with these of its activities."""
        office = self.facts.offices.get(code)
        region = office.region if office else self.facts.regions.get(code, "")
        return OfficeEntry(
            code=code,
            name=self.lists.names.office(code),
            region=self.lists.names.region(region),
            reason=reason,
            activities=self.activities(ids),
            url=self.ask.behind_url(office=code),
        )


def behind_page(session: Session, actor: Actor | None, lists: Lists, ask: Ask, only: str = "") -> BehindPage:
    """The lists behind a figure, as one reader may see them. `only` narrows them to one office."""
    facts = kept_records(session, ask.year)
    before = kept_facts(session, [ask.year - 1])[ask.year - 1]
    found = figure(facts, ask.basis, ask.part)
    of_office = activities_of_offices(facts, found)
    ids = sorted(of_office.get(only, ())) if only else list(found.activity_ids)
    lines = _open_lines(session, actor, ask, ids) if actor else {}
    most = len(ids) if only or len(ids) <= WHOLE_LIST else A_FEW
    declared = _declared(facts, found)
    waiting = _open_lines(session, actor, ask, frozenset().union(*declared.values())) if actor else {}
    every = {**waiting, **lines}
    reader = _Reader(
        actor, ask, lists, facts, before, found, of_office, declared, every, _said(session, ask.year), most
    )
    reached = set(found.countries)
    return BehindPage(
        ask=ask,
        figure=found,
        names=lists.names,
        heading=words.behind_heading(found, lists.names),
        lede=words.lede(found, lists.names),
        answer=words.answer(found, lists.names),
        line=words.line(found),
        sums=[] if only else _sums(found),
        only=only,
        own=_own(reader),
        sections=_sections(reader, only),
        marks=[] if only else _marks(reader),
        other=_other(reader, only),
        left_out=[] if only else left_out(session, actor, facts, ask),
        shown=len(lines),
        closed=len(ids) - len(lines),
        countries=sorted((lists.names.country(c), c in found.countries_only_multi) for c in reached),
        missing_countries=sorted(lists.names.country(c) for c in found.programme_countries if c not in reached),
        notes=definitions.notes(found, lists.names),
    )


def _sums(found: Figure) -> list[tuple[str, str]]:
    """(anchor, sentence) of the figures that are made of several of the lists."""
    provided, declared = number(found.k), number(found.count(State.DECLARED))
    return [
        ("answered", _("%(n)s offices have answered: %(a)s provided, %(b)s declared, %(c)s answered with none here.",
                       n=number(found.answered), a=provided, b=declared, c=number(found.answered_none))),
        ("declared_coverage", _("Declared coverage is %(k)s of %(n)s offices: %(a)s provided, %(b)s declared.",
                                k=number(found.declared_k), n=number(found.n), a=provided, b=declared)),
    ]  # fmt: skip


def _open_lines(session: Session, actor: Actor, ask: Ask, ids: Collection[int]) -> dict[int, AnyRow]:
    rows = lines_by_ids(session, actor, ids, ask.basis.value, ("activity_id", "reference", "title"))
    return {row.activity_id: row for row in rows}


def _said(session: Session, year: int) -> dict[str, str]:
    """{office: its sentence beside its state, or the words of its nil return}; told where the office is named."""
    nil = {row.office: row.words for row in return_rows(session, [year]) if row.answer == "nil" and row.words}
    return nil | sentences(session, year)


def activities_of_offices(facts: YearFacts, found: Figure) -> dict[str, frozenset[int]]:
    """Office → the figure's activities that it leads or has accepted; an activity led with others is in several."""
    listed = set(found.activity_ids)
    ids: dict[str, set[int]] = defaultdict(set)
    for support in facts.supports(found.basis):
        if support.activity_id in listed and found.slice.admits(support):
            for office in support.offices:
                ids[office].add(support.activity_id)
    return {office: frozenset(of_it) for office, of_it in ids.items()}


def _declared(facts: YearFacts, found: Figure) -> dict[str, frozenset[int]]:
    """Office → the submitted activities for which it counts as declared."""
    ids: dict[str, set[int]] = {code: set() for code in found.by_state[State.DECLARED]}
    for support in facts.revisions(Reading.SUBMITTED):
        for office in support.offices & ids.keys():
            ids[office] |= {support.activity_id} if support.activity_id is not None else set()
    return {office: frozenset(of_it) for office, of_it in ids.items()}


def state_of(found: Figure, office: str) -> State | None:
    """The office's state in a figure; None where it is not of the slice."""
    return next((state for state, offices in found.by_state.items() if office in offices), None)


def _own(reader: _Reader) -> list[Own]:
    works_in = sorted(reader.actor.works_in) if reader.actor else []
    found = [(code, state_of(reader.figure, code)) for code in works_in]
    return [_own_state(reader, code, state) for code, state in found if state is not None]


def _own_state(reader: _Reader, code: str, state: State) -> Own:
    round_state = reader.figure.round_state
    return Own(
        code=code,
        name=reader.lists.names.office(code),
        state=state,
        label=words.state_label(state, round_state),
        meaning=definitions.of_state(state, round_state),
    )


def _sections(reader: _Reader, only: str) -> list[Section]:
    """A section for each state. Of one office alone: its state, if the reader may know it."""
    found = reader.figure
    if only:
        state = state_of(found, only)
        return [_section(reader, state, (only,))] if state and may_name(reader.actor, state, only) else []
    if not found.slice.of_support:
        return [_section(reader, state, found.by_state[state]) for state in State if state != State.ANSWERED_NONE]
    states = (state for state in State if state != State.NIL)
    return [
        _answered_none(reader) if state == State.ANSWERED_NONE else _section(reader, state, found.by_state[state])
        for state in states
    ]


def _answered_none(reader: _Reader) -> Section:
    """In a slice of the support a nil return is an answer with none here, too; who may be named differs."""
    both = [_section(reader, s, reader.figure.by_state[s]) for s in (State.ANSWERED_NONE, State.NIL)]
    return replace(
        both[0],
        count=sum(each.count for each in both),
        offices=_by_name(entry for each in both for entry in each.offices),
        hidden=sum(each.hidden for each in both),
    )


def _section(reader: _Reader, state: State, offices: tuple[str, ...]) -> Section:
    split = named(reader.actor, state, offices)
    behind = {State.PROVIDED: reader.of_office, State.DECLARED: reader.declared}.get(state, {})
    entries = (reader.entry(code, _reason(reader, state, code), behind.get(code, ())) for code in split.codes)
    return Section(
        anchor=state.value,
        state=state,
        title=words.state_label(state, reader.figure.round_state),
        meaning=definitions.of_state(state, reader.figure.round_state),
        count=len(offices),
        offices=_by_name(entries),
        hidden=split.hidden,
    )


def _by_name(entries: Iterable[OfficeEntry]) -> tuple[OfficeEntry, ...]:
    return tuple(sorted(entries, key=lambda entry: (entry.region, entry.name)))


def _reason(reader: _Reader, state: State, code: str) -> str:
    office = reader.facts.offices[code]
    if state == State.NOT_EXPECTED:
        return office.exempt_reason or words.off_roster(reader.figure)
    if state == State.DECLARED:
        return _("Signed return: support was given") if office.signed_answer else _("Submitted, not yet reviewed")
    if state == State.NIL and reader.figure.slice.of_support:
        return ": ".join(filter(None, (_("Nil return"), reader.said.get(code, ""))))
    if state in (State.NIL, State.UNANSWERED):
        return reader.said.get(code, "")
    if state == State.ANSWERED_NONE:
        return _("Gave support that is not in this selection")
    return ""


def _marks(reader: _Reader) -> list[Section]:
    """Offices that a note under the figure speaks of. A mark that tells more than the state goes by the same rule."""
    found = reader.figure
    collected = found.round_state != RoundState.NOT_COLLECTED
    lists = (
        ("dates_only", _("Provided, by dates alone"), found.dates_only, State.PROVIDED),
        ("unsigned", _("Provided, return not signed"), found.unsigned if collected else (), State.UNANSWERED),
        ("contradictions", _("Nil return beside an activity"), found.contradictions, State.NIL),
        ("outside", _("Not expected, but gave support"), found.outside, State.NOT_EXPECTED),
        ("returns", _("Return signed"), found.signed, State.NIL),
    )
    return [
        _mark(reader, anchor, title, codes, rule)
        for anchor, title, codes, rule in (*lists, *_further_lists(reader))
        if codes or anchor in ALWAYS
    ]


def _further_lists(reader: _Reader) -> list[tuple[str, str, tuple[str, ...], State]]:
    """The offices of the further figures: entry points, the whole system, and what changed since the year before.

    An office that provided in both years is named to all; one that no longer does goes by the rule of the unanswered.
    """
    points = entry_points(reader.facts, reader.ask.basis, reader.ask.part)
    found = [
        ("entry", _("Entry points: prevention, diversion or alternatives"), points.entry, State.PROVIDED),
        ("system", _("Engaged in the whole system"), points.system, State.PROVIDED),
    ] if points else []  # fmt: skip
    since = change(reader.figure, figure(reader.before, reader.ask.basis, reader.ask.part))
    year = str(reader.ask.year - 1)
    if since is not None:
        found += [
            ("gained", _("Provided now, and not in %(year)s", year=year), since.gained, State.PROVIDED),
            ("lost", _("Provided in %(year)s, and not now", year=year), since.lost, State.UNANSWERED),
        ]
    return found


def _mark(reader: _Reader, anchor: str, title: str, codes: tuple[str, ...], rule: State) -> Section:
    split = named(reader.actor, rule, codes)
    entries = (reader.entry(code, _signed(reader, code) if anchor == "returns" else "") for code in split.codes)
    return Section(anchor, None, title, "", len(codes), _by_name(entries), split.hidden)


def _signed(reader: _Reader, code: str) -> str:
    office = reader.facts.offices[code]
    if office.signed_answer == "nil":
        return _("Nil return, on time") if office.signed_on_time else _("Nil return")
    return _("Support was given, on time") if office.signed_on_time else _("Support was given")


def _other(reader: _Reader, only: str) -> Section | None:
    """Activities of the figure that give coverage to none of the offices counted: of a regional office, or outside."""
    covered = {i for code in reader.figure.by_state[State.PROVIDED] for i in reader.of_office.get(code, ())}
    rest: dict[str, set[int]] = defaultdict(set)
    for support in reader.facts.supports(reader.ask.basis):
        found = support.activity_id
        if found is not None and found in reader.of_office.get(support.lead, ()) and found not in covered:
            rest[support.lead].add(found)
    entries = [reader.entry(code, ids=ids) for code, ids in rest.items() if only in ("", code)]
    if not entries:
        return None
    return Section(
        anchor="other",
        state=None,
        title=_("Other activities in this selection"),
        meaning=_("Led by an office that is not counted here. They give coverage to none of the offices counted."),
        count=len({i for entry in entries for i in rest[entry.code]}),
        offices=_by_name(entries),
        hidden=0,
    )
