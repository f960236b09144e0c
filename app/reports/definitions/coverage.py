"""coverage: a row for each figure, zero too, from the one coverage function."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy.orm import Session

from app.core.i18n import N_
from app.core.permissions import Actor, Permission
from app.core.tables import Table
from app.coverage.definitions import DEFINITIONS
from app.coverage.kept import kept_facts, kept_years
from app.coverage.rules import Basis, Slice, YearFacts
from app.reports.base import Report, Source
from app.reports.figure_rows import PROVISION, REGION, SUPPORT_TYPE, WIDE, FigureRow
from app.reports.filters import YearFilter
from app.reports.lists import Lists, Named, lists
from app.reports.marks import demonstration_mark
from app.reports.parameters import BOTH_BASES, DEFINITION, EVERY_YEAR


def figures_of(facts: YearFacts, basis: Basis, known: Lists, definition: str) -> Iterator[FigureRow]:
    """Every figure of a year on a basis: world, regions, support types, provisions, region by support type."""
    count = DEFINITIONS[definition].figure

    def row(dimension: str, part: Slice, *named: Named) -> FigureRow:
        first, second = (*named, ("", ""), ("", ""))[:2]
        return FigureRow(
            dimension,
            (first[1], second[1]),
            known.label(*named),
            count(facts, basis, part),
            facts,
            (first[0], second[0]),
        )

    yield row("world", Slice())
    for region in known.regions:
        yield row("region", Slice(region=region), (REGION, region))
    for code in known.types:
        yield row("support_type", Slice(support_type=code), (SUPPORT_TYPE, code))
    for code in known.provisions:
        yield row("provision", Slice(provision=code), (PROVISION, code))
    for region in known.regions:
        for code in known.types:
            part = Slice(region=region, support_type=code)
            yield row("region_support_type", part, (REGION, region), (SUPPORT_TYPE, code))


def figures(session: Session, filters: YearFilter, source: Source) -> Iterator[FigureRow]:
    """The figures of every year that is asked for, the newest first, by year and basis."""
    known = lists(session)
    for year in sorted(filters.years or kept_years(session), reverse=True):
        facts = source(session, [year])[year]
        for basis in filters.bases:
            yield from figures_of(facts, basis, known, filters.definition)


def table(session: Session, actor: Actor, filters: YearFilter) -> Table[FigureRow]:
    """The figures; the same for every signed-in person (METHODOLOGY, Qualifying)."""
    return Table((*WIDE, demonstration_mark(session)), figures(session, filters, kept_facts))


REPORT = Report(
    key="coverage",
    title=N_("Coverage"),
    definition=N_(
        "A row for each figure: offices that provided qualifying support (k) of the offices expected (N), by year and"
        " basis, for the world, each region, support type and provision, and region by support type."
    ),
    permission=Permission.COVERAGE_READ,
    parameters=(EVERY_YEAR, BOTH_BASES, DEFINITION),
    parse=YearFilter.parse_defined,
    pairs=YearFilter.pairs,
    table=table,
    describe=YearFilter.describe,
    bases=lambda filters: tuple(b.value for b in filters.bases),
    version=lambda filters: filters.definition,
    figures=figures,
)
