"""who-asked: where the request for the help came from."""

from __future__ import annotations

from app.activities.models_line import ActivityLine
from app.core.i18n import N_
from app.reports.tags import Tag, of_line, of_list, tag_report

REPORT = tag_report(
    "who-asked",
    N_("Who asked"),
    N_(
        "Where the request for each activity that counts in the year came from: offices with such an activity (k) of"
        " the offices expected (N), and activities of all that count."
    ),
    Tag("request_source", "request_source", of_list("request_source"), of_line(ActivityLine.request_source)),
)
