"""“Confirm it is you”: for what matters, in one place, and never at the cost of what was typed."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session, sessionmaker

from app.accounts.models import User
from app.core.web import guard
from tests.factories.people import PASSWORD
from tests.web.accounts.proofs import code_of, enrol, send
from tests.web.conftest import SignIn, csrf_of, sign_in_as
from tests.web.test_sign_in import NOON, STAFF

NAME = "Amina “the builder” Karimi & <b>friends</b>"
DATA = {"name": NAME, "email": "amina@demo.example", "language": "en", "role": "country_staff", "office": "0060"}


def test_what_matters_is_marked(app: Flask) -> None:
    """ASVS 7.5.1, 7.5.3: signing, freezing, people, tokens, second factors."""
    marked = {each for each in app.view_functions if hasattr(app.view_functions[each], guard.FRESH)}
    assert marked == {
        "returns.sign", "returns.record_answer", "returns.confirm", "figures.freeze", "figures.withdraw",
        "people.end", "people.answer", "people.name_acting", "people.set_self_approval", "people.invite",
        "people.change_person", "people.add_role", "people.make_home", "people.invite_again", "people.deactivate",
        "people.activate", "people.end_sessions", "people.reset_factors", "people.confirm",
        "accounts.begin_authenticator", "accounts.confirm_authenticator", "accounts.remove_authenticator",
        "accounts.add_passkey", "accounts.remove_passkey", "accounts.new_recovery_codes", "accounts.make_token",
        "accounts.revoke_token", "accounts.connect_elsewhere", "accounts.disconnect_elsewhere",
        "accounts.sign_out_everywhere", "accounts.end_session",
    }  # fmt: skip


def test_an_old_session_confirms_once_and_the_form_goes_on_as_it_was_typed(
    client: FlaskClient, sign_in: SignIn
) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        sign_in(client, "admin@demo.example")
        page = client.get("/administration/people/new")
        clock.shift(timedelta(minutes=31))
        asked = send(client, page, "/new", **DATA)
        assert asked.status_code == 401
        assert "Confirm that it is you" in asked.text
        wrong = send(client, asked, "/new", **{"confirm-password": "not it"})
        assert wrong.status_code == 422
        assert "not it" not in wrong.text
        assert client.get("/administration/people?q=amina").text.count("<tbody>") == 0
        done = send(client, wrong, "/new", **{"confirm-password": PASSWORD})
        assert done.status_code == 303
        assert (
            "Amina “the builder” Karimi &amp; &lt;b&gt;friends&lt;/b&gt;" in client.get(done.headers["Location"]).text
        )
        clock.shift(timedelta(minutes=29))  # and then it is fresh for a while
        other = {**DATA, "email": "other@demo.example"}
        assert send(client, client.get("/administration/people/new"), "/new", **other).status_code == 303


def test_a_code_of_the_app_will_do_too_and_is_counted(
    client: FlaskClient, people: dict[str, User], sessions: sessionmaker[Session]
) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        enrol(sessions, people[STAFF].id)
        sign_in_as(client, STAFF)
        send(client, client.get("/sign-in/second"), "/second", code=code_of(people[STAFF]))
        clock.shift(timedelta(minutes=31))
        asked = send(client, client.get("/me/tokens"), "/me/tokens", name="Monthly")
        for _ in range(5):
            assert send(client, asked, **{"confirm-code": "123456"}).status_code == 422
        assert send(client, asked, **{"confirm-code": code_of(people[STAFF])}).status_code == 429
        clock.shift(timedelta(minutes=16))
        done = send(client, asked, **{"confirm-code": code_of(people[STAFF])})
        assert done.status_code == 200
        assert "Monthly" in done.text


def test_another_persons_password_confirms_nothing(
    client: FlaskClient, sign_in: SignIn, people: dict[str, User]
) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        sign_in(client, STAFF)
        clock.shift(timedelta(minutes=31))
        token = csrf_of(client.get("/me"))
        data = {"csrf_token": token, "name": "x", "confirm-password": PASSWORD + "x", "email": "hq@demo.example"}
        assert client.post("/me/tokens", data=data).status_code == 422


def test_another_sites_form_is_not_even_asked_about(client: FlaskClient, sign_in: SignIn) -> None:
    """The token comes first: no question is put around a form that another site sent."""
    with time_machine.travel(NOON, tick=False) as clock:
        sign_in(client, STAFF)
        clock.shift(timedelta(minutes=31))
        answer = client.post("/me/tokens", data={"name": "planted"}, headers={"Origin": "https://evil.example"})
        assert answer.status_code == 400
        assert "planted" not in answer.text


@pytest.mark.parametrize(("act", "status"), [("draft", 303), ("nil", 401)])
def test_saving_for_later_asks_nobody_who_they_are(
    client: FlaskClient, sign_in: SignIn, act: str, status: int, sessions: sessionmaker[Session]
) -> None:
    from app.core.db import unit_of_work
    from app.returns.services import open_round

    with unit_of_work(sessions) as session:
        open_round(session, 2025)
    with time_machine.travel(NOON, tick=False) as clock:
        sign_in(client, "lead@demo.example")
        page = client.get("/offices/0060/returns/2025")
        clock.shift(timedelta(minutes=31))
        answer = send(client, page, "/2025", do=act, words="Nobody asked us this year.")
        assert answer.status_code == status
        if act == "nil":
            assert "Nobody asked us this year." in answer.text
            assert send(client, answer, **{"confirm-password": PASSWORD}).status_code == 303
