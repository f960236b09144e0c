"""Where a country stands in a year: the four states of a country, told from the one figure."""

from __future__ import annotations

from enum import StrEnum

from app.core.i18n import N_
from app.coverage.rules import Figure, State


class Reach(StrEnum):
    """How support reached a country in a year (METHODOLOGY, Countries reached)."""

    REACHED = "reached"
    ONLY_MULTI = "only_multi"
    NOT_REACHED = "not_reached"
    OUTSIDE = "outside"


WORDS = {
    Reach.REACHED: N_("Reached"),
    Reach.ONLY_MULTI: N_("Only through records of several countries"),
    Reach.NOT_REACHED: N_("No support on record"),
    Reach.OUTSIDE: N_("No programme country"),
}
# The shape and colour of each, as the office states have them.
MARKS = {
    Reach.REACHED: State.PROVIDED,
    Reach.ONLY_MULTI: State.DECLARED,
    Reach.NOT_REACHED: State.NIL,
    Reach.OUTSIDE: State.NOT_EXPECTED,
}


def reach(found: Figure, iso3: str) -> Reach:
    """Where the country stands in the figure."""
    if iso3 in found.countries_only_multi:
        return Reach.ONLY_MULTI
    if iso3 in found.countries:
        return Reach.REACHED
    return Reach.NOT_REACHED if iso3 in found.programme_countries else Reach.OUTSIDE
