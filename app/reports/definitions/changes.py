"""changes: what moved between two years, office by office, as far as the reader may know."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from app.core import clock
from app.core.errors import Invalid, Problem
from app.core.i18n import N_
from app.core.permissions import Actor
from app.core.tables import Column, Kind
from app.coverage.kept import kept_facts
from app.coverage.rules import OfficeYear, State, office_states
from app.reports.filters import SliceFilter
from app.reports.naming import shown_states
from app.reports.office_history import office_report
from app.reports.parameters import BASIS, FROM_YEAR, LAST_YEAR, REGION

RUNNING = N_(
    "The running year is not over, so it is not measured against a whole one. Choose the last complete year or an"
    " earlier one."
)


@dataclass(frozen=True)
class Row:
    """One office that is not in the later year what it was in the earlier one."""

    earlier: int
    later: int
    code: str
    change: str
    states: tuple[str, str]
    offices: tuple[OfficeYear | None, OfficeYear]

    def region(self, place: int) -> str:
        """Its region in the earlier (0) or the later (1) year."""
        office = self.offices[place]
        return office.region if office else ""


COLUMNS: tuple[Column[Any], ...] = (
    Column("from", N_("From"), Kind.YEAR, lambda r: r.earlier),
    Column("year", N_("Year"), Kind.YEAR, lambda r: r.later, "#date+year"),
    Column("change", N_("Change"), Kind.CODE, lambda r: r.change, names="change"),
    Column("office", N_("Office"), Kind.CODE, lambda r: r.code, "#org+code+office", names="office"),
    Column("state_from", N_("State before"), Kind.CODE, lambda r: r.states[0], names="state"),
    Column("state", N_("State"), Kind.CODE, lambda r: r.states[1], names="state"),
    Column("region_from", N_("Region before"), Kind.CODE, lambda r: r.region(0), names="region"),
    Column("region", N_("Region"), Kind.CODE, lambda r: r.region(1), "#region+code", names="region"),
)


def _rows(session: Session, actor: Actor, filters: SliceFilter) -> Iterator[Row]:
    earlier, later = _years(filters)
    facts = kept_facts(session, [earlier, later])
    before, after = facts[earlier], facts[later]
    was = shown_states(actor, office_states(before, filters.basis))
    now = shown_states(actor, office_states(after, filters.basis))
    for code, office in sorted(after.offices.items()):
        states = (was.get(code, State.NOT_EXPECTED.value), now[code])
        old = before.offices.get(code)
        change = _change(states, old, office)
        here = filters.part.region in (None, office.region, old.region if old else None)
        if change and here:
            yield Row(earlier, later, code, change, states, (old, office))


def _years(filters: SliceFilter) -> tuple[int, int]:
    later = max(filters.years, default=clock.today().year - 1)
    return (later - 1 if filters.since is None else filters.since), later


def _change(states: tuple[str, str], old: OfficeYear | None, new: OfficeYear) -> str:
    """The first that fits, "" for no change that the reader may know."""
    was, now = states
    if was != now:
        if State.NOT_EXPECTED in states:
            return "expected_again" if was == State.NOT_EXPECTED else "no_longer_expected"
        if State.PROVIDED in states:
            return "support_began" if now == State.PROVIDED else "support_ended"
        return "other_answer"
    return "other_region" if old is not None and old.region != new.region else ""


def _check(session: Session, filters: SliceFilter) -> None:
    """Raises Invalid for a code that is on no list, and for the running year (METHODOLOGY, The figures)."""
    filters.check(session)
    if clock.today().year in filters.years:
        raise Invalid([Problem("year", RUNNING)])


REPORT = office_report(
    "changes",
    N_("Changes between two years"),
    N_(
        "Offices that are not in the year what they were in the earlier one: support began or ended, expected again or"
        " no longer, another answer, another region. The running year is not compared with a whole one. States other"
        " than provided are open to the office, the advisers of its region, and headquarters."
    ),
    _rows,
    COLUMNS,
    (LAST_YEAR, FROM_YEAR, BASIS, REGION),
    check=_check,
)
