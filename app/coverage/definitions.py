"""The versions of the definitions, so that an old year can be recounted by today's or by its own.

A change of what a figure means is a new version: the old function stays here under its own name, and what changed
stands in words beside it. Source: METHODOLOGY, Frozen figures.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from app.core.i18n import N_
from app.coverage.rules import DEFINITION, Basis, Figure, Slice, YearFacts, figure


@dataclass(frozen=True)
class Definition:
    """One version: from when it holds, what it says in words, and the function that counts by it."""

    version: str
    since: str
    words: str
    figure: Callable[[YearFacts, Basis, Slice | None], Figure]


DEFINITIONS: Mapping[str, Definition] = {
    DEFINITION: Definition(
        version=DEFINITION,
        since="2026-11-01",
        words=N_(
            "Coverage is the number of country and multi-country offices that provided qualifying support in the year"
            " (k) of those expected (N). An activity qualifies if it is not cancelled, withdrawn or set aside, concerns"
            " children in conflict with the law, is tied to at least one provision, and is confirmed in the year."
        ),
        figure=figure,
    ),
}
"""Every version there has been, the present one last."""
