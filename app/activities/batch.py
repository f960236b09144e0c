"""Approving several records in one go: each by the one service and its checks, each taken or refused by itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.activities.review import approve_activity
from app.activities.services import find_activity
from app.core.errors import NotFound, Stale, TrackerError
from app.core.i18n import N_
from app.core.permissions import Actor, Permission, can

MOST = 10
NO_SUCH = N_("There is no activity with this reference.")
CHANGED = N_("Somebody changed this record after you opened it. Look at it again, then decide.")


@dataclass(frozen=True)
class Outcome:
    """What became of one tick: `refusal` is "" where it was approved."""

    reference: str
    refusal: str = ""


def approve_several(session: Session, actor: Actor, ticked: Sequence[tuple[str, int]]) -> list[Outcome]:
    """Approve each (reference, version that was seen). What is refused leaves the others as they are."""
    return [_approve(session, actor, reference, version) for reference, version in ticked[:MOST]]


def _approve(session: Session, actor: Actor, reference: str, version: int) -> Outcome:
    try:
        with session.begin_nested():
            activity = find_activity(session, reference)
            if not can(Permission.ACTIVITY_READ, actor, activity):
                raise NotFound(NO_SUCH)
            approve_activity(session, actor, activity, version)
    except Stale:
        return Outcome(reference, CHANGED)
    except TrackerError as refused:
        return Outcome(reference, str(refused))
    return Outcome(reference)
