"""Frozen figures: what was published, with everything it rests on.

Rows are added and never changed or deleted: triggers of migration 0002 refuse it, whoever asks.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import User
from app.core.db import Base, ClientMade, UtcDateTime


class FrozenFigure(ClientMade, Base):
    """One figure as it was published (METHODOLOGY, Frozen figures).

    `filters` are (name, value) pairs, `result` the complete figure, `facts` the offices, activities and revisions of
    the year that it rests on, all as canonical JSON; `sha256` seals all of it.
    """

    __tablename__ = "frozen_figure"
    __table_args__ = (
        CheckConstraint("length(sha256) = 64", name="sha256"),
        CheckConstraint("length(title) > 0", name="title"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str] = mapped_column(String(200))
    report: Mapped[str] = mapped_column(String(60))
    filters: Mapped[str] = mapped_column(Text)
    row_key: Mapped[str] = mapped_column(String(300))
    label: Mapped[str] = mapped_column(Text)
    year: Mapped[int]
    basis: Mapped[str] = mapped_column(String(20))
    definition: Mapped[str] = mapped_column(String(20))
    frozen_at: Mapped[datetime] = mapped_column(UtcDateTime)
    frozen_by: Mapped[int] = mapped_column(ForeignKey(User.id))
    result: Mapped[str] = mapped_column(Text)
    facts: Mapped[str] = mapped_column(Text, deferred=True)
    sha256: Mapped[str] = mapped_column(String(64))

    author: Mapped[User] = relationship()
    withdrawal: Mapped[FigureWithdrawal | None] = relationship(viewonly=True)


class FigureWithdrawal(Base):
    """That a published figure is withdrawn, and why. The figure itself stays as it was."""

    __tablename__ = "figure_withdrawal"
    __table_args__ = (CheckConstraint("length(reason) > 0", name="reason"),)

    figure_id: Mapped[int] = mapped_column(ForeignKey(FrozenFigure.id), primary_key=True, autoincrement=False)
    withdrawn_at: Mapped[datetime] = mapped_column(UtcDateTime)
    withdrawn_by: Mapped[int] = mapped_column(ForeignKey(User.id))
    reason: Mapped[str] = mapped_column(Text)
