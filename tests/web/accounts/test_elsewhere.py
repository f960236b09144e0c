"""Signing in elsewhere: by issuer and subject, with PKCE, state and nonce; whatever is bent is refused."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from joserfc.jwk import RSAKey
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker
from werkzeug.test import TestResponse

from app.accounts import elsewhere
from app.accounts.house import EXTENSION
from app.accounts.house import Provider as Known
from app.accounts.models import User
from app.accounts.models_proof import Identity
from app.core import clock
from app.core.db import unit_of_work
from app.offices.models import Membership
from app.people.groups import follow_groups
from tests.factories.people import PASSWORD
from tests.web.accounts.proofs import enrol, link_in, mails, send
from tests.web.accounts.provider import CLIENT, Provider, running
from tests.web.accounts.provider import PASSWORD as CLIENT_SECRET
from tests.web.conftest import SignIn
from tests.web.test_sign_in import STAFF

GROUPS: dict[str, tuple[dict[str, str], ...]] = {
    "afg-leads": ({"role": "country_lead", "office": "0060"},),
    "rosa": ({"role": "regional_adviser", "region": "ROSA"}, {"role": "country_staff", "office": "0060"}),
}


@pytest.fixture(scope="module")
def _running() -> Iterator[Provider]:
    with running() as provider:
        yield provider


@pytest.fixture
def provider(_running: Provider, app: Flask) -> Provider:
    """The provider in its right mind, known to the application."""
    fresh = Provider()
    for name in ("subject", "claims", "bend", "algorithm", "forget_pkce", "no_id_token", "issuer_told", "signs_with"):
        setattr(_running, name, getattr(fresh, name)) if name != "key" else None
    _running.asked.clear(), _running.exchanges.clear()
    known = Known(_running.issuer, CLIENT, CLIENT_SECRET, "Ministry sign-in")
    follow = lambda session, user_id, held: follow_groups(session, user_id, held, GROUPS)  # noqa: E731
    here = app.extensions[EXTENSION]
    app.extensions[EXTENSION] = replace(here, provider=known, groups=GROUPS, follow_groups=follow)
    return _running


@pytest.fixture
def connected(people: dict[str, User], sessions: sessionmaker[Session], provider: Provider) -> User:
    with unit_of_work(sessions) as session:
        user = people[STAFF]
        made = Identity(user_id=user.id, issuer=provider.issuer, subject=provider.subject, linked_at=clock.now())
        session.add(made)
    return user


def go(client: FlaskClient, provider: Provider, path: str = "/sign-in/elsewhere") -> TestResponse:
    """There and back."""
    there = client.get(path)
    assert there.status_code == 302, there.text
    return client.get(provider.authorize(there.headers["Location"]))


def is_in(client: FlaskClient) -> bool:
    return client.get("/me").status_code == 200


@pytest.mark.both_engines
def test_in_by_issuer_and_subject(client: FlaskClient, provider: Provider, connected: User) -> None:
    """ASVS 6.8.1, 10.5.1, 10.5.2; 10.2.1: code, PKCE with S256, state and nonce."""
    before = client.get_cookie("session")
    answer = go(client, provider, "/sign-in/elsewhere?next=/activities")
    assert answer.headers["Location"] == "/activities"
    assert is_in(client)
    asked, exchanged = provider.asked[-1], provider.exchanges[-1]
    assert (asked["response_type"], asked["code_challenge_method"]) == ("code", "S256")
    assert min(map(len, (asked["state"], asked["nonce"], asked["code_challenge"]))) >= 20
    assert exchanged["code_verifier"]
    assert before != client.get_cookie("session")


BENT: dict[str, Callable[[Provider], Any]] = {
    "wrong nonce": lambda p: p.bend.update(nonce="another"),
    "no nonce": lambda p: p.bend.update(nonce=None),
    "wrong audience": lambda p: p.bend.update(aud="another-client"),
    "no audience": lambda p: p.bend.update(aud=None),
    "several audiences, another party": lambda p: p.bend.update(aud=[CLIENT, "x"], azp="x"),
    "wrong issuer": lambda p: p.bend.update(iss="https://evil.example"),
    "no issuer": lambda p: p.bend.update(iss=None),
    "no subject": lambda p: p.bend.update(sub=None),
    "empty subject": lambda p: p.bend.update(sub=""),
    "a subject that is no text": lambda p: p.bend.update(sub=7),
    "expired": lambda p: p.bend.update(exp=1_600_000_000),
    "no expiry": lambda p: p.bend.update(exp=None),
    "not signed": lambda p: setattr(p, "algorithm", "none"),
    "signed with the public key": lambda p: setattr(p, "algorithm", "HS256"),
    "another key": lambda p: setattr(p, "signs_with", RSAKey.generate_key(2048, {"kid": "one"})),
    "no ID token": lambda p: setattr(p, "no_id_token", True),
    "another issuer in its metadata": lambda p: setattr(p, "issuer_told", "https://evil.example"),
}


@pytest.mark.parametrize("bent", BENT)
def test_bent_tokens_are_refused(
    client: FlaskClient, app: Flask, provider: Provider, connected: User, bent: str
) -> None:
    """ASVS 9.1.1, 9.1.2, 9.1.3, 9.2.1, 9.2.3, 10.5.1, 10.5.3, 10.5.4."""
    there = client.get("/sign-in/elsewhere")
    BENT[bent](provider)
    app.extensions[elsewhere.CLIENT].server_metadata.pop("_loaded_at", None)
    answer = client.get(provider.authorize(there.headers["Location"]))
    assert answer.status_code == 409
    assert "did not work" in answer.text
    assert not is_in(client)


def test_an_answer_is_good_once_and_in_its_own_browser(
    client: FlaskClient, app: Flask, provider: Provider, connected: User
) -> None:
    """ASVS 10.1.2, 10.2.1: no foreign, no replayed, no made-up state, even with the cookie of that moment."""
    there = client.get("/sign-in/elsewhere")
    cookie = client.get_cookie("session")
    assert cookie is not None
    back = provider.authorize(there.headers["Location"])
    assert app.test_client().get(back).status_code == 409
    there = client.get("/sign-in/elsewhere")  # the foreign browser did not use it up, but begin anew
    cookie = client.get_cookie("session")
    assert cookie is not None
    back = provider.authorize(there.headers["Location"])
    assert client.get(back).status_code == 302
    provider.codes.update({parse_qs(urlsplit(back).query)["code"][0]: provider.asked[-1]})
    thief = app.test_client()
    thief.set_cookie("session", cookie.value)
    assert thief.get(back).status_code == 409
    assert thief.get("/sign-in/elsewhere/back?code=x&state=y").status_code == 409
    assert thief.get("/sign-in/elsewhere/back").status_code == 409
    assert thief.get("/sign-in/elsewhere/back?error=access_denied&error_description=%3Cscript%3E").status_code == 409
    assert not is_in(thief)


def test_a_stolen_code_is_worth_nothing_without_the_verifier(
    client: FlaskClient, app: Flask, provider: Provider, connected: User
) -> None:
    """PKCE: the code of one browser in the flow of another."""
    victim = app.test_client().get("/sign-in/elsewhere")
    code = parse_qs(urlsplit(provider.authorize(victim.headers["Location"])).query)["code"][0]
    there = client.get("/sign-in/elsewhere")
    state = parse_qs(urlsplit(there.headers["Location"]).query)["state"][0]
    assert client.get(f"/sign-in/elsewhere/back?code={code}&state={state}").status_code == 409
    assert not is_in(client)
    # And where the provider forgets PKCE, the nonce still tells.
    provider.forget_pkce = True
    victim = app.test_client().get("/sign-in/elsewhere")
    code = parse_qs(urlsplit(provider.authorize(victim.headers["Location"])).query)["code"][0]
    there = client.get("/sign-in/elsewhere")
    state = parse_qs(urlsplit(there.headers["Location"]).query)["state"][0]
    assert client.get(f"/sign-in/elsewhere/back?code={code}&state={state}").status_code == 409


def test_an_answer_that_names_another_provider_is_refused(
    client: FlaskClient, provider: Provider, connected: User
) -> None:
    back = provider.authorize(client.get("/sign-in/elsewhere").headers["Location"])
    assert client.get(back + "&iss=https://evil.example").status_code == 409


def test_an_address_alone_matches_nobody(
    client: FlaskClient, provider: Provider, people: dict[str, User], sessions: sessionmaker[Session]
) -> None:
    """ASVS 6.8.1: the same verified address at the provider does not open the account."""
    provider.claims = {"email": STAFF, "email_verified": True, "groups": ["rosa"]}
    answer = go(client, provider)
    assert answer.status_code == 409
    assert "No account here is connected" in answer.text
    assert not is_in(client)
    with sessions() as session:
        assert not session.scalars(select(Identity)).all()


def test_the_second_factor_is_asked_for_unless_the_provider_tells_of_one(
    client: FlaskClient, app: Flask, provider: Provider, connected: User, sessions: sessionmaker[Session]
) -> None:
    """ASVS 6.8.4: amr."""
    enrol(sessions, connected.id)
    assert go(client, provider).headers["Location"].startswith("/sign-in/second")
    assert not is_in(client)
    provider.claims = {"amr": ["pwd", "mfa"]}
    assert go(client, provider).headers["Location"] == "/"
    assert is_in(client)


def test_who_is_deactivated_stays_out(
    client: FlaskClient, provider: Provider, connected: User, sessions: sessionmaker[Session]
) -> None:
    with unit_of_work(sessions) as session:
        session.get_one(User, connected.id).active = False
    assert go(client, provider).status_code == 409


@pytest.mark.both_engines
def test_groups_give_roles_and_take_them(
    client: FlaskClient, app: Flask, provider: Provider, people: dict[str, User], sessions: sessionmaker[Session]
) -> None:
    """A new person of a known group comes in; what groups gave ends with them; what was given here stays."""
    provider.claims = {"email": "new@demo.example", "email_verified": True, "groups": ["rosa", "unknown"]}
    provider.subject = "new-person"
    assert go(client, provider).status_code == 302

    def roles() -> set[str]:
        with sessions() as session:
            user = session.scalars(select(User).where(User.email == "new@demo.example")).one()
            today = clock.today()
            held = session.scalars(select(Membership).where(Membership.user_id == user.id))
            return {each.role for each in held if each.valid_to is None or each.valid_to >= today}

    assert roles() == {"regional_adviser", "country_staff"}
    assert "Regional adviser for ROSA" in client.get("/me").text
    provider.claims["groups"] = ["afg-leads"]
    again = app.test_client()
    assert go(again, provider).status_code == 302
    assert roles() == {"country_lead"}
    assert not is_in(client)  # roles changed: other sessions end
    with unit_of_work(sessions) as session:
        user = session.scalars(select(User).where(User.email == "new@demo.example")).one()
        session.add(Membership(user_id=user.id, role="headquarters", valid_from=clock.today()))
    provider.claims["groups"] = []
    assert go(again, provider).status_code == 302
    assert roles() == {"headquarters"}


@pytest.mark.parametrize("claims", [{"groups": ["unknown"]}, {"groups": ["rosa"], "email_verified": False}, {}])
def test_who_has_no_role_here_gets_no_account(
    client: FlaskClient, provider: Provider, people: dict[str, User], claims: dict[str, Any]
) -> None:
    provider.claims = {"email": "new@demo.example", "email_verified": True, **claims}
    provider.subject = "new-person"
    assert go(client, provider).status_code == 409


def test_connecting_disconnecting_and_confirming(
    client: FlaskClient, app: Flask, provider: Provider, sign_in: SignIn, sessions: sessionmaker[Session]
) -> None:
    sign_in(client)
    page = send(client, client.get("/me/elsewhere"), "/me/elsewhere")
    assert "Go on to" in page.text
    assert go(client, provider, "/sign-in/elsewhere?for=connect").headers["Location"] == "/me"
    assert any("connected" in mail["Subject"] for mail in mails(sessions))
    other = app.test_client()
    assert go(other, provider).status_code == 302
    assert is_in(other)
    confirmed = go(client, provider, "/sign-in/elsewhere?for=confirm")
    assert confirmed.status_code == 200
    assert provider.asked[-1]["prompt"] == "login"
    provider.bend = {"auth_time": 1_600_000_000}
    assert go(client, provider, "/sign-in/elsewhere?for=confirm").status_code == 409
    provider.bend = {}
    third = app.test_client()
    sign_in(third, "victim@demo.example")
    send(third, third.get("/me/elsewhere"), "/me/elsewhere")
    assert go(third, provider, "/sign-in/elsewhere?for=connect").status_code == 409  # another's already
    assert send(client, client.get("/me/elsewhere"), "/remove").status_code == 303
    assert go(app.test_client(), provider).status_code == 409


def test_an_invitation_is_answered_elsewhere(
    client: FlaskClient, app: Flask, provider: Provider, sign_in: SignIn, sessions: sessionmaker[Session]
) -> None:
    sign_in(client, "admin@demo.example")
    data = {
        "name": "Amina",
        "email": "invited@demo.example",
        "language": "en",
        "role": "country_staff",
        "office": "0060",
    }
    send(client, client.get("/administration/people/new"), "/new", **data)
    guest, path = app.test_client(), link_in(mails(sessions)[0])
    guest.get(path)
    assert "Ministry sign-in" in guest.get("/account/password").text
    provider.subject = "invited"
    assert go(guest, provider, "/sign-in/elsewhere?for=invited").status_code == 302
    assert "invited@demo.example" in guest.get("/me").text
    assert app.test_client().get(path).status_code == 404
    refused = send(guest, guest.get("/me/elsewhere"), "/remove")
    assert refused.status_code == 409  # no password yet
    assert PASSWORD not in refused.text


def test_without_a_provider_there_is_no_such_address(client: FlaskClient) -> None:
    assert client.get("/sign-in/elsewhere").status_code == 404
    assert client.get("/sign-in/elsewhere/back?code=x&state=y").status_code == 404
