"""request-times: how long answers take, how long open requests wait, and where “was it met?” is overdue."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from app.asked.counting import AGES, share
from app.asked.filters import RequestFilters
from app.core.i18n import N_
from app.core.permissions import Actor
from app.core.tables import Column, Kind
from app.reports.asked import DEFINED, PLACE, asked_report, places, share_columns


def _count(measure: str) -> Any:
    return lambda r: len(share(r.found, measure)[0])


COLUMNS: tuple[Column[Any], ...] = (
    *PLACE,
    Column("answered", N_("Answered"), Kind.INTEGER, _count("answered")),
    Column("timed", N_("Of these, both days known"), Kind.INTEGER, lambda r: len(r.found.days)),
    Column("median_days", N_("Median days to the answer"), Kind.INTEGER, lambda r: r.found.median_days),
    Column("open", N_("Open"), Kind.INTEGER, _count("open")),
    *(Column(code, label, Kind.INTEGER, _count(code)) for code, label in AGES.items()),
    *share_columns("met_overdue", N_("“Was it met?” overdue"),
                   lambda r: (len(share(r.found, "met_overdue")[0]), len(share(r.found, "met_overdue")[1]))),
    *share_columns("late", N_("Target date passed"),
                   lambda r: (len(share(r.found, "late")[0]), len(share(r.found, "late")[1]))),
    DEFINED,
)  # fmt: skip


def _rows(session: Session, actor: Actor, filters: RequestFilters) -> Any:
    return places(session, filters)


REPORT = asked_report(
    "request-times",
    N_("How long requests wait"),
    N_(
        "The median number of days from receiving a request to answering it, of the answered ones whose two days are"
        " known; how long the open ones have waited; accepted or referred requests whose “was it met?” is overdue a"
        " year after the answer; and those whose target date passed without support."
    ),
    _rows,
    COLUMNS,
)
