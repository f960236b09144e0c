"""activity-next-steps: a row for each next step of each activity, done or not."""

from __future__ import annotations

from sqlalchemy import select

from app.activities.models import NextStep
from app.activities.models_line import ActivityLine
from app.activities.queries_files import text_for_files
from app.core.db import AnySelect
from app.core.i18n import N_
from app.core.tables import Column, Kind
from app.reports.children import HEAD, child_report

N = NextStep


def _statement() -> AnySelect:
    return (
        select(*HEAD, text_for_files(N.what), text_for_files(N.owner_name), N.due_on, N.done_at)
        .join(N, N.activity_id == ActivityLine.activity_id)
        .where(N.removed_at.is_(None))
        .order_by(ActivityLine.activity_id, ActivityLine.revision_id, N.id)
    )


REPORT = child_report(
    "activity-next-steps",
    N_("Next steps of activities"),
    N_(
        "One row for each next step that an activity you may open leads to: what, by whom, when it is due, and when it"
        " was done (blank where it is not). The text of sensitive records is left out."
    ),
    _statement,
    (
        Column("what", N_("What"), Kind.TEXT, lambda r: r.what),
        Column("owner", N_("By whom"), Kind.TEXT, lambda r: r.owner_name),
        Column("due_on", N_("Due"), Kind.DATE, lambda r: r.due_on.isoformat() if r.due_on else None),
        Column("done_at", N_("Done"), Kind.INSTANT, lambda r: r.done_at),
    ),
)
