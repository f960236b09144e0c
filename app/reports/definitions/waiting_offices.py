"""waiting-offices: each office in one line, with what lies on its desk and on its adviser's."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from app.activities.queries_work import Desk, desks
from app.core.i18n import N_
from app.core.permissions import Actor
from app.core.tables import Column, Kind
from app.coverage.further import last_support
from app.coverage.rules import contradictions, office_states
from app.reports.filters import SliceFilter
from app.reports.naming import may_name
from app.reports.office_history import facts_until, office_report
from app.reports.parameters import BASIS, REGION, YEAR
from app.reports.slices import years_of
from app.returns.queries import OfficeYear, office_years, sentences


@dataclass(frozen=True)
class Row:
    """One office in one year. `annual` is None where no returns are collected."""

    year: int
    region: str
    office: str
    state: str
    last_support: int | None
    desk: Desk
    annual: OfficeYear | None
    contradiction: bool
    sentence: str | None


COLUMNS: tuple[Column[Any], ...] = (
    Column("year", N_("Year"), Kind.YEAR, lambda r: r.year, "#date+year"),
    Column("region", N_("Region"), Kind.CODE, lambda r: r.region, "#region+code", names="region"),
    Column("office", N_("Office"), Kind.CODE, lambda r: r.office, "#org+code+office", names="office"),
    Column("state", N_("State"), Kind.CODE, lambda r: r.state, names="state"),
    Column("last_support", N_("Last year with support"), Kind.YEAR, lambda r: r.last_support),
    Column("unsigned", N_("Return not signed"), Kind.YES_NO, lambda r: r.annual.unsigned if r.annual else None),
    Column("days_late", N_("Days late"), Kind.INTEGER, lambda r: r.annual.days_late if _late(r) else None),
    Column("unconfirmed", N_("Return to confirm"), Kind.YES_NO, lambda r: r.annual.unconfirmed if r.annual else None),
    Column("drafts", N_("Drafts"), Kind.INTEGER, lambda r: r.desk.drafts),
    Column("returned", N_("Records to change"), Kind.INTEGER, lambda r: r.desk.returned),
    Column("joint", N_("Joint records to answer"), Kind.INTEGER, lambda r: r.desk.joint),
    Column("contradiction", N_("Nil return beside an activity"), Kind.YES_NO, lambda r: r.contradiction),
    Column("awaiting", N_("Waits for review"), Kind.INTEGER, lambda r: r.desk.awaiting),
    Column("sentence", N_("The office says"), Kind.TEXT, lambda r: r.sentence),
)


def _late(row: Row) -> bool:
    return row.annual is not None and row.annual.late


def _rows(session: Session, actor: Actor, filters: SliceFilter) -> Iterator[Row]:
    for year in years_of(filters):
        yield from _year(session, actor, filters, year)


def _year(session: Session, actor: Actor, filters: SliceFilter, year: int) -> Iterator[Row]:
    years = facts_until(session, year)
    facts, support = years[year], last_support(years.values(), filters.basis)
    here = {code: office for code, office in facts.offices.items() if filters.part.region in (None, office.region)}
    known = sorted(code for code in here if may_name(actor, code))
    work, states = desks(session, known), office_states(facts, filters.basis)
    annual = {line.office: line for line in office_years(session, [year], known)} if known else {}
    said, torn = sentences(session, year), set(contradictions(facts, known))
    for code in known:
        yield Row(
            year=year,
            region=here[code].region,
            office=code,
            state=states[code],
            last_support=support.get(code),
            desk=work.get(code, Desk()),
            annual=annual.get(code),
            contradiction=code in torn,
            sentence=said.get(code) or None,
        )


REPORT = office_report(
    "waiting-offices",
    N_("Whom each office waits for"),
    N_(
        "Each office with its state, its last year of support, and what waits: for the office, an unsigned return, one"
        " to confirm, records to change, joint records to answer, a nil return beside an activity; for its adviser,"
        " records to review. Drafts are counted, whatever they say. Only offices whose state the reader may know."
    ),
    _rows,
    COLUMNS,
    (YEAR, BASIS, REGION),
)
