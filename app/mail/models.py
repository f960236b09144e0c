"""Mail on its way: written in the transaction of the change that it tells of, sent by a command."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from app.accounts.models import User
from app.accounts.models_proof import AccountLink
from app.activities.models import Activity, NextStep
from app.activities.models_review import Comment
from app.asked.models import RequestComment, RequestStep, SupportRequest
from app.core.db import Base, ClientMade, UtcDateTime
from app.offices.models import Office


class MailChoice(Base):
    """How often somebody wants mail. No row: at once."""

    __tablename__ = "mail_choice"
    __table_args__ = (CheckConstraint("rhythm IN ('instant', 'daily', 'weekly', 'never')", name="rhythm"),)

    user_id: Mapped[int] = mapped_column(ForeignKey(User.id), primary_key=True)
    rhythm: Mapped[str] = mapped_column(String(10))
    chosen_at: Mapped[datetime] = mapped_column(UtcDateTime)


class OutboxMessage(ClientMade, Base):
    """One thing to tell one person. The words are made when it is sent, from what its reader may read by then.

    Messages with one `envelope` go out as one mail, whose Message-ID is the envelope, however often it is tried.
    `once` keeps a reminder from being written twice.
    """

    __tablename__ = "outbox_message"
    __table_args__ = (
        CheckConstraint(
            "kind IN ('submitted', 'returned', 'questioned', 'approved', 'mentioned', 'step_due', 'step_overdue',"
            " 'return_due', 'return_overdue', 'request_received', 'request_answered', 'request_due', 'request_overdue',"
            " 'met_due', 'invited', 'reset', 'account_changed')",
            name="kind",
        ),
        Index("ix_outbox_message_open", "due_at", sqlite_where=text("sent_at IS NULL AND dropped_at IS NULL"),
              postgresql_where=text("sent_at IS NULL AND dropped_at IS NULL")),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey(User.id), index=True)
    kind: Mapped[str] = mapped_column(String(20))
    activity_id: Mapped[int | None] = mapped_column(ForeignKey(Activity.id), index=True)
    comment_id: Mapped[int | None] = mapped_column(ForeignKey(Comment.id))
    step_id: Mapped[int | None] = mapped_column(ForeignKey(NextStep.id))
    request_id: Mapped[int | None] = mapped_column(ForeignKey(SupportRequest.id))
    request_comment_id: Mapped[int | None] = mapped_column(ForeignKey(RequestComment.id))
    request_step_id: Mapped[int | None] = mapped_column(ForeignKey(RequestStep.id))
    office: Mapped[str | None] = mapped_column(ForeignKey(Office.code))
    year: Mapped[int | None]
    link_id: Mapped[int | None] = mapped_column(ForeignKey(AccountLink.id))
    by_id: Mapped[int | None] = mapped_column(ForeignKey(User.id))
    reason: Mapped[str] = mapped_column(Text, default="")
    once: Mapped[str | None] = mapped_column(String(100), unique=True)
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    envelope: Mapped[str | None] = mapped_column(String(36), index=True)
    claimed_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    attempts: Mapped[int] = mapped_column(default=0)
    fault: Mapped[str] = mapped_column(Text, default="")
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    dropped_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
