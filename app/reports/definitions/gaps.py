"""gaps: provisions and support types that no office of a region worked on in the year."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from sqlalchemy.orm import Session

from app.codelists.queries import support_types
from app.core.i18n import N_
from app.core.tables import Kind
from app.coverage.kept import kept_facts, kept_years
from app.coverage.rules import Basis, Slice, YearFacts
from app.provisions.queries import provisions
from app.reports.base import Source
from app.reports.figure_rows import PROVISION, REGION, SUPPORT_TYPE, FigureRow, sum_column, with_sums
from app.reports.filters import SliceFilter
from app.reports.lists import lists
from app.reports.slices import counted, slice_report, without, years_of


def figures(session: Session, filters: SliceFilter, source: Source) -> Iterator[FigureRow]:
    """The cells whose k is zero, of what is on the lists today, with the last year in which k was not."""
    known = lists(session)
    there = Slice(country=filters.part.country)
    types = [replace(there, support_type=t.code) for t in support_types(session)]
    cited = [replace(there, provision=p.code) for p in provisions(session)]
    for year in years_of(filters):
        facts = source(session, [year])[year]
        earlier = kept_facts(session, [y for y in kept_years(session) if y < year])
        for region in known.regions_of(filters.part):
            for part in (*types, *cited):
                here = replace(part, region=region)
                found = counted(facts, filters, here)
                if found.n and not found.k:
                    kind = SUPPORT_TYPE if part.support_type else PROVISION
                    code = part.support_type or part.provision or ""
                    yield FigureRow(
                        f"gap_{kind}",
                        (code, region),
                        known.label((kind, code), (REGION, region)),
                        found,
                        facts,
                        (kind, REGION),
                        sums={"last_year": _last_year(earlier, filters.basis, here)},
                    )


def _last_year(years: Mapping[int, YearFacts], basis: Basis, part: Slice) -> int | None:
    """The last year in which an expected office of the region gave it."""
    for year, facts in sorted(years.items(), reverse=True):
        offices = (facts.offices.get(c) for s in facts.supports(basis, part) for c in s.offices)
        if any(o is not None and o.expected and o.region == part.region for o in offices):
            return year
    return None


REPORT = slice_report(
    "gaps",
    N_("What nobody works on, by region"),
    N_(
        "Support types and provisions on today's lists for which no office of the region has support that counts in the"
        " year (k is 0 of the offices expected, N), and the last year in which one had."
    ),
    figures,
    parameters=without("support_type", "provision"),
    columns=with_sums(sum_column("last_year", N_("Last year with support"), Kind.YEAR)),
)
