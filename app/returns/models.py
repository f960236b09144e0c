"""Rounds, annual returns, and the sentence an office may put beside its state."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import User
from app.activities.models import Activity
from app.core.db import Base, ClientMade, UtcDateTime
from app.offices.models import Office


class Round(Base):
    """The yearly collection (METHODOLOGY, Words). Dates are days; due ends at midnight in the office's time zone."""

    __tablename__ = "round"
    __table_args__ = (CheckConstraint("due_on >= opens_on", name="due_after_opening"),)

    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    opens_on: Mapped[date]
    due_on: Mapped[date]
    inform_on: Mapped[date | None]
    frozen_on: Mapped[date | None]


class AnnualReturn(ClientMade, Base):
    """An office's statement for a year: support with the list ticked, or nil. Only a signed one answers."""

    __tablename__ = "annual_return"
    __table_args__ = (
        UniqueConstraint("office", "year"),
        CheckConstraint("answer IN ('support', 'nil')", name="answer"),
        CheckConstraint("state IN ('draft', 'signed', 'reopened')", name="state"),
        CheckConstraint("recorded_by IN ('office', 'adviser')", name="recorded_by"),
        CheckConstraint("state <> 'signed' OR (signed_at IS NOT NULL AND answer IS NOT NULL)", name="signed"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    office: Mapped[str] = mapped_column(ForeignKey(Office.code), index=True)
    year: Mapped[int] = mapped_column(index=True)
    answer: Mapped[str | None] = mapped_column(String(10))
    state: Mapped[str] = mapped_column(String(10))
    words: Mapped[str] = mapped_column(Text, default="")
    signed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    signed_by: Mapped[int | None] = mapped_column(ForeignKey(User.id))
    recorded_by: Mapped[str] = mapped_column(String(10), default="office")
    evidence: Mapped[str] = mapped_column(Text, default="")
    confirmed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    reopened_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    reopen_reason: Mapped[str] = mapped_column(Text, default="")
    version: Mapped[int] = mapped_column(default=1)
    ticks: Mapped[list[ReturnTick]] = relationship(cascade="all, delete-orphan", order_by="ReturnTick.activity_id")


class ReturnTick(Base):
    """One tick of “still delivered in this year”: one activity ticked in one return."""

    __tablename__ = "return_tick"

    return_id: Mapped[int] = mapped_column(ForeignKey(AnnualReturn.id), primary_key=True)
    activity_id: Mapped[int] = mapped_column(ForeignKey(Activity.id), primary_key=True, index=True)


class OfficeSentence(ClientMade, Base):
    """A sentence of the office beside its state in a year (crisis, vacancy)."""

    __tablename__ = "office_sentence"
    __table_args__ = (UniqueConstraint("office", "year"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    office: Mapped[str] = mapped_column(ForeignKey(Office.code))
    year: Mapped[int]
    sentence: Mapped[str] = mapped_column(String(300))
    written_by: Mapped[int] = mapped_column(ForeignKey(User.id))
    written_at: Mapped[datetime] = mapped_column(UtcDateTime)
