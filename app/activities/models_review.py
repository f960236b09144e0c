"""What stands around an activity while people work on it: who keeps it, who reviews it, what they say to each other,
what they typed and did not save yet.

None of it is part of what the activity says, so none of it is in a revision.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import User
from app.activities.models import Activity, ActivityRevision
from app.core.db import Base, ClientMade, UtcDateTime
from app.offices.models import Office


class ActivityKeeper(Base):
    """The person who looks after an activity in its office. No row: the office as a whole does."""

    __tablename__ = "activity_keeper"

    activity_id: Mapped[int] = mapped_column(ForeignKey(Activity.id), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey(User.id), index=True)


class ReviewClaim(Base):
    """“I am looking at this one”: of a submitted revision. A claim of an earlier revision has lapsed."""

    __tablename__ = "review_claim"

    activity_id: Mapped[int] = mapped_column(ForeignKey(Activity.id), primary_key=True)
    revision_id: Mapped[int] = mapped_column(ForeignKey(ActivityRevision.id), index=True)
    user_id: Mapped[int] = mapped_column(ForeignKey(User.id), index=True)
    claimed_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Comment(ClientMade, Base):
    """Something said about an activity. An internal one is for the office and its adviser. Never deleted: resolved."""

    __tablename__ = "comment"
    __table_args__ = (CheckConstraint("length(text) BETWEEN 1 AND 2000", name="text"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    activity_id: Mapped[int] = mapped_column(ForeignKey(Activity.id), index=True)
    author_id: Mapped[int | None] = mapped_column(ForeignKey(User.id), index=True)
    written_at: Mapped[datetime] = mapped_column(UtcDateTime)
    text: Mapped[str] = mapped_column(Text)
    internal: Mapped[bool] = mapped_column(default=False)
    resolved_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    resolved_by: Mapped[int | None] = mapped_column(ForeignKey(User.id))
    mentions: Mapped[list[CommentMention]] = relationship(
        cascade="all, delete-orphan", order_by="CommentMention.user_id"
    )


class CommentMention(Base):
    """Somebody whom a comment asks to look."""

    __tablename__ = "comment_mention"

    comment_id: Mapped[int] = mapped_column(ForeignKey(Comment.id), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey(User.id), primary_key=True, index=True)


class TypedText(ClientMade, Base):
    """The fields of a form as somebody left them, saved or not: kept while they type, gone once the form is saved.

    `client_id` is the form's own, so that two tabs of one person never overwrite each other. `fields` is a JSON list
    of [name, value]: raw, so that what does not pass the checks is kept as well. Never audited, never a version.
    """

    __tablename__ = "typed_text"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey(User.id), index=True)
    office: Mapped[str] = mapped_column(ForeignKey(Office.code))
    activity_id: Mapped[int | None] = mapped_column(ForeignKey(Activity.id), index=True)
    fields: Mapped[str] = mapped_column(Text)
    typed_at: Mapped[datetime] = mapped_column(UtcDateTime)
