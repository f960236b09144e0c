"""Reads of comments: those of a record, those that ask somebody to look, and how many are open."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session, selectinload

from app.activities.comments import may_hear
from app.activities.models import Activity
from app.activities.models_line import ActivityLine
from app.activities.models_review import Comment, CommentMention
from app.activities.queries import text_open_to
from app.activities.queries_record import names_of
from app.core.permissions import Actor, Permission, can


@dataclass(frozen=True)
class Spoken:
    """One comment as a reader sees it. Names are blank where the system spoke."""

    id: int
    reference: str
    who: str
    at: datetime
    text: str
    internal: bool
    mentions: tuple[str, ...]
    resolved_by: str
    resolved: bool
    may_resolve: bool
    about: str = "activity"


Source = Callable[[Session, Actor], list[Spoken]]
_further: list[Source] = []


def also(source: Source) -> None:
    """Rooms above tell which comments in their records mention somebody. Twice is once."""
    if source not in _further:
        _further.append(source)


def comments_of(session: Session, actor: Actor, activity: Activity) -> list[Spoken]:
    """What was said about an activity, as far as the reader may hear it; the oldest first."""
    found = select(Comment).where(Comment.activity_id == activity.id).options(selectinload(Comment.mentions))
    comments = [c for c in session.scalars(found.order_by(Comment.id)) if may_hear(actor, activity, c)]
    return _spoken(session, actor, [(comment, activity) for comment in comments])


def comments_for(session: Session, actor: Actor) -> list[Spoken]:
    """Open comments that mention the reader, who may still read them; the oldest first."""
    found = [*_about_activities(session, actor), *(each for source in _further for each in source(session, actor))]
    return sorted(found, key=lambda each: (each.at, each.about, each.id))


def _about_activities(session: Session, actor: Actor) -> list[Spoken]:
    statement = (
        select(Comment, Activity)
        .join(Activity, Activity.id == Comment.activity_id)
        .join(CommentMention, CommentMention.comment_id == Comment.id)
        .where(CommentMention.user_id == actor.user_id, Comment.resolved_at.is_(None))
        .options(selectinload(Comment.mentions))
        .order_by(Comment.id)
    )
    found = [(comment, activity) for comment, activity in session.execute(statement)]
    return _spoken(session, actor, [pair for pair in found if _may_read(actor, *pair)])


def open_comments(session: Session, actor: Actor, activity_ids: Collection[int]) -> dict[int, int]:
    """{activity: open comments that the reader may hear}, of these activities of a list that they may open."""
    inside = ActivityLine.lead_office.in_(actor.works_in | actor.own_other_offices | actor.advises)
    statement = (
        select(Comment.activity_id, func.count())
        .join(ActivityLine, ActivityLine.activity_id == Comment.activity_id)
        .where(
            Comment.activity_id.in_(activity_ids),
            Comment.resolved_at.is_(None),
            ActivityLine.in_provisional,
            text_open_to(actor),
            or_(Comment.internal.is_(False), inside),
        )
        .group_by(Comment.activity_id)
    )
    return dict(session.execute(statement).all())


def _may_read(actor: Actor, comment: Comment, activity: Activity) -> bool:
    return can(Permission.ACTIVITY_READ, actor, activity) and may_hear(actor, activity, comment)


def _spoken(session: Session, actor: Actor, found: list[tuple[Comment, Activity]]) -> list[Spoken]:
    people = {id_ for c, _a in found for id_ in (c.author_id, c.resolved_by, *(m.user_id for m in c.mentions))}
    names = names_of(session, people)
    return [
        Spoken(
            id=c.id,
            reference=activity.reference,
            who=names.get(c.author_id or 0, ""),
            at=c.written_at,
            text=c.text,
            internal=c.internal,
            mentions=tuple(names[m.user_id] for m in c.mentions if m.user_id in names),
            resolved_by=names.get(c.resolved_by or 0, ""),
            resolved=c.resolved_at is not None,
            may_resolve=c.author_id == actor.user_id or can(Permission.COMMENT_INTERNAL, actor, activity),
        )
        for c, activity in found
    ]
