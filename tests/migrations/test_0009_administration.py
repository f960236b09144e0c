"""0009 keeps codes and events, lets a code say what it became, and the audit only grow. Raw SQL, never the models."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import Engine, inspect, text
from sqlalchemy.exc import DatabaseError

from app.core import migrations

pytestmark = pytest.mark.both_engines

BEFORE = (
    "INSERT INTO code (id, list_key, code, position, attributes) VALUES (1, 'modality', 'old', 1, '{}')",
    "INSERT INTO code (id, list_key, code, position, attributes) VALUES (2, 'modality', 'new', 2, '{}')",
    "INSERT INTO support_type (code, facet, definition, position, attributes)"
    " VALUES ('training', 'how', 'Courses', 1, '{}')",
    "INSERT INTO audit_event (id, at, action, subject_kind, subject_key, reason, state)"
    " VALUES (1, '2026-01-01 00:00:00', 'code.added', 'code', 'modality/old', '', '{}')",
)
MERGE = "UPDATE code SET merged_into = 'new', retired_on = '2026-01-01' WHERE id = 1"


def run(engine: Engine, statement: str) -> None:
    with engine.begin() as connection:
        connection.execution_options(bookkeeping=True)
        connection.execute(text(statement))


def values(engine: Engine, statement: str) -> list[Any]:
    with engine.connect() as connection:
        return list(connection.execute(text(statement)).scalars())


def test_up_and_down_with_data(empty: Engine) -> None:
    migrations.upgrade(empty, "0008")
    for statement in BEFORE:
        run(empty, statement)
    migrations.upgrade(empty, "0009")
    assert values(empty, "SELECT code FROM code ORDER BY id") == ["old", "new"]
    assert values(empty, "SELECT merged_into FROM support_type") == [None]
    run(empty, MERGE)
    for refused, words in (
        ("UPDATE code SET merged_into = 'new', retired_on = NULL WHERE id = 1", "merged_into"),
        ("UPDATE audit_event SET reason = 'x'", "only grows"),
        ("DELETE FROM audit_event", "only grows"),
    ):
        with pytest.raises(DatabaseError, match=words):
            run(empty, refused)
    run(empty, BEFORE[3].replace("VALUES (1,", "VALUES (2,"))
    migrations.downgrade(empty, "0008")
    assert "lease" not in inspect(empty).get_table_names()
    assert values(empty, "SELECT code FROM code ORDER BY id") == ["old", "new"]
    run(empty, "DELETE FROM audit_event WHERE id = 2")
    migrations.upgrade(empty, "0009")
    assert values(empty, "SELECT id FROM audit_event") == [1]
