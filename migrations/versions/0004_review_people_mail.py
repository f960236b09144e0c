"""Reviewers, claims, comments, keepers, handovers, and mail on its way.

Revises: 0003
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "mail_choice",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("rhythm", sa.String(length=10), nullable=False),
        sa.Column("chosen_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("rhythm IN ('instant', 'daily', 'weekly', 'never')", name=op.f("ck_mail_choice_rhythm")),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_mail_choice_user_id")),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_mail_choice")),
    )
    op.create_table(
        "region_review",
        sa.Column("region", sa.String(length=10), nullable=False),
        sa.Column("self_approval", sa.Boolean(), nullable=False),
        sa.Column("set_by", sa.Integer(), nullable=True),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["region"], ["region.code"], name=op.f("fk_region_review_region")),
        sa.ForeignKeyConstraint(["set_by"], ["user_account.id"], name=op.f("fk_region_review_set_by")),
        sa.PrimaryKeyConstraint("region", name=op.f("pk_region_review")),
    )
    op.create_table(
        "office_reviewer",
        sa.Column("office", sa.String(length=4), nullable=False),
        sa.Column("reviewer_id", sa.Integer(), nullable=False),
        sa.Column("deputy_id", sa.Integer(), nullable=True),
        sa.Column("set_by", sa.Integer(), nullable=True),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("deputy_id IS NULL OR deputy_id <> reviewer_id", name=op.f("ck_office_reviewer_deputy")),
        sa.ForeignKeyConstraint(["deputy_id"], ["user_account.id"], name=op.f("fk_office_reviewer_deputy_id")),
        sa.ForeignKeyConstraint(["office"], ["office.code"], name=op.f("fk_office_reviewer_office")),
        sa.ForeignKeyConstraint(["reviewer_id"], ["user_account.id"], name=op.f("fk_office_reviewer_reviewer_id")),
        sa.ForeignKeyConstraint(["set_by"], ["user_account.id"], name=op.f("fk_office_reviewer_set_by")),
        sa.PrimaryKeyConstraint("office", name=op.f("pk_office_reviewer")),
    )
    op.create_index(op.f("ix_office_reviewer_deputy_id"), "office_reviewer", ["deputy_id"], unique=False)
    op.create_index(op.f("ix_office_reviewer_reviewer_id"), "office_reviewer", ["reviewer_id"], unique=False)

    op.create_table(
        "activity_keeper",
        sa.Column("activity_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["activity_id"], ["activity.id"], name=op.f("fk_activity_keeper_activity_id")),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_activity_keeper_user_id")),
        sa.PrimaryKeyConstraint("activity_id", name=op.f("pk_activity_keeper")),
    )
    op.create_index(op.f("ix_activity_keeper_user_id"), "activity_keeper", ["user_id"], unique=False)

    op.create_table(
        "comment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("activity_id", sa.Integer(), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=True),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("internal", sa.Boolean(), nullable=False),
        sa.Column("resolved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("resolved_by", sa.Integer(), nullable=True),
        sa.Column("client_id", sa.String(length=36), nullable=False),
        sa.CheckConstraint("length(text) BETWEEN 1 AND 2000", name=op.f("ck_comment_text")),
        sa.ForeignKeyConstraint(["activity_id"], ["activity.id"], name=op.f("fk_comment_activity_id")),
        sa.ForeignKeyConstraint(["author_id"], ["user_account.id"], name=op.f("fk_comment_author_id")),
        sa.ForeignKeyConstraint(["resolved_by"], ["user_account.id"], name=op.f("fk_comment_resolved_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_comment")),
        sa.UniqueConstraint("client_id", name=op.f("uq_comment_client_id")),
    )
    op.create_index(op.f("ix_comment_activity_id"), "comment", ["activity_id"], unique=False)
    op.create_index(op.f("ix_comment_author_id"), "comment", ["author_id"], unique=False)

    op.create_table(
        "handover",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("membership_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("office", sa.String(length=4), nullable=True),
        sa.Column("region", sa.String(length=10), nullable=True),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("made_by", sa.Integer(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["made_by"], ["user_account.id"], name=op.f("fk_handover_made_by")),
        sa.ForeignKeyConstraint(["membership_id"], ["membership.id"], name=op.f("fk_handover_membership_id")),
        sa.ForeignKeyConstraint(["office"], ["office.code"], name=op.f("fk_handover_office")),
        sa.ForeignKeyConstraint(["region"], ["region.code"], name=op.f("fk_handover_region")),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_handover_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_handover")),
        sa.UniqueConstraint("membership_id", name=op.f("uq_handover_membership_id")),
    )
    op.create_index(op.f("ix_handover_office"), "handover", ["office"], unique=False)
    op.create_index(op.f("ix_handover_region"), "handover", ["region"], unique=False)
    op.create_index(op.f("ix_handover_user_id"), "handover", ["user_id"], unique=False)

    op.create_table(
        "comment_mention",
        sa.Column("comment_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["comment_id"], ["comment.id"], name=op.f("fk_comment_mention_comment_id")),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_comment_mention_user_id")),
        sa.PrimaryKeyConstraint("comment_id", "user_id", name=op.f("pk_comment_mention")),
    )
    op.create_index(op.f("ix_comment_mention_user_id"), "comment_mention", ["user_id"], unique=False)

    op.create_table(
        "handover_part",
        sa.Column("handover_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("taken_by", sa.Integer(), nullable=True),
        sa.Column("answered_by", sa.Integer(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "kind IN ('drafts', 'next_steps', 'reviews', 'returns')", name=op.f("ck_handover_part_kind")
        ),
        sa.ForeignKeyConstraint(["answered_by"], ["user_account.id"], name=op.f("fk_handover_part_answered_by")),
        sa.ForeignKeyConstraint(["handover_id"], ["handover.id"], name=op.f("fk_handover_part_handover_id")),
        sa.ForeignKeyConstraint(["taken_by"], ["user_account.id"], name=op.f("fk_handover_part_taken_by")),
        sa.PrimaryKeyConstraint("handover_id", "kind", name=op.f("pk_handover_part")),
    )
    op.create_table(
        "outbox_message",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("activity_id", sa.Integer(), nullable=True),
        sa.Column("comment_id", sa.Integer(), nullable=True),
        sa.Column("step_id", sa.Integer(), nullable=True),
        sa.Column("office", sa.String(length=4), nullable=True),
        sa.Column("year", sa.Integer(), nullable=True),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("once", sa.String(length=100), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("envelope", sa.String(length=36), nullable=True),
        sa.Column("claimed_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("fault", sa.Text(), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("dropped_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("client_id", sa.String(length=36), nullable=False),
        sa.CheckConstraint(
            "kind IN ('submitted', 'returned', 'questioned', 'approved', 'mentioned', 'step_due', 'step_overdue', 'return_due', 'return_overdue')",
            name=op.f("ck_outbox_message_kind"),
        ),
        sa.ForeignKeyConstraint(["activity_id"], ["activity.id"], name=op.f("fk_outbox_message_activity_id")),
        sa.ForeignKeyConstraint(["by_id"], ["user_account.id"], name=op.f("fk_outbox_message_by_id")),
        sa.ForeignKeyConstraint(["comment_id"], ["comment.id"], name=op.f("fk_outbox_message_comment_id")),
        sa.ForeignKeyConstraint(["office"], ["office.code"], name=op.f("fk_outbox_message_office")),
        sa.ForeignKeyConstraint(["step_id"], ["next_step.id"], name=op.f("fk_outbox_message_step_id")),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_outbox_message_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox_message")),
        sa.UniqueConstraint("client_id", name=op.f("uq_outbox_message_client_id")),
        sa.UniqueConstraint("once", name=op.f("uq_outbox_message_once")),
    )
    op.create_index(op.f("ix_outbox_message_envelope"), "outbox_message", ["envelope"], unique=False)
    op.create_index(
        "ix_outbox_message_open",
        "outbox_message",
        ["due_at"],
        unique=False,
        sqlite_where=sa.text("sent_at IS NULL AND dropped_at IS NULL"),
        postgresql_where=sa.text("sent_at IS NULL AND dropped_at IS NULL"),
    )
    op.create_index(op.f("ix_outbox_message_user_id"), "outbox_message", ["user_id"], unique=False)

    op.create_table(
        "review_claim",
        sa.Column("activity_id", sa.Integer(), nullable=False),
        sa.Column("revision_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("claimed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["activity_id"], ["activity.id"], name=op.f("fk_review_claim_activity_id")),
        sa.ForeignKeyConstraint(["revision_id"], ["activity_revision.id"], name=op.f("fk_review_claim_revision_id")),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_review_claim_user_id")),
        sa.PrimaryKeyConstraint("activity_id", name=op.f("pk_review_claim")),
    )
    op.create_index(op.f("ix_review_claim_user_id"), "review_claim", ["user_id"], unique=False)

    with op.batch_alter_table("activity_line") as batch_op:
        batch_op.add_column(sa.Column("self_approved", sa.Boolean(), nullable=True))
    op.execute(
        "UPDATE activity_line SET self_approved = COALESCE((SELECT r.self_approved FROM activity a"
        " JOIN activity_revision r ON r.id = a.approved_revision_id WHERE a.id = activity_line.activity_id), false)"
    )
    with op.batch_alter_table("activity_line") as batch_op:
        batch_op.alter_column("self_approved", existing_type=sa.Boolean(), nullable=False)
    op.create_index(
        "ix_activity_line_self_approved",
        "activity_line",
        ["activity_id"],
        unique=False,
        sqlite_where=sa.text("self_approved = 1"),
        postgresql_where=sa.text("self_approved"),
    )
    # Whoever recorded an activity looks after it, until somebody else does.
    op.execute(
        "INSERT INTO activity_keeper (activity_id, user_id)"
        " SELECT id, created_by FROM activity WHERE created_by IS NOT NULL AND origin = 'form'"
    )


def downgrade() -> None:
    op.drop_index("ix_activity_line_self_approved", table_name="activity_line")
    with op.batch_alter_table("activity_line") as batch_op:
        batch_op.drop_column("self_approved")

    op.drop_index(op.f("ix_review_claim_user_id"), table_name="review_claim")

    op.drop_table("review_claim")
    op.drop_index(op.f("ix_outbox_message_user_id"), table_name="outbox_message")
    op.drop_index(
        "ix_outbox_message_open",
        table_name="outbox_message",
        sqlite_where=sa.text("sent_at IS NULL AND dropped_at IS NULL"),
        postgresql_where=sa.text("sent_at IS NULL AND dropped_at IS NULL"),
    )
    op.drop_index(op.f("ix_outbox_message_envelope"), table_name="outbox_message")

    op.drop_table("outbox_message")
    op.drop_table("handover_part")
    op.drop_index(op.f("ix_comment_mention_user_id"), table_name="comment_mention")

    op.drop_table("comment_mention")
    op.drop_index(op.f("ix_handover_user_id"), table_name="handover")
    op.drop_index(op.f("ix_handover_region"), table_name="handover")
    op.drop_index(op.f("ix_handover_office"), table_name="handover")

    op.drop_table("handover")
    op.drop_index(op.f("ix_comment_author_id"), table_name="comment")
    op.drop_index(op.f("ix_comment_activity_id"), table_name="comment")

    op.drop_table("comment")
    op.drop_index(op.f("ix_activity_keeper_user_id"), table_name="activity_keeper")

    op.drop_table("activity_keeper")
    op.drop_index(op.f("ix_office_reviewer_reviewer_id"), table_name="office_reviewer")
    op.drop_index(op.f("ix_office_reviewer_deputy_id"), table_name="office_reviewer")

    op.drop_table("office_reviewer")
    op.drop_table("region_review")
    op.drop_table("mail_choice")
