"""activity-countries: a row for each country of each activity."""

from __future__ import annotations

from sqlalchemy import select

from app.activities.models import RevisionCountry
from app.activities.models_line import ActivityLine
from app.core.db import AnySelect
from app.core.i18n import N_
from app.core.tables import Column, Kind
from app.reports.children import HEAD, child_report

C = RevisionCountry


def _statement() -> AnySelect:
    return (
        select(*HEAD, C.country)
        .join(C, C.revision_id == ActivityLine.revision_id)
        .order_by(ActivityLine.activity_id, C.revision_id, C.country)
    )


REPORT = child_report(
    "activity-countries",
    N_("Countries of activities"),
    N_("One row for each country in which an activity that you may open gave its support."),
    _statement,
    (Column("country", N_("Country"), Kind.CODE, lambda r: r.country, "#country+code+v_iso3", "country"),),
)
