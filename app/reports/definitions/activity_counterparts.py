"""activity-counterparts: a row for each body that each activity worked with."""

from __future__ import annotations

from sqlalchemy import select

from app.activities.models import Counterpart, RevisionCounterpart
from app.activities.models_line import ActivityLine
from app.activities.queries_files import text_for_files
from app.core.db import AnySelect
from app.core.i18n import N_
from app.core.tables import Column, Kind
from app.reports.children import HEAD, child_report

R = RevisionCounterpart


def _statement() -> AnySelect:
    return (
        select(*HEAD, R.position, Counterpart.kind, text_for_files(Counterpart.name))
        .join(R, R.revision_id == ActivityLine.revision_id)
        .join(Counterpart, Counterpart.id == R.counterpart_id)
        .order_by(ActivityLine.activity_id, R.revision_id, R.position)
    )


REPORT = child_report(
    "activity-counterparts",
    N_("Counterparts of activities"),
    N_(
        "One row for each body that an activity you may open worked with, the lead counterpart first. Names in"
        " sensitive records are left out; the kind is not."
    ),
    _statement,
    (
        Column("lead", N_("Lead counterpart"), Kind.YES_NO, lambda r: r.position == 0),
        Column("kind", N_("Kind"), Kind.CODE, lambda r: r.kind, names="counterpart_kind"),
        Column("name", N_("Name"), Kind.TEXT, lambda r: r.name),
    ),
)
