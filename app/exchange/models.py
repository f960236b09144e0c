"""Imports: the file that somebody sent, how it was read, and what became of each row."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.accounts.models import User
from app.activities.models import Activity, ImportBatch
from app.core.db import Base, ClientMade, UtcDateTime
from app.offices.models import Office

STATES = "('sent', 'working', 'checked', 'taken', 'undone')"
OUTCOMES = "('new', 'changed', 'unchanged', 'wrong', 'left')"


class Import(ClientMade, Base):
    """One file, from its upload to its undoing. The bytes lie in the import store, under their SHA-256.

    `look` is what the child process found out (JSON), `how` what the person chose: reading, columns, orders (JSON).
    """

    __tablename__ = "import_file"
    __table_args__ = (
        CheckConstraint("kind IN ('spreadsheet', 'iati')", name="kind"),
        CheckConstraint(f"state IN {STATES}", name="state"),
        CheckConstraint("scope IS NULL OR scope IN ('all', 'good')", name="scope"),
        CheckConstraint(
            "state NOT IN ('taken', 'undone') OR (taken_at IS NOT NULL AND take_id IS NOT NULL)", name="taken"
        ),
        CheckConstraint("state <> 'undone' OR undone_at IS NOT NULL", name="undone"),
        Index(None, "uploaded_by"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))
    file_name: Mapped[str] = mapped_column(String(200))
    sha256: Mapped[str] = mapped_column(String(64))
    size: Mapped[int]
    state: Mapped[str] = mapped_column(String(10), default="sent")
    uploaded_by: Mapped[int | None] = mapped_column(ForeignKey(User.id))
    uploaded_at: Mapped[datetime] = mapped_column(UtcDateTime)
    office: Mapped[str | None] = mapped_column(ForeignKey(Office.code))
    look: Mapped[str] = mapped_column(Text, default="{}")
    how: Mapped[str] = mapped_column(Text, default="{}")
    counts: Mapped[str] = mapped_column(Text, default="{}")
    trouble: Mapped[str] = mapped_column(Text, default="")
    checked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    version: Mapped[int] = mapped_column(default=1)
    scope: Mapped[str | None] = mapped_column(String(4))
    take_id: Mapped[str | None] = mapped_column(String(36), unique=True)
    taken_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    batch_id: Mapped[int | None] = mapped_column(ForeignKey(ImportBatch.id))
    undone_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    undone_by: Mapped[int | None] = mapped_column(ForeignKey(User.id))


class ImportRow(Base):
    """One row of the file: what it is, and what was found. `number` is its line or row in the file.

    `findings` is JSON, [[severity, column, sentence, values, found], …]. `version` is that of the record which the dry
    run saw; once taken, `activity_id` and `version` say what was made, and `before` is what a draft said before (JSON).
    """

    __tablename__ = "import_row"
    __table_args__ = (
        CheckConstraint(f"outcome IN {OUTCOMES}", name="outcome"),
        Index(None, "import_id", "outcome", "number"),
        Index(None, "activity_id"),
    )

    import_id: Mapped[int] = mapped_column(ForeignKey(Import.id), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    outcome: Mapped[str] = mapped_column(String(10))
    office: Mapped[str] = mapped_column(String(4), default="")
    reference: Mapped[str] = mapped_column(String(300), default="")
    title: Mapped[str] = mapped_column(String(200), default="")
    fields: Mapped[str] = mapped_column(Text, default="")
    findings: Mapped[str] = mapped_column(Text, default="[]")
    worst: Mapped[str] = mapped_column(String(10), default="")
    activity_id: Mapped[int | None] = mapped_column(ForeignKey(Activity.id))
    version: Mapped[int | None]
    before: Mapped[str | None] = mapped_column(Text)
