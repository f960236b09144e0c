"""how-by-region: each way of helping in each region; the empty cells are rows with a zero."""

from __future__ import annotations

from app.core.i18n import N_
from app.reports.crosses import by_region
from app.reports.figure_rows import SUPPORT_TYPE
from app.reports.slices import slice_report, without

REPORT = slice_report(
    "how-by-region",
    N_("How offices helped, by region"),
    N_(
        "For each region and way of helping: offices of the region that provided support of this type (k) of its"
        " offices expected (N). A cell where nobody did is a row with zero. An office that gave several kinds stands in"
        " several rows."
    ),
    by_region("how_region", SUPPORT_TYPE, lambda known: known.hows, "support_type"),
    parameters=without("support_type"),
)
