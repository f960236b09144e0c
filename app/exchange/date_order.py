"""Whether dates such as 03/04/2019 are read day first or month first, as all the dates of a file together tell."""

from __future__ import annotations

from collections.abc import Sequence

from app.core.i18n import N_
from app.exchange.sheet_look import ColumnLook
from app.exchange.sheet_values import DAY_FIRST, MONTH_FIRST

ORDERS = (DAY_FIRST, MONTH_FIRST)
BOTH = N_("Some dates can only be day first, others only month first. Choose; the others will be errors.")
NEITHER = N_("No date tells whether the day or the month comes first. Please say.")


def order_of(dates: Sequence[ColumnLook]) -> str:
    """The order in which more of the dates in these columns can be read; day first where both are as many."""
    return MONTH_FIRST if sum(c.month_first for c in dates) > sum(c.day_first for c in dates) else DAY_FIRST


def matters(dates: Sequence[ColumnLook]) -> bool:
    """Some date is written so that its order matters."""
    return any(c.day_first or c.month_first or c.either for c in dates)


def doubts_of(dates: Sequence[ColumnLook]) -> list[str]:
    """What the dates do not tell for sure, in a sentence; none where they do."""
    if sum(c.day_first for c in dates) and sum(c.month_first for c in dates):
        return [BOTH]
    if any(c.either for c in dates) and not any(c.day_first + c.month_first for c in dates):
        return [NEITHER]
    return []
