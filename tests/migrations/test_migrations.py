"""Migrations on both engines: one head, up and down and up again, and the same schema as the models."""

from __future__ import annotations

from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from typing import Any

import pytest
from sqlalchemy import Engine, MetaData, inspect, text
from sqlalchemy.exc import DatabaseError

from app.core import migrations
from app.core.db import Base, make_engine

pytestmark = pytest.mark.both_engines


def schema(engine: Engine) -> dict[str, Any]:
    """Everything the database says of its tables, in an order of its own."""
    eye = inspect(engine)
    return {table: _table(eye, table) for table in sorted(eye.get_table_names()) if table != "alembic_version"}


def _of_models(found: dict[str, Any]) -> dict[str, Any]:
    """Without the index of words, of which the models do not say what it is."""
    for name in [name for name in found if not migrations.is_ours(name, "table", {})]:
        del found[name]
    lines = found["activity_line"]
    lines["indexes"] = [index for index in lines["indexes"] if "ix_activity_line_words" not in index]
    return found


def _table(eye: Any, table: str) -> dict[str, Any]:
    columns = {c["name"]: (str(c["type"]), c["nullable"], c["default"]) for c in eye.get_columns(table)}
    return {
        "columns": columns,
        "primary key": eye.get_pk_constraint(table)["constrained_columns"],
        "foreign keys": _sorted(eye.get_foreign_keys(table)),
        "unique": _sorted(eye.get_unique_constraints(table)),
        "checks": _sorted(eye.get_check_constraints(table)),
        "indexes": _sorted(eye.get_indexes(table)),
    }


def _sorted(things: list[dict[str, Any]]) -> list[str]:
    return sorted(str(sorted((k, _plain(v)) for k, v in thing.items() if v)) for thing in things)


def _plain(thing: Any) -> str:
    return str({k: str(v) for k, v in thing.items()} if isinstance(thing, dict) else thing)


def fresh_models() -> MetaData:
    """The models' tables in a copy: create_all on PostgreSQL leaves a mark on foreign keys that it adds afterwards
    (AddConstraint, isolate_from_table), and the next create_all on SQLite would leave those out."""
    copy = MetaData(naming_convention=Base.metadata.naming_convention)
    for table in Base.metadata.tables.values():
        table.to_metadata(copy)
    return copy


def test_one_newest_revision() -> None:
    assert len(migrations.heads()) == 1


def test_up_down_up_is_the_same_schema(empty: Engine) -> None:
    migrations.upgrade(empty)
    first = schema(empty)
    migrations.downgrade(empty)
    assert schema(empty) == {}
    assert not migrations.at_head(empty)
    migrations.upgrade(empty)
    assert schema(empty) == first
    assert migrations.at_head(empty)


def test_newest_revision_is_what_the_models_say(empty: Engine, server: Any) -> None:
    """Autogenerate finds nothing, and, since it does not look at checks, nor does a comparison with create_all."""
    migrations.upgrade(empty)
    assert migrations.differences(empty) == []
    url = server.empty()
    other = make_engine(url)
    fresh_models().create_all(other)
    made = schema(other)
    other.dispose()
    server.drop(url)
    assert _of_models(schema(empty)) == made


def test_an_empty_database_is_not_at_head(empty: Engine) -> None:
    assert not migrations.at_head(empty)


def test_upgrade_twice_is_once(empty: Engine) -> None:
    migrations.upgrade(empty)
    migrations.upgrade(empty)
    assert migrations.at_head(empty)


def upgrade_at(url: str) -> bool:
    """What one of two processes does."""
    engine = make_engine(url)
    migrations.upgrade(engine)
    there = migrations.at_head(engine)
    engine.dispose()
    return there


def test_two_migrations_at_once_do_not_break(empty_url: str) -> None:
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        assert list(pool.map(upgrade_at, [empty_url] * 2)) == [True, True]


def test_a_migration_that_fails_leaves_nothing(empty: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    """All or nothing: the table made before the failure is gone."""
    from alembic import op

    def fail(*_args: Any, **_options: Any) -> None:
        raise RuntimeError("in the middle")

    monkeypatch.setattr(op, "create_index", fail)
    with pytest.raises(RuntimeError, match="in the middle"):
        migrations.upgrade(empty)
    assert inspect(empty).get_table_names() == []


def test_0001_holds_an_activity_and_its_revision(empty: Engine) -> None:
    """Raw SQL, never the models: the two tables point at each other, and go down with data in them."""
    migrations.upgrade(empty, "0001")
    with empty.begin() as connection:
        for statement in ACTIVITY_WITH_REVISION:
            connection.execute(text(statement))
    with empty.connect() as connection:
        row = connection.execute(
            text(
                "SELECT a.reference, r.title, l.text FROM activity a"
                " JOIN activity_revision r ON r.id = a.current_revision_id"
                " JOIN label l ON l.kind = 'office' AND l.code = a.lead_office"
            )
        ).one()
    assert tuple(row) == ("ROSA-2026-0001", "Diversion guidelines", "Afghanistan Country Office")
    migrations.downgrade(empty)
    assert inspect(empty).get_table_names() == ["alembic_version"]


def test_0002_keeps_what_was_there_and_refuses_to_change_what_was_published(empty: Engine) -> None:
    """Raw SQL: data of 0001 stay through up and down; a frozen figure can be written once and then not touched."""
    migrations.upgrade(empty, "0001")
    with empty.begin() as connection:
        connection.execute(text(PERSON))
    migrations.upgrade(empty, "0002")
    with empty.begin() as connection:
        for statement in FIGURE_AND_FILTER:
            connection.execute(text(statement))
    for statement in ("UPDATE frozen_figure SET title = 'x'", "DELETE FROM figure_withdrawal"):
        with pytest.raises(DatabaseError, match="never changes"), empty.begin() as connection:
            connection.execute(text(statement))
    migrations.downgrade(empty, "0001")
    assert not {"frozen_figure", "figure_withdrawal", "saved_filter"} & set(inspect(empty).get_table_names())
    with empty.connect() as connection:
        assert connection.execute(text("SELECT email FROM user_account")).scalars().all() == ["a@demo.example"]
    migrations.upgrade(empty, "0002")


PERSON = (
    "INSERT INTO user_account (id, email, name, active, language, demonstration, fs_uniquifier, created_at, client_id)"
    " VALUES (1, 'a@demo.example', 'A', true, 'en', false, 'u', '2026-01-01 00:00:00', 'one')"
)
FIGURE_AND_FILTER = (
    "INSERT INTO frozen_figure (id, client_id, title, report, filters, row_key, label, year, basis, definition,"
    " frozen_at, frozen_by, result, facts, sha256) VALUES (1, 'one', 'Coverage', 'trend', '[]', 'r', 'World', 2025,"
    f" 'approved', '2026-1', '2026-01-01 00:00:00', 1, '{{}}', '{{}}', '{'0' * 64}')",
    "INSERT INTO figure_withdrawal (figure_id, withdrawn_at, withdrawn_by, reason)"
    " VALUES (1, '2026-01-01 00:00:00', 1, 'Wrong')",
    "INSERT INTO saved_filter (id, client_id, user_id, name, path, query, saved_at)"
    " VALUES (1, 'one', 1, 'Asia', '/coverage', 'region=ROSA', '2026-01-01 00:00:00')",
)


def test_0003_holds_typed_text_and_goes_down_with_it(empty: Engine) -> None:
    migrations.upgrade(empty, "0003")
    with empty.begin() as connection:
        for statement in (*ACTIVITY_WITH_REVISION, *TYPED_TEXT):
            connection.execute(text(statement))
    with empty.connect() as connection:
        assert connection.execute(text("SELECT fields FROM typed_text")).scalar_one() == '[["title","Tr"]]'
    migrations.downgrade(empty, "0001")
    with empty.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM activity")).scalar_one() == 1
    assert "typed_text" not in inspect(empty).get_table_names()


TYPED_TEXT = (
    "INSERT INTO user_account (id, client_id, email, name, active, language, demonstration, fs_uniquifier, created_at)"
    " VALUES (1, 'a', 'a@b.example', 'A', true, 'en', false, 'u', '2026-01-01 00:00:00')",
    "INSERT INTO typed_text (client_id, user_id, office, activity_id, fields, typed_at)"
    """ VALUES ('form', 1, '0060', 1, '[["title","Tr"]]', '2026-01-01 00:00:00')""",
)
ACTIVITY_WITH_REVISION = (
    "INSERT INTO country (iso3, iso2, m49, unicef_status) VALUES ('AFG', 'AF', '004', 'programme')",
    "INSERT INTO office (code, type, host, time_zone, short_name, dates_confidence, source, note)"
    " VALUES ('0060', 'country', 'AFG', 'Asia/Kabul', 'Afghanistan', '', 'test', '')",
    "INSERT INTO label (kind, code, language, text, former)"
    " VALUES ('office', '0060', 'en', 'Afghanistan Country Office', false)",
    "INSERT INTO activity (id, client_id, reference, lead_office, created_at, changed_at, version, origin,"
    " withdrawn_reason, questioned_reason, set_aside_reason)"
    " VALUES (1, 'one', 'ROSA-2026-0001', '0060', '2026-01-01 00:00:00', '2026-01-01 00:00:00', 1, 'form', '', '', '')",
    "INSERT INTO activity_revision (id, activity_id, number, state, created_at, decision_reason, self_approved, title,"
    " language, summary, delivered, source_symbol, status_reason, countries_reason, term_reason, guidance_used,"
    " results, lessons, visibility, sensitive)"
    " VALUES (1, 1, 1, 'draft', '2026-01-01 00:00:00', '', false, 'Diversion guidelines', 'en', '', '', '', '', '',"
    " '', '', '', '', 'office_region', false)",
    "UPDATE activity SET current_revision_id = 1 WHERE id = 1",
)


def test_0004_gives_each_activity_its_keeper_and_keeps_who_approved(empty: Engine) -> None:
    """Who recorded an activity looks after it; a self-approval that was marked before stays marked."""
    migrations.upgrade(empty, "0001")
    with empty.begin() as connection:
        for statement in (*ACTIVITY_WITH_REVISION, *RECORDED_BY_ONE):
            connection.execute(text(statement))
    migrations.upgrade(empty, "0004")
    with empty.begin() as connection:
        kept = connection.execute(text("SELECT activity_id, user_id FROM activity_keeper")).all()
        assert [tuple(row) for row in kept] == [(1, 1)]
        assert connection.execute(text("SELECT self_approved FROM activity_line")).scalar_one()
        connection.execute(text(A_MESSAGE))
    migrations.downgrade(empty, "0001")
    with empty.connect() as connection:
        assert connection.execute(text("SELECT title FROM activity_line")).scalar_one() == "Diversion guidelines"


LINE_TEXTS = (
    "confirmations", "co_offices", "countries", "how", "about", "type_words", "provisions", "source_symbol",
    "status_reason", "modality", "target_groups", "counterparts", "partners", "obstacles", "quality", "milestones",
    "summary", "delivered", "search",
)  # fmt: skip
RECORDED_BY_ONE = (
    "INSERT INTO user_account (id, client_id, email, name, active, language, demonstration, fs_uniquifier, created_at)"
    " VALUES (1, 'person', 'one@demo.example', 'One', true, 'en', false, 'mark', '2026-01-01 00:00:00')",
    "UPDATE activity_revision SET self_approved = true, state = 'approved'",
    "UPDATE activity SET created_by = 1, approved_revision_id = 1",
    "INSERT INTO activity_line (revision_id, activity_id, in_approved, in_provisional, reference, uuid, revision,"
    " newest_revision, newest_workflow, workflow, awaiting, ever_submitted, withdrawn, questioned, set_aside,"
    " lead_office, title, language, delivery_lines, lines_without_people, visibility, sensitive, origin, created_at,"
    f" changed_at, {', '.join(LINE_TEXTS)}) VALUES (1, 1, true, true, 'ROSA-2026-0001', 'one', 1, 1, 'approved',"
    " 'approved', false, true, false, false, false, '0060', 'Diversion guidelines', 'en', 0, 0, 'office', false,"
    f" 'form', '2026-01-01 00:00:00', '2026-01-01 00:00:00', {', '.join(chr(39) * 2 for _ in LINE_TEXTS)})",
)
A_MESSAGE = (
    "INSERT INTO outbox_message (id, client_id, user_id, kind, activity_id, reason, made_at, due_at, attempts, fault)"
    " VALUES (1, 'message', 1, 'approved', 1, '', '2026-01-01 00:00:00', '2026-01-01 00:00:00', 0, '')"
)
