"""about-by-region: each subject of the help in each region; the empty cells are rows with a zero."""

from __future__ import annotations

from app.core.i18n import N_
from app.reports.crosses import by_region
from app.reports.figure_rows import SUPPORT_TYPE
from app.reports.slices import slice_report, without

REPORT = slice_report(
    "about-by-region",
    N_("What the help was about, by region"),
    N_(
        "For each region and subject: offices of the region that provided support about it (k) of its offices expected"
        " (N). A cell where nobody did is a row with zero. Help about several subjects stands in several rows."
    ),
    by_region("about_region", SUPPORT_TYPE, lambda known: known.abouts, "support_type"),
    parameters=without("support_type"),
)
