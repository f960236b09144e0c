"""activity-milestones: a row for each milestone of each activity."""

from __future__ import annotations

from sqlalchemy import select

from app.activities.models import RevisionMilestone
from app.activities.models_line import ActivityLine
from app.activities.queries_files import text_for_files
from app.core.db import AnySelect
from app.core.i18n import N_
from app.core.tables import Column, Kind
from app.reports.children import HEAD, child_report

M = RevisionMilestone


def _statement() -> AnySelect:
    return (
        select(*HEAD, M.position, M.kind, M.on, M.contribution, text_for_files(M.law), text_for_files(M.link))
        .join(M, M.revision_id == ActivityLine.revision_id)
        .order_by(ActivityLine.activity_id, M.revision_id, M.position)
    )


REPORT = child_report(
    "activity-milestones",
    N_("Milestones of activities"),
    N_(
        "One row for each step in the life of a law that an activity you may open names, with its date and the office's"
        " contribution. The text of sensitive records is left out."
    ),
    _statement,
    (
        Column("kind", N_("Milestone"), Kind.CODE, lambda r: r.kind, names="milestone"),
        Column("on", N_("Date"), Kind.DATE, lambda r: r.on),
        Column("contribution", N_("Contribution"), Kind.CODE, lambda r: r.contribution, names="contribution"),
        Column("law", N_("Law"), Kind.TEXT, lambda r: r.law),
        Column("link", N_("Link"), Kind.TEXT, lambda r: r.link),
    ),
)
