"""Practice cards: what others can learn from an activity, and where it was used again."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import User
from app.activities.models import Activity
from app.codelists.models import SupportType
from app.core.db import Base, ClientMade, UtcDateTime
from app.offices.models import Office
from app.provisions.models import Provision


class Practice(ClientMade, Base):
    """One card. Its countries are those of its activity; reviewer and review state are always shown."""

    __tablename__ = "practice"
    __table_args__ = (
        CheckConstraint("step IN ('innovation', 'lesson', 'good_practice')", name="step"),
        CheckConstraint("state IN ('draft', 'submitted', 'returned', 'reviewed')", name="state"),
        CheckConstraint("length(title) BETWEEN 1 AND 150", name="title"),
        CheckConstraint("state <> 'returned' OR length(review_words) > 0", name="returned_with_reason"),
        CheckConstraint("withdrawn_at IS NULL OR length(withdrawn_reason) > 0", name="withdrawn_reason"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    reference: Mapped[str] = mapped_column(String(30), unique=True)
    activity_id: Mapped[int] = mapped_column(ForeignKey(Activity.id), index=True)
    office: Mapped[str] = mapped_column(ForeignKey(Office.code), index=True)
    origin: Mapped[str] = mapped_column(String(20), default="form")
    version: Mapped[int] = mapped_column(default=1)
    author_id: Mapped[int | None] = mapped_column(ForeignKey(User.id))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)

    step: Mapped[str] = mapped_column(String(15))
    title: Mapped[str] = mapped_column(String(150))
    problem: Mapped[str] = mapped_column(Text, default="")
    done: Mapped[str] = mapped_column(Text, default="")
    learned: Mapped[str] = mapped_column(Text, default="")
    conditions: Mapped[str] = mapped_column(Text, default="")
    evidence: Mapped[str] = mapped_column(Text, default="")
    failed: Mapped[bool] = mapped_column(default=False)

    state: Mapped[str] = mapped_column(String(10), default="draft")
    reviewer_id: Mapped[int | None] = mapped_column(ForeignKey(User.id))
    reviewed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    review_words: Mapped[str] = mapped_column(Text, default="")
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    withdrawn_by: Mapped[int | None] = mapped_column(ForeignKey(User.id))
    withdrawn_reason: Mapped[str] = mapped_column(Text, default="")

    activity: Mapped[Activity] = relationship()
    types: Mapped[list[PracticeType]] = relationship(cascade="all, delete-orphan", order_by="PracticeType.support_type")
    provisions: Mapped[list[PracticeProvision]] = relationship(
        cascade="all, delete-orphan", order_by="PracticeProvision.provision"
    )
    obstacles: Mapped[list[PracticeObstacle]] = relationship(
        cascade="all, delete-orphan", order_by="PracticeObstacle.obstacle"
    )
    authors: Mapped[list[PracticeAuthor]] = relationship(cascade="all, delete-orphan")
    reuses: Mapped[list[PracticeReuse]] = relationship(order_by="PracticeReuse.id")

    @property
    def lead_office(self) -> str:
        """The office whose card it is, as policies ask."""
        return self.office

    @property
    def ever_submitted(self) -> bool:
        """A draft that nobody submitted is the office's own affair."""
        return self.state != "draft" or self.reviewed_at is not None


class PracticeType(Base):
    """A kind of support that the practice is of."""

    __tablename__ = "practice_support_type"

    practice_id: Mapped[int] = mapped_column(ForeignKey(Practice.id), primary_key=True)
    support_type: Mapped[str] = mapped_column(ForeignKey(SupportType.code), primary_key=True, index=True)


class PracticeProvision(Base):
    """A provision that the practice serves."""

    __tablename__ = "practice_provision"

    practice_id: Mapped[int] = mapped_column(ForeignKey(Practice.id), primary_key=True)
    provision: Mapped[str] = mapped_column(ForeignKey(Provision.code), primary_key=True, index=True)


class PracticeObstacle(Base):
    """What stood in the way: a code of the obstacle list."""

    __tablename__ = "practice_obstacle"
    __table_args__ = (
        CheckConstraint("list_key = 'obstacle'", name="list_key"),
        ForeignKeyConstraint(["list_key", "obstacle"], ["code.list_key", "code.code"]),
    )

    practice_id: Mapped[int] = mapped_column(ForeignKey(Practice.id), primary_key=True)
    list_key: Mapped[str] = mapped_column(String(40), default="obstacle")
    obstacle: Mapped[str] = mapped_column(String(60), primary_key=True)


class PracticeAuthor(Base):
    """Somebody who wrote the card. Nobody reviews their own."""

    __tablename__ = "practice_author"

    practice_id: Mapped[int] = mapped_column(ForeignKey(Practice.id), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey(User.id), primary_key=True)


class PracticeReuse(ClientMade, Base):
    """An office that used the practice again, in which activity if one is on record, and how it went."""

    __tablename__ = "practice_reuse"
    __table_args__ = (CheckConstraint("length(words) BETWEEN 1 AND 2000", name="words"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    practice_id: Mapped[int] = mapped_column(ForeignKey(Practice.id), index=True)
    office: Mapped[str] = mapped_column(ForeignKey(Office.code), index=True)
    activity_id: Mapped[int | None] = mapped_column(ForeignKey(Activity.id), index=True)
    words: Mapped[str] = mapped_column(Text)
    recorded_by: Mapped[int | None] = mapped_column(ForeignKey(User.id))
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)
