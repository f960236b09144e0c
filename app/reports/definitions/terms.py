"""terms: short, medium or long."""

from __future__ import annotations

from app.activities.models_line import ActivityLine
from app.core.i18n import N_
from app.reports.tags import Tag, of_line, of_list, tag_report

REPORT = tag_report(
    "terms",
    N_("Terms of the support"),
    N_(
        "Short-, medium- and long-term activities that count in the year: offices with such an activity (k) of the"
        " offices expected (N), and activities of all that count. The term follows from the dates unless the office"
        " said why not."
    ),
    Tag("term", "term", of_list("term"), of_line(ActivityLine.term)),
)
