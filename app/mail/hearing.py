"""Who gets mail because of what somebody did. Called in the transaction of the act."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy.orm import Session

from app.accounts.models_proof import AccountLink
from app.activities.models import Activity
from app.activities.models_review import ActivityKeeper, Comment
from app.core.events import Happened
from app.mail.rules import Kind
from app.mail.services import put
from app.offices.reviewers import reviewers_of, staff_of

OFFICE_HEARS = {
    "activity.returned": Kind.RETURNED,
    "activity.questioned": Kind.QUESTIONED,
    "activity.approved": Kind.APPROVED,
    "activity.self-approved": Kind.APPROVED,
}


def write_mail(session: Session, happened: Happened) -> None:
    """Write the mail for an act. What commands do (imports, made-up history) is nobody's news."""
    if happened.act.startswith("account."):
        _about_account(session, happened)
        return
    if happened.by is None:
        return
    if happened.act == "activity.submitted":
        activity = session.get_one(Activity, happened.key)
        _to(session, happened, Kind.SUBMITTED, reviewers_of(session, activity.lead_office))
    elif happened.act in OFFICE_HEARS:
        activity = session.get_one(Activity, happened.key)
        _to(session, happened, OFFICE_HEARS[happened.act], _authors(session, activity))
    elif happened.act == "comment.written":
        _to_mentioned(session, happened)


def _to(session: Session, happened: Happened, kind: Kind, people: Iterable[int]) -> None:
    for user_id in sorted(set(people) - {happened.by}):
        about = {"activity_id": happened.key, "by_id": happened.by, "reason": happened.reason}
        put(session, user_id, kind, **about)


def _authors(session: Session, activity: Activity) -> set[int]:
    """Who keeps, wrote or submitted it and still works in the office; if nobody does, everybody there."""
    staff = {person.id for person in staff_of(session, activity.lead_office)}
    keeper = session.get(ActivityKeeper, activity.id)
    wrote = {author.user_id for author in activity.current.authors} | {activity.current.submitted_by}
    return (wrote | ({keeper.user_id} if keeper else set())) & staff or staff  # type: ignore[return-value]


def _to_mentioned(session: Session, happened: Happened) -> None:
    comment = session.get_one(Comment, happened.key)
    for mention in comment.mentions:
        if mention.user_id != happened.by:
            put(
                session,
                mention.user_id,
                Kind.MENTIONED,
                activity_id=comment.activity_id,
                comment_id=comment.id,
                by_id=happened.by,
            )


def _about_account(session: Session, happened: Happened) -> None:
    """Invitations, resets, and what became of an account: to its person, whoever did it."""
    if happened.act == "account.changed":
        put(session, happened.key, Kind.ACCOUNT_CHANGED, by_id=happened.by, reason=happened.reason)
        return
    link = session.get_one(AccountLink, happened.key)
    kind = Kind.INVITED if link.kind == "invitation" else Kind.RESET
    put(session, link.user_id, kind, link_id=link.id, by_id=happened.by)
