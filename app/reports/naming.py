"""Which states of an office a reader may learn (METHODOLOGY, Who sees what; docs/decisions/0006)."""

from __future__ import annotations

from collections.abc import Mapping

from app.core.permissions import Actor, Permission, can
from app.coverage.rules import State

# Whoever may not know which offices have not answered must not find out by elimination either.
NAMED_TO_ALL = frozenset({State.PROVIDED, State.NOT_EXPECTED})
NOT_OPEN = "not_open_to_you"


def may_name(actor: Actor, office: str) -> bool:
    """The reader may know whether this office has answered, and how."""
    return can(Permission.OFFICE_UNANSWERED_NAME, actor, office)


def shown_state(actor: Actor, office: str, state: State) -> str:
    """The state as the reader may know it."""
    return state if state in NAMED_TO_ALL or may_name(actor, office) else NOT_OPEN


def shown_states(actor: Actor, states: Mapping[str, State]) -> dict[str, str]:
    """The states of offices as the reader may know them."""
    return {office: shown_state(actor, office, state) for office, state in states.items()}
