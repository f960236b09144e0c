"""Every named CHECK and UNIQUE of the schema refuses a bad row, on both engines; a new one without a case fails."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy import CheckConstraint, Connection, Engine, Index, Table, UniqueConstraint, insert
from sqlalchemy.exc import IntegrityError

import app.activities.models
import app.asked.models
import app.figures.models
import app.practices.models
import app.returns.models
import app.saved_filters.models  # noqa: F401 - the metadata must be whole
from app.core.db import Base, make_engine
from tests.integration.schema.rows import good, parents, value

pytestmark = pytest.mark.both_engines

NOW = datetime(2020, 1, 1, tzinfo=UTC)
BACKWARDS = {"valid_from": date(2020, 1, 2), "valid_to": date(2020, 1, 1)}
# Constraint → what spoils a good row of its table.
BAD: dict[str, dict[str, Any]] = {
    "ck_account_link_kind": {"kind": "greeting"},
    "ck_api_token_scope": {"scope": "write"},
    "ck_membership_origin": {"origin": "rumour"},
    "ck_sign_in_attempt_kind": {"kind": "smile"},
    "ck_user_session_stage": {"stage": "third"},
    "ck_activity_original_identifier": {"origin": "iati"},
    "ck_activity_questioned_reason": {"questioned_at": NOW, "questioned_reason": ""},
    "ck_activity_set_aside_reason": {"set_aside_at": NOW, "set_aside_reason": ""},
    "ck_activity_source_years": {"source_first_year": 2008, "source_last_year": 2007},
    "ck_activity_withdrawn_reason": {"withdrawn_at": NOW, "withdrawn_reason": ""},
    "ck_activity_revision_actual_end": {"actual_end": "20201"},
    "ck_activity_revision_actual_start": {"actual_start": "20201"},
    "ck_activity_revision_concerns": {"concerns": "perhaps"},
    "ck_activity_revision_planned_end": {"planned_end": "20201"},
    "ck_activity_revision_planned_start": {"planned_start": "20201"},
    "ck_activity_revision_returned_with_reason": {"state": "returned", "decision_reason": ""},
    "ck_activity_revision_scope": {"scope": "lunar"},
    "ck_activity_revision_state": {"state": "lost"},
    "ck_activity_revision_status": {"status": "lost"},
    "ck_activity_revision_term": {"term": "eternal"},
    "ck_activity_revision_term_reason": {"term_override": "long", "term_reason": ""},
    "ck_activity_revision_title": {"title": ""},
    "ck_activity_revision_visibility": {"visibility": "nobody"},
    "ck_annual_return_answer": {"answer": "maybe"},
    "ck_annual_return_recorded_by": {"recorded_by": "nobody"},
    "ck_annual_return_signed": {"state": "signed", "signed_at": NOW, "answer": None},
    "ck_annual_return_state": {"state": "lost"},
    "ck_code_merged_into": {"merged_into": "law", "retired_on": None},
    "ck_co_office_answer_answer": {"answer": "maybe"},
    "ck_confirmation_belongs": {"how": "start"},
    "ck_confirmation_how": {"how": "hope"},
    "ck_confirmation_year": {"year": 202},
    "ck_delivery_line_hours": {"hours": -1},
    "ck_delivery_line_on_date": {"on_date": "20201"},
    "ck_delivery_line_people_basis": {"people_basis": "guessed"},
    "ck_evidence_link_or_file": {"address": None},
    "ck_evidence_on_date": {"on_date": "20201"},
    "ck_evidence_visibility": {"visibility": "nobody"},
    "ck_evidence_whole_file": {"address": None, "sha256": "0" * 64},
    "ck_evidence_withdrawn_reason": {"withdrawn_at": NOW, "withdrawn_reason": ""},
    "ck_exemption_interval": BACKWARDS,
    "ck_exemption_reason": {"reason": ""},
    "ck_figure_withdrawal_reason": {"reason": ""},
    "ck_frozen_figure_sha256": {"sha256": "0" * 63},
    "ck_frozen_figure_title": {"title": ""},
    "ck_import_file_kind": {"kind": "letter"},
    "ck_import_file_scope": {"scope": "some"},
    "ck_import_file_state": {"state": "lost"},
    "ck_import_file_taken": {"state": "taken", "taken_at": None},
    "ck_import_file_undone": {"state": "undone", "taken_at": NOW, "take_id": "a", "undone_at": None},
    "ck_import_row_outcome": {"outcome": "lost"},
    "ck_kept_cell_basis": {"basis": "hearsay"},
    "ck_kept_cell_n": {"n": 1, "firm": 2},
    "ck_kept_support_basis": {"basis": "hearsay"},
    "ck_membership_interval": BACKWARDS,
    "ck_membership_role": {"role": "king", "office": None},
    "ck_comment_text": {"text": ""},
    "ck_handover_part_kind": {"kind": "keys"},
    "ck_mail_choice_rhythm": {"rhythm": "hourly"},
    "ck_office_reviewer_deputy": {"reviewer_id": 77, "deputy_id": 77},
    "ck_outbox_message_kind": {"kind": "greeting"},
    "ck_membership_scope": {"role": "headquarters", "office": "0060"},
    "ck_office_code_length": {"code": "060"},
    "ck_office_type": {"type": "moon"},
    "ck_office_country_interval": BACKWARDS,
    "ck_office_country_role": {"role": "guest"},
    "ck_office_region_interval": BACKWARDS,
    "ck_participation_men": {"men": -1},
    "ck_participation_not_recorded": {"not_recorded": -1},
    "ck_participation_women": {"women": -1},
    "ck_provision_confidence": {"confidence": "none"},
    "ck_support_type_merged_into": {"merged_into": "training", "retired_on": None},
    "ck_revision_partner_list_key": {"list_key": "obstacle", "partner": "law"},
    "ck_revision_provision_role": {"role": "liked"},
    "ck_roster_interval_interval": BACKWARDS,
    "ck_round_due_after_opening": {"opens_on": date(2020, 1, 2), "due_on": date(2020, 1, 1)},
    "ck_saved_filter_name": {"name": ""},
    "ck_practice_returned_with_reason": {"state": "returned", "review_words": ""},
    "ck_practice_state": {"state": "lost"},
    "ck_practice_step": {"step": "miracle"},
    "ck_practice_title": {"title": ""},
    "ck_practice_withdrawn_reason": {"withdrawn_at": NOW, "withdrawn_reason": ""},
    "ck_practice_obstacle_list_key": {"list_key": "quality", "obstacle": "followed_up"},
    "ck_practice_reuse_words": {"words": ""},
    "ck_request_comment_text": {"text": ""},
    "ck_support_request_answer": {"answer": "maybe", "answered_on": date(2020, 1, 1)},
    "ck_support_request_answered_on": {"answer": "accepted", "answered_on": None},
    "ck_support_request_asked": {"asked": ""},
    "ck_support_request_declined_reason": {"answer": "declined", "answered_on": date(2020, 1, 1)},
    "ck_support_request_document_on": {"document_on": "20201"},
    "ck_support_request_kind": {"kind": "wish"},
    "ck_support_request_met": {"met": "nearly", "met_on": date(2020, 1, 1)},
    "ck_support_request_met_on": {"met": "met", "met_on": None},
    "ck_support_request_received_on": {"received_on": "20201"},
    "ck_support_request_referred_to": {"answer": "referred", "answered_on": date(2020, 1, 1)},
    "ck_support_request_state_response": {"state_response": "shrug"},
    "ck_support_request_transmitted_on": {"transmitted_on": "20201"},
    "ck_support_request_withdrawn_reason": {"withdrawn_at": NOW, "withdrawn_reason": ""},
    "ck_support_type_facet": {"facet": "who"},
}
# A role outside the list is in no scope either: either of the two may speak.
EITHER = {
    "ck_membership_role": ("ck_membership_role", "ck_membership_scope"),
    "ck_confirmation_how": ("ck_confirmation",),
}
# Partial indexes: what puts a row under them.
UNDER = {
    "uq_activity_revision_draft": {"state": "draft"},
    "uq_activity_revision_submitted": {"state": "submitted"},
    "uq_confirmation_of_revision": {"how": "start"},
    "uq_confirmation_of_activity": {"how": "return"},
    "uq_membership_home": {"home": True},
    "uq_label_current": {"former": False},
}
# Where the second row would trip over the primary key first.
OTHERWISE = {"revision_support_type": {"support_type": "research"}}


def checks() -> list[tuple[Table, CheckConstraint]]:
    found = [(t, c) for t in Base.metadata.sorted_tables for c in t.constraints if isinstance(c, CheckConstraint)]
    return sorted(found, key=lambda pair: str(pair[1].name))


def uniques() -> list[tuple[Table, UniqueConstraint | Index]]:
    tables = Base.metadata.sorted_tables
    named = [(t, c) for t in tables for c in t.constraints if isinstance(c, UniqueConstraint)]
    indexes = [(t, i) for t in tables for i in t.indexes if i.unique]
    return sorted([*named, *indexes], key=lambda pair: str(pair[1].name))


@pytest.fixture(scope="module")
def shared(server: Any) -> Iterator[Engine]:
    """One database for all: nothing here commits."""
    url = server.filled()
    engine = make_engine(url)
    yield engine
    engine.dispose()
    server.drop(url)


@pytest.fixture
def connection(shared: Engine) -> Iterator[Connection]:
    with shared.connect() as connection:
        parents(connection)
        yield connection
        connection.rollback()


def test_every_check_has_a_case() -> None:
    assert {str(check.name) for _table, check in checks()} == set(BAD)


@pytest.mark.parametrize("table", Base.metadata.sorted_tables, ids=lambda t: t.name)
def test_a_good_row_is_taken(connection: Connection, table: Table) -> None:
    connection.execute(insert(table).values(good(table.name)))


@pytest.mark.parametrize(("table", "check"), checks(), ids=lambda x: str(x.name))
def test_check_refuses(connection: Connection, table: Table, check: CheckConstraint) -> None:
    name = str(check.name)
    with pytest.raises(IntegrityError) as refusal, connection.begin_nested():
        connection.execute(insert(table).values(good(table.name, **BAD[name])))
    assert any(each in str(refusal.value.orig) for each in EITHER.get(name, (name,)))


@pytest.mark.parametrize(("table", "unique"), uniques(), ids=lambda x: str(x.name))
def test_unique_refuses(connection: Connection, table: Table, unique: UniqueConstraint | Index) -> None:
    name = str(unique.name)
    same = {c.name: value(c, 7) for c in unique.columns if c.name != "revision_id" or "of_revision" in name}
    same |= UNDER.get(name, {})
    if name == "uq_confirmation_of_revision":
        same["revision_id"] = value(table.c.revision_id, 0)
    if name.startswith("uq_confirmation"):
        same["year"] = 2005
    first = good(table.name, **same)
    connection.execute(insert(table).values(first))
    with pytest.raises(IntegrityError) as refusal, connection.begin_nested():
        connection.execute(insert(table).values(good(table.name, **same, **OTHERWISE.get(table.name, {}))))
    said = str(refusal.value.orig)
    assert name in said or all(f"{table.name}.{c.name}" in said for c in unique.columns)
