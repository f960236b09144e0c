"""What people type is kept on the server before they save it.

Revises: 0002
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "typed_text",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("office", sa.String(length=4), nullable=False),
        sa.Column("activity_id", sa.Integer(), nullable=True),
        sa.Column("fields", sa.Text(), nullable=False),
        sa.Column("typed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("client_id", sa.String(length=36), nullable=False),
        sa.ForeignKeyConstraint(["activity_id"], ["activity.id"], name=op.f("fk_typed_text_activity_id")),
        sa.ForeignKeyConstraint(["office"], ["office.code"], name=op.f("fk_typed_text_office")),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_typed_text_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_typed_text")),
        sa.UniqueConstraint("client_id", name=op.f("uq_typed_text_client_id")),
    )
    op.create_index(op.f("ix_typed_text_activity_id"), "typed_text", ["activity_id"], unique=False)
    op.create_index(op.f("ix_typed_text_user_id"), "typed_text", ["user_id"], unique=False)


def downgrade() -> None:
    op.drop_table("typed_text")
