"""trend: the figure over the years, of the world and of each region."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from sqlalchemy.orm import Session

from app.core.i18n import N_
from app.coverage.kept import kept_years
from app.reports.base import Source
from app.reports.figure_rows import REGION, WIDE, FigureRow
from app.reports.filters import SliceFilter
from app.reports.lists import lists
from app.reports.parameters import EVERY_YEAR
from app.reports.slices import counted, slice_report, without


def figures(session: Session, filters: SliceFilter, source: Source) -> Iterator[FigureRow]:
    """A row for the world (unless a region is asked for) and for each region, by year."""
    known = lists(session)
    places = known.regions_of(filters.part) if filters.part.region else (None, *known.regions)
    for facts in source(session, filters.years or kept_years(session)).values():
        for region in places:
            found = counted(facts, filters, replace(filters.part, region=region))
            dimension, kind = ("region", REGION) if region else ("world", "")
            yield FigureRow(dimension, (region or "", ""), known.label((kind, region or "")), found, facts, (kind, ""))


REPORT = slice_report(
    "trend",
    N_("Coverage over the years"),
    N_(
        "Offices that provided qualifying support (k) of the offices expected (N) in each year on record, for the world"
        " and each region. A region's N is its own roster at the end of the year; the regions add up to the world."
    ),
    figures,
    parameters=(EVERY_YEAR, *without("year")),
    columns=WIDE,
)
