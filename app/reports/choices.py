"""The choices of a report's filters, as the page offers them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from app.codelists.queries import codes, support_types
from app.core.web.locale import _
from app.coverage.definitions import DEFINITIONS
from app.coverage.kept import kept_years
from app.offices.queries import directory, region_codes
from app.provisions.queries import provisions
from app.reports.base import Parameter, Report
from app.reports.words import Speaker


@dataclass(frozen=True)
class Pick:
    """One select: its options as (value, name, chosen), and further values that travel along unseen."""

    name: str
    label: str
    options: list[tuple[str, str, bool]]
    others: tuple[str, ...]

    @property
    def filterable(self) -> bool:
        """Long enough that a box to shorten it helps."""
        return len(self.options) > 20


def picks(session: Session, report: Report, filters: Any, speaker: Speaker) -> list[Pick]:
    """A select for each parameter with its choices; the definition only where there are several."""
    pairs = report.pairs(filters)
    found = []
    for parameter in report.parameters:
        values = [value for name, value in pairs if name == parameter.name]
        choices = list(_choices(session, parameter, speaker))
        if len(choices) > 1 or values:
            listed = [("", speaker.translate(parameter.empty), not values)]
            listed += [(code, name, code in values[:1]) for code, name in choices]
            found.append(Pick(parameter.name, _(parameter.label), listed, tuple(values[1:])))
    return found


def _choices(session: Session, parameter: Parameter, speaker: Speaker) -> Iterable[tuple[str, str]]:
    if parameter.name in ("year", "from", "to"):
        return [(str(year), str(year)) for year in reversed(kept_years(session))]
    if parameter.name == "definition":
        return [(version, version) for version in DEFINITIONS]
    if parameter.words:
        return [(code, speaker.translate(words)) for code, words in parameter.words.items()]
    return [(code, speaker.code(parameter.names, code) or code) for code in _codes(session, parameter.name)]


def _codes(session: Session, name: str) -> Iterable[str]:
    if name == "region":
        return region_codes(session)
    if name in ("office", "country"):
        every = directory(session).offices.values()
        return sorted({o.code for o in every} if name == "office" else {c.target for o in every for c in o.countries})
    if name in ("source", "obstacle"):
        return [row.code for row in codes(session, "request_source" if name == "source" else name)]
    if name == "support_type":
        return [t.code for t in support_types(session, include_retired=True)]
    return [p.code for p in provisions(session, include_retired=True)]
