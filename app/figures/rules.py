"""The plain form of a figure and of its facts: what is sealed, and what it is recounted from. No database.

Source: METHODOLOGY, Frozen figures.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from app.core.audit import canonical_json
from app.coverage.definitions import DEFINITIONS
from app.coverage.rules import Basis, Figure, OfficeYear, RoundState, Slice, State, Support, YearFacts

TITLE_LIMIT, REASON_LIMIT = 200, 2000
Plain = dict[str, Any]


def plain_result(figure: Figure) -> Plain:
    """The complete figure: k, N, shares, offices by state, activities, countries, marks."""
    lists = {name: sorted(value) for name, value in vars(figure).items() if isinstance(value, tuple)}
    return {
        **lists,
        "year": figure.year,
        "running": figure.running,
        "round_state": str(figure.round_state),
        "basis": str(figure.basis),
        "definition": figure.definition,
        "slice": asdict(figure.slice),
        "by_state": {str(state): list(offices) for state, offices in figure.by_state.items()},
        "activities": figure.activities,
        "k": figure.k,
        "n": figure.n,
        "percent": _text(figure.percent),
        "range": [_text(figure.range_low), _text(figure.range_high)],
    }


def plain_facts(facts: YearFacts, references: Mapping[int, tuple[str, int]]) -> Plain:
    """The facts of a year; `references` gives (reference, revision number) of a revision's id."""
    whole = facts.of_the_whole
    return {
        **({} if whole is None else {"of_the_whole": {str(basis): _states(found) for basis, found in whole.items()}}),
        "year": facts.year,
        "running": facts.running,
        "round_state": str(facts.round_state),
        "regions": dict(facts.regions),
        "offices": {code: _plain(vars(office)) for code, office in facts.offices.items()},
        "approved": _supports(facts.approved, references),
        "submitted": _supports(facts.submitted, references),
    }


def facts_of(plain: Plain) -> YearFacts:
    """The facts again that `plain_facts` was given. Those of a tag frozen before 2026-12 do not know the whole."""
    whole = plain.get("of_the_whole")
    return YearFacts(
        of_the_whole=None
        if whole is None
        else {Basis(basis): {code: State(state) for code, state in states.items()} for basis, states in whole.items()},
        year=plain["year"],
        running=plain["running"],
        round_state=RoundState(plain["round_state"]),
        regions=plain["regions"],
        offices={
            code: OfficeYear(**{**office, "countries": frozenset(office["countries"])})
            for code, office in plain["offices"].items()
        },
        approved=tuple(map(_support, plain["approved"])),
        submitted=tuple(map(_support, plain["submitted"])),
    )


def recount(result: Plain, facts: Plain, definition: str) -> Plain | None:
    """The figure counted anew from the facts that were frozen with it, by a version of the definitions.

    Returns:
        Its plain form; None where this program does not know the version.
    """
    known = DEFINITIONS.get(definition)
    if known is None:
        return None
    return plain_result(known.figure(facts_of(facts), Basis(result["basis"]), Slice(**result["slice"])))


def seal(content: Plain) -> str:
    """SHA-256 over the canonical JSON of everything that a frozen figure says."""
    return hashlib.sha256(canonical_json(content).encode("utf-8")).hexdigest()


def _states(states: Mapping[str, State]) -> Plain:
    return {code: str(state) for code, state in sorted(states.items())}


def _supports(supports: tuple[Support, ...], references: Mapping[int, tuple[str, int]]) -> list[Plain]:
    ordered = sorted(supports, key=lambda s: (s.activity_id or 0, s.revision_id or 0))
    return [
        {**_plain(vars(s)), **dict(zip(("reference", "revision"), references[s.revision_id or 0], strict=True))}
        for s in ordered
    ]


def _support(plain: Plain) -> Support:
    return Support(
        activity_id=plain["activity_id"],
        revision_id=plain["revision_id"],
        lead=plain["lead"],
        offices=frozenset(plain["offices"]),
        countries=frozenset(plain["countries"]),
        types=frozenset(plain["types"]),
        provisions=frozenset(plain["provisions"]),
        dates_only=plain["dates_only"],
    )


def _plain(values: Mapping[str, Any]) -> Plain:
    return {name: sorted(value) if isinstance(value, frozenset) else value for name, value in values.items()}


def _text(value: object) -> str | None:
    return None if value is None else str(value)
