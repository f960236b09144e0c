"""Imports: files that were sent, how they were read, and what became of each row.

Revises: 0006
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "import_file",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("file_name", sa.String(length=200), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("uploaded_by", sa.Integer(), nullable=True),
        sa.Column("uploaded_at", INSTANT, nullable=False),
        sa.Column("office", sa.String(length=4), nullable=True),
        sa.Column("look", sa.Text(), nullable=False),
        sa.Column("how", sa.Text(), nullable=False),
        sa.Column("counts", sa.Text(), nullable=False),
        sa.Column("trouble", sa.Text(), nullable=False),
        sa.Column("checked_at", INSTANT, nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("scope", sa.String(length=4), nullable=True),
        sa.Column("take_id", sa.String(length=36), nullable=True),
        sa.Column("taken_at", INSTANT, nullable=True),
        sa.Column("batch_id", sa.Integer(), nullable=True),
        sa.Column("undone_at", INSTANT, nullable=True),
        sa.Column("undone_by", sa.Integer(), nullable=True),
        sa.Column("client_id", sa.String(length=36), nullable=False),
        sa.CheckConstraint("kind IN ('spreadsheet', 'iati')", name=op.f("ck_import_file_kind")),
        sa.CheckConstraint(
            "state IN ('sent', 'working', 'checked', 'taken', 'undone')", name=op.f("ck_import_file_state")
        ),
        sa.CheckConstraint("scope IS NULL OR scope IN ('all', 'good')", name=op.f("ck_import_file_scope")),
        sa.CheckConstraint(
            "state NOT IN ('taken', 'undone') OR (taken_at IS NOT NULL AND take_id IS NOT NULL)",
            name=op.f("ck_import_file_taken"),
        ),
        sa.CheckConstraint("state <> 'undone' OR undone_at IS NOT NULL", name=op.f("ck_import_file_undone")),
        sa.ForeignKeyConstraint(["batch_id"], ["import_batch.id"], name=op.f("fk_import_file_batch_id")),
        sa.ForeignKeyConstraint(["office"], ["office.code"], name=op.f("fk_import_file_office")),
        sa.ForeignKeyConstraint(["undone_by"], ["user_account.id"], name=op.f("fk_import_file_undone_by")),
        sa.ForeignKeyConstraint(["uploaded_by"], ["user_account.id"], name=op.f("fk_import_file_uploaded_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_file")),
        sa.UniqueConstraint("client_id", name=op.f("uq_import_file_client_id")),
        sa.UniqueConstraint("take_id", name=op.f("uq_import_file_take_id")),
    )
    op.create_index(op.f("ix_import_file_uploaded_by"), "import_file", ["uploaded_by"], unique=False)
    op.create_table(
        "import_row",
        sa.Column("import_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("outcome", sa.String(length=10), nullable=False),
        sa.Column("office", sa.String(length=4), nullable=False),
        sa.Column("reference", sa.String(length=300), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("fields", sa.Text(), nullable=False),
        sa.Column("findings", sa.Text(), nullable=False),
        sa.Column("worst", sa.String(length=10), nullable=False),
        sa.Column("activity_id", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=True),
        sa.Column("before", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "outcome IN ('new', 'changed', 'unchanged', 'wrong', 'left')", name=op.f("ck_import_row_outcome")
        ),
        sa.ForeignKeyConstraint(["activity_id"], ["activity.id"], name=op.f("fk_import_row_activity_id")),
        sa.ForeignKeyConstraint(["import_id"], ["import_file.id"], name=op.f("fk_import_row_import_id")),
        sa.PrimaryKeyConstraint("import_id", "number", name=op.f("pk_import_row")),
    )
    op.create_index(
        op.f("ix_import_row_import_id_outcome_number"), "import_row", ["import_id", "outcome", "number"], unique=False
    )
    op.create_index(op.f("ix_import_row_activity_id"), "import_row", ["activity_id"], unique=False)


def downgrade() -> None:
    op.drop_table("import_row")
    op.drop_table("import_file")
