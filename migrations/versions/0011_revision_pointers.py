"""Indexes of what points to a revision or an activity: deleting one read each of these tables from end to end.

Revises: 0010
"""

from __future__ import annotations

from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

POINTERS = (
    ("activity", "current_revision_id"),
    ("activity", "submitted_revision_id"),
    ("activity", "approved_revision_id"),
    ("kept_support", "revision_id"),
    ("review_claim", "revision_id"),
    ("outbox_message", "activity_id"),
    ("practice_reuse", "activity_id"),
)


def upgrade() -> None:
    for table, column in POINTERS:
        op.create_index(op.f(f"ix_{table}_{column}"), table, [column])


def downgrade() -> None:
    for table, column in reversed(POINTERS):
        op.drop_index(op.f(f"ix_{table}_{column}"), table_name=table)
