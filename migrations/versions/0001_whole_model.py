"""The whole model.

Revises: nothing
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "audit_event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("subject_kind", sa.Text(), nullable=False),
        sa.Column("subject_key", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_event")),
    )
    op.create_index(op.f("ix_audit_event_at"), "audit_event", ["at"], unique=False)
    op.create_index(
        op.f("ix_audit_event_subject_kind_subject_key"), "audit_event", ["subject_kind", "subject_key"], unique=False
    )

    op.create_table(
        "code",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("list_key", sa.String(length=40), nullable=False),
        sa.Column("code", sa.String(length=60), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("attributes", sa.JSON(), nullable=False),
        sa.Column("retired_on", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_code")),
        sa.UniqueConstraint("list_key", "code", name=op.f("uq_code_list_key_code")),
    )
    op.create_table(
        "country",
        sa.Column("iso3", sa.String(length=3), nullable=False),
        sa.Column("iso2", sa.String(length=2), nullable=False),
        sa.Column("m49", sa.String(length=3), nullable=False),
        sa.Column("unicef_status", sa.String(length=20), nullable=False),
        sa.Column("retired_on", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("iso3", name=op.f("pk_country")),
        sa.UniqueConstraint("iso2", name=op.f("uq_country_iso2")),
    )
    op.create_table(
        "instrument",
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=60), nullable=False),
        sa.Column("adopting_body", sa.Text(), nullable=False),
        sa.Column("symbol", sa.Text(), nullable=False),
        sa.Column("adopted", sa.String(length=10), nullable=False),
        sa.Column("in_force", sa.String(length=10), nullable=False),
        sa.Column("source_address", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("retired_on", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_instrument")),
    )
    op.create_table(
        "kept_cell",
        sa.Column("year", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("basis", sa.String(length=10), nullable=False),
        sa.Column("support_type", sa.String(length=60), nullable=False),
        sa.Column("provision", sa.String(length=40), nullable=False),
        sa.Column("lead", sa.String(length=4), nullable=False),
        sa.Column("offices", sa.String(length=700), nullable=False),
        sa.Column("countries", sa.String(length=1100), nullable=False),
        sa.Column("also", sa.String(length=700), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("firm", sa.Integer(), nullable=False),
        sa.CheckConstraint("basis IN ('approved', 'submitted')", name=op.f("ck_kept_cell_basis")),
        sa.CheckConstraint("n >= 0 AND firm BETWEEN 0 AND n", name=op.f("ck_kept_cell_n")),
        sa.PrimaryKeyConstraint(
            "year",
            "basis",
            "support_type",
            "provision",
            "lead",
            "offices",
            "countries",
            "also",
            name=op.f("pk_kept_cell"),
        ),
    )
    op.create_table(
        "kept_year",
        sa.Column("year", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("year", name=op.f("pk_kept_year")),
    )
    op.create_table(
        "label",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("code", sa.String(length=60), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("former", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_label")),
    )
    op.create_index(
        "uq_label_current",
        "label",
        ["kind", "code", "language"],
        unique=True,
        sqlite_where=sa.text("former = 0"),
        postgresql_where=sa.text("NOT former"),
    )

    op.create_table(
        "published_figure",
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("as_of", sa.Text(), nullable=False),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("indicator", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("qualifier", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("unit_counted", sa.Text(), nullable=False),
        sa.Column("comparable", sa.Text(), nullable=False),
        sa.Column("source_title", sa.Text(), nullable=False),
        sa.Column("source_address", sa.Text(), nullable=False),
        sa.Column("checked", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("retired_on", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_published_figure")),
    )
    op.create_table(
        "reference_counter",
        sa.Column("region", sa.String(length=10), nullable=False),
        sa.Column("year", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("region", "year", name=op.f("pk_reference_counter")),
    )
    op.create_table(
        "reference_version",
        sa.Column("domain", sa.String(length=40), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("domain", name=op.f("pk_reference_version")),
    )
    op.create_table(
        "region",
        sa.Column("code", sa.String(length=10), nullable=False),
        sa.Column("name_in_2008", sa.Text(), nullable=False),
        sa.Column("seat", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_region")),
    )
    op.create_table(
        "round",
        sa.Column("year", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("opens_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("inform_on", sa.Date(), nullable=True),
        sa.Column("frozen_on", sa.Date(), nullable=True),
        sa.CheckConstraint("due_on >= opens_on", name=op.f("ck_round_due_after_opening")),
        sa.PrimaryKeyConstraint("year", name=op.f("pk_round")),
    )
    op.create_table(
        "sign_in_attempt",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("email_key", sa.String(length=64), nullable=False),
        sa.Column("address", sa.String(length=64), nullable=False),
        sa.Column("succeeded", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in_attempt")),
    )
    op.create_index(op.f("ix_sign_in_attempt_address"), "sign_in_attempt", ["address"], unique=False)
    op.create_index(op.f("ix_sign_in_attempt_at"), "sign_in_attempt", ["at"], unique=False)
    op.create_index(op.f("ix_sign_in_attempt_email_key"), "sign_in_attempt", ["email_key"], unique=False)

    op.create_table(
        "support_type",
        sa.Column("code", sa.String(length=60), nullable=False),
        sa.Column("facet", sa.String(length=5), nullable=False),
        sa.Column("definition", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("attributes", sa.JSON(), nullable=False),
        sa.Column("retired_on", sa.Date(), nullable=True),
        sa.CheckConstraint("facet IN ('how', 'about')", name=op.f("ck_support_type_facet")),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_support_type")),
    )
    op.create_table(
        "synced_entry",
        sa.Column("list_name", sa.String(length=40), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("state", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("list_name", "key", name=op.f("pk_synced_entry")),
    )
    op.create_table(
        "user_account",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("name", sa.String(length=150), nullable=False),
        sa.Column("password", sa.Text(), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("demonstration", sa.Boolean(), nullable=False),
        sa.Column("fs_uniquifier", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_sign_in_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("client_id", sa.String(length=36), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_user_account")),
        sa.UniqueConstraint("client_id", name=op.f("uq_user_account_client_id")),
        sa.UniqueConstraint("email", name=op.f("uq_user_account_email")),
        sa.UniqueConstraint("fs_uniquifier", name=op.f("uq_user_account_fs_uniquifier")),
    )
    op.create_table(
        "import_batch",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("file_name", sa.Text(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("imported_by", sa.Integer(), nullable=True),
        sa.Column("imported_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("client_id", sa.String(length=36), nullable=False),
        sa.ForeignKeyConstraint(["imported_by"], ["user_account.id"], name=op.f("fk_import_batch_imported_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_batch")),
        sa.UniqueConstraint("client_id", name=op.f("uq_import_batch_client_id")),
    )
    op.create_table(
        "office",
        sa.Column("code", sa.String(length=4), nullable=False),
        sa.Column("type", sa.String(length=15), nullable=False),
        sa.Column("host", sa.String(length=3), nullable=False),
        sa.Column("time_zone", sa.String(length=40), nullable=False),
        sa.Column("short_name", sa.Text(), nullable=False),
        sa.Column("dates_confidence", sa.String(length=10), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("retired_on", sa.Date(), nullable=True),
        sa.CheckConstraint("type IN ('country', 'multi_country', 'regional', 'hq')", name=op.f("ck_office_type")),
        sa.CheckConstraint("length(code) = 4", name=op.f("ck_office_code_length")),
        sa.ForeignKeyConstraint(["host"], ["country.iso3"], name=op.f("fk_office_host")),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_office")),
    )
    op.create_table(
        "provision",
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("instrument", sa.String(length=40), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("addressed_to", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("mandating", sa.Boolean(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("origin", sa.String(length=10), nullable=False),
        sa.Column("source_address", sa.Text(), nullable=False),
        sa.Column("confidence", sa.String(length=10), nullable=False),
        sa.Column("checked", sa.Boolean(), nullable=False),
        sa.Column("checked_by", sa.Integer(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("retired_on", sa.Date(), nullable=True),
        sa.CheckConstraint("confidence IN ('high', 'medium', 'low')", name=op.f("ck_provision_confidence")),
        sa.ForeignKeyConstraint(["instrument"], ["instrument.code"], name=op.f("fk_provision_instrument")),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_provision")),
    )
    op.create_index(op.f("ix_provision_instrument"), "provision", ["instrument"], unique=False)

    op.create_table(
        "user_session",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("address", sa.String(length=64), nullable=False),
        sa.Column("agent", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_user_session_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_user_session")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_user_session_token_hash")),
    )
    op.create_index(op.f("ix_user_session_user_id"), "user_session", ["user_id"], unique=False)

    op.create_table(
        "activity",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("reference", sa.String(length=30), nullable=False),
        sa.Column("lead_office", sa.String(length=4), nullable=False),
        sa.Column("created_by", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("origin", sa.String(length=20), nullable=False),
        sa.Column("batch_id", sa.Integer(), nullable=True),
        sa.Column("original_identifier", sa.String(length=300), nullable=True),
        sa.Column("source_first_year", sa.Integer(), nullable=True),
        sa.Column("source_last_year", sa.Integer(), nullable=True),
        sa.Column("current_revision_id", sa.Integer(), nullable=True),
        sa.Column("submitted_revision_id", sa.Integer(), nullable=True),
        sa.Column("approved_revision_id", sa.Integer(), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_by", sa.Integer(), nullable=True),
        sa.Column("withdrawn_reason", sa.Text(), nullable=False),
        sa.Column("questioned_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("questioned_by", sa.Integer(), nullable=True),
        sa.Column("questioned_reason", sa.Text(), nullable=False),
        sa.Column("set_aside_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("set_aside_by", sa.Integer(), nullable=True),
        sa.Column("set_aside_reason", sa.Text(), nullable=False),
        sa.Column("client_id", sa.String(length=36), nullable=False),
        sa.CheckConstraint(
            "origin = 'form' OR original_identifier IS NOT NULL", name=op.f("ck_activity_original_identifier")
        ),
        sa.CheckConstraint(
            "questioned_at IS NULL OR length(questioned_reason) > 0", name=op.f("ck_activity_questioned_reason")
        ),
        sa.CheckConstraint(
            "set_aside_at IS NULL OR length(set_aside_reason) > 0", name=op.f("ck_activity_set_aside_reason")
        ),
        sa.CheckConstraint(
            "source_first_year IS NULL OR source_last_year >= source_first_year", name=op.f("ck_activity_source_years")
        ),
        sa.CheckConstraint(
            "withdrawn_at IS NULL OR length(withdrawn_reason) > 0", name=op.f("ck_activity_withdrawn_reason")
        ),
        sa.ForeignKeyConstraint(
            ["approved_revision_id"], ["activity_revision.id"], name="fk_activity_approved_revision_id", use_alter=True
        ),
        sa.ForeignKeyConstraint(["batch_id"], ["import_batch.id"], name=op.f("fk_activity_batch_id")),
        sa.ForeignKeyConstraint(["created_by"], ["user_account.id"], name=op.f("fk_activity_created_by")),
        sa.ForeignKeyConstraint(
            ["current_revision_id"], ["activity_revision.id"], name="fk_activity_current_revision_id", use_alter=True
        ),
        sa.ForeignKeyConstraint(["lead_office"], ["office.code"], name=op.f("fk_activity_lead_office")),
        sa.ForeignKeyConstraint(["questioned_by"], ["user_account.id"], name=op.f("fk_activity_questioned_by")),
        sa.ForeignKeyConstraint(["set_aside_by"], ["user_account.id"], name=op.f("fk_activity_set_aside_by")),
        sa.ForeignKeyConstraint(
            ["submitted_revision_id"],
            ["activity_revision.id"],
            name="fk_activity_submitted_revision_id",
            use_alter=True,
        ),
        sa.ForeignKeyConstraint(["withdrawn_by"], ["user_account.id"], name=op.f("fk_activity_withdrawn_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_activity")),
        sa.UniqueConstraint("client_id", name=op.f("uq_activity_client_id")),
        sa.UniqueConstraint("origin", "original_identifier", name=op.f("uq_activity_origin_original_identifier")),
        sa.UniqueConstraint("reference", name=op.f("uq_activity_reference")),
    )
    op.create_index(op.f("ix_activity_batch_id"), "activity", ["batch_id"], unique=False)
    op.create_index(op.f("ix_activity_created_by"), "activity", ["created_by"], unique=False)
    op.create_index(op.f("ix_activity_lead_office"), "activity", ["lead_office"], unique=False)

    op.create_table(
        "annual_return",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("office", sa.String(length=4), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("answer", sa.String(length=10), nullable=True),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("signed_by", sa.Integer(), nullable=True),
        sa.Column("recorded_by", sa.String(length=10), nullable=False),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reopened_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reopen_reason", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("client_id", sa.String(length=36), nullable=False),
        sa.CheckConstraint("answer IN ('support', 'nil')", name=op.f("ck_annual_return_answer")),
        sa.CheckConstraint("recorded_by IN ('office', 'adviser')", name=op.f("ck_annual_return_recorded_by")),
        sa.CheckConstraint(
            "state <> 'signed' OR (signed_at IS NOT NULL AND answer IS NOT NULL)", name=op.f("ck_annual_return_signed")
        ),
        sa.CheckConstraint("state IN ('draft', 'signed', 'reopened')", name=op.f("ck_annual_return_state")),
        sa.ForeignKeyConstraint(["office"], ["office.code"], name=op.f("fk_annual_return_office")),
        sa.ForeignKeyConstraint(["signed_by"], ["user_account.id"], name=op.f("fk_annual_return_signed_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_annual_return")),
        sa.UniqueConstraint("client_id", name=op.f("uq_annual_return_client_id")),
        sa.UniqueConstraint("office", "year", name=op.f("uq_annual_return_office_year")),
    )
    op.create_index(op.f("ix_annual_return_office"), "annual_return", ["office"], unique=False)
    op.create_index(op.f("ix_annual_return_year"), "annual_return", ["year"], unique=False)

    op.create_table(
        "counterpart",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("office", sa.String(length=4), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("name_key", sa.String(length=200), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("verified", sa.Boolean(), nullable=False),
        sa.Column("merged_into", sa.Integer(), nullable=True),
        sa.Column("client_id", sa.String(length=36), nullable=False),
        sa.ForeignKeyConstraint(["merged_into"], ["counterpart.id"], name=op.f("fk_counterpart_merged_into")),
        sa.ForeignKeyConstraint(["office"], ["office.code"], name=op.f("fk_counterpart_office")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_counterpart")),
        sa.UniqueConstraint("client_id", name=op.f("uq_counterpart_client_id")),
        sa.UniqueConstraint("office", "name_key", "kind", name=op.f("uq_counterpart_office_name_key_kind")),
    )
    op.create_index(op.f("ix_counterpart_office"), "counterpart", ["office"], unique=False)

    op.create_table(
        "exemption",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("office", sa.String(length=4), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("client_id", sa.String(length=36), nullable=False),
        sa.CheckConstraint("length(reason) > 0", name=op.f("ck_exemption_reason")),
        sa.CheckConstraint(
            "valid_to IS NULL OR valid_from IS NULL OR valid_to >= valid_from", name=op.f("ck_exemption_interval")
        ),
        sa.ForeignKeyConstraint(["office"], ["office.code"], name=op.f("fk_exemption_office")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_exemption")),
        sa.UniqueConstraint("client_id", name=op.f("uq_exemption_client_id")),
    )
    op.create_index(op.f("ix_exemption_office"), "exemption", ["office"], unique=False)

    op.create_table(
        "membership",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("office", sa.String(length=4), nullable=True),
        sa.Column("region", sa.String(length=10), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("home", sa.Boolean(), nullable=False),
        sa.Column("acting", sa.Boolean(), nullable=False),
        sa.Column("client_id", sa.String(length=36), nullable=False),
        sa.CheckConstraint(
            "(role IN ('country_staff', 'country_lead') AND office IS NOT NULL AND region IS NULL) OR (role = 'regional_adviser' AND region IS NOT NULL AND office IS NULL) OR (role IN ('headquarters', 'administrator') AND office IS NULL AND region IS NULL)",
            name=op.f("ck_membership_scope"),
        ),
        sa.CheckConstraint(
            "role IN ('country_staff', 'country_lead', 'regional_adviser', 'headquarters', 'administrator')",
            name=op.f("ck_membership_role"),
        ),
        sa.CheckConstraint(
            "valid_to IS NULL OR valid_from IS NULL OR valid_to >= valid_from", name=op.f("ck_membership_interval")
        ),
        sa.ForeignKeyConstraint(["office"], ["office.code"], name=op.f("fk_membership_office")),
        sa.ForeignKeyConstraint(["region"], ["region.code"], name=op.f("fk_membership_region")),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_membership_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_membership")),
        sa.UniqueConstraint("client_id", name=op.f("uq_membership_client_id")),
    )
    op.create_index(op.f("ix_membership_office"), "membership", ["office"], unique=False)
    op.create_index(op.f("ix_membership_user_id"), "membership", ["user_id"], unique=False)
    op.create_index(
        "uq_membership_home",
        "membership",
        ["user_id"],
        unique=True,
        sqlite_where=sa.text("home = 1"),
        postgresql_where=sa.text("home"),
    )

    op.create_table(
        "office_country",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("office", sa.String(length=4), nullable=False),
        sa.Column("country", sa.String(length=3), nullable=False),
        sa.Column("role", sa.String(length=10), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.CheckConstraint("role IN ('host', 'covered')", name=op.f("ck_office_country_role")),
        sa.CheckConstraint(
            "valid_to IS NULL OR valid_from IS NULL OR valid_to >= valid_from", name=op.f("ck_office_country_interval")
        ),
        sa.ForeignKeyConstraint(["country"], ["country.iso3"], name=op.f("fk_office_country_country")),
        sa.ForeignKeyConstraint(["office"], ["office.code"], name=op.f("fk_office_country_office")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_office_country")),
        sa.UniqueConstraint(
            "office", "country", "valid_from", name=op.f("uq_office_country_office_country_valid_from")
        ),
    )
    op.create_index(op.f("ix_office_country_country"), "office_country", ["country"], unique=False)
    op.create_index(op.f("ix_office_country_office"), "office_country", ["office"], unique=False)

    op.create_table(
        "office_region",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("office", sa.String(length=4), nullable=False),
        sa.Column("region", sa.String(length=10), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("source", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "valid_to IS NULL OR valid_from IS NULL OR valid_to >= valid_from", name=op.f("ck_office_region_interval")
        ),
        sa.ForeignKeyConstraint(["office"], ["office.code"], name=op.f("fk_office_region_office")),
        sa.ForeignKeyConstraint(["region"], ["region.code"], name=op.f("fk_office_region_region")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_office_region")),
        sa.UniqueConstraint("office", "valid_from", name=op.f("uq_office_region_office_valid_from")),
    )
    op.create_index(op.f("ix_office_region_office"), "office_region", ["office"], unique=False)
    op.create_index(op.f("ix_office_region_region"), "office_region", ["region"], unique=False)

    op.create_table(
        "office_sentence",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("office", sa.String(length=4), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("sentence", sa.String(length=300), nullable=False),
        sa.Column("written_by", sa.Integer(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("client_id", sa.String(length=36), nullable=False),
        sa.ForeignKeyConstraint(["office"], ["office.code"], name=op.f("fk_office_sentence_office")),
        sa.ForeignKeyConstraint(["written_by"], ["user_account.id"], name=op.f("fk_office_sentence_written_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_office_sentence")),
        sa.UniqueConstraint("client_id", name=op.f("uq_office_sentence_client_id")),
        sa.UniqueConstraint("office", "year", name=op.f("uq_office_sentence_office_year")),
    )
    op.create_table(
        "region_proposal",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("office", sa.String(length=4), nullable=False),
        sa.Column("region", sa.String(length=30), nullable=False),
        sa.Column("valid_from", sa.String(length=10), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["office"], ["office.code"], name=op.f("fk_region_proposal_office")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_region_proposal")),
        sa.UniqueConstraint("office", "valid_from", name=op.f("uq_region_proposal_office_valid_from")),
    )
    op.create_table(
        "roster_interval",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("office", sa.String(length=4), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("source", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "valid_to IS NULL OR valid_from IS NULL OR valid_to >= valid_from", name=op.f("ck_roster_interval_interval")
        ),
        sa.ForeignKeyConstraint(["office"], ["office.code"], name=op.f("fk_roster_interval_office")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_roster_interval")),
        sa.UniqueConstraint("office", "valid_from", name=op.f("uq_roster_interval_office_valid_from")),
    )
    op.create_index(op.f("ix_roster_interval_office"), "roster_interval", ["office"], unique=False)

    op.create_table(
        "activity_revision",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("activity_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("submitted_by", sa.Integer(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.Integer(), nullable=True),
        sa.Column("decision_reason", sa.Text(), nullable=False),
        sa.Column("self_approved", sa.Boolean(), nullable=False),
        sa.Column("title", sa.String(length=150), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("delivered", sa.Text(), nullable=False),
        sa.Column("request_source", sa.String(length=60), nullable=True),
        sa.Column("source_symbol", sa.String(length=200), nullable=False),
        sa.Column("source_date", sa.String(length=10), nullable=True),
        sa.Column("status", sa.String(length=20), nullable=True),
        sa.Column("status_reason", sa.Text(), nullable=False),
        sa.Column("planned_start", sa.String(length=10), nullable=True),
        sa.Column("planned_end", sa.String(length=10), nullable=True),
        sa.Column("actual_start", sa.String(length=10), nullable=True),
        sa.Column("actual_end", sa.String(length=10), nullable=True),
        sa.Column("concerns", sa.String(length=10), nullable=True),
        sa.Column("scope", sa.String(length=20), nullable=True),
        sa.Column("countries_reason", sa.Text(), nullable=False),
        sa.Column("term", sa.String(length=10), nullable=True),
        sa.Column("term_override", sa.String(length=10), nullable=True),
        sa.Column("term_reason", sa.Text(), nullable=False),
        sa.Column("coordinator_involved", sa.String(length=10), nullable=True),
        sa.Column("government_agreement", sa.String(length=10), nullable=True),
        sa.Column("partners_agreement", sa.String(length=10), nullable=True),
        sa.Column("in_country_plan", sa.String(length=10), nullable=True),
        sa.Column("funding", sa.String(length=20), nullable=True),
        sa.Column("funding_amount_usd", sa.Numeric(precision=14, scale=2), nullable=True),
        sa.Column("guidance_used", sa.Text(), nullable=False),
        sa.Column("results", sa.Text(), nullable=False),
        sa.Column("lessons", sa.Text(), nullable=False),
        sa.Column("visibility", sa.String(length=20), nullable=False),
        sa.Column("sensitive", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "concerns IS NULL OR concerns IN ('mainly', 'also', 'no')", name=op.f("ck_activity_revision_concerns")
        ),
        sa.CheckConstraint(
            "scope IS NULL OR scope IN ('national', 'subnational', 'multi_country', 'regional', 'global')",
            name=op.f("ck_activity_revision_scope"),
        ),
        sa.CheckConstraint(
            "state <> 'returned' OR length(decision_reason) > 0", name=op.f("ck_activity_revision_returned_with_reason")
        ),
        sa.CheckConstraint(
            "state IN ('draft', 'submitted', 'returned', 'approved', 'replaced')",
            name=op.f("ck_activity_revision_state"),
        ),
        sa.CheckConstraint(
            "status IS NULL OR status IN ('requested', 'planned', 'active', 'finalising', 'closed', 'suspended', 'cancelled')",
            name=op.f("ck_activity_revision_status"),
        ),
        sa.CheckConstraint(
            "term IS NULL OR term IN ('short', 'medium', 'long')", name=op.f("ck_activity_revision_term")
        ),
        sa.CheckConstraint(
            "visibility IN ('office_region', 'all_staff', 'office')", name=op.f("ck_activity_revision_visibility")
        ),
        sa.CheckConstraint(
            "actual_end IS NULL OR length(actual_end) IN (4, 7, 10)", name=op.f("ck_activity_revision_actual_end")
        ),
        sa.CheckConstraint(
            "actual_start IS NULL OR length(actual_start) IN (4, 7, 10)", name=op.f("ck_activity_revision_actual_start")
        ),
        sa.CheckConstraint("length(title) BETWEEN 1 AND 150", name=op.f("ck_activity_revision_title")),
        sa.CheckConstraint(
            "planned_end IS NULL OR length(planned_end) IN (4, 7, 10)", name=op.f("ck_activity_revision_planned_end")
        ),
        sa.CheckConstraint(
            "planned_start IS NULL OR length(planned_start) IN (4, 7, 10)",
            name=op.f("ck_activity_revision_planned_start"),
        ),
        sa.CheckConstraint(
            "term_override IS NULL OR length(term_reason) > 0", name=op.f("ck_activity_revision_term_reason")
        ),
        sa.ForeignKeyConstraint(["activity_id"], ["activity.id"], name=op.f("fk_activity_revision_activity_id")),
        sa.ForeignKeyConstraint(["decided_by"], ["user_account.id"], name=op.f("fk_activity_revision_decided_by")),
        sa.ForeignKeyConstraint(["submitted_by"], ["user_account.id"], name=op.f("fk_activity_revision_submitted_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_activity_revision")),
        sa.UniqueConstraint("activity_id", "number", name=op.f("uq_activity_revision_activity_id_number")),
    )
    op.create_index(
        "uq_activity_revision_draft",
        "activity_revision",
        ["activity_id"],
        unique=True,
        sqlite_where=sa.text("state = 'draft'"),
        postgresql_where=sa.text("state = 'draft'"),
    )
    op.create_index(
        "uq_activity_revision_submitted",
        "activity_revision",
        ["activity_id"],
        unique=True,
        sqlite_where=sa.text("state = 'submitted'"),
        postgresql_where=sa.text("state = 'submitted'"),
    )

    op.create_table(
        "co_office_answer",
        sa.Column("activity_id", sa.Integer(), nullable=False),
        sa.Column("office", sa.String(length=4), nullable=False),
        sa.Column("answer", sa.String(length=10), nullable=False),
        sa.Column("answered_by", sa.Integer(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("answer IN ('named', 'accepted', 'declined')", name=op.f("ck_co_office_answer_answer")),
        sa.ForeignKeyConstraint(["activity_id"], ["activity.id"], name=op.f("fk_co_office_answer_activity_id")),
        sa.ForeignKeyConstraint(["answered_by"], ["user_account.id"], name=op.f("fk_co_office_answer_answered_by")),
        sa.ForeignKeyConstraint(["office"], ["office.code"], name=op.f("fk_co_office_answer_office")),
        sa.PrimaryKeyConstraint("activity_id", "office", name=op.f("pk_co_office_answer")),
    )
    op.create_index(op.f("ix_co_office_answer_office"), "co_office_answer", ["office"], unique=False)

    op.create_table(
        "delivery_line",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("activity_id", sa.Integer(), nullable=False),
        sa.Column("on_date", sa.String(length=10), nullable=False),
        sa.Column("what", sa.String(length=300), nullable=False),
        sa.Column("place", sa.String(length=150), nullable=False),
        sa.Column("hours", sa.Numeric(precision=7, scale=1), nullable=True),
        sa.Column("people_basis", sa.String(length=10), nullable=True),
        sa.Column("recorded_by", sa.Integer(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("removed_by", sa.Integer(), nullable=True),
        sa.Column("client_id", sa.String(length=36), nullable=False),
        sa.CheckConstraint(
            "people_basis IS NULL OR people_basis IN ('counted', 'estimated')",
            name=op.f("ck_delivery_line_people_basis"),
        ),
        sa.CheckConstraint("hours IS NULL OR hours >= 0", name=op.f("ck_delivery_line_hours")),
        sa.CheckConstraint("length(on_date) IN (4, 7, 10)", name=op.f("ck_delivery_line_on_date")),
        sa.ForeignKeyConstraint(["activity_id"], ["activity.id"], name=op.f("fk_delivery_line_activity_id")),
        sa.ForeignKeyConstraint(["recorded_by"], ["user_account.id"], name=op.f("fk_delivery_line_recorded_by")),
        sa.ForeignKeyConstraint(["removed_by"], ["user_account.id"], name=op.f("fk_delivery_line_removed_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delivery_line")),
        sa.UniqueConstraint("client_id", name=op.f("uq_delivery_line_client_id")),
    )
    op.create_index(op.f("ix_delivery_line_activity_id"), "delivery_line", ["activity_id"], unique=False)

    op.create_table(
        "evidence",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("activity_id", sa.Integer(), nullable=False),
        sa.Column("address", sa.String(length=500), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("client_id", sa.String(length=36), nullable=False),
        sa.ForeignKeyConstraint(["activity_id"], ["activity.id"], name=op.f("fk_evidence_activity_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evidence")),
        sa.UniqueConstraint("client_id", name=op.f("uq_evidence_client_id")),
    )
    op.create_index(op.f("ix_evidence_activity_id"), "evidence", ["activity_id"], unique=False)

    op.create_table(
        "imported_original",
        sa.Column("activity_id", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("faults", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["activity_id"], ["activity.id"], name=op.f("fk_imported_original_activity_id")),
        sa.PrimaryKeyConstraint("activity_id", name=op.f("pk_imported_original")),
    )
    op.create_table(
        "next_step",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("activity_id", sa.Integer(), nullable=False),
        sa.Column("what", sa.String(length=300), nullable=False),
        sa.Column("owner_name", sa.String(length=150), nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("client_id", sa.String(length=36), nullable=False),
        sa.ForeignKeyConstraint(["activity_id"], ["activity.id"], name=op.f("fk_next_step_activity_id")),
        sa.ForeignKeyConstraint(["owner_id"], ["user_account.id"], name=op.f("fk_next_step_owner_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_next_step")),
        sa.UniqueConstraint("client_id", name=op.f("uq_next_step_client_id")),
    )
    op.create_index(op.f("ix_next_step_activity_id"), "next_step", ["activity_id"], unique=False)
    op.create_index(op.f("ix_next_step_owner_id"), "next_step", ["owner_id"], unique=False)

    op.create_table(
        "return_tick",
        sa.Column("return_id", sa.Integer(), nullable=False),
        sa.Column("activity_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["activity_id"], ["activity.id"], name=op.f("fk_return_tick_activity_id")),
        sa.ForeignKeyConstraint(["return_id"], ["annual_return.id"], name=op.f("fk_return_tick_return_id")),
        sa.PrimaryKeyConstraint("return_id", "activity_id", name=op.f("pk_return_tick")),
    )
    op.create_index(op.f("ix_return_tick_activity_id"), "return_tick", ["activity_id"], unique=False)

    op.create_table(
        "activity_line",
        sa.Column("revision_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("activity_id", sa.Integer(), nullable=False),
        sa.Column("in_approved", sa.Boolean(), nullable=False),
        sa.Column("in_provisional", sa.Boolean(), nullable=False),
        sa.Column("reference", sa.String(length=30), nullable=False),
        sa.Column("uuid", sa.String(length=36), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("approved_revision", sa.Integer(), nullable=True),
        sa.Column("newest_revision", sa.Integer(), nullable=False),
        sa.Column("newest_workflow", sa.String(length=10), nullable=False),
        sa.Column("workflow", sa.String(length=10), nullable=False),
        sa.Column("awaiting", sa.Boolean(), nullable=False),
        sa.Column("ever_submitted", sa.Boolean(), nullable=False),
        sa.Column("withdrawn", sa.Boolean(), nullable=False),
        sa.Column("questioned", sa.Boolean(), nullable=False),
        sa.Column("set_aside", sa.Boolean(), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=True),
        sa.Column("concerns", sa.String(length=10), nullable=True),
        sa.Column("lead_office", sa.String(length=4), nullable=False),
        sa.Column("title", sa.String(length=150), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("delivered", sa.Text(), nullable=False),
        sa.Column("planned_start", sa.String(length=10), nullable=True),
        sa.Column("planned_end", sa.String(length=10), nullable=True),
        sa.Column("actual_start", sa.String(length=10), nullable=True),
        sa.Column("actual_end", sa.String(length=10), nullable=True),
        sa.Column("confirmations", sa.Text(), nullable=False),
        sa.Column("co_offices", sa.Text(), nullable=False),
        sa.Column("countries", sa.Text(), nullable=False),
        sa.Column("how", sa.Text(), nullable=False),
        sa.Column("about", sa.Text(), nullable=False),
        sa.Column("type_words", sa.Text(), nullable=False),
        sa.Column("primary_type", sa.String(length=60), nullable=True),
        sa.Column("provisions", sa.Text(), nullable=False),
        sa.Column("request_source", sa.String(length=60), nullable=True),
        sa.Column("source_symbol", sa.String(length=200), nullable=False),
        sa.Column("source_date", sa.String(length=10), nullable=True),
        sa.Column("status_reason", sa.Text(), nullable=False),
        sa.Column("scope", sa.String(length=20), nullable=True),
        sa.Column("term", sa.String(length=10), nullable=True),
        sa.Column("modality", sa.Text(), nullable=False),
        sa.Column("target_groups", sa.Text(), nullable=False),
        sa.Column("counterparts", sa.Text(), nullable=False),
        sa.Column("partners", sa.Text(), nullable=False),
        sa.Column("obstacles", sa.Text(), nullable=False),
        sa.Column("quality", sa.Text(), nullable=False),
        sa.Column("milestones", sa.Text(), nullable=False),
        sa.Column("coordinator_involved", sa.String(length=10), nullable=True),
        sa.Column("government_agreement", sa.String(length=10), nullable=True),
        sa.Column("partners_agreement", sa.String(length=10), nullable=True),
        sa.Column("in_country_plan", sa.String(length=10), nullable=True),
        sa.Column("funding", sa.String(length=20), nullable=True),
        sa.Column("delivery_lines", sa.Integer(), nullable=False),
        sa.Column("women", sa.Integer(), nullable=True),
        sa.Column("men", sa.Integer(), nullable=True),
        sa.Column("sex_not_recorded", sa.Integer(), nullable=True),
        sa.Column("lines_without_people", sa.Integer(), nullable=False),
        sa.Column("visibility", sa.String(length=20), nullable=False),
        sa.Column("sensitive", sa.Boolean(), nullable=False),
        sa.Column("origin", sa.String(length=20), nullable=False),
        sa.Column("original_identifier", sa.String(length=300), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("search", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["activity_id"], ["activity.id"], name=op.f("fk_activity_line_activity_id")),
        sa.ForeignKeyConstraint(["revision_id"], ["activity_revision.id"], name=op.f("fk_activity_line_revision_id")),
        sa.PrimaryKeyConstraint("revision_id", name=op.f("pk_activity_line")),
    )
    op.create_index(op.f("ix_activity_line_activity_id"), "activity_line", ["activity_id"], unique=False)
    op.create_index(
        "ix_activity_line_approved",
        "activity_line",
        ["changed_at", "activity_id"],
        unique=False,
        sqlite_where=sa.text("in_approved = 1"),
        postgresql_where=sa.text("in_approved"),
    )
    op.create_index(op.f("ix_activity_line_lead_office"), "activity_line", ["lead_office"], unique=False)
    op.create_index(
        "ix_activity_line_provisional",
        "activity_line",
        ["changed_at", "activity_id"],
        unique=False,
        sqlite_where=sa.text("in_provisional = 1"),
        postgresql_where=sa.text("in_provisional"),
    )

    op.create_table(
        "confirmation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("activity_id", sa.Integer(), nullable=False),
        sa.Column("revision_id", sa.Integer(), nullable=True),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("how", sa.String(length=10), nullable=False),
        sa.Column("recorded_by", sa.Integer(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(revision_id IS NULL) = (how IN ('delivery', 'return'))", name=op.f("ck_confirmation_belongs")
        ),
        sa.CheckConstraint("how IN ('start', 'delivery', 'return', 'dates')", name=op.f("ck_confirmation_how")),
        sa.CheckConstraint("year BETWEEN 1900 AND 2200", name=op.f("ck_confirmation_year")),
        sa.ForeignKeyConstraint(["activity_id"], ["activity.id"], name=op.f("fk_confirmation_activity_id")),
        sa.ForeignKeyConstraint(["recorded_by"], ["user_account.id"], name=op.f("fk_confirmation_recorded_by")),
        sa.ForeignKeyConstraint(["revision_id"], ["activity_revision.id"], name=op.f("fk_confirmation_revision_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_confirmation")),
    )
    op.create_index(op.f("ix_confirmation_activity_id"), "confirmation", ["activity_id"], unique=False)
    op.create_index(op.f("ix_confirmation_year_activity_id"), "confirmation", ["year", "activity_id"], unique=False)
    op.create_index(
        "uq_confirmation_of_activity",
        "confirmation",
        ["activity_id", "year", "how"],
        unique=True,
        sqlite_where=sa.text("revision_id IS NULL"),
        postgresql_where=sa.text("revision_id IS NULL"),
    )
    op.create_index(
        "uq_confirmation_of_revision",
        "confirmation",
        ["revision_id", "year", "how"],
        unique=True,
        sqlite_where=sa.text("revision_id IS NOT NULL"),
        postgresql_where=sa.text("revision_id IS NOT NULL"),
    )

    op.create_table(
        "kept_support",
        sa.Column("activity_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("year", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("basis", sa.String(length=10), nullable=False),
        sa.Column("revision_id", sa.Integer(), nullable=False),
        sa.Column("lead", sa.String(length=4), nullable=False),
        sa.Column("offices", sa.Text(), nullable=False),
        sa.Column("countries", sa.Text(), nullable=False),
        sa.Column("types", sa.Text(), nullable=False),
        sa.Column("provisions", sa.Text(), nullable=False),
        sa.Column("dates_only", sa.Boolean(), nullable=False),
        sa.CheckConstraint("basis IN ('approved', 'submitted')", name=op.f("ck_kept_support_basis")),
        sa.ForeignKeyConstraint(["activity_id"], ["activity.id"], name=op.f("fk_kept_support_activity_id")),
        sa.ForeignKeyConstraint(["revision_id"], ["activity_revision.id"], name=op.f("fk_kept_support_revision_id")),
        sa.PrimaryKeyConstraint("activity_id", "year", "basis", name=op.f("pk_kept_support")),
    )
    op.create_index(op.f("ix_kept_support_year_basis"), "kept_support", ["year", "basis"], unique=False)

    op.create_table(
        "participation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("delivery_line_id", sa.Integer(), nullable=False),
        sa.Column("profession", sa.String(length=60), nullable=True),
        sa.Column("women", sa.Integer(), nullable=True),
        sa.Column("men", sa.Integer(), nullable=True),
        sa.Column("not_recorded", sa.Integer(), nullable=True),
        sa.CheckConstraint("men IS NULL OR men >= 0", name=op.f("ck_participation_men")),
        sa.CheckConstraint("not_recorded IS NULL OR not_recorded >= 0", name=op.f("ck_participation_not_recorded")),
        sa.CheckConstraint("women IS NULL OR women >= 0", name=op.f("ck_participation_women")),
        sa.ForeignKeyConstraint(
            ["delivery_line_id"], ["delivery_line.id"], name=op.f("fk_participation_delivery_line_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_participation")),
    )
    op.create_index(op.f("ix_participation_delivery_line_id"), "participation", ["delivery_line_id"], unique=False)

    op.create_table(
        "revision_author",
        sa.Column("revision_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["revision_id"], ["activity_revision.id"], name=op.f("fk_revision_author_revision_id")),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_revision_author_user_id")),
        sa.PrimaryKeyConstraint("revision_id", "user_id", name=op.f("pk_revision_author")),
    )
    op.create_table(
        "revision_co_office",
        sa.Column("revision_id", sa.Integer(), nullable=False),
        sa.Column("office", sa.String(length=4), nullable=False),
        sa.ForeignKeyConstraint(["office"], ["office.code"], name=op.f("fk_revision_co_office_office")),
        sa.ForeignKeyConstraint(
            ["revision_id"], ["activity_revision.id"], name=op.f("fk_revision_co_office_revision_id")
        ),
        sa.PrimaryKeyConstraint("revision_id", "office", name=op.f("pk_revision_co_office")),
    )
    op.create_index(op.f("ix_revision_co_office_office"), "revision_co_office", ["office"], unique=False)

    op.create_table(
        "revision_code",
        sa.Column("revision_id", sa.Integer(), nullable=False),
        sa.Column("list_key", sa.String(length=40), nullable=False),
        sa.Column("code", sa.String(length=60), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["list_key", "code"], ["code.list_key", "code.code"], name=op.f("fk_revision_code_list_key_code")
        ),
        sa.ForeignKeyConstraint(["revision_id"], ["activity_revision.id"], name=op.f("fk_revision_code_revision_id")),
        sa.PrimaryKeyConstraint("revision_id", "list_key", "code", name=op.f("pk_revision_code")),
    )
    op.create_table(
        "revision_counterpart",
        sa.Column("revision_id", sa.Integer(), nullable=False),
        sa.Column("counterpart_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["counterpart_id"], ["counterpart.id"], name=op.f("fk_revision_counterpart_counterpart_id")
        ),
        sa.ForeignKeyConstraint(
            ["revision_id"], ["activity_revision.id"], name=op.f("fk_revision_counterpart_revision_id")
        ),
        sa.PrimaryKeyConstraint("revision_id", "counterpart_id", name=op.f("pk_revision_counterpart")),
    )
    op.create_index(
        op.f("ix_revision_counterpart_counterpart_id"), "revision_counterpart", ["counterpart_id"], unique=False
    )

    op.create_table(
        "revision_country",
        sa.Column("revision_id", sa.Integer(), nullable=False),
        sa.Column("country", sa.String(length=3), nullable=False),
        sa.ForeignKeyConstraint(["country"], ["country.iso3"], name=op.f("fk_revision_country_country")),
        sa.ForeignKeyConstraint(
            ["revision_id"], ["activity_revision.id"], name=op.f("fk_revision_country_revision_id")
        ),
        sa.PrimaryKeyConstraint("revision_id", "country", name=op.f("pk_revision_country")),
    )
    op.create_index(op.f("ix_revision_country_country"), "revision_country", ["country"], unique=False)

    op.create_table(
        "revision_milestone",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("revision_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("on_date", sa.String(length=10), nullable=True),
        sa.Column("law", sa.String(length=300), nullable=False),
        sa.Column("link", sa.String(length=500), nullable=False),
        sa.Column("contribution", sa.String(length=20), nullable=True),
        sa.Column("client_id", sa.String(length=36), nullable=False),
        sa.ForeignKeyConstraint(
            ["revision_id"], ["activity_revision.id"], name=op.f("fk_revision_milestone_revision_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_revision_milestone")),
        sa.UniqueConstraint("client_id", name=op.f("uq_revision_milestone_client_id")),
    )
    op.create_index(op.f("ix_revision_milestone_revision_id"), "revision_milestone", ["revision_id"], unique=False)

    op.create_table(
        "revision_partner",
        sa.Column("revision_id", sa.Integer(), nullable=False),
        sa.Column("list_key", sa.String(length=40), nullable=False),
        sa.Column("partner", sa.String(length=60), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.CheckConstraint("list_key = 'partner_agency'", name=op.f("ck_revision_partner_list_key")),
        sa.ForeignKeyConstraint(
            ["list_key", "partner"], ["code.list_key", "code.code"], name=op.f("fk_revision_partner_list_key_partner")
        ),
        sa.ForeignKeyConstraint(
            ["revision_id"], ["activity_revision.id"], name=op.f("fk_revision_partner_revision_id")
        ),
        sa.PrimaryKeyConstraint("revision_id", "partner", "role", name=op.f("pk_revision_partner")),
    )
    op.create_table(
        "revision_provision",
        sa.Column("revision_id", sa.Integer(), nullable=False),
        sa.Column("provision", sa.String(length=40), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.CheckConstraint(
            "role IN ('mandated_by', 'asked_under', 'coordinated_under', 'funded_under', 'applied')",
            name=op.f("ck_revision_provision_role"),
        ),
        sa.ForeignKeyConstraint(["provision"], ["provision.code"], name=op.f("fk_revision_provision_provision")),
        sa.ForeignKeyConstraint(
            ["revision_id"], ["activity_revision.id"], name=op.f("fk_revision_provision_revision_id")
        ),
        sa.PrimaryKeyConstraint("revision_id", "provision", "role", name=op.f("pk_revision_provision")),
    )
    op.create_index(op.f("ix_revision_provision_provision"), "revision_provision", ["provision"], unique=False)

    op.create_table(
        "revision_support_type",
        sa.Column("revision_id", sa.Integer(), nullable=False),
        sa.Column("support_type", sa.String(length=60), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("words", sa.String(length=300), nullable=False),
        sa.ForeignKeyConstraint(
            ["revision_id"], ["activity_revision.id"], name=op.f("fk_revision_support_type_revision_id")
        ),
        sa.ForeignKeyConstraint(
            ["support_type"], ["support_type.code"], name=op.f("fk_revision_support_type_support_type")
        ),
        sa.PrimaryKeyConstraint("revision_id", "support_type", name=op.f("pk_revision_support_type")),
        sa.UniqueConstraint("revision_id", "position", name=op.f("uq_revision_support_type_revision_id_position")),
    )
    op.create_index(
        op.f("ix_revision_support_type_support_type"), "revision_support_type", ["support_type"], unique=False
    )

    # activity and its revisions point at each other. SQLite takes that inside CREATE TABLE, PostgreSQL does not.
    if op.get_bind().dialect.name == "postgresql":
        for which in ("current", "submitted", "approved"):
            op.create_foreign_key(
                f"fk_activity_{which}_revision_id", "activity", "activity_revision", [f"{which}_revision_id"], ["id"]
            )


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        for which in ("current", "submitted", "approved"):
            op.drop_constraint(f"fk_activity_{which}_revision_id", "activity", type_="foreignkey")
    op.drop_table("revision_support_type")
    op.drop_table("revision_provision")
    op.drop_table("revision_partner")
    op.drop_table("revision_milestone")
    op.drop_table("revision_country")
    op.drop_table("revision_counterpart")
    op.drop_table("revision_code")
    op.drop_table("revision_co_office")
    op.drop_table("revision_author")
    op.drop_table("participation")
    op.drop_table("kept_support")
    op.drop_table("confirmation")
    op.drop_table("activity_line")
    op.drop_table("return_tick")
    op.drop_table("next_step")
    op.drop_table("imported_original")
    op.drop_table("evidence")
    op.drop_table("delivery_line")
    op.drop_table("co_office_answer")
    op.drop_table("activity_revision")
    op.drop_table("roster_interval")
    op.drop_table("region_proposal")
    op.drop_table("office_sentence")
    op.drop_table("office_region")
    op.drop_table("office_country")
    op.drop_table("membership")
    op.drop_table("exemption")
    op.drop_table("counterpart")
    op.drop_table("annual_return")
    op.drop_table("activity")
    op.drop_table("user_session")
    op.drop_table("provision")
    op.drop_table("office")
    op.drop_table("import_batch")
    op.drop_table("user_account")
    op.drop_table("synced_entry")
    op.drop_table("support_type")
    op.drop_table("sign_in_attempt")
    op.drop_table("round")
    op.drop_table("region")
    op.drop_table("reference_version")
    op.drop_table("reference_counter")
    op.drop_table("published_figure")
    op.drop_table("label")
    op.drop_table("kept_year")
    op.drop_table("kept_cell")
    op.drop_table("instrument")
    op.drop_table("country")
    op.drop_table("code")
    op.drop_table("audit_event")
