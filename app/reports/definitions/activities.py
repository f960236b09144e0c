"""activities.csv: one row an activity, from the revision that the basis reads."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from app.activities.filters import ActivityFilters
from app.activities.queries_files import count_left_out, count_unapproved, stream_lines
from app.core.i18n import N_
from app.core.permissions import Actor, Permission
from app.core.tables import Column, Kind, Table
from app.reports.activity_columns import COLUMNS, MARKS
from app.reports.base import Report
from app.reports.children import activity_parameters
from app.reports.kept import ready_lines
from app.reports.marks import demonstration_mark


def basis_column(basis: str) -> Column[Any]:
    """The same in every line of a file."""
    return Column("basis", N_("Basis"), Kind.CODE, lambda _row: basis, on_page=False)


def table(session: Session, actor: Actor, filters: ActivityFilters) -> Table[Any]:
    """The filtered lines that the actor may open, text of sensitive ones left out."""
    mark = demonstration_mark(session)
    ends = (f",{filters.basis},", ",yes" if mark.value(None) else ",no")
    return Table(
        (*COLUMNS, basis_column(filters.basis), *MARKS, mark),
        stream_lines(session, actor, filters),
        lambda: ready_lines(session, actor, filters, ends),
    )


REPORT = Report(
    key="activities",
    title=N_("Activities"),
    definition=N_(
        "One row for each activity that you may open, from its last approved revision where there is one (or, on the"
        " provisional basis, from the submitted one). The text of sensitive records is left out for every reader."
    ),
    permission=Permission.ACTIVITY_LIST,
    parameters=tuple(activity_parameters()),
    parse=ActivityFilters.parse,
    pairs=ActivityFilters.pairs,
    table=table,
    bases=lambda filters: (filters.basis,),
    left_out=count_left_out,
    unapproved=count_unapproved,
    describe=lambda filters: filters.basis,
)
