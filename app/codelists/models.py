"""Controlled vocabularies as data, and the one table of names."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import JSON, Boolean, CheckConstraint, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base

MERGED = "merged_into IS NULL OR (merged_into <> code AND retired_on IS NOT NULL)"


class Label(Base):
    """A name of something in one language. English is the fallback; `former` names are kept for imports.

    `kind` is region, office, country, instrument, provision, support_type, or the name of a code list.
    """

    __tablename__ = "label"
    __table_args__ = (
        Index(
            "uq_label_current",
            "kind",
            "code",
            "language",
            unique=True,
            sqlite_where=text("former = 0"),
            postgresql_where=text("NOT former"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(40))
    code: Mapped[str] = mapped_column(String(60))
    language: Mapped[str] = mapped_column(String(8))
    text: Mapped[str] = mapped_column(Text)
    former: Mapped[bool] = mapped_column(Boolean, default=False)


class Code(Base):
    """An entry of a small list (modality, target group, obstacle, …). Retired, never deleted.

    `merged_into` is the code that took its place, for who still writes or imports this one.
    `attributes` keeps the list's further columns as they came (a mapping of text to text).
    """

    __tablename__ = "code"
    __table_args__ = (UniqueConstraint("list_key", "code"), CheckConstraint(MERGED, name="merged_into"))

    id: Mapped[int] = mapped_column(primary_key=True)
    list_key: Mapped[str] = mapped_column(String(40))
    code: Mapped[str] = mapped_column(String(60))
    position: Mapped[int]
    attributes: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    retired_on: Mapped[date | None]
    merged_into: Mapped[str | None] = mapped_column(String(60))


class SupportType(Base):
    """What help was given. `facet` tells *how* the office helped from what it was *about*."""

    __tablename__ = "support_type"
    __table_args__ = (
        CheckConstraint("facet IN ('how', 'about')", name="facet"),
        CheckConstraint(MERGED, name="merged_into"),
    )

    code: Mapped[str] = mapped_column(String(60), primary_key=True)
    facet: Mapped[str] = mapped_column(String(5))
    definition: Mapped[str] = mapped_column(Text)
    position: Mapped[int]
    attributes: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    retired_on: Mapped[date | None]
    merged_into: Mapped[str | None] = mapped_column(String(60))
