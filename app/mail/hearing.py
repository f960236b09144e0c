"""Who gets mail because of what somebody did. Called in the transaction of the act."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import and_
from sqlalchemy.orm import Session

from app.accounts.models_proof import AccountLink
from app.activities.models import Activity
from app.activities.models_review import ActivityKeeper, Comment
from app.asked.models import RequestComment, SupportRequest
from app.core.events import Happened
from app.core.permissions import Role
from app.mail.rules import Kind
from app.mail.services import put
from app.offices.models import Membership
from app.offices.reviewers import people_with, reviewers_of, staff_of

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
    else:
        _of_requests(session, happened)


def _of_requests(session: Session, happened: Happened) -> None:
    """A new request is news for the leads of its offices; an answer for their advisers and for who entered it."""
    if happened.act == "request-comment.written":
        comment = session.get_one(RequestComment, happened.key)
        for mention in comment.mentions:
            if mention.user_id != happened.by:
                put(session, mention.user_id, Kind.MENTIONED, request_id=comment.request_id,
                    request_comment_id=comment.id, by_id=happened.by)  # fmt: skip
        return
    if happened.act not in ("request.recorded", "request.answered"):
        return
    request = session.get_one(SupportRequest, happened.key)
    if happened.act == "request.recorded":
        kind, people = Kind.REQUEST_RECEIVED, leads_of_request(session, request)
    else:
        kind = Kind.REQUEST_ANSWERED
        people = {key for code in request.office_codes for key in reviewers_of(session, code)}
        people |= {request.created_by} - {None}  # type: ignore[arg-type]
    for user_id in sorted(people - {happened.by}):
        put(session, user_id, kind, request_id=request.id, by_id=happened.by)


def leads_of_request(session: Session, request: SupportRequest) -> set[int]:
    """The leads of the offices to which a request falls; where an office has none, its people."""
    found: set[int] = set()
    for code in sorted(request.office_codes):
        leads = people_with(session, and_(Membership.office == code, Membership.role == Role.COUNTRY_LEAD))
        found |= {person.id for person in leads or staff_of(session, code)}
    return found


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
