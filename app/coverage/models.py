"""Kept facts: what the figures rest on, changed in the transaction of each save, so that no page scans activities."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.activities.models import Activity, ActivityRevision
from app.core.db import Base

BASES = "basis IN ('approved', 'submitted')"


class KeptSupport(Base):
    """One revision of an activity that qualifies in a year: the row behind a figure. Lists are joined by `;`."""

    __tablename__ = "kept_support"
    __table_args__ = (CheckConstraint(BASES, name="basis"), Index(None, "year", "basis"))

    activity_id: Mapped[int] = mapped_column(ForeignKey(Activity.id), primary_key=True, autoincrement=False)
    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    basis: Mapped[str] = mapped_column(String(10), primary_key=True)
    revision_id: Mapped[int] = mapped_column(ForeignKey(ActivityRevision.id), index=True)
    lead: Mapped[str] = mapped_column(String(4))
    offices: Mapped[str] = mapped_column(Text)
    countries: Mapped[str] = mapped_column(Text)
    types: Mapped[str] = mapped_column(Text)
    provisions: Mapped[str] = mapped_column(Text)
    dates_only: Mapped[bool]


class KeptCell(Base):
    """How many supports look alike in a year and slice: same lead, offices and countries.

    A blank `support_type` or `provision` means any. `also` (on the submitted basis) are the offices of the same
    activity's approved revision where that qualifies in the same slice: the provisional basis counts it once.
    `firm` of the `n` do not rest on dates alone.
    """

    __tablename__ = "kept_cell"
    __table_args__ = (
        CheckConstraint(BASES, name="basis"),
        CheckConstraint("n >= 0 AND firm BETWEEN 0 AND n", name="n"),
    )

    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    basis: Mapped[str] = mapped_column(String(10), primary_key=True)
    support_type: Mapped[str] = mapped_column(String(60), primary_key=True)
    provision: Mapped[str] = mapped_column(String(40), primary_key=True)
    lead: Mapped[str] = mapped_column(String(4), primary_key=True)
    offices: Mapped[str] = mapped_column(String(700), primary_key=True)
    countries: Mapped[str] = mapped_column(String(1100), primary_key=True)
    also: Mapped[str] = mapped_column(String(700), primary_key=True)
    n: Mapped[int]
    firm: Mapped[int]


class KeptYear(Base):
    """The version of a year's kept facts, raised with each change of them: a page that knows it need not read anew."""

    __tablename__ = "kept_year"

    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    version: Mapped[int]
