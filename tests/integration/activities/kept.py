"""What is kept beside the records, made anew from the records alone: any difference is a drift."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.activities.lines import _line, _wanted_confirmations, read_revisions
from app.activities.models import Activity, Confirmation
from app.activities.models_line import ActivityLine
from app.returns.models import AnnualReturn, ReturnTick

COLUMNS = [column.key for column in ActivityLine.__table__.columns]


def drift(session: Session) -> list[str]:
    """Lines and confirmations that are not what the records say, told in words."""
    session.flush()
    session.expire_all()
    found = []
    for activity in session.scalars(select(Activity)):
        found += _line_drift(session, activity)
        found += _confirmation_drift(session, activity)
    return found


def _line_drift(session: Session, activity: Activity) -> list[str]:
    approved, provisional = read_revisions(activity)
    wanted = {}
    for revision in {approved, provisional}:
        marks = {"in_approved": revision is approved, "in_provisional": revision is provisional}
        wanted[revision.id] = _line(session, activity, revision, **marks)
    rows = session.execute(select(ActivityLine.__table__).where(ActivityLine.activity_id == activity.id)).mappings()
    kept = {row["revision_id"]: dict(row) for row in rows}
    if kept.keys() != wanted.keys():
        return [f"{activity.reference}: lines of {sorted(kept)}, not of {sorted(wanted)}"]
    return [
        f"{activity.reference} {column}: {kept[key][column]!r}, not {wanted[key][column]!r}"
        for key in wanted
        for column in COLUMNS
        if kept[key][column] != wanted[key][column]
    ]


def _confirmation_drift(session: Session, activity: Activity) -> list[str]:
    ticks = (
        select(AnnualReturn.year)
        .join(ReturnTick, ReturnTick.return_id == AnnualReturn.id)
        .where(ReturnTick.activity_id == activity.id, AnnualReturn.state == "signed")
    )
    wanted = {key for key in _wanted_confirmations(activity, None) if key[2] != "return"}
    wanted |= {(None, year, "return") for year in session.scalars(ticks)}
    rows = session.scalars(select(Confirmation).where(Confirmation.activity_id == activity.id))
    kept = {(row.revision_id, row.year, row.how) for row in rows}
    return [f"{activity.reference}: {sorted(kept, key=str)}, not {sorted(wanted, key=str)}"] if kept != wanted else []
