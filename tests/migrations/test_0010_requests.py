"""Migration 0010 with data in it: mail stays, mail about requests goes when it is undone, activities are left alone."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine, text

from app.core import migrations
from tests.migrations.test_migrations import ACTIVITY_WITH_REVISION, TYPED_TEXT

pytestmark = pytest.mark.both_engines

MAIL = (
    "INSERT INTO outbox_message (id, client_id, user_id, kind, activity_id, reason, made_at, due_at, attempts, fault)"
    " VALUES (1, 'mail-1', 1, 'approved', 1, '', '2026-01-02 00:00:00', '2026-01-02 00:00:00', 0, '')"
)
REQUEST = (
    "INSERT INTO support_request (id, client_id, reference, version, created_at, changed_at, origin, kind, source,"
    " country, asker, symbol, paragraph, address, asked, original, observations, answer, referred_to, declined_reason,"
    " met_words, withdrawn_reason) VALUES (1, 'one', 'REQ-2026-0001', 1, '2026-01-02 00:00:00', '2026-01-02 00:00:00',"
    " 'form', 'request', 'upr', 'AFG', '', '', '', '', 'A course', '', '', 'open', '', '', '', '')"
)
LINK = "INSERT INTO request_activity (request_id, activity_id, linked_at) VALUES (1, 1, '2026-01-02 00:00:00')"
NEWS = MAIL.replace("(1, 'mail-1', 1, 'approved', 1,", "(2, 'mail-2', 1, 'request_received', 1,").replace(
    "activity_id", "request_id", 1
)


def test_0010_keeps_the_mail_and_takes_requests_with_it_when_undone(empty: Engine) -> None:
    migrations.upgrade(empty, "0009")
    with empty.begin() as connection:
        for statement in ACTIVITY_WITH_REVISION:
            connection.execute(text(statement))
        connection.execute(text(TYPED_TEXT[0]))  # a person
        connection.execute(text(MAIL))
    migrations.upgrade(empty, "0010")
    with empty.begin() as connection:
        for statement in (REQUEST, LINK, NEWS):
            connection.execute(text(statement))
        kept = connection.execute(text("SELECT kind, request_id FROM outbox_message ORDER BY id")).all()
    assert [tuple(row) for row in kept] == [("approved", None), ("request_received", 1)]
    migrations.downgrade(empty, "0009")
    with empty.connect() as connection:
        mail = connection.execute(text("SELECT kind FROM outbox_message")).scalars().all()
        activities = connection.execute(text("SELECT count(*) FROM activity")).scalar_one()
    assert (mail, activities) == (["approved"], 1)
