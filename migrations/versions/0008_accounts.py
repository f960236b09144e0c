"""Proofs of who somebody is: mailed links, second factors, identities elsewhere, tokens; and reviews of access.

Revises: 0007
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "one_time",
        sa.Column("key", sa.String(length=100), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_one_time")),
    )
    op.create_table(
        "reset_request",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("email_key", sa.String(length=64), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reset_request")),
    )
    op.create_table(
        "account_link",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by", sa.Integer(), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("client_id", sa.String(length=36), nullable=False),
        sa.CheckConstraint("kind IN ('invitation', 'reset')", name=op.f("ck_account_link_kind")),
        sa.ForeignKeyConstraint(["made_by"], ["user_account.id"], name=op.f("fk_account_link_made_by")),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_account_link_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account_link")),
        sa.UniqueConstraint("client_id", name=op.f("uq_account_link_client_id")),
    )
    op.create_index(op.f("ix_account_link_user_id"), "account_link", ["user_id"], unique=False)

    op.create_table(
        "api_token",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("scope", sa.String(length=10), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("begins", sa.String(length=12), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("client_id", sa.String(length=36), nullable=False),
        sa.CheckConstraint("scope IN ('read')", name=op.f("ck_api_token_scope")),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_api_token_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_token")),
        sa.UniqueConstraint("client_id", name=op.f("uq_api_token_client_id")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_api_token_token_hash")),
    )
    op.create_index(op.f("ix_api_token_user_id"), "api_token", ["user_id"], unique=False)

    op.create_table(
        "authenticator",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("secret", sa.Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_step", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_authenticator_user_id")),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_authenticator")),
    )
    op.create_table(
        "identity",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("issuer", sa.String(length=300), nullable=False),
        sa.Column("subject", sa.String(length=255), nullable=False),
        sa.Column("linked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_identity_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_identity")),
        sa.UniqueConstraint("issuer", "subject", name=op.f("uq_identity_issuer_subject")),
    )
    op.create_index(op.f("ix_identity_user_id"), "identity", ["user_id"], unique=False)
    op.create_table(
        "passkey",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("credential_id", sa.LargeBinary(), nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("uses", sa.Integer(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("client_id", sa.String(length=36), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_passkey_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_passkey")),
        sa.UniqueConstraint("client_id", name=op.f("uq_passkey_client_id")),
        sa.UniqueConstraint("credential_id", name=op.f("uq_passkey_credential_id")),
    )
    op.create_index(op.f("ix_passkey_user_id"), "passkey", ["user_id"], unique=False)

    op.create_table(
        "recovery_code",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_recovery_code_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recovery_code")),
        sa.UniqueConstraint("user_id", "code_hash", name=op.f("uq_recovery_code_user_id_code_hash")),
    )
    op.create_index(op.f("ix_recovery_code_user_id"), "recovery_code", ["user_id"], unique=False)

    op.create_table(
        "access_review",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("office", sa.String(length=4), nullable=False),
        sa.Column("made_by", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("shown", sa.JSON(), nullable=False),
        sa.Column("client_id", sa.String(length=36), nullable=False),
        sa.ForeignKeyConstraint(["made_by"], ["user_account.id"], name=op.f("fk_access_review_made_by")),
        sa.ForeignKeyConstraint(["office"], ["office.code"], name=op.f("fk_access_review_office")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_access_review")),
        sa.UniqueConstraint("client_id", name=op.f("uq_access_review_client_id")),
    )
    op.create_index(op.f("ix_access_review_office"), "access_review", ["office"], unique=False)

    # Columns that older programs do not know have a default, so that they may go on beside this schema.
    with op.batch_alter_table("membership") as table:
        table.add_column(sa.Column("origin", sa.String(length=10), nullable=False, server_default="here"))
        table.create_check_constraint(op.f("ck_membership_origin"), "origin IN ('here', 'group')")
    with op.batch_alter_table("outbox_message") as table:
        table.add_column(sa.Column("link_id", sa.Integer(), nullable=True))
        table.create_foreign_key(op.f("fk_outbox_message_link_id"), "account_link", ["link_id"], ["id"])
        table.drop_constraint(op.f("ck_outbox_message_kind"), type_="check")
        table.create_check_constraint(op.f("ck_outbox_message_kind"), f"kind IN ({KINDS}, {NEW_KINDS})")
    with op.batch_alter_table("sign_in_attempt") as table:
        table.add_column(sa.Column("kind", sa.String(length=10), nullable=False, server_default="password"))
        table.create_check_constraint(op.f("ck_sign_in_attempt_kind"), "kind IN ('password', 'code', 'reset')")
    with op.batch_alter_table("user_account") as table:
        table.add_column(sa.Column("email_verified_at", sa.DateTime(timezone=True), nullable=True))
        table.add_column(sa.Column("activated_at", sa.DateTime(timezone=True), nullable=True))
    with op.batch_alter_table("user_session") as table:
        table.add_column(sa.Column("stage", sa.String(length=10), nullable=False, server_default="open"))
        table.add_column(sa.Column("strong_at", sa.DateTime(timezone=True), nullable=True))
        table.add_column(sa.Column("fresh_at", sa.DateTime(timezone=True), nullable=True))
        table.create_check_constraint(op.f("ck_user_session_stage"), "stage IN ('open', 'second')")
    op.execute("UPDATE user_session SET fresh_at = started_at")


KINDS = (
    "'submitted', 'returned', 'questioned', 'approved', 'mentioned', 'step_due', 'step_overdue',"
    " 'return_due', 'return_overdue'"
)
NEW_KINDS = "'invited', 'reset', 'account_changed'"


def downgrade() -> None:
    # A session that waits for its second factor must not become an open one.
    op.execute("DELETE FROM user_session WHERE stage = 'second'")
    with op.batch_alter_table("user_session") as table:
        table.drop_constraint(op.f("ck_user_session_stage"), type_="check")
        for name in ("fresh_at", "strong_at", "stage"):
            table.drop_column(name)
    with op.batch_alter_table("user_account") as table:
        table.drop_column("activated_at")
        table.drop_column("email_verified_at")
    op.execute("DELETE FROM sign_in_attempt WHERE kind <> 'password'")
    with op.batch_alter_table("sign_in_attempt") as table:
        table.drop_constraint(op.f("ck_sign_in_attempt_kind"), type_="check")
        table.drop_column("kind")
    op.execute("DELETE FROM outbox_message WHERE kind IN ('invited', 'reset', 'account_changed')")
    with op.batch_alter_table("outbox_message") as table:
        table.drop_constraint(op.f("ck_outbox_message_kind"), type_="check")
        table.create_check_constraint(op.f("ck_outbox_message_kind"), f"kind IN ({KINDS})")
        table.drop_constraint(op.f("fk_outbox_message_link_id"), type_="foreignkey")
        table.drop_column("link_id")
    with op.batch_alter_table("membership") as table:
        table.drop_constraint(op.f("ck_membership_origin"), type_="check")
        table.drop_column("origin")
    op.drop_index(op.f("ix_access_review_office"), table_name="access_review")

    op.drop_table("access_review")
    op.drop_index(op.f("ix_recovery_code_user_id"), table_name="recovery_code")

    op.drop_table("recovery_code")
    op.drop_index(op.f("ix_passkey_user_id"), table_name="passkey")

    op.drop_table("passkey")
    op.drop_index(op.f("ix_identity_user_id"), table_name="identity")
    op.drop_table("identity")
    op.drop_table("authenticator")
    op.drop_index(op.f("ix_api_token_user_id"), table_name="api_token")

    op.drop_table("api_token")
    op.drop_index(op.f("ix_account_link_user_id"), table_name="account_link")

    op.drop_table("account_link")
    op.drop_table("reset_request")
    op.drop_table("one_time")
