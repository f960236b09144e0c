"""What is said and to be done about a request: comments and next steps, as of activities. Part of the services."""

from __future__ import annotations

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.orm import Session

from app.activities.comments import NewComment, comment_problems
from app.activities.facts import Step, checked_owner
from app.asked.models import RequestComment, RequestMention, RequestStep, SupportRequest
from app.asked.services import done, lock_request, refuse_withdrawn
from app.core import audit, clock
from app.core.errors import Invalid, NotFound
from app.core.events import Happened, tell
from app.core.i18n import N_
from app.core.permissions import Actor, Permission, Role, can, demand
from app.offices.models import Membership
from app.offices.queries import region_of
from app.offices.reviewers import Person, people_with


def write_comment(session: Session, actor: Actor, request: SupportRequest, command: NewComment) -> RequestComment:
    """Say something about a request; those mentioned get mail. Sent twice with one `client_id`, it is said once.

    Raises:
        Invalid: no text, too much, or somebody mentioned who may not read it. Forbidden.
    """
    demand(Permission.REQUEST_COMMENT, actor, request)
    if command.internal:
        demand(Permission.REQUEST_EDIT, actor, request)
    before = session.scalar(select(RequestComment).where(RequestComment.client_id == command.client_id))
    if before is not None and before.request_id == request.id:
        return before
    problems = comment_problems(command, {person.id for person in may_be_mentioned(session, request)})
    if problems:
        raise Invalid(problems)
    comment = RequestComment(
        client_id=command.client_id,
        request_id=request.id,
        author_id=actor.user_id,
        written_at=clock.now(),
        text=command.text.strip(),
        internal=command.internal,
        mentions=[RequestMention(user_id=each) for each in sorted(set(command.mentions))],
    )
    session.add(comment)
    _spoken(session, actor, "request-comment.written", comment)
    return comment


def resolve_comment(
    session: Session, actor: Actor, request: SupportRequest, comment_id: int, *, resolved: bool
) -> RequestComment:
    """Say that a comment is dealt with, or open it again. Its author may, and those who look after the request.

    Raises:
        NotFound: the request has no such comment that the actor may read. Forbidden.
    """
    mine = (RequestComment.id == comment_id, RequestComment.request_id == request.id)
    comment = session.scalar(select(RequestComment).where(*mine).with_for_update())
    if comment is None or not may_hear(actor, request, comment):
        raise NotFound(N_("There is no such comment."))
    if actor.user_id is None or comment.author_id != actor.user_id:
        demand(Permission.REQUEST_EDIT, actor, request)
    if (comment.resolved_at is not None) == resolved:
        return comment
    comment.resolved_at = clock.now() if resolved else None
    comment.resolved_by = actor.user_id if resolved else None
    _spoken(session, actor, "request-comment.resolved" if resolved else "request-comment.reopened", comment)
    return comment


def may_hear(actor: Actor, request: SupportRequest, comment: RequestComment) -> bool:
    """May this reader of the request read this comment?"""
    return not comment.internal or can(Permission.REQUEST_EDIT, actor, request)


def may_be_mentioned(session: Session, request: SupportRequest) -> list[Person]:
    """People of its offices, the advisers of their regions, and headquarters."""
    offices, today = request.office_codes, clock.today()
    regions = {region for code in offices if (region := region_of(session, code, today))}
    which: list[ColumnElement[bool]] = [
        Membership.office.in_(offices),
        and_(Membership.role == Role.REGIONAL_ADVISER, Membership.region.in_(regions)),
        Membership.role == Role.HEADQUARTERS,
    ]
    return people_with(session, *which)


def step_owners(session: Session, request: SupportRequest) -> list[Person]:
    """Who can be given a next step: people of its offices; where there are none, whoever can be mentioned."""
    of_offices = people_with(session, Membership.office.in_(request.office_codes))
    return of_offices or may_be_mentioned(session, request)


def add_next_step(session: Session, actor: Actor, request: SupportRequest, command: Step) -> RequestStep:
    """Add a next step. Raises Invalid, Refused (withdrawn), Forbidden."""
    demand(Permission.REQUEST_EDIT, actor, request)
    before = session.scalar(select(RequestStep).where(RequestStep.client_id == command.client_id))
    if before is not None and before.request_id == request.id:
        return before
    lock_request(session, request)
    refuse_withdrawn(request)
    step = RequestStep(
        client_id=command.client_id,
        what=command.what.strip(),
        owner_name=checked_owner(command, step_owners(session, request)),
        owner_id=command.owner_id,
        due_on=command.due_on,
    )
    request.steps.append(step)
    done(session, actor, "request.next-step-added", request)
    return step


def finish_next_step(session: Session, actor: Actor, request: SupportRequest, step_id: int) -> None:
    """Mark a next step done. Raises NotFound, Refused (withdrawn), Forbidden."""
    demand(Permission.REQUEST_EDIT, actor, request)
    lock_request(session, request)
    refuse_withdrawn(request)
    step = next((s for s in request.steps if s.id == step_id and s.done_at is None), None)
    if step is None:
        raise NotFound(N_("There is no such next step."))
    step.done_at = clock.now()
    done(session, actor, "request.next-step-done", request)


def _spoken(session: Session, actor: Actor, action: str, comment: RequestComment) -> None:
    session.flush()
    state = {c.key: getattr(comment, c.key) for c in RequestComment.__mapper__.column_attrs}
    state["mentions"] = [mention.user_id for mention in comment.mentions]
    subject = ("request-comment", str(comment.id))
    audit.record(session, actor_id=actor.user_id, action=action, subject=subject, state=state)
    session.flush()
    tell(session, Happened(action, comment.id, actor.user_id))
