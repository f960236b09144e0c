"""entry-points: offices that supported prevention, diversion or alternatives, and those engaged in the whole system."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from sqlalchemy.orm import Session

from app.core.i18n import N_
from app.coverage.kept import supported_facts
from app.coverage.rules import Support, YearFacts, narrowed, with_support
from app.reports.base import Source
from app.reports.figure_rows import REGION, FigureRow
from app.reports.filters import SliceFilter
from app.reports.lists import lists
from app.reports.slices import counted, slice_report, without, years_of

# METHODOLOGY, The figures: entry points, and the three parts of the whole system.
ENTRY = frozenset({"prevention", "diversion", "alternatives"})
JUSTICE = frozenset({"admin_of_justice", "reduce_pretrial", "treatment_deprived", "legal_aid"})
RETURN = frozenset({"reintegration", "restorative_justice"})
LABELS = {"entry_points": "Prevention, diversion or alternatives", "whole_system": "Engaged in the whole system"}


def entry(facts: YearFacts) -> YearFacts:
    """The year with the support to an entry point only."""
    return narrowed(facts, lambda support: bool(support.types & ENTRY))


def whole_system(facts: YearFacts, filters: SliceFilter) -> YearFacts:
    """The year with the support of these three parts only, and of it what offices gave that worked in all three."""

    def offices(part: frozenset[str]) -> frozenset[str]:
        given = (s for s in facts.supports(filters.basis) if s.types & part and filters.part.admits(s))
        return frozenset(code for s in given for code in s.offices)

    everywhere = offices(ENTRY) & offices(JUSTICE) & offices(RETURN)
    parts = ENTRY | JUSTICE | RETURN

    def only(supports: tuple[Support, ...]) -> tuple[Support, ...]:
        mine = (s for s in supports if s.types & parts and s.offices & everywhere)
        return tuple(replace(s, offices=s.offices & everywhere) for s in mine)

    return with_support(facts, only(facts.approved), only(facts.submitted))


def figures(session: Session, filters: SliceFilter, source: Source) -> Iterator[FigureRow]:
    """Both figures for the world and each region."""
    known = lists(session)
    places = known.regions_of(filters.part) if filters.part.region else (None, *known.regions)
    for year in years_of(filters):
        facts = source(session, [year])[year]
        parts = {"entry_points": entry(facts), "whole_system": whole_system(facts, filters)}
        for code, part in parts.items():
            for region in places:
                found = counted(part, filters, replace(filters.part, region=region))
                label = f"{LABELS[code]} · {known.label((REGION, region or ''))}"
                yield FigureRow(
                    "entry_points", (code, region or ""), label, found, part, ("entry_points", REGION), whole=False
                )


REPORT = slice_report(
    "entry-points",
    N_("Entry points and the whole system"),
    N_(
        "Offices that supported prevention, diversion or alternatives, and offices engaged in the whole system: in the"
        " year at least one of these three, at least one of administration of justice, less pre-trial detention,"
        " treatment of those deprived of liberty and legal aid, and at least one of reintegration and restorative"
        " justice (k), of the offices expected (N)."
    ),
    figures,
    parameters=without("support_type"),
    source=supported_facts,
)
