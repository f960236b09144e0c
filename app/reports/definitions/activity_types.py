"""activity-types: a row for each support type of each activity."""

from __future__ import annotations

from sqlalchemy import select

from app.activities.models import RevisionType
from app.activities.models_line import ActivityLine
from app.activities.queries_files import text_for_files
from app.codelists.models import SupportType
from app.core.db import AnySelect
from app.core.i18n import N_
from app.core.tables import Column, Kind
from app.reports.children import HEAD, child_report

T = RevisionType
FACETS = "facet"


def _statement() -> AnySelect:
    return (
        select(*HEAD, T.position, T.support_type, SupportType.facet, text_for_files(T.words))
        .join(T, T.revision_id == ActivityLine.revision_id)
        .join(SupportType, SupportType.code == T.support_type)
        .order_by(ActivityLine.activity_id, T.revision_id, T.position)
    )


REPORT = child_report(
    "activity-types",
    N_("Support types of activities"),
    N_(
        "One row for each support type of an activity you may open, the primary one first: how the office helped, or"
        " what the help was about. The words for “other” are left out in sensitive records."
    ),
    _statement,
    (
        Column("primary", N_("Primary support type"), Kind.YES_NO, lambda r: r.position == 0),
        Column("support_type", N_("Support type"), Kind.CODE, lambda r: r.support_type, "#activity+type",
               "support_type"),
        Column("facet", N_("How or about what"), Kind.CODE, lambda r: r.facet, names=FACETS),
        Column("words", N_("Other, in words"), Kind.TEXT, lambda r: r.words),
    ),
)  # fmt: skip
