"""What a file does not tell for sure of how it is to be read, in sentences: for the page and for the command."""

from __future__ import annotations

from app.core.i18n import N_
from app.exchange.date_order import doubts_of
from app.exchange.services import Chosen
from app.exchange.sheet_columns import DATES, NUMBERS
from app.exchange.sheet_look import ColumnLook, Look

GUESSED = N_("The encoding is a guess. Look whether names and accents below are right.")
BOTH_DECIMALS = N_("Some amounts have a comma before the cents, others a point. Choose; the others will be errors.")
MERGED = N_(
    "Some cells stand over several rows, merged into one. What they say is read for the first of these rows only; the"
    " others are blank there. Part such cells and repeat what they say, or look at each row below."
)


def doubts(found: Look, chosen: Chosen, *, order_said: bool = False) -> list[str]:
    """Marked sentences, none where the file leaves no doubt; none of dates where somebody said their order."""
    said = [GUESSED] if found.encoding and not found.sure else []
    said += [MERGED] if found.merged else []
    said += [] if order_said else order_doubts(found, chosen)
    amounts = _of(found, chosen, NUMBERS)
    if any(c.comma for c in amounts) and any(c.dot for c in amounts):
        said.append(BOTH_DECIMALS)
    return said


def order_doubts(found: Look, chosen: Chosen) -> list[str]:
    """What the dates do not tell of their order."""
    return doubts_of(_of(found, chosen, DATES))


def _of(found: Look, chosen: Chosen, keys: tuple[str, ...]) -> list[ColumnLook]:
    return [column for column, key in zip(found.columns, chosen.keys, strict=False) if key in keys]
