"""Codes that were merged point to the code they became; the audit can only grow: the database refuses the rest.

Revises: 0008
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

NAME = "audit_event_only_grows"
WORDS = "the audit only grows"


def upgrade() -> None:
    for table in ("code", "support_type"):
        with op.batch_alter_table(table) as batch:
            batch.add_column(sa.Column("merged_into", sa.String(length=60), nullable=True))
            batch.create_check_constraint(
                op.f(f"ck_{table}_merged_into"),
                "merged_into IS NULL OR (merged_into <> code AND retired_on IS NOT NULL)",
            )
    op.create_index(op.f("ix_audit_event_action"), "audit_event", ["action"])
    op.create_table(
        "lease",
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("holder", sa.String(length=80), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_result", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_lease")),
    )
    _refuse_changes()


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute(f"DROP TRIGGER {NAME} ON audit_event")
        op.execute(f"DROP TRIGGER {NAME}_whole ON audit_event")
        op.execute("DROP FUNCTION refuse_audit_change()")
    else:
        for act in ("update", "delete"):
            op.execute(f"DROP TRIGGER {NAME}_{act}")
    op.drop_table("lease")
    op.drop_index(op.f("ix_audit_event_action"), table_name="audit_event")
    for table in ("support_type", "code"):
        with op.batch_alter_table(table) as batch:
            batch.drop_constraint(op.f(f"ck_{table}_merged_into"), type_="check")
            batch.drop_column("merged_into")


def _refuse_changes() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "CREATE FUNCTION refuse_audit_change() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
            f" RAISE EXCEPTION '{WORDS}' USING ERRCODE = 'check_violation'; END $$"
        )
        op.execute(
            f"CREATE TRIGGER {NAME} BEFORE UPDATE OR DELETE ON audit_event"
            " FOR EACH ROW EXECUTE FUNCTION refuse_audit_change()"
        )
        op.execute(
            f"CREATE TRIGGER {NAME}_whole BEFORE TRUNCATE ON audit_event"
            " FOR EACH STATEMENT EXECUTE FUNCTION refuse_audit_change()"
        )
        return
    for act in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER {NAME}_{act.lower()} BEFORE {act} ON audit_event BEGIN SELECT RAISE(ABORT, '{WORDS}'); END"
        )
