"""Reads of rounds and annual returns."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from app.activities.models import Activity
from app.offices.models import Office
from app.returns.models import AnnualReturn, Round
from app.returns.rules import due_moment


@dataclass(frozen=True)
class SignedReturn:
    """A signed return's answer (support or nil) and whether it came by the due moment."""

    answer: str
    on_time: bool


@dataclass(frozen=True)
class ReturnRow:
    """A return as files show it. `ticked` are references."""

    office: str
    year: int
    answer: str | None
    state: str
    signed_at: datetime | None
    due_at: datetime | None
    on_time: bool | None
    recorded_by: str
    words: str
    ticked: tuple[str, ...]


def signed_returns(session: Session, years: Iterable[int]) -> dict[int, dict[str, SignedReturn]]:
    """{year: {office: signed return}}; drafts and reopened ones are no answer."""
    found: dict[int, dict[str, SignedReturn]] = defaultdict(dict)
    for row in return_rows(session, years):
        if row.state == "signed" and row.answer is not None:
            found[row.year][row.office] = SignedReturn(row.answer, bool(row.on_time))
    return found


def return_rows(session: Session, years: Iterable[int] | None = None) -> list[ReturnRow]:
    """All returns (of these years), by year and office."""
    statement = (
        select(AnnualReturn, Office.time_zone, Round.due_on)
        .join(Office, Office.code == AnnualReturn.office)
        .outerjoin(Round, Round.year == AnnualReturn.year)
        .options(selectinload(AnnualReturn.ticks))
        .order_by(AnnualReturn.year, AnnualReturn.office)
    )
    if years is not None:
        statement = statement.where(AnnualReturn.year.in_(list(years)))
    rows = session.execute(statement).all()
    references = _references(session, [tick.activity_id for row in rows for tick in row[0].ticks])
    found = []
    for annual, time_zone, due_on in rows:
        due = due_moment(due_on, time_zone) if due_on else None
        signed_at = annual.signed_at if annual.state == "signed" else None
        found.append(
            ReturnRow(
                office=annual.office,
                year=annual.year,
                answer=annual.answer,
                state=annual.state,
                signed_at=annual.signed_at,
                due_at=due,
                on_time=signed_at < due if signed_at and due else None,
                recorded_by=annual.recorded_by,
                words=annual.words,
                ticked=tuple(references[tick.activity_id] for tick in annual.ticks),
            )
        )
    return found


def _references(session: Session, ids: list[int]) -> dict[int, str]:
    if not ids:
        return {}
    return dict(session.execute(select(Activity.id, Activity.reference).where(Activity.id.in_(ids))).all())
