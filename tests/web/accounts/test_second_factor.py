"""Second factors: codes once, recovery codes once, asked for at every door, required by role."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, text
from sqlalchemy.orm import Session, sessionmaker

from app.accounts.house import EXTENSION
from app.accounts.models import User
from app.accounts.models_proof import Authenticator, RecoveryCode
from app.core.audit import AuditEvent
from app.core.db import unit_of_work
from app.core.permissions import Role
from tests.factories.people import PASSWORD
from tests.web.accounts.proofs import SECRETS, code_of, enrol, mails, send, texts
from tests.web.conftest import SignIn, csrf_of, sign_in_as
from tests.web.test_sign_in import NOON, STAFF

HQ = "hq@demo.example"


def require(app: Flask, *roles: Role) -> None:
    app.extensions[EXTENSION] = replace(app.extensions[EXTENSION], roles_with_second_factor=frozenset(roles))


def second(client: FlaskClient, code: str) -> int:
    return send(client, client.get("/sign-in/second"), "/sign-in/second", code=code).status_code


@pytest.mark.both_engines
def test_an_app_is_added_and_asked_for_from_then_on(
    client: FlaskClient, sign_in: SignIn, app: Flask, people: dict[str, User], sessions: sessionmaker[Session]
) -> None:
    """ASVS 6.3.3, 6.5.1, 7.2.4, 7.4.3: two factors; a code once; a new token; other sessions end."""
    staff = people[STAFF]
    with time_machine.travel(NOON, tick=False) as clock:
        elsewhere = app.test_client()
        sign_in(elsewhere)
        sign_in(client)
        page = send(client, client.get("/me/second-factor"), "/app")
        assert "data:image/svg+xml" in page.text
        (shown,) = re.findall(r"<code><bdi>([A-Z2-7 ]+)</bdi></code>", page.text)
        SECRETS[staff.id] = shown.replace(" ", "")
        assert send(client, page, "/app/confirm", code="000000").status_code == 422
        done = send(client, page, "/app/confirm", code=code_of(staff))
        codes = list(texts(done, ".codes code"))
        assert done.status_code == 200
        assert len(codes) == 10
        assert elsewhere.get("/me").status_code == 302
        with sessions() as session:
            kept = session.get_one(Authenticator, staff.id).secret
            assert SECRETS[staff.id] not in kept
            hashes = "".join(session.scalars(select(RecoveryCode.code_hash)))
            assert not any(code in hashes for code in codes)
            told = "".join(session.scalars(select(AuditEvent.state)))
            assert SECRETS[staff.id] not in told
        guest = app.test_client()
        assert sign_in_as(guest, STAFF, next="/activities").headers["Location"] == "/sign-in/second?next=/activities"
        before = guest.get_cookie("session")
        assert guest.get("/activities").status_code == 302  # not yet
        assert guest.get("/reports/trend.csv").status_code == 401
        assert second(guest, code_of(staff)) == 422  # used when it was added
        clock.shift(timedelta(seconds=30))
        assert second(guest, code_of(staff)) == 303
        assert guest.get("/me").status_code == 200
        assert before is not None
        assert guest.get_cookie("session").value != before.value  # type: ignore[union-attr]
        replay = app.test_client()
        replay.set_cookie("session", before.value)
        assert replay.get("/sign-in/second").status_code == 302  # that half session has ended
        third = app.test_client()
        sign_in_as(third, STAFF)
        assert second(third, code_of(staff)) == 422  # the same code elsewhere
    subjects = [mail["Subject"] for mail in mails(sessions)]
    assert subjects == ["An authenticator app was added to your account."]


@pytest.mark.both_engines
def test_a_recovery_code_opens_once(
    client: FlaskClient, people: dict[str, User], sessions: sessionmaker[Session]
) -> None:
    """ASVS 6.5.1, 6.5.2, 6.5.3: random, hashed, once; the person hears of it."""
    codes = enrol(sessions, people[STAFF].id)
    assert len({re.sub("-", "", code) for code in codes}) == 10
    assert all(len(code.replace("-", "")) == 24 for code in codes)
    sign_in_as(client, STAFF)
    assert second(client, codes[3].lower().replace("-", " ")) == 303
    assert "9" in client.get("/me/second-factor").text
    client.delete_cookie("session")
    sign_in_as(client, STAFF)
    assert second(client, codes[3]) == 422
    assert second(client, codes[4]) == 303
    assert any("recovery code" in mail["Subject"] for mail in mails(sessions))


def test_codes_are_counted_by_account_whatever_the_browser(
    client: FlaskClient, app: Flask, people: dict[str, User], sessions: sessionmaker[Session]
) -> None:
    """ASVS 6.3.1: five wrong codes, then a wait, also for the right one; the password's count is another."""
    enrol(sessions, people[STAFF].id)
    answers = []
    for _ in range(6):
        guest = app.test_client()
        sign_in_as(guest, STAFF)
        answers.append(second(guest, "123456"))
    assert answers == [422] * 5 + [429]
    sign_in_as(client, STAFF)
    assert second(client, code_of(people[STAFF], later=1)) == 429


def test_after_ten_minutes_the_password_is_asked_for_again(
    client: FlaskClient, people: dict[str, User], sessions: sessionmaker[Session]
) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        enrol(sessions, people[STAFF].id)
        sign_in_as(client, STAFF)
        page = client.get("/sign-in/second")
        clock.shift(timedelta(minutes=11))
        answer = send(client, page, "/second", code=code_of(people[STAFF]))
        assert answer.headers["Location"] == "/sign-in"


def test_a_half_session_never_opens_anything(
    client: FlaskClient, app: Flask, people: dict[str, User], sessions: sessionmaker[Session]
) -> None:
    """ASVS 7.2.1: the row decides: even its token in the place of a whole one is nobody's."""
    enrol(sessions, people[STAFF].id)
    sign_in_as(client, STAFF)
    with client.session_transaction() as cookie:
        cookie["token"], cookie["_user_id"] = cookie["second"], people[STAFF].fs_uniquifier
    assert client.get("/me").status_code == 302


def test_a_form_that_was_kept_asks_for_the_code_too(
    client: FlaskClient, sign_in: SignIn, people: dict[str, User], sessions: sessionmaker[Session]
) -> None:
    sign_in(client)
    client.delete_cookie("session")
    enrol(sessions, people[STAFF].id)
    page = client.post("/probe/form", data={"text": "typed for an hour"})
    page = send(client, page, email=STAFF, password=PASSWORD)
    assert page.status_code == 200
    assert "typed for an hour" in page.text
    wrong = send(client, page, code="123456")
    assert wrong.status_code == 422
    assert "typed for an hour" in wrong.text
    right = send(client, wrong, code=code_of(people[STAFF]))
    assert right.status_code == 200
    assert send(client, right).text == "typed for an hour"


@pytest.mark.parametrize("who", [HQ, "adviser@demo.example", "admin@demo.example"])
def test_a_role_that_needs_a_second_factor_sees_only_where_to_add_one(
    client: FlaskClient, app: Flask, sign_in: SignIn, who: str
) -> None:
    """ASVS 6.3.3, 8.2.1."""
    require(app, Role.HEADQUARTERS, Role.REGIONAL_ADVISER, Role.ADMINISTRATOR)
    sign_in(client, who)
    for path in ("/", "/activities", "/coverage", "/me/tokens", "/administration/people"):
        answer = client.get(path)
        assert answer.status_code in (302, 403), path
        assert answer.headers.get("Location", "/me/second-factor") == "/me/second-factor"
    for path in ("/reports/trend.csv", "/me/export.json"):
        assert client.get(path).status_code == 403
    page = client.get("/me/second-factor")
    assert "Your role needs a second factor" in page.text
    token = csrf_of(page)
    answer = client.post("/probe/form", data={"csrf_token": token, "text": "kept"})
    assert answer.status_code == 403
    assert "kept" in answer.text
    page = send(client, page, "/app")
    (shown,) = re.findall(r"<code><bdi>([A-Z2-7 ]+)</bdi></code>", page.text)
    SECRETS[0] = shown.replace(" ", "")
    from app.accounts import totp
    from app.core import clock

    send(client, page, "/app/confirm", code=totp.code_at(SECRETS[0], totp.step_at(clock.now())))
    assert client.get("/activities").status_code == 200
    page = client.get("/me/second-factor")
    refused = send(client, page, "/app/remove")
    assert refused.status_code == 409


def test_other_roles_and_demonstration_accounts_are_not_asked(
    client: FlaskClient, app: Flask, sign_in: SignIn, sessions: sessionmaker[Session], people: dict[str, User]
) -> None:
    require(app, Role.HEADQUARTERS)
    sign_in(client)
    assert client.get("/activities").status_code == 200
    with unit_of_work(sessions) as session:
        session.get_one(User, people[HQ].id).demonstration = True
    client.delete_cookie("session")
    sign_in(client, HQ)
    assert client.get("/activities").status_code == 200
    # Never in production.
    app.extensions[EXTENSION] = replace(app.extensions[EXTENSION], production=True)
    assert client.get("/activities").headers["Location"] == "/me/second-factor"


def test_with_the_last_factor_the_codes_go(
    client: FlaskClient, app: Flask, people: dict[str, User], sessions: sessionmaker[Session]
) -> None:
    codes = enrol(sessions, people[STAFF].id)
    sign_in_as(client, STAFF)
    assert second(client, codes[0]) == 303
    page = client.get("/me/second-factor")
    fresh = send(client, page, "/recovery-codes")
    assert not set(texts(fresh, ".codes code")) & set(codes)
    assert send(client, client.get("/me/second-factor"), "/app/remove").status_code == 303
    with sessions() as session:
        assert session.execute(text("SELECT count(*) FROM recovery_code")).scalar() == 0
    client.delete_cookie("session")
    assert sign_in_as(client, STAFF).headers["Location"] == "/"


def test_nobody_removes_anothers_passkey(
    client: FlaskClient, sign_in: SignIn, people: dict[str, User], sessions: sessionmaker[Session]
) -> None:
    from app.accounts.models_proof import Passkey

    with unit_of_work(sessions) as session:
        key = Passkey(user_id=people[HQ].id, name="Key", credential_id=b"1", public_key=b"2", added_at=NOON)
        session.add(key)
        session.flush()
        made = key.id
    sign_in(client)
    token = csrf_of(client.get("/me"))
    assert client.post(f"/me/passkeys/{made}/remove", data={"csrf_token": token}).status_code == 404


def test_a_passkey_answer_of_nonsense_is_refused(client: FlaskClient, sign_in: SignIn, people: dict[str, User]) -> None:
    nonsense = ["", "{}", "[]", "null", "x" * 1000, '{"response": {"clientDataJSON": "e30"}}', "[" * 5000]
    token = csrf_of(client.get("/sign-in"))
    for answer in nonsense:
        sent = {"csrf_token": token, "answer": answer}
        assert client.post("/sign-in/passkey", data=sent).status_code == 422, answer[:20]
    sign_in(client)
    page = client.get("/me/second-factor")
    for answer in nonsense:
        assert send(client, page, "/me/passkeys", name="Laptop", answer=answer).status_code == 422
