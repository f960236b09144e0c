"""Long files beside activities.csv: a row for each of many things that one activity has, in the same selection."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from sqlalchemy.orm import Session

from app.activities.filters import CODED, MARKS, ActivityFilters
from app.activities.list_page import LABELS
from app.activities.models_line import ActivityLine
from app.activities.queries import lines
from app.activities.queries_files import count_left_out, count_unapproved
from app.core.db import AnySelect
from app.core.i18n import N_
from app.core.permissions import Actor, Permission
from app.core.tables import Column, Kind, Table
from app.reports.base import Parameter, Report
from app.reports.marks import demonstration_mark
from app.reports.parameters import BASIS, EVERY_YEAR

YES_NO = {"yes": N_("Yes"), "no": N_("No")}
Select = Callable[[], AnySelect]
"""A statement whose FROM holds ActivityLine; its first columns are those of `HEAD`."""

HEAD = (ActivityLine.reference, ActivityLine.revision, ActivityLine.lead_office, ActivityLine.countries)
HEAD_COLUMNS: tuple[Column[Any], ...] = (
    Column("reference", N_("Reference"), Kind.CODE, lambda r: r.reference, "#activity+code"),
    Column("revision", N_("Revision"), Kind.INTEGER, lambda r: r.revision),
    Column("lead_office", N_("Lead office"), Kind.CODE, lambda r: r.lead_office, "#org+code+office", names="office"),
    Column("countries", N_("Countries"), Kind.LIST, lambda r: r.countries, "#country+code+v_iso3"),
)


def activity_parameters() -> Iterator[Parameter]:
    """The filters of the list of activities, as a report's parameters."""
    yield Parameter("q", N_("Words"), N_("words to look for"), N_("any words"))
    yield EVERY_YEAR
    for name, kind in CODED.items():
        yield Parameter(name, LABELS[name], N_("a code of the list"), N_("all"), names=kind)
    for name in MARKS:
        yield Parameter(name, LABELS[name], N_("yes or no"), N_("all"), words=YES_NO, many=False)
    yield BASIS


def child_report(key: str, title: str, definition: str, statement: Select, columns: tuple[Column[Any], ...]) -> Report:
    """A file of the things of the activities that the reader may open."""

    def rows(session: Session, actor: Actor, filters: ActivityFilters) -> Iterator[Any]:
        chosen = lines(actor, filters).with_only_columns(ActivityLine.revision_id)
        found = statement().where(ActivityLine.revision_id.in_(chosen)).execution_options(yield_per=500)
        with session.execute(found) as all_rows:
            yield from all_rows

    def table(session: Session, actor: Actor, filters: ActivityFilters) -> Table[Any]:
        return Table((*HEAD_COLUMNS, *columns, demonstration_mark(session)), rows(session, actor, filters))

    return Report(
        key=key,
        title=title,
        definition=definition,
        permission=Permission.ACTIVITY_LIST,
        parameters=tuple(activity_parameters()),
        parse=ActivityFilters.parse,
        pairs=ActivityFilters.pairs,
        table=table,
        describe=lambda filters: filters.basis,
        bases=lambda filters: (filters.basis,),
        left_out=count_left_out,
        unapproved=count_unapproved,
    )
