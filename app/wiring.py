"""What every process of the program must join before it works: the policy, and who learns of which change."""

from __future__ import annotations

from app.core import events, permissions
from app.coverage.keeping import keep
from app.policy import POLICY


def wire() -> None:
    """Install the one policy, and let the kept facts learn of each change in its transaction. Twice is once."""
    permissions.install(POLICY)
    events.subscribe(keep)
