"""how-by-about: each way of helping crossed with each subject, in the same activity."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from sqlalchemy.orm import Session

from app.core.i18n import N_
from app.coverage.kept import supported_facts
from app.coverage.rules import Support, narrowed
from app.reports.base import Source
from app.reports.figure_rows import SUPPORT_TYPE, FigureRow
from app.reports.filters import SliceFilter
from app.reports.lists import lists
from app.reports.slices import counted, slice_report, without, years_of


def figures(session: Session, filters: SliceFilter, source: Source) -> Iterator[FigureRow]:
    """Every cell, the empty ones too: offices with an activity that is tagged with both."""
    known = lists(session)
    for year in years_of(filters):
        facts = source(session, [year])[year]
        for how in known.hows:

            def is_how(support: Support, how: str = how) -> bool:
                return how in support.types

            helped = narrowed(facts, is_how)
            for about in known.abouts:
                label = known.label((SUPPORT_TYPE, how), (SUPPORT_TYPE, about))
                found = counted(helped, filters, replace(filters.part, support_type=about))
                yield FigureRow(
                    "how_about", (how, about), label, found, helped, (SUPPORT_TYPE, SUPPORT_TYPE), whole=False
                )


REPORT = slice_report(
    "how-by-about",
    N_("How offices helped, by what the help was about"),
    N_(
        "For each way of helping and each subject: offices that provided, in one and the same activity, this kind of"
        " help about this subject (k) of the offices expected (N). A cell where nobody did is a row with zero."
    ),
    figures,
    parameters=without("support_type"),
    source=supported_facts,
)
