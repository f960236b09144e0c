"""Indexes that a million activities need: of what points to a revision or an activity (deleting one read each of these
tables from end to end), of made-up records, of unfinished ones; and those by which lists are ordered and narrowed, with
all that they ask of a line.

Revises: 0010
"""

from __future__ import annotations

from collections.abc import Iterable

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

POINTERS = (
    ("activity", "current_revision_id"),
    ("activity", "approved_revision_id"),
    ("kept_support", "revision_id"),
    ("review_claim", "revision_id"),
    ("outbox_message", "activity_id"),
    ("practice_reuse", "activity_id"),
)
LINE = ("changed_at", "activity_id", "lead_office")
SEEN = ("ever_submitted", "visibility", "revision_id")
SUBMITTED = ["submitted_revision_id", "lead_office", "withdrawn_at"]
OFFICE = ["lead_office", "changed_at", "activity_id", "in_approved", "in_provisional", *SEEN, "confirmations"]
OPEN = ["lead_office", "newest_workflow", "awaiting", "withdrawn", "in_provisional", "submitted_at"]
NEW = {
    "in_approved": [*LINE, "in_approved", *SEEN, "confirmations"],
    "in_provisional": [*LINE, "in_provisional", *SEEN, "confirmations"],
    "awaiting": [*LINE, "awaiting", *SEEN, "in_approved", "in_provisional"],
}
OLD = {"in_approved": ["changed_at", "activity_id"], "in_provisional": ["changed_at", "activity_id"]}


def of_lines(mark: str, columns: list[str]) -> None:
    name = f"ix_activity_line_{mark.removeprefix('in_')}"
    where = {"sqlite_where": sa.text(f"{mark} = 1"), "postgresql_where": sa.text(mark)}
    op.create_index(name, "activity_line", columns, **where)


def drop_of_lines(marks: Iterable[str]) -> None:
    for mark in marks:
        op.drop_index(f"ix_activity_line_{mark.removeprefix('in_')}", table_name="activity_line")


def upgrade() -> None:
    for table, column in POINTERS:
        op.create_index(op.f(f"ix_{table}_{column}"), table, [column])
    where = sa.text("origin = 'demo'")
    op.create_index("ix_activity_demonstration", "activity", ["id"], sqlite_where=where, postgresql_where=where)
    where = sa.text("submitted_revision_id IS NOT NULL")
    op.create_index("ix_activity_submitted", "activity", SUBMITTED, sqlite_where=where, postgresql_where=where)
    drop_of_lines(OLD)
    op.drop_index(op.f("ix_activity_line_lead_office"), table_name="activity_line")
    for mark, columns in NEW.items():
        of_lines(mark, columns)
    op.create_index("ix_activity_line_office", "activity_line", OFFICE)
    where = sa.text("newest_workflow <> 'approved'")
    op.create_index("ix_activity_line_open", "activity_line", OPEN, sqlite_where=where, postgresql_where=where)


def downgrade() -> None:
    op.drop_index("ix_activity_line_open", table_name="activity_line")
    op.drop_index("ix_activity_line_office", table_name="activity_line")
    drop_of_lines(NEW)
    for mark, columns in OLD.items():
        of_lines(mark, columns)
    op.create_index(op.f("ix_activity_line_lead_office"), "activity_line", ["lead_office"])
    op.drop_index("ix_activity_submitted", table_name="activity")
    op.drop_index("ix_activity_demonstration", table_name="activity")
    for table, column in reversed(POINTERS):
        op.drop_index(op.f(f"ix_{table}_{column}"), table_name=table)
