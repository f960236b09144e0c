"""Rows of a list crossed with the regions, every cell: what nobody works on must be seen, too."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from sqlalchemy.orm import Session

from app.reports.base import Source
from app.reports.figure_rows import REGION, FigureRow
from app.reports.filters import SliceFilter
from app.reports.lists import Lists, lists
from app.reports.slices import Figures, counted, years_of


def by_region(dimension: str, kind: str, codes: Callable[[Lists], tuple[str, ...]], part: str) -> Figures:
    """The figures of each code of a list in each region. `part` is the code's name in a slice."""

    def figures(session: Session, filters: SliceFilter, source: Source) -> Iterator[FigureRow]:
        known = lists(session)
        for year in years_of(filters):
            facts = source(session, [year])[year]
            for region in known.regions_of(filters.part):
                for code in codes(known):
                    here = replace(filters.part, **{"region": region, part: code})
                    label = known.label((kind, code), (REGION, region))
                    found = counted(facts, filters, here)
                    yield FigureRow(dimension, (code, region), label, found, facts, (kind, REGION))

    return figures
