"""Reports whose rows are figures of a slice: year, basis, region, support type, provision, definition."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from sqlalchemy.orm import Session

from app.core import clock
from app.core.permissions import Actor, Permission
from app.core.tables import Table
from app.coverage.definitions import DEFINITIONS
from app.coverage.kept import kept_facts
from app.coverage.rules import Figure, Slice, YearFacts
from app.reports.base import Parameter, Report, Source
from app.reports.figure_rows import SHORT, Columns, FigureRow
from app.reports.filters import SliceFilter
from app.reports.marks import demonstration_mark
from app.reports.parameters import SLICE

Figures = Callable[[Session, SliceFilter, Source], Iterable[FigureRow]]


def slice_report(
    key: str,
    title: str,
    definition: str,
    figures: Figures,
    *,
    parameters: tuple[Parameter, ...] = SLICE,
    columns: Columns = SHORT,
    source: Source = kept_facts,
) -> Report:
    """A report of figures. `source` gives the facts of its pages and files; frozen figures take the records."""

    def table(session: Session, actor: Actor, filters: SliceFilter) -> Table[FigureRow]:
        # The same for every signed-in person (METHODOLOGY, Qualifying).
        return Table((*columns, demonstration_mark(session)), figures(session, filters, source))

    return Report(
        key=key,
        title=title,
        definition=definition,
        permission=Permission.COVERAGE_READ,
        parameters=parameters,
        parse=SliceFilter.reader(parameters),
        pairs=SliceFilter.pairs,
        check=lambda session, filters: filters.check(session),
        table=table,
        describe=SliceFilter.describe,
        bases=lambda filters: (filters.basis.value,),
        version=lambda filters: filters.definition,
        figures=figures,
    )


def without(*names: str) -> tuple[Parameter, ...]:
    """The parameters of a slice but these."""
    return tuple(p for p in SLICE if p.name not in names)


def years_of(filters: SliceFilter) -> tuple[int, ...]:
    """The years asked for, else the running one."""
    return filters.years or (clock.today().year,)


def counted(facts: YearFacts, filters: SliceFilter, part: Slice) -> Figure:
    """The figure of a slice by the definition that is asked for."""
    return DEFINITIONS[filters.definition].figure(facts, filters.basis, part)
