"""published-figures: what others published, with its source; a benchmark beside ours, never mixed in."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy.orm import Session

from app.core.db import AnyRow
from app.core.i18n import N_
from app.core.permissions import Actor, Permission
from app.core.tables import Column, Kind, Table
from app.offices.queries import published_figures
from app.reports.base import Report
from app.reports.filters import SliceFilter
from app.reports.marks import demonstration_mark
from app.reports.parameters import EVERY_YEAR

COLUMNS: tuple[Column[AnyRow], ...] = (
    Column("code", N_("Code"), Kind.CODE, lambda r: r.code, on_page=False),
    Column("year", N_("Year"), Kind.YEAR, lambda r: r.year, "#date+year"),
    Column("scope", N_("Of"), Kind.TEXT, lambda r: r.scope),
    Column("indicator", N_("Indicator"), Kind.TEXT, lambda r: r.indicator),
    Column("qualifier", N_("Qualifier"), Kind.TEXT, lambda r: r.qualifier),
    Column("value", N_("Value"), Kind.TEXT, lambda r: r.value),
    Column("unit", N_("Unit"), Kind.TEXT, lambda r: r.unit),
    Column("unit_counted", N_("What was counted"), Kind.TEXT, lambda r: r.unit_counted),
    Column("comparable", N_("Comparable with ours"), Kind.TEXT, lambda r: r.comparable),
    Column("source_title", N_("Source"), Kind.TEXT, lambda r: r.source_title),
    Column("source_address", N_("Address"), Kind.TEXT, lambda r: r.source_address),
)


def _rows(session: Session, filters: SliceFilter) -> Iterable[AnyRow]:
    return (f for f in published_figures(session) if not filters.years or f.year in filters.years)


def table(session: Session, actor: Actor, filters: SliceFilter) -> Table[AnyRow]:
    """What was published, by year."""
    return Table((*COLUMNS, demonstration_mark(session)), _rows(session, filters))


REPORT = Report(
    key="published-figures",
    title=N_("Published figures"),
    definition=N_(
        "Figures that others published, such as 85% of country offices in 2008, each with its source and whether it can"
        " be compared with ours. They are benchmarks beside our figures and never mixed into them."
    ),
    permission=Permission.COVERAGE_READ,
    parameters=(EVERY_YEAR,),
    parse=SliceFilter.reader((EVERY_YEAR,)),
    pairs=SliceFilter.pairs,
    table=table,
    describe=SliceFilter.describe,
)
