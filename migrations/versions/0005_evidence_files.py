"""Evidence: files beside links, with type, date, language, visibility, and a withdrawal that has a reason.

Revises: 0004
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("evidence") as table:
        table.alter_column("address", existing_type=sa.String(length=500), nullable=True)
        table.alter_column("removed_at", existing_type=sa.DateTime(timezone=True), new_column_name="withdrawn_at")
        # The links that are there already are of no type, open as their record is.
        table.add_column(sa.Column("type", sa.String(length=60), nullable=False, server_default="other"))
        table.add_column(sa.Column("visibility", sa.String(length=10), nullable=False, server_default="record"))
        table.add_column(sa.Column("withdrawn_reason", sa.Text(), nullable=False, server_default=""))
        table.add_column(sa.Column("on_date", sa.String(length=10), nullable=True))
        table.add_column(sa.Column("language", sa.String(length=8), nullable=True))
        table.add_column(sa.Column("sha256", sa.String(length=64), nullable=True))
        table.add_column(sa.Column("sent_sha256", sa.String(length=64), nullable=True))
        table.add_column(sa.Column("size", sa.Integer(), nullable=True))
        table.add_column(sa.Column("media_type", sa.String(length=100), nullable=True))
        table.add_column(sa.Column("file_name", sa.String(length=200), nullable=True))
        table.add_column(sa.Column("added_at", sa.DateTime(timezone=True), nullable=True))
        table.add_column(sa.Column("added_by", sa.Integer(), nullable=True))
        table.add_column(sa.Column("withdrawn_by", sa.Integer(), nullable=True))
    op.execute("UPDATE evidence SET withdrawn_reason = 'Removed' WHERE withdrawn_at IS NOT NULL")
    with op.batch_alter_table("evidence") as table:
        for name, kind in (("type", sa.String(length=60)), ("visibility", sa.String(length=10))):
            table.alter_column(name, existing_type=kind, server_default=None)
        table.alter_column("withdrawn_reason", existing_type=sa.Text(), server_default=None)
        table.create_foreign_key(op.f("fk_evidence_added_by"), "user_account", ["added_by"], ["id"])
        table.create_foreign_key(op.f("fk_evidence_withdrawn_by"), "user_account", ["withdrawn_by"], ["id"])
        for name, rule in CHECKS.items():
            table.create_check_constraint(op.f(f"ck_evidence_{name}"), rule)
    op.create_index(op.f("ix_evidence_sha256"), "evidence", ["sha256"], unique=False)
    op.create_index(
        "uq_evidence_of_activity",
        "evidence",
        ["activity_id", "sent_sha256"],
        unique=True,
        sqlite_where=sa.text("withdrawn_at IS NULL"),
        postgresql_where=sa.text("withdrawn_at IS NULL"),
    )


CHECKS = {
    "link_or_file": "(address IS NULL) <> (sha256 IS NULL)",
    "whole_file": "sha256 IS NULL OR (sent_sha256 IS NOT NULL AND size IS NOT NULL AND size > 0"
    " AND media_type IS NOT NULL AND file_name IS NOT NULL)",
    "visibility": "visibility IN ('record', 'office')",
    "on_date": "on_date IS NULL OR length(on_date) IN (4, 7, 10)",
    "withdrawn_reason": "withdrawn_at IS NULL OR length(withdrawn_reason) > 0",
}
ADDED = (
    "type", "visibility", "withdrawn_reason", "on_date", "language", "sha256", "sent_sha256", "size", "media_type",
    "file_name", "added_at", "added_by", "withdrawn_by",
)  # fmt: skip


def downgrade() -> None:
    op.drop_index("uq_evidence_of_activity", table_name="evidence")
    op.drop_index(op.f("ix_evidence_sha256"), table_name="evidence")
    with op.batch_alter_table("evidence") as table:
        for name in CHECKS:
            table.drop_constraint(op.f(f"ck_evidence_{name}"), type_="check")
        for name in ("added_by", "withdrawn_by"):
            table.drop_constraint(op.f(f"fk_evidence_{name}"), type_="foreignkey")
    # The old table knows links only. The bytes of the files stay where they are.
    op.execute("DELETE FROM evidence WHERE address IS NULL")
    with op.batch_alter_table("evidence") as table:
        for name in ADDED:
            table.drop_column(name)
        table.alter_column("withdrawn_at", existing_type=sa.DateTime(timezone=True), new_column_name="removed_at")
        table.alter_column("address", existing_type=sa.String(length=500), nullable=False)
