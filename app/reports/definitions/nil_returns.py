"""nil-returns: offices that signed that they gave no support, for those who may know it (docs/decisions/0006)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from app.core.i18n import N_
from app.core.permissions import Actor, Permission
from app.core.tables import Column, Kind
from app.coverage.further import last_support
from app.coverage.rules import OfficeYear, State, contradictions, office_states
from app.reports.filters import SliceFilter
from app.reports.naming import may_name
from app.reports.office_history import facts_until, office_report
from app.reports.parameters import BASIS, REGION, YEAR
from app.reports.slices import years_of
from app.returns.queries import ReturnRow, return_rows


@dataclass(frozen=True)
class Row:
    """One signed nil return, with what figures make of the office."""

    annual: ReturnRow
    office: OfficeYear
    state: State
    contradicted: bool
    last_support: int | None


COLUMNS: tuple[Column[Any], ...] = (
    Column("year", N_("Year"), Kind.YEAR, lambda r: r.annual.year, "#date+year"),
    Column("region", N_("Region"), Kind.CODE, lambda r: r.office.region, "#region+code", names="region"),
    Column("office", N_("Office"), Kind.CODE, lambda r: r.annual.office, "#org+code+office", names="office"),
    Column("state", N_("State"), Kind.CODE, lambda r: r.state, names="state"),
    Column("contradiction", N_("Beside an activity"), Kind.YES_NO, lambda r: r.contradicted),
    Column("signed_at", N_("Signed"), Kind.INSTANT, lambda r: r.annual.signed_at),
    Column("on_time", N_("On time"), Kind.YES_NO, lambda r: r.annual.on_time),
    Column("last_support", N_("Last year with support"), Kind.YEAR, lambda r: r.last_support),
    Column("words", N_("Words"), Kind.TEXT, lambda r: r.annual.words),
)


def _rows(session: Session, actor: Actor, filters: SliceFilter) -> Iterator[Row]:
    for year in years_of(filters):
        years = facts_until(session, year)
        facts = years[year]
        states, support = office_states(facts, filters.basis), last_support(years.values(), filters.basis)
        against = frozenset(contradictions(facts, facts.offices))
        for annual in return_rows(session, [year]):
            office = facts.offices.get(annual.office)
            if office is None or filters.part.region not in (None, office.region):
                continue
            if annual.state == "signed" and annual.answer == "nil" and may_name(actor, annual.office):
                code = annual.office
                yield Row(annual, office, states[code], code in against, support.get(code))


REPORT = office_report(
    "nil-returns",
    N_("Nil returns"),
    N_(
        "Signed returns of the year that say no support was given, with the office's state: a nil return beside an"
        " activity that counts or waits is a contradiction until it is resolved. Open to the office, the advisers of"
        " its region, and headquarters."
    ),
    _rows,
    COLUMNS,
    (YEAR, BASIS, REGION),
    permission=Permission.RETURN_READ,
)
