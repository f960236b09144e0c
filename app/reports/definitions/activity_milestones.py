"""activity-milestones: a row for each milestone of each activity."""

from __future__ import annotations

from sqlalchemy import select

from app.activities.models import ActivityLine, RevisionMilestone
from app.core.db import AnySelect
from app.core.i18n import N_
from app.core.permissions import Actor
from app.core.tables import Column, Kind
from app.reports.children import HEAD, child_report, text_of

M = RevisionMilestone


def _statement(actor: Actor) -> AnySelect:
    return (
        select(*HEAD, M.position, M.kind, M.on, M.contribution, text_of(M.law, actor), text_of(M.link, actor))
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
