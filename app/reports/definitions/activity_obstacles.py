"""activity-obstacles: a row for each obstacle that an activity names."""

from __future__ import annotations

from sqlalchemy import select

from app.activities.models import RevisionCode
from app.activities.models_line import ActivityLine
from app.core.db import AnySelect
from app.core.i18n import N_
from app.core.tables import Column, Kind
from app.reports.children import HEAD, child_report

C = RevisionCode


def _statement() -> AnySelect:
    return (
        select(*HEAD, C.code)
        .join(C, C.revision_id == ActivityLine.revision_id)
        .where(C.list_key == "obstacle")
        .order_by(ActivityLine.activity_id, C.revision_id, C.code)
    )


REPORT = child_report(
    "activity-obstacles",
    N_("Obstacles of activities"),
    N_("One row for each thing that stood in the way of an activity you may open, as its office ticked it."),
    _statement,
    (Column("obstacle", N_("Obstacle"), Kind.CODE, lambda r: r.code, names="obstacle"),),
)
