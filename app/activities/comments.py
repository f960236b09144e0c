"""What people say to each other about an activity: comment, mention, resolve. Part of the room's services.

A comment changes nothing that counts, so it raises no version and needs no review.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.orm import Session

from app.activities.models import Activity
from app.activities.models_review import Comment, CommentMention
from app.activities.policies import co_offices_of, may_read_text
from app.core import audit, clock
from app.core.db import new_client_id
from app.core.errors import Forbidden, Invalid, NotFound, Problem
from app.core.events import Happened, tell
from app.core.i18n import N_
from app.core.permissions import Actor, Permission, Role, can, demand
from app.offices.models import Membership
from app.offices.queries import region_of
from app.offices.reviewers import Person, people_with

LONGEST = 2000


@dataclass(frozen=True)
class NewComment:
    """The command for a comment. `internal`: for the office and its adviser. `mentions` are ids of people."""

    text: str
    internal: bool = False
    mentions: Collection[int] = ()
    client_id: str = field(default_factory=new_client_id)


def write_comment(session: Session, actor: Actor, activity: Activity, command: NewComment) -> Comment:
    """Say something about an activity; those mentioned get mail. Sent twice with one `client_id`, it is said once.

    Raises:
        Invalid: no text, too much, or somebody mentioned who may not read it. Forbidden.
    """
    demand(Permission.COMMENT_WRITE, actor, activity)
    if command.internal:
        demand(Permission.COMMENT_INTERNAL, actor, activity)
    if not may_read_text(actor, activity):
        raise Forbidden(N_("This record is sensitive: only the office and its adviser talk about it here."))
    sent_before = session.scalar(select(Comment).where(Comment.client_id == command.client_id))
    if sent_before is not None and sent_before.activity_id == activity.id:
        return sent_before
    able = {person.id for person in may_be_mentioned(session, activity, internal=command.internal)}
    problems = comment_problems(command, able)
    if problems:
        raise Invalid(problems)
    comment = Comment(
        client_id=command.client_id,
        activity_id=activity.id,
        author_id=actor.user_id,
        written_at=clock.now(),
        text=command.text.strip(),
        internal=command.internal,
        mentions=[CommentMention(user_id=each) for each in sorted(set(command.mentions))],
    )
    session.add(comment)
    _done(session, actor, "comment.written", comment)
    return comment


def resolve_comment(session: Session, actor: Actor, activity: Activity, comment_id: int, *, resolved: bool) -> Comment:
    """Say that a comment is dealt with, or open it again. Its author may, and the office and its adviser.

    Raises:
        NotFound: the activity has no such comment that the actor may read. Forbidden.
    """
    comment = session.scalar(
        select(Comment).where(Comment.id == comment_id, Comment.activity_id == activity.id).with_for_update()
    )
    if comment is None or not may_hear(actor, activity, comment):
        raise NotFound(N_("There is no such comment."))
    if actor.user_id is None or comment.author_id != actor.user_id:
        demand(Permission.COMMENT_INTERNAL, actor, activity)
    if (comment.resolved_at is not None) == resolved:
        return comment
    comment.resolved_at = clock.now() if resolved else None
    comment.resolved_by = actor.user_id if resolved else None
    _done(session, actor, "comment.resolved" if resolved else "comment.reopened", comment)
    return comment


def may_hear(actor: Actor, activity: Activity, comment: Comment) -> bool:
    """May this reader of the activity read this comment?"""
    inside = not comment.internal or can(Permission.COMMENT_INTERNAL, actor, activity)
    return inside and may_read_text(actor, activity)


def may_be_mentioned(session: Session, activity: Activity, *, internal: bool = False) -> list[Person]:
    """People who may read what is said: the office, its advisers; unless internal, co-offices and headquarters."""
    which: list[ColumnElement[bool]] = [Membership.office == activity.lead_office]
    if activity.ever_submitted:
        region = region_of(session, activity.lead_office, clock.today())
        which.append(and_(Membership.role == Role.REGIONAL_ADVISER, Membership.region == region))
        living = (activity.current, activity.submitted, activity.approved)
        if not internal and not any(r.sensitive for r in living if r is not None):
            which += [Membership.office.in_(co_offices_of(activity)), Membership.role == Role.HEADQUARTERS]
    return people_with(session, *which)


def comment_problems(command: NewComment, able: Collection[int]) -> list[Problem]:
    """What is wrong with a comment, whatever it is about; `able` are those who may read it."""
    found = []
    if not command.text.strip():
        found.append(Problem("text", N_("Write what you want to say.")))
    if len(command.text.strip()) > LONGEST:
        found.append(Problem("text", N_("This text has more than 2,000 characters.")))
    if not set(command.mentions) <= set(able):
        found.append(Problem("mentions", N_("Somebody you chose may not read this comment. Choose others.")))
    return found


def _done(session: Session, actor: Actor, action: str, comment: Comment) -> None:
    session.flush()
    state = {c.key: getattr(comment, c.key) for c in Comment.__mapper__.column_attrs}
    state["mentions"] = [mention.user_id for mention in comment.mentions]
    audit.record(session, actor_id=actor.user_id, action=action, subject=("comment", str(comment.id)), state=state)
    session.flush()
    tell(session, Happened(action, comment.id, actor.user_id))
