"""ended-support: offices that provided support before, and not in the year."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from app.core import clock
from app.core.i18n import N_
from app.core.permissions import Actor
from app.core.tables import Column, Kind
from app.coverage.further import last_support
from app.coverage.rules import OfficeYear, State, office_states
from app.reports.filters import SliceFilter
from app.reports.naming import shown_state
from app.reports.office_history import facts_until, office_report
from app.reports.parameters import BASIS, LAST_YEAR, REGION


@dataclass(frozen=True)
class Row:
    """One office whose support ended; `state` as the reader may know it."""

    year: int
    office: OfficeYear
    last_support: int
    state: str


COLUMNS: tuple[Column[Any], ...] = (
    Column("year", N_("Year"), Kind.YEAR, lambda r: r.year, "#date+year"),
    Column("region", N_("Region"), Kind.CODE, lambda r: r.office.region, "#region+code", names="region"),
    Column("office", N_("Office"), Kind.CODE, lambda r: r.office.code, "#org+code+office", names="office"),
    Column("last_support", N_("Last year with support"), Kind.YEAR, lambda r: r.last_support),
    Column("years_without", N_("Years without"), Kind.INTEGER, lambda r: r.year - r.last_support),
    Column("state", N_("State"), Kind.CODE, lambda r: r.state, names="state"),
)


def _rows(session: Session, actor: Actor, filters: SliceFilter) -> Iterator[Row]:
    """That an office provided is open to all, so that it did not is, too; why is for those who may know."""
    year = max(filters.years, default=clock.today().year - 1)
    years = facts_until(session, year)
    facts, support = years[year], last_support(years.values(), filters.basis)
    for code, state in sorted(office_states(facts, filters.basis).items()):
        office = facts.offices[code]
        ended = state not in (State.PROVIDED, State.NOT_EXPECTED) and code in support
        if ended and filters.part.region in (None, office.region):
            yield Row(year, office, support[code], shown_state(actor, code, state))


REPORT = office_report(
    "ended-support",
    N_("Offices whose support ended"),
    N_(
        "Offices expected in the year that provided support in an earlier year and not in this one, with the last year"
        " in which they did. Without a year asked for: the last complete one, since the running one is not over."
    ),
    _rows,
    COLUMNS,
    (LAST_YEAR, BASIS, REGION),
)
