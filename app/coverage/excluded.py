"""Activities that speak of a year and are counted in no figure of it, each with the reason: the first that fits."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, and_, case, exists, or_, select
from sqlalchemy.orm import Session

from app.activities.models_line import ActivityLine
from app.activities.queries import CONDITIONS
from app.activities.rules import COUNTING, NOT_BEGUN, State, Status
from app.core.i18n import N_
from app.coverage.models import KeptSupport
from app.coverage.rules import Basis, Reading, Slice, YearFacts

L = ActivityLine


class Reason(StrEnum):
    """Why an activity is not counted (METHODOLOGY, Qualifying)."""

    WITHDRAWN = "withdrawn"
    SET_ASIDE = "set_aside"
    DRAFT = "draft"
    RETURNED = "returned"
    SUBMITTED = "submitted"
    CANCELLED = "cancelled"
    NOT_BEGUN = "not_begun"
    OTHER_CHILDREN = "other_children"
    NO_PROVISION = "no_provision"
    OTHER_YEARS = "other_years"


WORDS = {
    Reason.WITHDRAWN: N_("Withdrawn"),
    Reason.SET_ASIDE: N_("Set aside by the adviser"),
    Reason.DRAFT: N_("Draft: not handed in"),
    Reason.RETURNED: N_("Returned to the office"),
    Reason.SUBMITTED: N_("Waits for review"),
    Reason.CANCELLED: N_("Cancelled"),
    Reason.NOT_BEGUN: N_("Requested or planned: not begun"),
    Reason.OTHER_CHILDREN: N_("Does not concern children in conflict with the law"),
    Reason.NO_PROVISION: N_("Tied to no provision"),
    Reason.OTHER_YEARS: N_("Ran on, but nothing confirms this year"),
}


@dataclass(frozen=True)
class Excluded:
    """One activity that is not counted."""

    activity_id: int
    office: str
    reason: Reason


def excluded(session: Session, facts: YearFacts, basis: Basis, part: Slice | None = None) -> list[Excluded]:
    """The activities that name the year, by confirmation or by date, and do not qualify in it on the basis.

    In a region: those led from there; in a country: those that name it. Support types and provisions do not narrow,
    for a missing one is a reason itself. The reading is the one of lists and files, so that a file shows the same.
    """
    reason = _reason(facts.year, basis)
    # On the provisional basis either version may qualify: what is counted by the one is not left out for the other.
    readings = [Reading.APPROVED] if basis == Basis.APPROVED else list(Reading)
    counted = exists().where(
        KeptSupport.activity_id == L.activity_id, KeptSupport.year == facts.year, KeptSupport.basis.in_(readings)
    )
    statement = select(L.activity_id, L.lead_office, reason).where(
        and_(L.in_approved if basis == Basis.APPROVED else L.in_provisional),
        _speaks_of(facts.year),
        reason.is_not(None),
        ~counted,
    )
    if part and part.region:
        statement = statement.where(L.lead_office.in_([c for c, r in facts.regions.items() if r == part.region]))
    if part and part.country:
        statement = statement.where(CONDITIONS["country"]((part.country,)))
    return [Excluded(key, office, Reason(why)) for key, office, why in session.execute(statement)]


def _speaks_of(year: int) -> ColumnElement[bool]:
    """Confirmed in it, begun or to begin in it, ended in it, or begun before and not ended before."""
    text = str(year)
    dated = or_(*(column.startswith(text) for column in (L.actual_start, L.actual_end, L.planned_start)))
    begun_before = and_(L.actual_start < text, or_(L.actual_end.is_(None), L.actual_end >= text))
    return or_(_confirmed(year), dated, begun_before)


def _confirmed(year: int) -> ColumnElement[bool]:
    return L.confirmations.contains(f"{year}:", autoescape=True)


def _reason(year: int, basis: Basis) -> Any:
    read = {State.APPROVED} if basis == Basis.APPROVED else {State.APPROVED, State.SUBMITTED}
    reasons: list[tuple[ColumnElement[bool], Reason]] = [
        (L.withdrawn.is_(True), Reason.WITHDRAWN),
        (L.set_aside.is_(True), Reason.SET_ASIDE),
        (L.workflow == State.DRAFT, Reason.DRAFT),
        (L.workflow == State.RETURNED, Reason.RETURNED),
        (L.workflow.not_in(read), Reason.SUBMITTED),
        (L.status == Status.CANCELLED, Reason.CANCELLED),
        (or_(L.status.is_(None), L.status.in_(NOT_BEGUN), L.status.not_in(COUNTING)), Reason.NOT_BEGUN),
        (or_(L.concerns.is_(None), L.concerns.not_in(("mainly", "also"))), Reason.OTHER_CHILDREN),
        (L.provisions == "", Reason.NO_PROVISION),
        (~_confirmed(year), Reason.OTHER_YEARS),
    ]
    return case(*((condition, why.value) for condition, why in reasons), else_=None)
