"""Which offices may be named to a reader in which state (METHODOLOGY, Who sees what behind a figure).

Offices behind k are named to everybody; so are those that are not expected, which is the roster's own affair. The
names of unanswered offices are open to the office, the advisers of its region, and headquarters. Whoever was told all
the declared and nil ones could name the unanswered by striking them off the list, so these are closed with them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from app.core.permissions import Actor, Permission, can
from app.coverage.rules import State

NAMED_TO_ALL = frozenset({State.PROVIDED, State.ANSWERED_NONE, State.NOT_EXPECTED})


@dataclass(frozen=True)
class Named:
    """Offices that the reader may see by name, and how many more there are."""

    codes: tuple[str, ...]
    hidden: int


def may_name(actor: Actor | None, state: State, office: str) -> bool:
    """True if the reader may know that this office is in this state."""
    return state in NAMED_TO_ALL or can(Permission.OFFICE_UNANSWERED_NAME, actor, office)


def named(actor: Actor | None, state: State, offices: Iterable[str]) -> Named:
    """The offices in a state, split by what the reader may know."""
    every = tuple(offices)
    shown = tuple(code for code in every if may_name(actor, state, code))
    return Named(shown, len(every) - len(shown))
