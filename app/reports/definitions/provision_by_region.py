"""provision-by-region: offices that cited each provision in each region; the empty cells are rows with a zero."""

from __future__ import annotations

from app.core.i18n import N_
from app.reports.crosses import by_region
from app.reports.figure_rows import PROVISION
from app.reports.slices import slice_report, without

REPORT = slice_report(
    "provision-by-region",
    N_("Provisions that offices cited, by region"),
    N_(
        "For each region and provision: offices of the region that cited it in support that counts (k) of its offices"
        " expected (N). A cell where nobody did is a row with zero."
    ),
    by_region("provision_region", PROVISION, lambda known: known.provisions, "provision"),
    parameters=without("provision"),
)
