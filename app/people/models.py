"""What somebody leaves behind whose membership ends, and who takes it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import User
from app.core.db import Base, ClientMade, UtcDateTime
from app.offices.models import Membership, Office, Region


class Handover(Base):
    """One ended membership of which something was left behind. Until a part is answered it is the office's."""

    __tablename__ = "handover"

    id: Mapped[int] = mapped_column(primary_key=True)
    membership_id: Mapped[int] = mapped_column(ForeignKey(Membership.id), unique=True)
    user_id: Mapped[int] = mapped_column(ForeignKey(User.id), index=True)
    office: Mapped[str | None] = mapped_column(ForeignKey(Office.code), index=True)
    region: Mapped[str | None] = mapped_column(ForeignKey(Region.code), index=True)
    ends_on: Mapped[date]
    made_by: Mapped[int | None] = mapped_column(ForeignKey(User.id))
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    parts: Mapped[list[HandoverPart]] = relationship(cascade="all, delete-orphan", order_by="HandoverPart.kind")


class HandoverPart(Base):
    """Drafts, next steps, reviews or unsigned returns. Answered without a taker: the office keeps them."""

    __tablename__ = "handover_part"
    __table_args__ = (CheckConstraint("kind IN ('drafts', 'next_steps', 'reviews', 'returns')", name="kind"),)

    handover_id: Mapped[int] = mapped_column(ForeignKey(Handover.id), primary_key=True)
    kind: Mapped[str] = mapped_column(String(12), primary_key=True)
    taken_by: Mapped[int | None] = mapped_column(ForeignKey(User.id))
    answered_by: Mapped[int | None] = mapped_column(ForeignKey(User.id))
    answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class AccessReview(ClientMade, Base):
    """Somebody looked at who can see and sign for an office, and said on a day that it is right."""

    __tablename__ = "access_review"

    id: Mapped[int] = mapped_column(primary_key=True)
    office: Mapped[str] = mapped_column(ForeignKey(Office.code), index=True)
    made_by: Mapped[int] = mapped_column(ForeignKey(User.id))
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    # The memberships that were shown, by their ids.
    shown: Mapped[list[Any]] = mapped_column(JSON)
