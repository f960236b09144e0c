"""Invitations and forgotten passwords: by mail, once, for a while; nobody learns who has an account."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session, sessionmaker

from app.accounts.models import SignInAttempt, User, UserSession
from app.accounts.models_proof import AccountLink, ResetRequest
from app.core.audit import AuditEvent
from app.core.db import new_client_id, unit_of_work
from app.mail.models import MailChoice, OutboxMessage
from tests.factories.people import PASSWORD
from tests.web.accounts.proofs import enrol, link_in, mails, send
from tests.web.conftest import SignIn, csrf_of, sign_in_as
from tests.web.test_sign_in import NOON, STAFF

NEW = "violet tractor ninety lamp"


def invite(client: FlaskClient, **more: str) -> None:
    data = {"name": "Amina Karimi", "email": "amina@demo.example", "language": "en", "role": "country_staff",
            "office": "0060", **more}  # fmt: skip
    page = client.get("/administration/people/new")
    answer = send(client, page, "/new", **data)
    assert answer.status_code == 303, answer.text


def ask(client: FlaskClient, email: str) -> str:
    page = client.get("/sign-in/forgotten")
    answer = send(client, page, "/forgotten", email=email)
    assert answer.status_code == 200, answer.status_code
    return answer.text


@pytest.mark.both_engines
def test_somebody_invited_chooses_a_password_and_comes_in(
    client: FlaskClient, sign_in: SignIn, app: Flask, sessions: sessionmaker[Session]
) -> None:
    """ASVS 6.4.1, 6.4.6: a link that is random, good once, for a while; then one's own password."""
    sign_in(client, "admin@demo.example")
    invite(client)
    (mail,) = mails(sessions)
    assert mail["To"] == "Amina Karimi <amina@demo.example>"
    guest, path = app.test_client(), link_in(mail)
    followed = guest.get(path)
    assert followed.status_code == 302
    assert "token" not in followed.headers["Location"]
    page = guest.get("/account/password")
    assert "amina@demo.example" in page.text
    easy = send(guest, page, "/account/password", password="password1234")
    assert easy.status_code == 422
    assert "too easy to guess" in easy.text
    assert send(guest, page, "/account/password", password=NEW).status_code == 303
    assert sign_in_as(guest, "amina@demo.example", NEW).status_code == 302
    assert "Country staff of" in guest.get("/me").text
    assert app.test_client().get(path).status_code == 404  # once
    with sessions() as session:
        user = session.scalars(select(User).where(User.email == "amina@demo.example")).one()
        assert user.email_verified_at is not None
        tables = (AccountLink.__table__, OutboxMessage.__table__)
        stored = "".join(str(row) for table in tables for row in session.execute(select(table)))
        assert path.partition("token=")[2] not in stored
        assert NEW not in "".join(session.scalars(select(AuditEvent.state)))


def test_an_invitation_is_old_after_a_week_and_ends_with_the_next(
    client: FlaskClient, sign_in: SignIn, app: Flask, sessions: sessionmaker[Session]
) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        sign_in(client, "admin@demo.example")
        invite(client)
        first = link_in(mails(sessions)[0])
        clock.shift(timedelta(minutes=1))
        with sessions() as session:
            key = session.scalars(select(User.id).where(User.email == "amina@demo.example")).one()
        page = client.get(f"/administration/people/{key}")
        assert send(client, page, "/invite").status_code == 303
        second = link_in(mails(sessions)[0])
        assert app.test_client().get(first).status_code == 404
        assert app.test_client().get(second).status_code == 302
        clock.shift(timedelta(days=7))
        assert app.test_client().get(second).status_code == 404


def test_an_invitation_that_waits_too_long_in_the_outbox_is_not_sent(
    client: FlaskClient, sign_in: SignIn, sessions: sessionmaker[Session]
) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        sign_in(client, "admin@demo.example")
        invite(client)
        clock.shift(timedelta(days=8))
        assert not mails(sessions)


def test_six_sends_of_an_invitation_make_one_account_and_one_mail(
    client: FlaskClient, sign_in: SignIn, sessions: sessionmaker[Session]
) -> None:
    sign_in(client, "admin@demo.example")
    key = new_client_id()
    for _ in range(6):
        invite(client, client_id=key)
    assert len(mails(sessions)) == 1


@pytest.mark.both_engines
def test_a_forgotten_password_is_replaced_by_a_mailed_link(
    client: FlaskClient, sign_in: SignIn, app: Flask, people: dict[str, User], sessions: sessionmaker[Session]
) -> None:
    """ASVS 6.4.3, 7.4.3: every session ends, and the second factor stays."""
    elsewhere = app.test_client()
    sign_in(elsewhere, STAFF)
    with unit_of_work(sessions) as session:  # even where they want no mail
        session.add(MailChoice(user_id=people[STAFF].id, rhythm="never", chosen_at=NOON))
    assert "If there is an account" in ask(client, "  Staff@Demo.Example ")
    (mail,) = mails(sessions)
    client.get(link_in(mail))
    page = client.get("/account/password")
    assert send(client, page, "/account/password", password=NEW).status_code == 303
    assert elsewhere.get("/me").status_code == 302
    assert sign_in_as(client, STAFF, PASSWORD).status_code == 422
    assert sign_in_as(client, STAFF, NEW).status_code == 302
    (told,) = mails(sessions)
    assert "password of your account was changed" in told.get_content()


def test_a_reset_does_not_get_past_the_second_factor(
    client: FlaskClient, people: dict[str, User], sessions: sessionmaker[Session]
) -> None:
    """ASVS 6.4.3."""
    enrol(sessions, people[STAFF].id)
    mails(sessions)
    ask(client, STAFF)
    client.get(link_in(mails(sessions)[0]))
    send(client, client.get("/account/password"), "/account/password", password=NEW)
    answer = sign_in_as(client, STAFF, NEW)
    assert answer.headers["Location"].startswith("/sign-in/second")
    assert client.get("/activities").status_code == 302


def test_the_answer_is_the_same_for_whoever_has_no_account(
    client: FlaskClient, people: dict[str, User], sessions: sessionmaker[Session]
) -> None:
    """ASVS 6.3.8: the same words, and the same work: both only leave one row each."""

    def left() -> tuple[int, int]:
        with sessions() as session:
            counts = (session.scalar(select(func.count()).select_from(each)) for each in (ResetRequest, SignInAttempt))
            first, second = counts
            return first or 0, second or 0

    known, after_known = ask(client, STAFF), left()
    unknown, after_unknown = ask(client, "nobody@demo.example"), left()
    assert known.replace(STAFF, "") == unknown.replace("nobody@demo.example", "")
    assert after_known == (1, 1)
    assert after_unknown == (2, 2)
    assert [mail["To"].split("<")[-1] for mail in mails(sessions)] == [f"{STAFF}>"]
    assert left()[0] == 0
    with sessions() as session:
        assert not session.scalars(select(OutboxMessage).where(OutboxMessage.sent_at.is_(None))).all()


def test_mails_that_are_asked_for_are_limited_the_same_for_all(client: FlaskClient, people: dict[str, User]) -> None:
    """ASVS 6.3.1: by account and address, in the database."""
    for email in (STAFF, "nobody@demo.example"):
        for _ in range(3):
            ask(client, email)
        page = client.get("/sign-in/forgotten")
        answer = send(client, page, "/forgotten", email=email)
        assert answer.status_code == 429
        assert int(answer.headers["Retry-After"]) > 0
    assert sign_in_as(client, STAFF).status_code == 302  # asking is no guessing


def test_an_office_behind_one_address_may_ask_for_many(client: FlaskClient, people: dict[str, User]) -> None:
    for number in range(40):
        ask(client, f"person{number}@demo.example")


def test_links_that_we_did_not_make_open_nothing(client: FlaskClient, people: dict[str, User]) -> None:
    for token in ("", "x", "A" * 43, "\x00", "é", "../..", "%2e"):
        assert client.get("/account/link", query_string={"token": token}).status_code == 404
    assert client.get("/account/password").status_code == 404
    token = csrf_of(client.get("/sign-in"))
    assert client.post("/account/password", data={"csrf_token": token, "password": NEW}).status_code == 404


def test_who_was_deactivated_gets_no_mail_and_no_way_in(
    client: FlaskClient, people: dict[str, User], sessions: sessionmaker[Session], app: Flask
) -> None:
    ask(client, STAFF)
    path = link_in(mails(sessions)[0])
    with unit_of_work(sessions) as session:
        session.get_one(User, people[STAFF].id).active = False
    assert app.test_client().get(path).status_code == 404
    ask(client, STAFF)
    assert not mails(sessions)


def test_a_session_that_was_left_open_does_not_give_the_account_away(
    client: FlaskClient, sign_in: SignIn, sessions: sessionmaker[Session]
) -> None:
    """ASVS 6.2.2, 6.2.3, 7.4.3: a new password needs the present one, and ends every session."""
    sign_in(client)
    page = client.get("/me/password")
    wrong = send(client, page, "/me/password", current="not the password", password=NEW)
    assert wrong.status_code == 422
    assert "not your present password" in wrong.text
    assert send(client, page, "/me/password", current=PASSWORD, password="short").status_code == 422
    kept = client.get_cookie("session")
    assert kept is not None
    assert send(client, page, "/me/password", current=PASSWORD, password=NEW).status_code == 302
    assert client.get("/me").status_code == 302
    client.set_cookie("session", kept.value)  # replayed
    assert client.get("/me").status_code == 302
    assert sign_in_as(client, STAFF, NEW).status_code == 302
    with sessions() as session:
        live = select(func.count()).where(UserSession.ended_at.is_(None))
        assert session.scalar(live) == 1


def test_guessing_the_present_password_is_counted_like_signing_in(client: FlaskClient, sign_in: SignIn) -> None:
    sign_in(client)
    page = client.get("/me/password")
    answers = [send(client, page, "/me/password", current="wrong", password=NEW).status_code for _ in range(6)]
    assert answers == [422] * 5 + [429]
