"""Further figures on the same plain facts: last support, entry points, the change since a year before.

Each is made of `figure`'s own states, so that none can count another way.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import Decimal

from app.coverage.rules import Basis, Figure, Slice, State, YearFacts, slice_states


def covered(facts: YearFacts, basis: Basis) -> frozenset[str]:
    """Every office to which an activity of the year gives coverage, expected or not."""
    return facts.remembered(  # type: ignore[no-any-return]
        ("covered", basis), lambda: frozenset(code for support in facts.supports(basis) for code in support.offices)
    )


def last_support(years: Iterable[YearFacts], basis: Basis = Basis.APPROVED) -> dict[str, int]:
    """{office: the latest of these years in which it provided}; offices that never did are left out.

    An office that was not expected in a year did not provide in it, whatever it did (METHODOLOGY, Qualifying).
    """
    found: dict[str, int] = {}
    for facts in sorted(years, key=lambda each: each.year):
        expected = (code for code in covered(facts, basis) if code in facts.offices and facts.offices[code].expected)
        found |= dict.fromkeys(expected, facts.year)
    return found


ENTRY = ("prevention", "diversion", "alternatives")
COURTS = ("admin_of_justice", "reduce_pretrial", "treatment_deprived", "legal_aid")
AFTER = ("reintegration", "restorative_justice")
"""The three groups of support types of METHODOLOGY, The figures (Entry points)."""


@dataclass(frozen=True)
class EntryPoints:
    """Offices that supported an entry point, and those engaged in the whole system; both are part of k."""

    entry: tuple[str, ...]
    system: tuple[str, ...]


def entry_points(facts: YearFacts, basis: Basis, part: Slice) -> EntryPoints | None:
    """The offices of both kinds in a slice; None where the slice names two support types already.

    An office is engaged in the whole system if its activities of the year, taken together, are of all three groups.
    """
    if part.with_type is not None:
        return None
    entry, courts, after = (_gave_any(facts, basis, part, types) for types in (ENTRY, COURTS, AFTER))
    return EntryPoints(codes(entry), codes(entry & courts & after))


def _gave_any(facts: YearFacts, basis: Basis, part: Slice, types: Iterable[str]) -> frozenset[str]:
    found: set[str] = set()
    for kind in types:
        further = None if part.support_type == kind else part.support_type
        states = slice_states(facts, basis, replace(part, support_type=kind, with_type=further))
        found |= {code for code, state in states.items() if state == State.PROVIDED}
    return frozenset(found)


@dataclass(frozen=True)
class Change:
    """A figure beside that of the year before. `points` is the difference of the two printed percentages."""

    before: Figure
    points: Decimal
    gained: tuple[str, ...]
    lost: tuple[str, ...]


def change(now: Figure, before: Figure) -> Change | None:
    """What changed since the year before; None for a running year, or where a year expected no office.

    A running year could be measured against the same day a year before only (METHODOLOGY, The figures), and what was
    known that day is not kept: so it is not measured at all.
    """
    if now.running or now.percent is None or before.percent is None:
        return None
    was, stands = set(before.by_state[State.PROVIDED]), set(now.by_state[State.PROVIDED])
    return Change(before, now.percent - before.percent, codes(stands - was), codes(was - stands))


def codes(offices: Iterable[str]) -> tuple[str, ...]:
    """Sorted codes."""
    return tuple(sorted(offices))
