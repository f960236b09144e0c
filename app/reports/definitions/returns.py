"""returns.csv: the annual returns that the reader may see."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy.orm import Session

from app.core.i18n import N_
from app.core.permissions import Actor, Permission
from app.core.tables import Column, Kind, Table
from app.reports.base import Report
from app.reports.filters import YearFilter
from app.reports.marks import demonstration_mark
from app.reports.naming import may_name
from app.reports.parameters import EVERY_YEAR
from app.returns.queries import ReturnRow, return_rows

COLUMNS: tuple[Column[ReturnRow], ...] = (
    Column("office", N_("Office"), Kind.CODE, lambda r: r.office, "#org+code+office", names="office"),
    Column("year", N_("Year"), Kind.YEAR, lambda r: r.year, "#date+year"),
    Column("answer", N_("Answer"), Kind.CODE, lambda r: r.answer, names="answer"),
    Column("state", N_("State"), Kind.CODE, lambda r: r.state, names="return_state"),
    Column("signed_at", N_("Signed"), Kind.INSTANT, lambda r: r.signed_at),
    Column("due_at", N_("Due"), Kind.INSTANT, lambda r: r.due_at),
    Column("on_time", N_("On time"), Kind.YES_NO, lambda r: r.on_time),
    Column("recorded_by", N_("Recorded by"), Kind.CODE, lambda r: r.recorded_by, names="recorded_by"),
    Column("activities_ticked", N_("Activities ticked"), Kind.LIST, lambda r: ";".join(r.ticked)),
    Column("words", N_("Words"), Kind.TEXT, lambda r: r.words),
)


def _rows(session: Session, actor: Actor, filters: YearFilter) -> Iterator[ReturnRow]:
    """A missing return tells of silence, so returns go only to those who may know which offices are unanswered."""
    for row in return_rows(session, filters.years or None):
        if may_name(actor, row.office):
            yield row


def table(session: Session, actor: Actor, filters: YearFilter) -> Table[ReturnRow]:
    """Returns by year and office."""
    return Table((*COLUMNS, demonstration_mark(session)), _rows(session, actor, filters))


REPORT = Report(
    key="returns",
    title=N_("Annual returns"),
    definition=N_(
        "Each office's annual return: support or nil, signed when, due when, on time or late, and the activities"
        " ticked as still delivered. Open to the office, the advisers of its region, and headquarters."
    ),
    permission=Permission.RETURN_READ,
    parameters=(EVERY_YEAR,),
    parse=YearFilter.parse,
    pairs=YearFilter.pairs,
    table=table,
    describe=YearFilter.describe,
)
