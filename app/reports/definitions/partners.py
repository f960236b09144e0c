"""partners: the agencies that took part."""

from __future__ import annotations

from app.activities.models_line import ActivityLine
from app.core.i18n import N_
from app.reports.tags import Tag, of_line, of_list, tag_report

REPORT = tag_report(
    "partners",
    N_("Partners"),
    N_(
        "Agencies that took part in the activities that count in the year, whatever their role: offices with such an"
        " activity (k) of the offices expected (N), and activities of all that count. An activity with several partners"
        " stands in several rows, so the rows do not add up."
    ),
    Tag("partner", "partner_agency", of_list("partner_agency"), of_line(ActivityLine.partners)),
)
