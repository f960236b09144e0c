"""What offices did in the years before: the last year with support, the last signed return."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from sqlalchemy.orm import Session

from app.core.permissions import Actor, Permission
from app.core.tables import Column, Table
from app.coverage.kept import kept_facts, kept_years
from app.coverage.rules import YearFacts
from app.reports.base import Parameter, Report
from app.reports.filters import SliceFilter
from app.reports.marks import demonstration_mark
from app.returns.queries import SignedReturn, signed_returns

Rows = Callable[[Session, Actor, SliceFilter], Iterable[object]]


def facts_until(session: Session, year: int) -> Mapping[int, YearFacts]:
    """The kept facts of every year on record up to `year`, that one included."""
    return kept_facts(session, {*(y for y in kept_years(session) if y <= year), year})


def last_returns(session: Session, years: Iterable[int]) -> dict[str, tuple[int, SignedReturn]]:
    """{office: (year, answer)} of the last signed return in these years."""
    found: dict[str, tuple[int, SignedReturn]] = {}
    signed = signed_returns(session)
    for year in sorted(set(years) & signed.keys()):
        found |= {office: (year, answer) for office, answer in signed[year].items()}
    return found


def office_report(
    key: str,
    title: str,
    definition: str,
    rows: Rows,
    columns: tuple[Column[Any], ...],
    parameters: tuple[Parameter, ...],
    *,
    permission: Permission = Permission.OFFICE_READ,
    check: Callable[[Session, SliceFilter], None] = lambda session, filters: filters.check(session),
) -> Report:
    """A report with a row for each office, as far as the reader may know its state."""

    def table(session: Session, actor: Actor, filters: SliceFilter) -> Table[object]:
        return Table((*columns, demonstration_mark(session)), rows(session, actor, filters))

    return Report(
        key=key,
        title=title,
        definition=definition,
        permission=permission,
        parameters=parameters,
        parse=SliceFilter.reader(parameters),
        pairs=SliceFilter.pairs,
        check=check,
        table=table,
        describe=SliceFilter.describe,
        bases=lambda filters: (filters.basis.value,),
    )
