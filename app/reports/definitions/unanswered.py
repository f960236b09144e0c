"""unanswered: offices without a record or a return, by name for those who may know it (docs/decisions/0006)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.i18n import N_
from app.core.permissions import Actor
from app.core.tables import Column, Kind
from app.coverage.further import last_support
from app.coverage.rules import RoundState, State, office_states
from app.reports.filters import SliceFilter
from app.reports.naming import NOT_OPEN, may_name
from app.reports.office_history import facts_until, last_returns, office_report
from app.reports.parameters import BASIS, REGION, YEAR
from app.reports.slices import years_of
from app.returns.models import OfficeSentence


@dataclass(frozen=True)
class Row:
    """One unanswered office; or, for those who may not know the names, how many of a region."""

    year: int
    round_state: RoundState
    region: str
    office: str
    offices: int
    last_support: int | None = None
    last_return: int | None = None
    last_answer: str | None = None
    sentence: str | None = None


COLUMNS: tuple[Column[Any], ...] = (
    Column("year", N_("Year"), Kind.YEAR, lambda r: r.year, "#date+year"),
    Column("round", N_("Round"), Kind.CODE, lambda r: r.round_state, names="unanswered"),
    Column("region", N_("Region"), Kind.CODE, lambda r: r.region, "#region+code", names="region"),
    Column("office", N_("Office"), Kind.CODE, lambda r: r.office, "#org+code+office", names="office"),
    Column("offices", N_("Offices"), Kind.INTEGER, lambda r: r.offices),
    Column("last_support", N_("Last year with support"), Kind.YEAR, lambda r: r.last_support),
    Column("last_return", N_("Last signed return"), Kind.YEAR, lambda r: r.last_return),
    Column("last_answer", N_("What it said"), Kind.CODE, lambda r: r.last_answer, names="answer"),
    Column("sentence", N_("The office says"), Kind.TEXT, lambda r: r.sentence),
)


def _rows(session: Session, actor: Actor, filters: SliceFilter) -> Iterator[Row]:
    for year in years_of(filters):
        yield from _year(session, actor, filters, year)


def _year(session: Session, actor: Actor, filters: SliceFilter, year: int) -> Iterator[Row]:
    years = facts_until(session, year)
    facts, support = years[year], last_support(years.values(), filters.basis)
    returns = last_returns(session, [y for y in years if y < year])
    said = select(OfficeSentence.office, OfficeSentence.sentence).where(OfficeSentence.year == year)
    sentences = dict(session.execute(said).all())
    hidden: Counter[str] = Counter()
    for code, state in sorted(office_states(facts, filters.basis).items()):
        region = facts.offices[code].region
        if state != State.UNANSWERED or filters.part.region not in (None, region):
            continue
        if not may_name(actor, code):
            hidden[region] += 1
            continue
        when, answer = returns.get(code, (None, None))
        yield Row(
            year=year,
            round_state=facts.round_state,
            region=region,
            office=code,
            offices=1,
            last_support=support.get(code),
            last_return=when,
            last_answer=answer.answer if answer else None,
            sentence=sentences.get(code) or None,
        )
    for region, number in sorted(hidden.items()):
        yield Row(year, facts.round_state, region, NOT_OPEN, number)


REPORT = office_report(
    "unanswered",
    N_("Unanswered offices"),
    N_(
        "Offices expected in the year that have neither a record that counts or waits, nor a signed return: not yet"
        " due, no return received, or not collected. With the last year of support, the last signed return, and what"
        " the office says. Names are open to the office, the advisers of its region, and headquarters; others see"
        " counts."
    ),
    _rows,
    COLUMNS,
    (YEAR, BASIS, REGION),
)
