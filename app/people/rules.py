"""What can be left behind. Pure."""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum

from app.core.i18n import N_

LONGEST_ACTING = timedelta(days=366)


class Left(StrEnum):
    """A kind of thing that somebody leaves behind."""

    DRAFTS = "drafts"
    NEXT_STEPS = "next_steps"
    REVIEWS = "reviews"
    RETURNS = "returns"


ASKED = {
    Left.DRAFTS: N_("Who takes the drafts and returned records?"),
    Left.NEXT_STEPS: N_("Who takes the next steps?"),
    Left.REVIEWS: N_("Who takes the reviews?"),
    Left.RETURNS: N_("Who signs the annual returns until there is a new lead?"),
}
