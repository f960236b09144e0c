"""activity-provisions: a row for each provision that each activity cites."""

from __future__ import annotations

from sqlalchemy import select

from app.activities.models import RevisionProvision
from app.activities.models_line import ActivityLine
from app.core.db import AnySelect
from app.core.i18n import N_
from app.core.tables import Column, Kind
from app.reports.children import HEAD, child_report

P = RevisionProvision


def _statement() -> AnySelect:
    return (
        select(*HEAD, P.provision, P.role)
        .join(P, P.revision_id == ActivityLine.revision_id)
        .order_by(ActivityLine.activity_id, P.revision_id, P.provision, P.role)
    )


REPORT = child_report(
    "activity-provisions",
    N_("Provisions of activities"),
    N_(
        "One row for each provision that an activity you may open cites, and for each role in which it cites it: what"
        " mandated the support, and which standards it applied."
    ),
    _statement,
    (
        Column("provision", N_("Provision"), Kind.CODE, lambda r: r.provision, "#meta+provision", "provision"),
        Column("role", N_("Role"), Kind.CODE, lambda r: r.role, names="provision_role"),
    ),
)
