"""What a figure means, on plain facts, without a database. Source: METHODOLOGY.md, section by section.

`figure` is the one function: tiles, tables, charts, lists, CSV and JSON all call it. It takes no actor; what a reader
may open is decided afterwards, on the ids it gives.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from enum import StrEnum
from functools import cached_property
from typing import Any, cast

DEFINITION = "2026-1"
"""Version of these definitions; stands beside every figure."""


class Basis(StrEnum):
    """Which revisions are read: the last approved (the headline), or the submitted as well (labelled provisional)."""

    APPROVED = "approved"
    PROVISIONAL = "provisional"


class State(StrEnum):
    """The state of an office in a year, or in a slice of it (METHODOLOGY, State of an office in a year)."""

    PROVIDED = "provided"
    DECLARED = "declared"
    NIL = "nil"
    ANSWERED_NONE = "answered_none"
    UNANSWERED = "unanswered"
    NOT_EXPECTED = "not_expected"


class Reading(StrEnum):
    """The two kinds of revision that can qualify."""

    APPROVED = "approved"
    SUBMITTED = "submitted"


class RoundState(StrEnum):
    """How an unanswered office is worded: not yet due, no return received, or not collected."""

    NOT_COLLECTED = "not_collected"
    OPEN = "open"
    CLOSED = "closed"
    FROZEN = "frozen"


@dataclass(frozen=True)
class OfficeYear:
    """A country or multi-country office on the figure's day: 31 December, or today in the running year."""

    code: str
    region: str
    countries: frozenset[str] = frozenset()
    on_roster: bool = True
    exempt_reason: str | None = None
    unknown_opening: bool = False
    opened_or_closed: bool = False
    signed_answer: str | None = None
    signed_on_time: bool = False

    @property
    def expected(self) -> bool:
        """On the roster and not exempt: in N."""
        return self.on_roster and self.exempt_reason is None


@dataclass(frozen=True)
class Support:
    """One revision of an activity that qualifies in a year. `offices` are its lead and its accepted co-offices.

    Kept facts hold many that look alike as one: `n` of them, without ids; `also` are the offices of the same
    activities' approved revisions, where those are in the slice already.
    """

    activity_id: int | None
    revision_id: int | None
    lead: str
    offices: frozenset[str]
    countries: frozenset[str]
    types: frozenset[str] = frozenset()
    provisions: frozenset[str] = frozenset()
    dates_only: bool = False
    n: int = 1
    also: frozenset[str] = frozenset()


PAIR = "+"
Cells = Callable[[Reading, str, str], tuple[Support, ...]]
"""The kept supports of a reading, support type and provision; a blank one means any, "a+b" both types at once."""
Memory = Callable[[Hashable, Callable[[], Any]], Any]
"""Gives what it remembers under a key, else makes it."""


@dataclass(frozen=True)
class YearFacts:
    """All that the figures of a year rest on. `regions` gives the region of every office, regional and hq included.

    The support is either all there, in `approved` and `submitted`, or read by the slice from the kept `cells`. Of facts
    that were `narrowed` to a tag, `of_the_whole` has the states of offices before that: who provided elsewhere has
    answered with none here.
    """

    year: int
    offices: Mapping[str, OfficeYear]
    regions: Mapping[str, str]
    approved: tuple[Support, ...] = ()
    submitted: tuple[Support, ...] = ()
    round_state: RoundState = RoundState.NOT_COLLECTED
    running: bool = False
    cells: Cells | None = None
    memory: Memory | None = None
    of_the_whole: Mapping[Basis, Mapping[str, State]] | None = None

    def supports(self, basis: Basis, part: Slice | None = None) -> tuple[Support, ...]:
        """The qualifying revisions that a basis reads; provisional holds approved, so it is never below it."""
        approved = self.revisions(Reading.APPROVED, part)
        return approved if basis == Basis.APPROVED else approved + self.revisions(Reading.SUBMITTED, part)

    def revisions(self, reading: Reading, part: Slice | None = None) -> tuple[Support, ...]:
        """The qualifying approved or submitted revisions that the slice admits, wherever they are."""
        part = part or Slice()
        if self.cells is not None:
            types = PAIR.join(filter(None, (part.support_type, part.with_type)))
            kept = self.cells(reading, types, part.provision or "")
            return tuple(s for s in kept if part.country in s.countries) if part.country else kept
        held = self.approved if reading == Reading.APPROVED else self.submitted
        return tuple(s for s in held if part.admits(s)) if part.of_support else held

    @cached_property
    def whole_states(self) -> Mapping[Basis, Mapping[str, State]]:
        """The states of offices by all the support of the year, on each basis: made once for all tags."""
        return self.of_the_whole or {basis: office_states(self, basis) for basis in Basis}

    def remembered(self, key: Hashable, make: Callable[[], Any]) -> Any:
        """What follows from these facts alone: made once where they have a memory."""
        return make() if self.memory is None else self.memory(key, make)


@dataclass(frozen=True)
class Slice:
    """A part of the whole. A region narrows the roster; all else narrows the support only.

    `with_type` is a second support type of the same activity; `country` one in which it was given.
    """

    region: str | None = None
    support_type: str | None = None
    provision: str | None = None
    with_type: str | None = None
    country: str | None = None

    def admits(self, support: Support) -> bool:
        """The support is of these types, cites this provision, and names this country."""
        right_types = {self.support_type, self.with_type} - {None} <= support.types
        right_place = self.country is None or self.country in support.countries
        return right_types and right_place and (self.provision is None or self.provision in support.provisions)

    @property
    def of_support(self) -> bool:
        """Narrows the support, so that an office can have answered with none here."""
        return any(each is not None for each in (self.support_type, self.provision, self.with_type, self.country))


@dataclass(frozen=True)
class Figure:
    """A figure with everything behind it: each office by its state, and the activities listed.

    `activity_ids` are given where the facts know them (`year_facts`); `activities` is their number, always given.
    """

    year: int
    basis: Basis
    slice: Slice
    round_state: RoundState
    running: bool
    by_state: Mapping[State, tuple[str, ...]]
    nil: tuple[str, ...]
    activities: int
    activity_ids: tuple[int, ...]
    countries: tuple[str, ...]
    countries_only_multi: tuple[str, ...]
    programme_countries: tuple[str, ...]
    dates_only: tuple[str, ...]
    signed: tuple[str, ...]
    signed_on_time: tuple[str, ...]
    unsigned: tuple[str, ...]
    contradictions: tuple[str, ...]
    outside: tuple[str, ...]
    unknown_opening: tuple[str, ...]
    opened_or_closed: tuple[str, ...]
    definition: str = field(default=DEFINITION)

    def count(self, *states: State) -> int:
        """How many offices are in these states."""
        return sum(len(self.by_state[s]) for s in states)

    @cached_property
    def k(self) -> int:
        """Numerator: offices that provided."""
        return self.count(State.PROVIDED)

    @cached_property
    def n(self) -> int:
        """Denominator: offices expected."""
        return self.count(*(s for s in State if s != State.NOT_EXPECTED))

    @property
    def answered_none(self) -> int:
        """Answered with none here: nil, and in a slice of the support also provided elsewhere."""
        return self.count(State.NIL, State.ANSWERED_NONE)

    @cached_property
    def percent(self) -> Decimal | None:
        """Coverage."""
        return percent(self.k, self.n)

    @property
    def is_unknown(self) -> bool:
        """Nobody was asked about the year, and nothing is on record of it: that is no figure, not even 0."""
        asked = self.round_state != RoundState.NOT_COLLECTED or bool(self.signed)
        return not (asked or self.running or self.k) and self.n > 0 and not self.slice.of_support

    @property
    def answered(self) -> int:
        """Denominator of the coverage among those that answered."""
        return self.k + self.count(State.DECLARED) + self.answered_none

    @property
    def range_low(self) -> Decimal | None:
        """Coverage if nothing more is found."""
        return percent(self.k, self.n)

    @property
    def high(self) -> int:
        """Offices that provided, declared, or have not answered."""
        return self.count(State.PROVIDED, State.DECLARED, State.UNANSWERED)

    @property
    def range_high(self) -> Decimal | None:
        """Coverage if every declared and unanswered office provided."""
        return percent(self.high, self.n)

    @property
    def declared_k(self) -> int:
        """Offices that provided or say so: the nearest thing to a published self-report."""
        return self.count(State.PROVIDED, State.DECLARED)


def percent(k: int, n: int) -> Decimal | None:
    """100 k / n, half-up to one decimal, in integers; None where n is 0.

    >>> percent(110, 130), percent(0, 0)
    (Decimal('84.6'), None)
    """
    if n == 0:
        return None
    return Decimal((2000 * k + n) // (2 * n)).scaleb(-1)


def office_states(facts: YearFacts, basis: Basis) -> Mapping[str, State]:
    """Each country and multi-country office's state in the year, the first that fits."""
    return cast(Mapping[str, State], facts.remembered(("states", basis), lambda: _office_states(facts, basis)))


def _office_states(facts: YearFacts, basis: Basis) -> dict[str, State]:
    provided = _covered(facts.supports(basis))
    would_qualify = _covered(facts.revisions(Reading.SUBMITTED))
    states = {}
    for code, office in facts.offices.items():
        if not office.expected:
            states[code] = State.NOT_EXPECTED
        elif code in provided:
            states[code] = State.PROVIDED
        elif office.signed_answer == "support" or code in would_qualify:
            states[code] = State.DECLARED
        elif office.signed_answer == "nil":
            states[code] = State.NIL
        else:
            states[code] = State.UNANSWERED
    return states


def slice_states(facts: YearFacts, basis: Basis, part: Slice) -> dict[str, State]:
    """The states in a slice, of the offices of its region (all offices where it has none)."""
    whole = office_states(facts, basis) if facts.of_the_whole is None else facts.of_the_whole[basis]
    of_support = part.of_support or facts.of_the_whole is not None
    here = _covered(facts.supports(basis, part)) if of_support else frozenset()
    own = (code for code, office in facts.offices.items() if part.region in (None, office.region))
    if not of_support:
        return {code: whole[code] for code in own}
    return {code: _in_slice(whole[code], provided_here=code in here) for code in own}


def _in_slice(state: State, *, provided_here: bool) -> State:
    if state == State.PROVIDED:
        return State.PROVIDED if provided_here else State.ANSWERED_NONE
    return state


def figure(facts: YearFacts, basis: Basis = Basis.APPROVED, part: Slice | None = None) -> Figure:
    """The figure of a slice in a year on a basis: k, N, states, offices, activities, countries.

    Law 1 and 2 of METHODOLOGY hold by construction: every office of the slice is in exactly one state.
    """
    asked = part or Slice()
    return cast(Figure, facts.remembered((basis, asked), lambda: _figure(facts, basis, asked)))


def _figure(facts: YearFacts, basis: Basis, part: Slice) -> Figure:
    states = slice_states(facts, basis, part)
    offices = {code: facts.offices[code] for code in states}
    supports = [s for s in facts.supports(basis, part) if _listed(facts, s.offices, part.region)]
    ids = {s.activity_id for s in supports if s.activity_id is not None}
    by_state = {state: _codes(c for c, s in states.items() if s == state) for state in State}
    counted = frozenset(by_state[State.PROVIDED])
    expected = [o for o in offices.values() if o.expected]
    single = _reached(facts, (s for s in supports if len(s.countries) == 1), part.region)
    reached = _reached(facts, supports, part.region)
    covered = _covered(supports)
    return Figure(
        year=facts.year,
        basis=basis,
        slice=part,
        round_state=facts.round_state,
        running=facts.running,
        by_state=by_state,
        nil=by_state[State.NIL],
        activities=len(ids) if facts.cells is None else _count(facts, supports, part.region),
        activity_ids=tuple(sorted(ids)),
        countries=_codes(reached),
        countries_only_multi=_codes(reached - single),
        programme_countries=_codes(programme_countries(facts, part.region)),
        dates_only=_codes(counted - _covered(s for s in supports if not s.dates_only)),
        signed=_codes(o.code for o in expected if o.signed_answer is not None),
        signed_on_time=_codes(o.code for o in expected if o.signed_answer is not None and o.signed_on_time),
        unsigned=_codes(c for c in counted if offices[c].signed_answer is None),
        contradictions=contradictions(facts, offices),
        outside=_codes(c for c in covered & offices.keys() if not offices[c].expected),
        unknown_opening=_codes(o.code for o in expected if o.unknown_opening),
        opened_or_closed=_codes(o.code for o in offices.values() if o.opened_or_closed),
    )


def contradictions(facts: YearFacts, offices: Iterable[str]) -> tuple[str, ...]:
    """Offices with a signed nil return beside a qualifying or submitted activity."""
    active = _covered(facts.supports(Basis.PROVISIONAL))
    return _codes(c for c in offices if c in active and facts.offices[c].signed_answer == "nil")


def programme_countries(facts: YearFacts, region: str | None) -> frozenset[str]:
    """Countries served on the figure's day by an office on the roster (of the region): denominator of countries."""
    return frozenset(
        country
        for office in facts.offices.values()
        if office.on_roster and region in (None, office.region)
        for country in office.countries
    )


def _reached(facts: YearFacts, supports: Iterable[Support], region: str | None) -> frozenset[str]:
    """Programme countries where support was delivered.

    Served by the lead or an accepted co-office (in a region: by its own expected ones) and named in the activity.
    Activities led by a regional office or headquarters, or by an office not expected, add none.
    """
    reached = {country for support in supports for code in serving(facts, support, region)
               for country in facts.offices[code].countries & support.countries}  # fmt: skip
    return frozenset(reached) & programme_countries(facts, region)


def serving(facts: YearFacts, support: Support, region: str | None = None) -> frozenset[str]:
    """The offices through which a support reaches countries: none where its lead is not expected."""
    lead = facts.offices.get(support.lead)
    if lead is None or not lead.expected:
        return frozenset()
    own = ((code, facts.offices[code]) for code in support.offices & facts.offices.keys())
    return frozenset(code for code, o in own if region is None or (o.region == region and o.expected))


def with_support(facts: YearFacts, approved: Iterable[Support], submitted: Iterable[Support]) -> YearFacts:
    """The same year with this support and no other: what was kept or remembered of the old one is not its own."""
    return replace(facts, approved=tuple(approved), submitted=tuple(submitted), cells=None, memory=None)


def narrowed(facts: YearFacts, keep: Callable[[Support], bool]) -> YearFacts:
    """The same year with only the supports that a tag keeps: its figure has the k, N, states and activities of the tag.

    Raises:
        ValueError: the facts are kept cells, which cannot be filtered by what they do not hold.
    """
    if facts.cells is not None:
        raise ValueError("kept cells cannot be narrowed: read the supports themselves")
    kept = with_support(facts, filter(keep, facts.approved), filter(keep, facts.submitted))
    return replace(kept, of_the_whole=facts.whole_states)


def _listed(facts: YearFacts, offices: frozenset[str], region: str | None) -> bool:
    """An activity is listed in a region's slice if its lead or an accepted co-office is of that region."""
    return bool(offices) and (region is None or any(facts.regions.get(code) == region for code in offices))


def _count(facts: YearFacts, supports: Iterable[Support], region: str | None) -> int:
    """How many activities the kept supports are: one whose approved revision is listed already is not counted twice."""
    return sum(s.n for s in supports if not _listed(facts, s.also, region))


def _covered(supports: Iterable[Support]) -> frozenset[str]:
    return frozenset(code for support in supports for code in support.offices)


def _codes(codes: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(codes))
