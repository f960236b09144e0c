"""activity-partners: a row for each partner agency of each activity."""

from __future__ import annotations

from sqlalchemy import select

from app.activities.models import RevisionPartner
from app.activities.models_line import ActivityLine
from app.core.db import AnySelect
from app.core.i18n import N_
from app.core.tables import Column, Kind
from app.reports.children import HEAD, child_report

P = RevisionPartner


def _statement() -> AnySelect:
    return (
        select(*HEAD, P.partner, P.role)
        .join(P, P.revision_id == ActivityLine.revision_id)
        .order_by(ActivityLine.activity_id, P.revision_id, P.partner, P.role)
    )


REPORT = child_report(
    "activity-partners",
    N_("Partners of activities"),
    N_(
        "One row for each agency with which an activity you may open was done, and for each thing that the agency does"
        " in it. An imported record may name an agency without a role."
    ),
    _statement,
    (
        Column("partner", N_("Partner"), Kind.CODE, lambda r: r.partner, "#org+partner", "partner_agency"),
        Column("role", N_("Role"), Kind.CODE, lambda r: r.role or None, names="partner_role"),
    ),
)
