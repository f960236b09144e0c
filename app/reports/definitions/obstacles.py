"""obstacles: what stood in the way."""

from __future__ import annotations

from app.activities.models_line import ActivityLine
from app.core.i18n import N_
from app.reports.tags import Tag, of_line, of_list, tag_report

REPORT = tag_report(
    "obstacles",
    N_("Obstacles"),
    N_(
        "What stood in the way of the activities that count in the year, as offices ticked it: offices with such an"
        " activity (k) of the offices expected (N), and activities of all that count. An activity can name several."
    ),
    Tag("obstacle", "obstacle", of_list("obstacle"), of_line(ActivityLine.obstacles)),
)
