"""Requests and what answers them, practice cards and their reuse, and mail about both.

Revises: 0009
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


OLD_KINDS = (
    "kind IN ('submitted', 'returned', 'questioned', 'approved', 'mentioned', 'step_due', 'step_overdue',"
    " 'return_due', 'return_overdue', 'invited', 'reset', 'account_changed')"
)
NEW_KINDS = (
    "kind IN ('submitted', 'returned', 'questioned', 'approved', 'mentioned', 'step_due', 'step_overdue',"
    " 'return_due', 'return_overdue', 'request_received', 'request_answered', 'request_due', 'request_overdue',"
    " 'met_due', 'invited', 'reset', 'account_changed')"
)


def upgrade() -> None:
    op.create_table(
        "support_request",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("reference", sa.String(length=30), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_by", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("origin", sa.String(length=20), nullable=False),
        sa.Column("batch_id", sa.Integer(), nullable=True),
        sa.Column("original_identifier", sa.String(length=300), nullable=True),
        sa.Column("original_digest", sa.String(length=64), nullable=True),
        sa.Column("repeats_id", sa.Integer(), nullable=True),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("source", sa.String(length=60), nullable=False),
        sa.Column("country", sa.String(length=3), nullable=False),
        sa.Column("asker", sa.String(length=200), nullable=False),
        sa.Column("symbol", sa.String(length=200), nullable=False),
        sa.Column("paragraph", sa.String(length=60), nullable=False),
        sa.Column("address", sa.String(length=500), nullable=False),
        sa.Column("document_on", sa.String(length=10), nullable=True),
        sa.Column("transmitted_on", sa.String(length=10), nullable=True),
        sa.Column("received_on", sa.String(length=10), nullable=True),
        sa.Column("asked", sa.Text(), nullable=False),
        sa.Column("original", sa.Text(), nullable=False),
        sa.Column("observations", sa.Text(), nullable=False),
        sa.Column("juvenile_justice", sa.Boolean(), nullable=True),
        sa.Column("asks_help", sa.Boolean(), nullable=True),
        sa.Column("state_response", sa.String(length=10), nullable=True),
        sa.Column("government_agreement", sa.String(length=10), nullable=True),
        sa.Column("partners_agreement", sa.String(length=10), nullable=True),
        sa.Column("answer", sa.String(length=10), nullable=False),
        sa.Column("answered_on", sa.Date(), nullable=True),
        sa.Column("answered_by", sa.Integer(), nullable=True),
        sa.Column("referred_to", sa.Text(), nullable=False),
        sa.Column("declined_reason", sa.Text(), nullable=False),
        sa.Column("target_on", sa.Date(), nullable=True),
        sa.Column("met", sa.String(length=10), nullable=True),
        sa.Column("met_on", sa.Date(), nullable=True),
        sa.Column("met_by", sa.Integer(), nullable=True),
        sa.Column("met_words", sa.Text(), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_by", sa.Integer(), nullable=True),
        sa.Column("withdrawn_reason", sa.Text(), nullable=False),
        sa.Column("client_id", sa.String(length=36), nullable=False),
        sa.CheckConstraint(
            "answer <> 'declined' OR length(declined_reason) > 0", name=op.f("ck_support_request_declined_reason")
        ),
        sa.CheckConstraint(
            "answer <> 'referred' OR length(referred_to) > 0", name=op.f("ck_support_request_referred_to")
        ),
        sa.CheckConstraint("answer = 'open' OR answered_on IS NOT NULL", name=op.f("ck_support_request_answered_on")),
        sa.CheckConstraint(
            "answer IN ('open', 'accepted', 'referred', 'declined')", name=op.f("ck_support_request_answer")
        ),
        sa.CheckConstraint("kind IN ('request', 'need', 'recommendation')", name=op.f("ck_support_request_kind")),
        sa.CheckConstraint(
            "met IS NULL OR met IN ('met', 'partly_met', 'not_met')", name=op.f("ck_support_request_met")
        ),
        sa.CheckConstraint(
            "state_response IS NULL OR state_response IN ('accepted', 'noted')",
            name=op.f("ck_support_request_state_response"),
        ),
        sa.CheckConstraint(
            "document_on IS NULL OR length(document_on) IN (4, 7, 10)", name=op.f("ck_support_request_document_on")
        ),
        sa.CheckConstraint("length(asked) > 0", name=op.f("ck_support_request_asked")),
        sa.CheckConstraint("met IS NULL OR met_on IS NOT NULL", name=op.f("ck_support_request_met_on")),
        sa.CheckConstraint(
            "received_on IS NULL OR length(received_on) IN (4, 7, 10)", name=op.f("ck_support_request_received_on")
        ),
        sa.CheckConstraint(
            "transmitted_on IS NULL OR length(transmitted_on) IN (4, 7, 10)",
            name=op.f("ck_support_request_transmitted_on"),
        ),
        sa.CheckConstraint(
            "withdrawn_at IS NULL OR length(withdrawn_reason) > 0", name=op.f("ck_support_request_withdrawn_reason")
        ),
        sa.ForeignKeyConstraint(["answered_by"], ["user_account.id"], name=op.f("fk_support_request_answered_by")),
        sa.ForeignKeyConstraint(["batch_id"], ["import_batch.id"], name=op.f("fk_support_request_batch_id")),
        sa.ForeignKeyConstraint(["country"], ["country.iso3"], name=op.f("fk_support_request_country")),
        sa.ForeignKeyConstraint(["created_by"], ["user_account.id"], name=op.f("fk_support_request_created_by")),
        sa.ForeignKeyConstraint(["met_by"], ["user_account.id"], name=op.f("fk_support_request_met_by")),
        sa.ForeignKeyConstraint(["repeats_id"], ["support_request.id"], name=op.f("fk_support_request_repeats_id")),
        sa.ForeignKeyConstraint(["withdrawn_by"], ["user_account.id"], name=op.f("fk_support_request_withdrawn_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_support_request")),
        sa.UniqueConstraint("client_id", name=op.f("uq_support_request_client_id")),
        sa.UniqueConstraint(
            "origin", "original_identifier", name=op.f("uq_support_request_origin_original_identifier")
        ),
        sa.UniqueConstraint("reference", name=op.f("uq_support_request_reference")),
    )
    with op.batch_alter_table("support_request", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_support_request_batch_id"), ["batch_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_support_request_country"), ["country"], unique=False)
        batch_op.create_index(batch_op.f("ix_support_request_original_digest"), ["original_digest"], unique=False)

    op.create_table(
        "practice",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("reference", sa.String(length=30), nullable=False),
        sa.Column("activity_id", sa.Integer(), nullable=False),
        sa.Column("office", sa.String(length=4), nullable=False),
        sa.Column("origin", sa.String(length=20), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("step", sa.String(length=15), nullable=False),
        sa.Column("title", sa.String(length=150), nullable=False),
        sa.Column("problem", sa.Text(), nullable=False),
        sa.Column("done", sa.Text(), nullable=False),
        sa.Column("learned", sa.Text(), nullable=False),
        sa.Column("conditions", sa.Text(), nullable=False),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.Column("failed", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("reviewer_id", sa.Integer(), nullable=True),
        sa.Column("reviewed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("review_words", sa.Text(), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_by", sa.Integer(), nullable=True),
        sa.Column("withdrawn_reason", sa.Text(), nullable=False),
        sa.Column("client_id", sa.String(length=36), nullable=False),
        sa.CheckConstraint(
            "state <> 'returned' OR length(review_words) > 0", name=op.f("ck_practice_returned_with_reason")
        ),
        sa.CheckConstraint("state IN ('draft', 'submitted', 'returned', 'reviewed')", name=op.f("ck_practice_state")),
        sa.CheckConstraint("step IN ('innovation', 'lesson', 'good_practice')", name=op.f("ck_practice_step")),
        sa.CheckConstraint("length(title) BETWEEN 1 AND 150", name=op.f("ck_practice_title")),
        sa.CheckConstraint(
            "withdrawn_at IS NULL OR length(withdrawn_reason) > 0", name=op.f("ck_practice_withdrawn_reason")
        ),
        sa.ForeignKeyConstraint(["activity_id"], ["activity.id"], name=op.f("fk_practice_activity_id")),
        sa.ForeignKeyConstraint(["author_id"], ["user_account.id"], name=op.f("fk_practice_author_id")),
        sa.ForeignKeyConstraint(["office"], ["office.code"], name=op.f("fk_practice_office")),
        sa.ForeignKeyConstraint(["reviewer_id"], ["user_account.id"], name=op.f("fk_practice_reviewer_id")),
        sa.ForeignKeyConstraint(["withdrawn_by"], ["user_account.id"], name=op.f("fk_practice_withdrawn_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_practice")),
        sa.UniqueConstraint("client_id", name=op.f("uq_practice_client_id")),
        sa.UniqueConstraint("reference", name=op.f("uq_practice_reference")),
    )
    with op.batch_alter_table("practice", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_practice_activity_id"), ["activity_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_practice_office"), ["office"], unique=False)

    op.create_table(
        "request_activity",
        sa.Column("request_id", sa.Integer(), nullable=False),
        sa.Column("activity_id", sa.Integer(), nullable=False),
        sa.Column("linked_by", sa.Integer(), nullable=True),
        sa.Column("linked_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["activity_id"], ["activity.id"], name=op.f("fk_request_activity_activity_id")),
        sa.ForeignKeyConstraint(["linked_by"], ["user_account.id"], name=op.f("fk_request_activity_linked_by")),
        sa.ForeignKeyConstraint(["request_id"], ["support_request.id"], name=op.f("fk_request_activity_request_id")),
        sa.PrimaryKeyConstraint("request_id", "activity_id", name=op.f("pk_request_activity")),
    )
    with op.batch_alter_table("request_activity", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_request_activity_activity_id"), ["activity_id"], unique=False)

    op.create_table(
        "request_comment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("request_id", sa.Integer(), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=True),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("internal", sa.Boolean(), nullable=False),
        sa.Column("resolved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("resolved_by", sa.Integer(), nullable=True),
        sa.Column("client_id", sa.String(length=36), nullable=False),
        sa.CheckConstraint("length(text) BETWEEN 1 AND 2000", name=op.f("ck_request_comment_text")),
        sa.ForeignKeyConstraint(["author_id"], ["user_account.id"], name=op.f("fk_request_comment_author_id")),
        sa.ForeignKeyConstraint(["request_id"], ["support_request.id"], name=op.f("fk_request_comment_request_id")),
        sa.ForeignKeyConstraint(["resolved_by"], ["user_account.id"], name=op.f("fk_request_comment_resolved_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_request_comment")),
        sa.UniqueConstraint("client_id", name=op.f("uq_request_comment_client_id")),
    )
    with op.batch_alter_table("request_comment", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_request_comment_author_id"), ["author_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_request_comment_request_id"), ["request_id"], unique=False)

    op.create_table(
        "request_office",
        sa.Column("request_id", sa.Integer(), nullable=False),
        sa.Column("office", sa.String(length=4), nullable=False),
        sa.ForeignKeyConstraint(["office"], ["office.code"], name=op.f("fk_request_office_office")),
        sa.ForeignKeyConstraint(["request_id"], ["support_request.id"], name=op.f("fk_request_office_request_id")),
        sa.PrimaryKeyConstraint("request_id", "office", name=op.f("pk_request_office")),
    )
    with op.batch_alter_table("request_office", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_request_office_office"), ["office"], unique=False)

    op.create_table(
        "request_provision",
        sa.Column("request_id", sa.Integer(), nullable=False),
        sa.Column("provision", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(["provision"], ["provision.code"], name=op.f("fk_request_provision_provision")),
        sa.ForeignKeyConstraint(["request_id"], ["support_request.id"], name=op.f("fk_request_provision_request_id")),
        sa.PrimaryKeyConstraint("request_id", "provision", name=op.f("pk_request_provision")),
    )
    with op.batch_alter_table("request_provision", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_request_provision_provision"), ["provision"], unique=False)

    op.create_table(
        "request_step",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("request_id", sa.Integer(), nullable=False),
        sa.Column("what", sa.String(length=300), nullable=False),
        sa.Column("owner_name", sa.String(length=150), nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("client_id", sa.String(length=36), nullable=False),
        sa.ForeignKeyConstraint(["owner_id"], ["user_account.id"], name=op.f("fk_request_step_owner_id")),
        sa.ForeignKeyConstraint(["request_id"], ["support_request.id"], name=op.f("fk_request_step_request_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_request_step")),
        sa.UniqueConstraint("client_id", name=op.f("uq_request_step_client_id")),
    )
    with op.batch_alter_table("request_step", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_request_step_owner_id"), ["owner_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_request_step_request_id"), ["request_id"], unique=False)

    op.create_table(
        "request_support_type",
        sa.Column("request_id", sa.Integer(), nullable=False),
        sa.Column("support_type", sa.String(length=60), nullable=False),
        sa.ForeignKeyConstraint(
            ["request_id"], ["support_request.id"], name=op.f("fk_request_support_type_request_id")
        ),
        sa.ForeignKeyConstraint(
            ["support_type"], ["support_type.code"], name=op.f("fk_request_support_type_support_type")
        ),
        sa.PrimaryKeyConstraint("request_id", "support_type", name=op.f("pk_request_support_type")),
    )
    with op.batch_alter_table("request_support_type", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_request_support_type_support_type"), ["support_type"], unique=False)

    op.create_table(
        "practice_author",
        sa.Column("practice_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["practice_id"], ["practice.id"], name=op.f("fk_practice_author_practice_id")),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_practice_author_user_id")),
        sa.PrimaryKeyConstraint("practice_id", "user_id", name=op.f("pk_practice_author")),
    )
    op.create_table(
        "practice_obstacle",
        sa.Column("practice_id", sa.Integer(), nullable=False),
        sa.Column("list_key", sa.String(length=40), nullable=False),
        sa.Column("obstacle", sa.String(length=60), nullable=False),
        sa.CheckConstraint("list_key = 'obstacle'", name=op.f("ck_practice_obstacle_list_key")),
        sa.ForeignKeyConstraint(
            ["list_key", "obstacle"],
            ["code.list_key", "code.code"],
            name=op.f("fk_practice_obstacle_list_key_obstacle"),
        ),
        sa.ForeignKeyConstraint(["practice_id"], ["practice.id"], name=op.f("fk_practice_obstacle_practice_id")),
        sa.PrimaryKeyConstraint("practice_id", "obstacle", name=op.f("pk_practice_obstacle")),
    )
    op.create_table(
        "practice_provision",
        sa.Column("practice_id", sa.Integer(), nullable=False),
        sa.Column("provision", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(["practice_id"], ["practice.id"], name=op.f("fk_practice_provision_practice_id")),
        sa.ForeignKeyConstraint(["provision"], ["provision.code"], name=op.f("fk_practice_provision_provision")),
        sa.PrimaryKeyConstraint("practice_id", "provision", name=op.f("pk_practice_provision")),
    )
    with op.batch_alter_table("practice_provision", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_practice_provision_provision"), ["provision"], unique=False)

    op.create_table(
        "practice_reuse",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("practice_id", sa.Integer(), nullable=False),
        sa.Column("office", sa.String(length=4), nullable=False),
        sa.Column("activity_id", sa.Integer(), nullable=True),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("recorded_by", sa.Integer(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("client_id", sa.String(length=36), nullable=False),
        sa.CheckConstraint("length(words) BETWEEN 1 AND 2000", name=op.f("ck_practice_reuse_words")),
        sa.ForeignKeyConstraint(["activity_id"], ["activity.id"], name=op.f("fk_practice_reuse_activity_id")),
        sa.ForeignKeyConstraint(["office"], ["office.code"], name=op.f("fk_practice_reuse_office")),
        sa.ForeignKeyConstraint(["practice_id"], ["practice.id"], name=op.f("fk_practice_reuse_practice_id")),
        sa.ForeignKeyConstraint(["recorded_by"], ["user_account.id"], name=op.f("fk_practice_reuse_recorded_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_practice_reuse")),
        sa.UniqueConstraint("client_id", name=op.f("uq_practice_reuse_client_id")),
    )
    with op.batch_alter_table("practice_reuse", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_practice_reuse_office"), ["office"], unique=False)
        batch_op.create_index(batch_op.f("ix_practice_reuse_practice_id"), ["practice_id"], unique=False)

    op.create_table(
        "practice_support_type",
        sa.Column("practice_id", sa.Integer(), nullable=False),
        sa.Column("support_type", sa.String(length=60), nullable=False),
        sa.ForeignKeyConstraint(["practice_id"], ["practice.id"], name=op.f("fk_practice_support_type_practice_id")),
        sa.ForeignKeyConstraint(
            ["support_type"], ["support_type.code"], name=op.f("fk_practice_support_type_support_type")
        ),
        sa.PrimaryKeyConstraint("practice_id", "support_type", name=op.f("pk_practice_support_type")),
    )
    with op.batch_alter_table("practice_support_type", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_practice_support_type_support_type"), ["support_type"], unique=False)

    op.create_table(
        "request_mention",
        sa.Column("comment_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["comment_id"], ["request_comment.id"], name=op.f("fk_request_mention_comment_id")),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_request_mention_user_id")),
        sa.PrimaryKeyConstraint("comment_id", "user_id", name=op.f("pk_request_mention")),
    )
    with op.batch_alter_table("request_mention", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_request_mention_user_id"), ["user_id"], unique=False)

    with op.batch_alter_table("outbox_message", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_outbox_message_kind"), type_="check")
        batch_op.create_check_constraint(batch_op.f("ck_outbox_message_kind"), NEW_KINDS)
        batch_op.add_column(sa.Column("request_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("request_comment_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("request_step_id", sa.Integer(), nullable=True))
        batch_op.create_foreign_key(
            batch_op.f("fk_outbox_message_request_comment_id"), "request_comment", ["request_comment_id"], ["id"]
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_outbox_message_request_step_id"), "request_step", ["request_step_id"], ["id"]
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_outbox_message_request_id"), "support_request", ["request_id"], ["id"]
        )


def downgrade() -> None:
    # Mail about requests has no place in the old outbox; what was sent is told by the requests' own history.
    op.execute("DELETE FROM outbox_message WHERE request_id IS NOT NULL")
    with op.batch_alter_table("outbox_message") as table:
        table.drop_constraint(op.f("ck_outbox_message_kind"), type_="check")
        table.create_check_constraint(op.f("ck_outbox_message_kind"), OLD_KINDS)
    with op.batch_alter_table("outbox_message", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_outbox_message_request_id"), type_="foreignkey")
        batch_op.drop_constraint(batch_op.f("fk_outbox_message_request_step_id"), type_="foreignkey")
        batch_op.drop_constraint(batch_op.f("fk_outbox_message_request_comment_id"), type_="foreignkey")
        batch_op.drop_column("request_step_id")
        batch_op.drop_column("request_comment_id")
        batch_op.drop_column("request_id")

    with op.batch_alter_table("request_mention", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_request_mention_user_id"))

    op.drop_table("request_mention")
    with op.batch_alter_table("practice_support_type", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_practice_support_type_support_type"))

    op.drop_table("practice_support_type")
    with op.batch_alter_table("practice_reuse", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_practice_reuse_practice_id"))
        batch_op.drop_index(batch_op.f("ix_practice_reuse_office"))

    op.drop_table("practice_reuse")
    with op.batch_alter_table("practice_provision", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_practice_provision_provision"))

    op.drop_table("practice_provision")
    op.drop_table("practice_obstacle")
    op.drop_table("practice_author")
    with op.batch_alter_table("request_support_type", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_request_support_type_support_type"))

    op.drop_table("request_support_type")
    with op.batch_alter_table("request_step", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_request_step_request_id"))
        batch_op.drop_index(batch_op.f("ix_request_step_owner_id"))

    op.drop_table("request_step")
    with op.batch_alter_table("request_provision", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_request_provision_provision"))

    op.drop_table("request_provision")
    with op.batch_alter_table("request_office", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_request_office_office"))

    op.drop_table("request_office")
    with op.batch_alter_table("request_comment", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_request_comment_request_id"))
        batch_op.drop_index(batch_op.f("ix_request_comment_author_id"))

    op.drop_table("request_comment")
    with op.batch_alter_table("request_activity", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_request_activity_activity_id"))

    op.drop_table("request_activity")
    with op.batch_alter_table("practice", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_practice_office"))
        batch_op.drop_index(batch_op.f("ix_practice_activity_id"))

    op.drop_table("practice")
    with op.batch_alter_table("support_request", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_support_request_original_digest"))
        batch_op.drop_index(batch_op.f("ix_support_request_country"))
        batch_op.drop_index(batch_op.f("ix_support_request_batch_id"))

    op.drop_table("support_request")
