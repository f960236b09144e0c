"""Lines of activities.csv, kept ready beside the lines of lists.

Revises: 0005
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


FILES = ["activity_id", "revision_id", "in_approved", "in_provisional", "lead_office", "ever_submitted", "visibility"]


def upgrade() -> None:
    # Empty: `tracker db upgrade` fills it, and what is missing is written when a file is asked for.
    op.create_table(
        "file_line",
        sa.Column("revision_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("form", sa.String(length=16), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("marks", sa.String(length=20), nullable=False),
        sa.ForeignKeyConstraint(
            ["revision_id"],
            ["activity_line.revision_id"],
            name=op.f("fk_file_line_revision_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("revision_id", name=op.f("pk_file_line")),
    )
    op.drop_index(op.f("ix_activity_line_activity_id"), table_name="activity_line")
    op.create_index("ix_activity_line_files", "activity_line", FILES)


def downgrade() -> None:
    op.drop_index("ix_activity_line_files", table_name="activity_line")
    op.create_index(op.f("ix_activity_line_activity_id"), "activity_line", ["activity_id"], unique=False)
    op.drop_table("file_line")
