"""asked-and-given: what was asked beside what was given, by world, region, office, State and year."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy.orm import Session

from app.asked.counting import counted
from app.asked.filters import RequestFilters
from app.core.i18n import N_
from app.core.permissions import Actor
from app.core.tables import Column, Kind
from app.reports.asked import DEFINED, PLACE, Place, asked_report, places, share_columns


def _share(measure: str) -> Callable[[Place], tuple[int, int]]:
    def read(place: Place) -> tuple[int, int]:
        members, base = counted(place.found, measure)
        return len(members), len(base)

    return read


COLUMNS: tuple[Column[Any], ...] = (
    *PLACE,
    Column("asked", N_("Requests"), Kind.INTEGER, lambda r: len(r.found.asked)),
    *share_columns("supported", N_("Asked and given"), _share("supported")),
    *share_columns("asked_not_given", N_("Asked and not given (open)"), _share("asked_not_given")),
    *share_columns("without_support", N_("Asked, nothing given so far"), _share("without_support")),
    *share_columns("given_not_asked", N_("Given and not asked"), _share("given_not_asked")),
    *share_columns("states_with_nothing", N_("States with nothing"), _share("states_with_nothing")),
    *share_columns("recommended", N_("Para 8: States with support since"), _share("recommended_supported")),
    DEFINED,
)


def _rows(session: Session, actor: Actor, filters: RequestFilters) -> Any:
    return places(session, filters)


REPORT = asked_report(
    "asked-and-given",
    N_("Asked and given"),
    N_(
        "What was asked beside what was given: requests with support, open requests without, activities that answer no"
        " request on the register, States that got nothing, and States with a recommendation under para 8 that"
        " received support in its year or later; each as k of N."
    ),
    _rows,
    COLUMNS,
)
