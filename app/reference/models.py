"""What the last sync said, so that the next one can tell an edit made here from a change of the files."""

from __future__ import annotations

from typing import Any

from sqlalchemy import JSON, String
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base


class SyncedEntry(Base):
    """One entry of a reference list as the files last had it (a mapping of column to plain value)."""

    __tablename__ = "synced_entry"

    list_name: Mapped[str] = mapped_column(String(40), primary_key=True)
    key: Mapped[str] = mapped_column(String(200), primary_key=True)
    state: Mapped[dict[str, Any]] = mapped_column(JSON)
