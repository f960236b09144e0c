"""The instruments and provisions that mandate the help or set its standards."""

from __future__ import annotations

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base


class Instrument(Base):
    """A convention, resolution, set of rules or comment."""

    __tablename__ = "instrument"

    code: Mapped[str] = mapped_column(String(40), primary_key=True)
    kind: Mapped[str] = mapped_column(String(60))
    adopting_body: Mapped[str] = mapped_column(Text)
    symbol: Mapped[str] = mapped_column(Text)
    adopted: Mapped[str] = mapped_column(String(10))
    in_force: Mapped[str] = mapped_column(String(10))
    source_address: Mapped[str] = mapped_column(Text)
    position: Mapped[int]
    retired_on: Mapped[date | None]


class Provision(Base):
    """An article, paragraph or rule that an activity can cite.

    `mandating` provisions ask for or allow technical help (METHODOLOGY, Words); the others are standards applied.
    `checked` is false until an administrator confirms a provision whose source confidence is not high.
    """

    __tablename__ = "provision"
    __table_args__ = (CheckConstraint("confidence IN ('high', 'medium', 'low')", name="confidence"),)

    code: Mapped[str] = mapped_column(String(40), primary_key=True)
    instrument: Mapped[str] = mapped_column(ForeignKey(Instrument.code), index=True)
    place: Mapped[str] = mapped_column(Text)
    year: Mapped[int]
    summary: Mapped[str] = mapped_column(Text)
    addressed_to: Mapped[str] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(Text)
    mandating: Mapped[bool]
    status: Mapped[str] = mapped_column(Text)
    origin: Mapped[str] = mapped_column(String(10))
    source_address: Mapped[str] = mapped_column(Text)
    confidence: Mapped[str] = mapped_column(String(10))
    checked: Mapped[bool]
    checked_by: Mapped[int | None]
    position: Mapped[int]
    retired_on: Mapped[date | None]
