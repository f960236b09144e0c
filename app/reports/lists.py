"""The codes that make the rows of figures, and their names."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.codelists.queries import Labels, labels, support_types
from app.coverage.rules import Slice
from app.offices.queries import region_codes
from app.provisions.queries import provisions

WORLD = "World"
Named = tuple[str, str]
"""A kind of label and a code."""


@dataclass(frozen=True)
class Lists:
    """Regions, support types by facet and provisions in their order; retired ones too, since old years cite them."""

    regions: tuple[str, ...]
    hows: tuple[str, ...]
    abouts: tuple[str, ...]
    types: tuple[str, ...]
    provisions: tuple[str, ...]
    names: Labels

    def label(self, *named: Named) -> str:
        """The names of codes, as files give them: in English."""
        return " · ".join(self.names.of(kind, code) for kind, code in named if code) or WORLD

    def regions_of(self, part: Slice) -> tuple[str, ...]:
        """The one region of a slice, else all."""
        return (part.region,) if part.region else self.regions


def lists(session: Session) -> Lists:
    """The lists as they are now."""
    types = support_types(session, include_retired=True)
    return Lists(
        regions=region_codes(session),
        hows=tuple(t.code for t in types if t.facet == "how"),
        abouts=tuple(t.code for t in types if t.facet == "about"),
        types=tuple(t.code for t in types),
        provisions=tuple(p.code for p in provisions(session, include_retired=True)),
        names=labels(session),
    )
