"""Lines of lists and files, kept ready: one or two of each activity."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from app.activities.models import Activity, ActivityRevision
from app.core.db import Base, UtcDateTime

SEEN = ("ever_submitted", "visibility", "revision_id")
"""What says of a line, beside its office, who may see it, and which line it is."""


class ActivityLine(Base):
    """One line of lists and files: an activity as one basis reads it. Kept by the service in each change's transaction.

    Lists, `activities.csv` and searches read this table and nothing else, so that they cannot disagree. An activity
    has one line, or two where its last approved and its submitted revision are not the same.
    """

    __tablename__ = "activity_line"
    __table_args__ = (
        # Lists are ordered and narrowed by these alone: with all that says who sees a line, in which office and year.
        *(Index(f"ix_activity_line_{name}", "changed_at", "activity_id", "lead_office", mark, *SEEN, *more,
                sqlite_where=text(f"{mark} = 1"), postgresql_where=text(mark))
          for name, mark, more in (("approved", "in_approved", ["confirmations"]),
                                   ("provisional", "in_provisional", ["confirmations"]),
                                   ("awaiting", "awaiting", ["in_approved", "in_provisional"]))),
        Index("ix_activity_line_office", "lead_office", "changed_at", "activity_id", "in_approved", "in_provisional",
              *SEEN, "confirmations"),
        Index("ix_activity_line_open", "lead_office", "newest_workflow", "awaiting", "withdrawn", "in_provisional",
              "submitted_at", sqlite_where=text("newest_workflow <> 'approved'"),
              postgresql_where=text("newest_workflow <> 'approved'")),
        Index("ix_activity_line_self_approved", "activity_id", sqlite_where=text("self_approved = 1"),
              postgresql_where=text("self_approved")),
        # With all that says whose file has the line: files then read this and the kept lines, and no row of this table.
        Index("ix_activity_line_files", "activity_id", "revision_id", "in_approved", "in_provisional", "lead_office",
              "ever_submitted", "visibility"),
    )  # fmt: skip

    revision_id: Mapped[int] = mapped_column(ForeignKey(ActivityRevision.id), primary_key=True, autoincrement=False)
    activity_id: Mapped[int] = mapped_column(ForeignKey(Activity.id))
    in_approved: Mapped[bool]
    in_provisional: Mapped[bool]
    reference: Mapped[str] = mapped_column(String(30))
    uuid: Mapped[str] = mapped_column(String(36))
    revision: Mapped[int]
    approved_revision: Mapped[int | None]
    newest_revision: Mapped[int]
    newest_workflow: Mapped[str] = mapped_column(String(10))
    workflow: Mapped[str] = mapped_column(String(10))
    awaiting: Mapped[bool]
    ever_submitted: Mapped[bool]
    withdrawn: Mapped[bool]
    questioned: Mapped[bool]
    set_aside: Mapped[bool]
    self_approved: Mapped[bool]
    status: Mapped[str | None] = mapped_column(String(20))
    concerns: Mapped[str | None] = mapped_column(String(10))
    lead_office: Mapped[str] = mapped_column(String(4))
    title: Mapped[str] = mapped_column(String(150))
    language: Mapped[str] = mapped_column(String(8))
    summary: Mapped[str] = mapped_column(Text)
    delivered: Mapped[str] = mapped_column(Text)
    planned_start: Mapped[str | None] = mapped_column(String(10))
    planned_end: Mapped[str | None] = mapped_column(String(10))
    actual_start: Mapped[str | None] = mapped_column(String(10))
    actual_end: Mapped[str | None] = mapped_column(String(10))
    confirmations: Mapped[str] = mapped_column(Text)
    co_offices: Mapped[str] = mapped_column(Text)
    countries: Mapped[str] = mapped_column(Text)
    how: Mapped[str] = mapped_column(Text)
    about: Mapped[str] = mapped_column(Text)
    type_words: Mapped[str] = mapped_column(Text)
    primary_type: Mapped[str | None] = mapped_column(String(60))
    provisions: Mapped[str] = mapped_column(Text)
    request_source: Mapped[str | None] = mapped_column(String(60))
    source_symbol: Mapped[str] = mapped_column(String(200))
    source_date: Mapped[str | None] = mapped_column(String(10))
    status_reason: Mapped[str] = mapped_column(Text)
    scope: Mapped[str | None] = mapped_column(String(20))
    term: Mapped[str | None] = mapped_column(String(10))
    modality: Mapped[str] = mapped_column(Text)
    target_groups: Mapped[str] = mapped_column(Text)
    counterparts: Mapped[str] = mapped_column(Text)
    partners: Mapped[str] = mapped_column(Text)
    obstacles: Mapped[str] = mapped_column(Text)
    quality: Mapped[str] = mapped_column(Text)
    milestones: Mapped[str] = mapped_column(Text)
    coordinator_involved: Mapped[str | None] = mapped_column(String(10))
    government_agreement: Mapped[str | None] = mapped_column(String(10))
    partners_agreement: Mapped[str | None] = mapped_column(String(10))
    in_country_plan: Mapped[str | None] = mapped_column(String(10))
    funding: Mapped[str | None] = mapped_column(String(20))
    delivery_lines: Mapped[int]
    women: Mapped[int | None]
    men: Mapped[int | None]
    sex_not_recorded: Mapped[int | None]
    lines_without_people: Mapped[int]
    women_blank: Mapped[int] = mapped_column(server_default="0")
    men_blank: Mapped[int] = mapped_column(server_default="0")
    sex_not_recorded_blank: Mapped[int] = mapped_column(server_default="0")
    visibility: Mapped[str] = mapped_column(String(20))
    sensitive: Mapped[bool]
    origin: Mapped[str] = mapped_column(String(20))
    original_identifier: Mapped[str | None] = mapped_column(String(300))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    submitted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    approved_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    search: Mapped[str] = mapped_column(Text)

    @property
    def co_office_codes(self) -> tuple[str, ...]:
        """Codes of the offices named as joining in."""
        return tuple(part.split(":")[0] for part in self.co_offices.split(";") if part)
