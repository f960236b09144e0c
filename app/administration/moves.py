"""What figures a change moves, before it is made: the one function, on the facts as they are and as they would be.

The change is made for a trial inside a savepoint of the request's own transaction, counted, and rolled back: so the
rules that refuse it and the figures that it moves are those of the change itself.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Hashable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from app.codelists.queries import support_types
from app.core import clock
from app.coverage.kept import kept_facts, kept_years
from app.coverage.rules import Basis, Slice, State, YearFacts, figure, office_states
from app.offices.queries import region_codes
from app.provisions.queries import provisions

Act = Callable[[Session], object]
Key = tuple[int, str, str, str]
"""Year, basis, what the slice is of, its code."""


@dataclass(frozen=True)
class Numbers:
    """k and N of offices, and the same of countries."""

    k: int
    n: int
    countries: int
    programme: int


@dataclass(frozen=True)
class Move:
    """One figure that the change moves."""

    year: int
    basis: str
    kind: str
    code: str
    before: Numbers | None
    after: Numbers | None


@dataclass(frozen=True)
class StateMove:
    """An office that is in another state of a year; a blank state is: in none."""

    year: int
    office: str
    before: str
    after: str


@dataclass(frozen=True)
class Moves:
    """All that a change moves, and how many figures were looked at."""

    figures: tuple[Move, ...]
    states: tuple[StateMove, ...]
    looked_at: int

    @property
    def mark(self) -> str:
        """Another text for other moves: who confirms has seen exactly these."""
        return hashlib.sha256(repr((self.figures, self.states)).encode()).hexdigest()[:16]


@dataclass(frozen=True)
class Counted:
    """The figures and states at one moment."""

    figures: Mapping[Key, Numbers]
    states: Mapping[tuple[int, str], State]


def moves_of(session: Session, act: Act, later: date | None = None) -> Moves:
    """What `act` would move. Nothing stays of it; what it refuses, it refuses here too.

    Where it takes effect `later` than today, the figures of that year are counted as of that day.
    """
    today = clock.today()
    years = kept_years(session, today)
    then = later if later is not None and later > today else None
    before = counted(session, years, today, then)
    with on_trial(session, act) as trial:
        after = counted(trial, years, today, then)
    return difference(before, after)


@contextmanager
def on_trial(session: Session, act: Act) -> Iterator[Session]:
    """A session in which `act` was done. At the end nothing was."""
    session.flush()
    trial = Session(session.connection(), join_transaction_mode="create_savepoint", expire_on_commit=False)
    try:
        act(trial)
        trial.flush()
        yield trial
    finally:
        trial.rollback()
        trial.close()


def counted(session: Session, years: tuple[int, ...], today: date, then: date | None = None) -> Counted:
    """Every year's figures: the whole and the regions on both bases; support types and provisions as approved."""
    figures: dict[Key, Numbers] = {}
    states: dict[tuple[int, str], State] = {}
    parts = list(_parts(session))
    every = kept_facts(session, years, today)
    if then is not None:
        every |= kept_facts(session, [then.year], then)
    for year, facts in every.items():
        own = _remembering(facts)
        for basis in Basis:
            for kind, code, part in parts:
                if basis == Basis.APPROVED or not part.of_support:
                    told = figure(own, basis, part)
                    reached, programme = len(told.countries), len(told.programme_countries)
                    figures[year, basis.value, kind, code] = Numbers(told.k, told.n, reached, programme)
        states |= {(year, code): state for code, state in office_states(own, Basis.APPROVED).items()}
    return Counted(figures, states)


def difference(before: Counted, after: Counted) -> Moves:
    """The figures and states that differ; the latest year first, the whole before its parts."""
    keys = sorted(before.figures.keys() | after.figures.keys(), key=_order)
    found = tuple(
        Move(*key, before.figures.get(key), after.figures.get(key))
        for key in keys
        if before.figures.get(key, NONE) != after.figures.get(key, NONE)
    )
    offices = sorted(before.states.keys() | after.states.keys(), key=lambda pair: (-pair[0], pair[1]))
    states = tuple(
        StateMove(*pair, _word(before.states.get(pair)), _word(after.states.get(pair)))
        for pair in offices
        if before.states.get(pair) != after.states.get(pair)
    )
    return Moves(found, states, len(keys))


NONE = Numbers(0, 0, 0, 0)
KINDS = ("world", "region", "support_type", "provision")


def _order(key: Key) -> tuple[Any, ...]:
    year, basis, kind, code = key
    return (-year, KINDS.index(kind), code, basis)


def _word(state: State | None) -> str:
    return state.value if state else ""


def _parts(session: Session) -> Iterator[tuple[str, str, Slice]]:
    yield "world", "", Slice()
    for code in region_codes(session):
        yield "region", code, Slice(region=code)
    for kind in support_types(session, include_retired=True):
        yield "support_type", kind.code, Slice(support_type=kind.code)
    for provision in provisions(session, include_retired=True):
        yield "provision", provision.code, Slice(provision=provision.code)


def _remembering(facts: YearFacts) -> YearFacts:
    """Facts that a trial changed have no memory of the process's; within this count they have one of their own."""
    if facts.memory is not None:
        return facts
    kept: dict[Hashable, Any] = {}

    def remembered(key: Hashable, make: Callable[[], Any]) -> Any:
        if key not in kept:
            kept[key] = make()
        return kept[key]

    return replace(facts, memory=remembered)
