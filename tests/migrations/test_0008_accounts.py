"""Migration 0008 with data in it: sessions stay, old attempts count as passwords, half sessions go when undone."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import Engine, text

from app.core import migrations

pytestmark = pytest.mark.both_engines

USER = (
    "INSERT INTO user_account (id, client_id, email, name, active, language, demonstration, fs_uniquifier, created_at)"
    " VALUES (1, 'one', 'amina@demo.example', 'Amina', true, 'en', false, 'mark', '2026-01-01 00:00:00')"
)
OLD = (
    USER,
    "INSERT INTO user_session (id, user_id, token_hash, started_at, seen_at, address, agent)"
    " VALUES (1, 1, 'hash', '2026-01-02 00:00:00', '2026-01-02 01:00:00', '', '')",
    "INSERT INTO sign_in_attempt (id, at, email_key, address, succeeded)"
    " VALUES (1, '2026-01-02 00:00:00', 'key', '-', false)",
    "INSERT INTO membership (id, client_id, user_id, role, valid_from, home, acting)"
    " VALUES (1, 'm', 1, 'headquarters', '2026-01-01', true, false)",
    "INSERT INTO outbox_message (id, client_id, user_id, kind, reason, made_at, due_at, attempts, fault)"
    " VALUES (1, 'o', 1, 'return_due', '', '2026-01-01 00:00:00', '2026-01-01 00:00:00', 0, '')",
)
NEW = (
    "INSERT INTO user_session (id, user_id, token_hash, started_at, seen_at, address, agent, stage)"
    " VALUES (2, 1, 'half', '2026-01-02 00:00:00', '2026-01-02 01:00:00', '', '', 'second')",
    "INSERT INTO sign_in_attempt (id, at, email_key, address, succeeded, kind)"
    " VALUES (2, '2026-01-02 00:00:00', 'key', '-', false, 'code')",
    "INSERT INTO account_link (id, client_id, user_id, kind, made_at, expires_at)"
    " VALUES (1, 'l', 1, 'reset', '2026-01-01 00:00:00', '2026-01-01 01:00:00')",
    "INSERT INTO outbox_message (id, client_id, user_id, kind, link_id, reason, made_at, due_at, attempts, fault)"
    " VALUES (2, 'p', 1, 'reset', 1, '', '2026-01-01 00:00:00', '2026-01-01 00:00:00', 0, '')",
)


def _all(engine: Engine, asked: str) -> list[tuple[Any, ...]]:
    with engine.connect() as connection:
        return [tuple(row) for row in connection.execute(text(asked))]


def test_0008_keeps_what_is_there_and_half_sessions_open_nothing_after_going_back(empty: Engine) -> None:
    migrations.upgrade(empty, "0007")
    with empty.begin() as connection:
        for statement in OLD:
            connection.execute(text(statement))
    migrations.upgrade(empty, "0008")
    assert _all(empty, "SELECT stage, strong_at, started_at = fresh_at FROM user_session") == [("open", None, True)]
    assert _all(empty, "SELECT kind FROM sign_in_attempt") == [("password",)]
    assert _all(empty, "SELECT origin, home FROM membership") == [("here", True)]
    with empty.begin() as connection:
        for statement in NEW:
            connection.execute(text(statement))
    migrations.downgrade(empty, "0007")
    assert _all(empty, "SELECT id FROM user_session") == [(1,)]
    assert _all(empty, "SELECT id FROM sign_in_attempt") == [(1,)]
    assert _all(empty, "SELECT id, kind FROM outbox_message") == [(1, "return_due")]
    assert _all(empty, "SELECT email FROM user_account") == [("amina@demo.example",)]
