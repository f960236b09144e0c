"""A later version of the definitions, for tests of what a new one does to old years and to published figures."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.coverage.definitions import DEFINITIONS
from app.coverage.rules import DEFINITION, Basis, Figure, Slice, YearFacts, with_support

LATER = "2027-1"


def add_definition(monkeypatch: pytest.MonkeyPatch) -> None:
    """Add the version LATER, by which no activity counts."""

    def nothing(facts: YearFacts, basis: Basis, part: Slice | None) -> Figure:
        bare = with_support(facts, (), ())
        return replace(DEFINITIONS[DEFINITION].figure(bare, basis, part), definition=LATER)

    monkeypatch.setitem(DEFINITIONS, LATER, replace(DEFINITIONS[DEFINITION], version=LATER, figure=nothing))
