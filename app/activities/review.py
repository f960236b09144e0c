"""Deciding on an activity: approve, return, question, set aside. Part of the room's services."""

from __future__ import annotations

from sqlalchemy.orm import Session

from app.activities.lines import settle
from app.activities.models import Activity, ActivityRevision
from app.activities.rules import State
from app.activities.services import check_version, needed_reason, refuse_withdrawn, write_audit
from app.core import clock
from app.core.errors import Forbidden, Refused
from app.core.i18n import N_
from app.core.permissions import Actor, Permission, demand
from app.offices.reviewers import allows_self_approval


def is_own(actor: Actor, revision: ActivityRevision) -> bool:
    """The actor wrote or submitted this revision."""
    if actor.user_id is None:
        return False
    return actor.user_id == revision.submitted_by or any(a.user_id == actor.user_id for a in revision.authors)


def approve_activity(session: Session, actor: Actor, activity: Activity, opened: int) -> Activity:
    """Approve the submitted revision: from now on the approved basis reads it. Answers a question that was open.

    Raises:
        Refused: nothing is submitted, or withdrawn. Stale.
        Forbidden: not the adviser, or their own work in a region that does not allow it.
    """
    revision = _submitted(session, actor, activity, opened)
    own = is_own(actor, revision)
    if own and not allows_self_approval(session, activity.lead_office):
        raise Forbidden(N_("You wrote or submitted this yourself, so somebody else must approve it."))
    revision.self_approved = own
    _decide(activity, revision, State.APPROVED, actor)
    activity.approved = revision
    activity.questioned_at = activity.questioned_by = None
    activity.questioned_reason = ""
    return _done(session, actor, activity, "activity.self-approved" if own else "activity.approved")


def return_activity(session: Session, actor: Actor, activity: Activity, reason: str, opened: int) -> Activity:
    """Give the submitted revision back with a reason. An approved one before it goes on counting, questioned.

    Raises:
        Invalid: no reason. Refused, Forbidden, Stale.
    """
    revision = _submitted(session, actor, activity, opened)
    words = needed_reason(reason)
    _decide(activity, revision, State.RETURNED, actor, words)
    if activity.approved is not None:
        _question(activity, actor, words)
    return _done(session, actor, activity, "activity.returned", words)


def question_activity(session: Session, actor: Actor, activity: Activity, reason: str, opened: int) -> Activity:
    """Return an approved record: questioned, it still counts, flagged (METHODOLOGY, Revisions).

    Raises:
        Invalid: no reason. Refused: it is not approved, or questioned already. Forbidden, Stale.
    """
    _may_review(session, actor, activity, opened)
    if activity.approved is None or activity.questioned_at is not None:
        raise Refused(N_("Only an approved activity that is not yet questioned can be returned."))
    words = needed_reason(reason)
    _question(activity, actor, words)
    return _done(session, actor, activity, "activity.questioned", words)


def settle_question(session: Session, actor: Actor, activity: Activity, opened: int) -> Activity:
    """The question is answered: take the flag off.

    Raises:
        Refused: it is not questioned. Forbidden, Stale.
    """
    _may_review(session, actor, activity, opened)
    if activity.questioned_at is None:
        raise Refused(N_("This activity is not questioned."))
    activity.questioned_at = activity.questioned_by = None
    activity.questioned_reason = ""
    return _done(session, actor, activity, "activity.question-settled")


def set_aside(session: Session, actor: Actor, activity: Activity, reason: str, opened: int) -> Activity:
    """Take an approved record out of the figures, with a reason that the office sees.

    Raises:
        Invalid: no reason. Refused: it is not approved, or set aside already. Forbidden, Stale.
    """
    _may_review(session, actor, activity, opened)
    if activity.approved is None or activity.set_aside_at is not None:
        raise Refused(N_("Only an approved activity that is not yet set aside can be set aside."))
    activity.set_aside_reason = needed_reason(reason)
    activity.set_aside_at = clock.now()
    activity.set_aside_by = actor.user_id
    return _done(session, actor, activity, "activity.set-aside", activity.set_aside_reason)


def count_again(session: Session, actor: Actor, activity: Activity, opened: int) -> Activity:
    """Undo the setting aside.

    Raises:
        Refused: it is not set aside. Forbidden, Stale.
    """
    _may_review(session, actor, activity, opened)
    if activity.set_aside_at is None:
        raise Refused(N_("This activity is not set aside."))
    activity.set_aside_at = activity.set_aside_by = None
    activity.set_aside_reason = ""
    return _done(session, actor, activity, "activity.counts-again")


def _may_review(session: Session, actor: Actor, activity: Activity, opened: int) -> None:
    demand(Permission.ACTIVITY_REVIEW, actor, activity)
    check_version(session, activity, opened)
    refuse_withdrawn(activity)


def _submitted(session: Session, actor: Actor, activity: Activity, opened: int) -> ActivityRevision:
    _may_review(session, actor, activity, opened)
    if activity.submitted is None:
        raise Refused(N_("Nothing is submitted here: it was decided already, or taken back."))
    return activity.submitted


def _decide(activity: Activity, revision: ActivityRevision, state: State, actor: Actor, reason: str = "") -> None:
    revision.state = state
    revision.decision_reason = reason
    revision.decided_at = clock.now()
    revision.decided_by = actor.user_id
    activity.submitted = None


def _question(activity: Activity, actor: Actor, reason: str) -> None:
    activity.questioned_at = clock.now()
    activity.questioned_by = actor.user_id
    activity.questioned_reason = reason


def _done(session: Session, actor: Actor, activity: Activity, action: str, reason: str = "") -> Activity:
    activity.version += 1
    settle(session, activity, actor.user_id)
    write_audit(session, actor, action, activity, reason)
    return activity
