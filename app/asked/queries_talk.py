"""Reads of comments and next steps of requests; the lists of activities tell them too."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from app.activities.queries_comments import Spoken
from app.activities.queries_record import names_of
from app.activities.queries_steps import OwnStep
from app.asked.models import RequestComment, RequestMention, RequestStep, SupportRequest
from app.asked.talk import may_hear
from app.core import clock
from app.core.permissions import Actor, Permission, can

ABOUT = "request"


def comments_of(session: Session, actor: Actor, request: SupportRequest) -> list[Spoken]:
    """What was said about a request, as far as the reader may hear it; the oldest first."""
    mine = select(RequestComment).where(RequestComment.request_id == request.id)
    found = session.scalars(mine.options(selectinload(RequestComment.mentions)).order_by(RequestComment.id))
    return _told(session, actor, [(each, request) for each in found if may_hear(actor, request, each)])


def comments_for(session: Session, actor: Actor) -> list[Spoken]:
    """Open comments about requests that mention the reader, who may still read them."""
    statement = (
        select(RequestComment, SupportRequest)
        .join(SupportRequest, SupportRequest.id == RequestComment.request_id)
        .join(RequestMention, RequestMention.comment_id == RequestComment.id)
        .where(RequestMention.user_id == actor.user_id, RequestComment.resolved_at.is_(None))
        .options(selectinload(RequestComment.mentions))
    )
    found = [(comment, request) for comment, request in session.execute(statement)]
    return _told(session, actor, [pair for pair in found if may_hear(actor, pair[1], pair[0])])


def steps_for(session: Session, actor: Actor) -> list[OwnStep]:
    """What the actor is to do about requests that they may still change."""
    statement = (
        select(RequestStep, SupportRequest)
        .join(SupportRequest, SupportRequest.id == RequestStep.request_id)
        .where(
            RequestStep.owner_id == actor.user_id,
            RequestStep.done_at.is_(None),
            SupportRequest.withdrawn_at.is_(None),
        )
    )
    today = clock.today()
    return [
        OwnStep(step.id, request.reference, step.what, step.due_on, bool(step.due_on and step.due_on < today), ABOUT)
        for step, request in session.execute(statement)
        if can(Permission.REQUEST_EDIT, actor, request)
    ]


def _told(session: Session, actor: Actor, found: list[tuple[RequestComment, SupportRequest]]) -> list[Spoken]:
    people = {id_ for c, _r in found for id_ in (c.author_id, c.resolved_by, *(m.user_id for m in c.mentions))}
    names = names_of(session, people)
    return [
        Spoken(
            id=c.id,
            reference=request.reference,
            who=names.get(c.author_id or 0, ""),
            at=c.written_at,
            text=c.text,
            internal=c.internal,
            mentions=tuple(names[m.user_id] for m in c.mentions if m.user_id in names),
            resolved_by=names.get(c.resolved_by or 0, ""),
            resolved=c.resolved_at is not None,
            may_resolve=c.author_id == actor.user_id or can(Permission.REQUEST_EDIT, actor, request),
            about=ABOUT,
        )
        for c, request in found
    ]
