"""Deny by default; who is asked to sign in, who is refused, and what is written down of it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker
from werkzeug.test import TestResponse

from app.accounts.models import User
from app.core.audit import AuditEvent
from app.core.permissions import Permission
from app.core.web import addresses, guard
from app.core.web.db import DirtyGet
from tests.web.conftest import SignIn, csrf_of

pytestmark = pytest.mark.both_engines

STAFF, ADVISER = "staff@demo.example", "adviser@demo.example"
Post = Callable[..., TestResponse]


def name_of(sessions: sessionmaker[Session], user_id: int = 1) -> str:
    with sessions() as session:
        return session.get_one(User, user_id).name


def test_a_view_without_a_mark_is_refused_to_everybody(client: FlaskClient, sign_in: SignIn) -> None:
    assert client.get("/probe/unmarked").status_code == 302
    sign_in(client, "admin@demo.example")
    assert client.get("/probe/unmarked").status_code == 403


def test_every_endpoint_of_the_rooms_is_marked(app: Flask) -> None:
    ours = {rule.endpoint for rule in app.url_map.iter_rules()} - {"static", "probe.unmarked"}
    assert [endpoint for endpoint in sorted(ours) if not guard.marks(app, endpoint)] == []


def test_an_anonymous_browser_is_sent_to_sign_in_and_anything_else_told_401(client: FlaskClient) -> None:
    assert client.get("/me").headers["Location"] == "/sign-in?next=%2Fme"
    assert client.get("/me", headers={"Accept": "text/html,*/*;q=0.8"}).status_code == 302
    answer = client.get("/me", headers={"Accept": "application/json"})
    assert answer.status_code == 401
    answer = client.get("/probe/stream.csv")
    assert (answer.status_code, answer.mimetype) == (401, "text/plain")
    assert client.get("/probe/stream.csv", headers={"Accept": "text/html,*/*"}).status_code == 302


def test_a_person_without_the_right_gets_a_page_and_an_audit_event(
    client: FlaskClient, sign_in: SignIn, people: dict[str, User], sessions: sessionmaker[Session]
) -> None:
    sign_in(client, STAFF)
    answer = client.get("/probe/adviser")
    assert answer.status_code == 403
    assert "You have no right to do this." in answer.text
    with sessions() as session:
        event = session.scalars(select(AuditEvent).where(AuditEvent.action == "refused")).one()
    assert event.actor_id == people[STAFF].id
    assert (event.subject_kind, event.subject_key) == ("endpoint", "probe.adviser")
    assert json.loads(event.state)["path"] == "/probe/adviser"


def test_the_right_person_gets_in(client: FlaskClient, sign_in: SignIn) -> None:
    sign_in(client, ADVISER)
    assert client.get("/probe/adviser").text == "for advisers"


def test_a_refused_write_is_undone_and_its_refusal_written_down(
    client: FlaskClient, sign_in: SignIn, post: Post, sessions: sessionmaker[Session]
) -> None:
    sign_in(client, STAFF)
    before = name_of(sessions)
    assert post(client, "/probe/refuse/forbidden").status_code == 403
    assert name_of(sessions) == before
    with sessions() as session:
        assert session.scalars(select(AuditEvent.action).where(AuditEvent.action == "refused")).all() == ["refused"]


@pytest.mark.parametrize(("status", "kept"), [(200, True), (302, True), (400, False), (409, False), (422, False)])
def test_an_answer_below_400_commits_and_no_other(
    client: FlaskClient, sign_in: SignIn, post: Post, sessions: sessionmaker[Session], status: int, kept: bool
) -> None:
    sign_in(client, STAFF)
    post(client, f"/probe/rename/{status}")
    assert (name_of(sessions) == "renamed") is kept


@pytest.mark.parametrize("path", ["/probe/dirty", "/probe/dirty-core"])
def test_a_get_that_changes_something_fails_the_test(
    client: FlaskClient, people: dict[str, User], sessions: sessionmaker[Session], path: str
) -> None:
    with pytest.raises(DirtyGet):
        client.get(path)
    assert name_of(sessions) != "changed by a GET"


def test_a_stream_keeps_its_own_session_until_it_ends(client: FlaskClient, sign_in: SignIn) -> None:
    sign_in(client, STAFF)
    with client.get("/probe/stream.csv", buffered=False) as answer:
        assert answer.is_streamed
        lines = answer.get_data(as_text=True).split("\r\n")
    assert lines[0].startswith("0")
    assert len(lines) > 100


def test_the_marks_of_a_view_are_all_needed() -> None:
    @guard.requires(Permission.SIGNED_IN, Permission.RETURN_RECORD)
    def view() -> None: ...

    assert getattr(view, guard.MARK) == (Permission.SIGNED_IN, Permission.RETURN_RECORD)


@pytest.mark.parametrize(
    ("path", "area"),
    [("/", "Home"), ("/review", "Activities"), ("/figures", "Reports"), ("/people", "Administration"), ("/me", "")],
)
def test_every_area_is_marked_in_the_menu(client: FlaskClient, sign_in: SignIn, path: str, area: str) -> None:
    sign_in(client, "admin@demo.example" if area == "Administration" else ADVISER)
    menu = re.findall(r'<nav class="site-nav.*?</nav>', client.get(path).text, re.DOTALL)
    marked = re.findall(r'aria-current="page">([^<]+)</a></li>', "".join(menu))
    assert set(marked) == ({area} if area else set())


@pytest.mark.parametrize("number", [2**63, 2**64, 10**40])
def test_a_number_that_no_column_holds_is_no_address(
    client: FlaskClient, sign_in: SignIn, post: Post, app: Flask, number: int
) -> None:
    """ASVS 1.4.2: in the address of every page and of every act."""
    sign_in(client, "admin@demo.example")
    token = csrf_of(client.get("/me"))
    for rule in app.url_map.iter_rules():
        if not any(isinstance(each, addresses.Number) for each in rule._converters.values()):
            continue
        path = re.sub(r"<int:\w+>", str(number), rule.rule)
        path = re.sub(r"<[^>]*>", "x", path)
        for method in rule.methods - {"HEAD", "OPTIONS"}:
            answer = client.open(path, method=method, data={"csrf_token": token} if method == "POST" else None)
            assert answer.status_code in (404, 405), (method, path, answer.status_code)


def test_no_page_prints_a_host_that_the_request_made_up(client: FlaskClient, app: Flask) -> None:
    app.extensions["tracker.base_url"] = "https://tracker.example"
    page = client.get("/sign-in?a=%C3%A9", headers={"Host": "evil.example"}).text
    assert "evil.example" not in page
    assert "https://tracker.example/sign-in?a=%C3%A9" in page
