"""“I am looking at this one”: claims of what is submitted, so that two advisers do not read the same record."""

from __future__ import annotations

from sqlalchemy.orm import Session

from app.activities.models import Activity
from app.activities.models_review import ReviewClaim
from app.activities.services import lock_activity, refuse_withdrawn
from app.core import audit, clock
from app.core.errors import Refused
from app.core.i18n import N_
from app.core.permissions import Actor, Permission, demand

TAKEN = N_("Somebody else took this one before you. Choose another.")


def live_claim(session: Session, activity: Activity) -> ReviewClaim | None:
    """The claim of what is submitted now; one of an earlier revision has lapsed."""
    found = session.get(ReviewClaim, activity.id, populate_existing=True)
    return found if found and found.revision_id == activity.submitted_revision_id else None


def claim_review(session: Session, actor: Actor, activity: Activity) -> ReviewClaim:
    """Take the submitted revision in hand. Taken twice by one person it is taken once.

    Raises:
        Refused: nothing is submitted, it is withdrawn, or somebody else has it. Forbidden.
    """
    demand(Permission.ACTIVITY_REVIEW, actor, activity)
    lock_activity(session, activity)
    refuse_withdrawn(activity)
    if activity.submitted is None:
        raise Refused(N_("Nothing is submitted here: it was decided already, or taken back."))
    found = live_claim(session, activity)
    if found is not None and found.user_id != actor.user_id:
        raise Refused(TAKEN)
    if found is not None or actor.user_id is None:
        return found or ReviewClaim()
    claim = session.get(ReviewClaim, activity.id) or ReviewClaim(activity_id=activity.id)
    claim.revision_id, claim.user_id, claim.claimed_at = activity.submitted.id, actor.user_id, clock.now()
    session.add(claim)
    _audit(session, actor, "review.claimed", activity)
    return claim


def release_review(session: Session, actor: Actor, activity: Activity) -> None:
    """Put it back for others; not in hand is put back already.

    Raises:
        Refused: somebody else has it. Forbidden.
    """
    demand(Permission.ACTIVITY_REVIEW, actor, activity)
    lock_activity(session, activity)
    found = live_claim(session, activity)
    if found is None:
        return
    if found.user_id != actor.user_id:
        raise Refused(TAKEN)
    session.delete(found)
    _audit(session, actor, "review.released", activity)


def _audit(session: Session, actor: Actor, action: str, activity: Activity) -> None:
    session.flush()
    state = {"revision_id": activity.submitted_revision_id}
    subject = ("review", activity.reference)
    audit.record(session, actor_id=actor.user_id, action=action, subject=subject, state=state)
    session.flush()
