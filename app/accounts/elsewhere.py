"""Signing in elsewhere: OpenID Connect, Authorization Code with PKCE, state and nonce, by Authlib.

A person is found by issuer and subject, never by an email address: addresses change hands. What was begun is a row that
is taken once, so that an answer can be used once, whatever cookies come with it.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import structlog
from flask import current_app, request, session
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.accounts import once, queries, services
from app.accounts.house import Provider, house
from app.accounts.models import User
from app.accounts.models_proof import Identity
from app.core import clock
from app.core.db import unit_of_work
from app.core.errors import NotFound, Refused
from app.core.i18n import N_
from app.core.web.db import session_factory

CLIENT = "tracker.elsewhere"
# What only the provider can have made. Never `none`, and no algorithm whose key both sides know.
ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")
LEEWAY = 60
JUST_NOW = 300
DID_NOT_WORK = N_("Signing in there did not work, or took too long. Begin again.")
NOT_CONNECTED = N_(
    "No account here is connected with that sign-in. Sign in with your password and connect it at Your account, "
    "or ask an administrator for an invitation."
)
OTHERS = N_("That sign-in is connected with another account.")
KEEP_A_WAY = N_("You have no password here. Choose one first (“forgotten password”), then disconnect.")


class _Store:
    """Where Authlib keeps what it began: rows that are taken once."""

    def set(self, key: str, value: str, life: float) -> None:
        """Keep it."""
        with unit_of_work(session_factory()) as writing:
            once.put(writing, key, value)

    def get(self, key: str) -> Any:
        """Take it: asked again, it is gone."""
        with unit_of_work(session_factory()) as writing:
            return once.take(writing, key)

    def delete(self, key: str) -> None:
        """It was taken already."""


def client() -> Any:
    """The client of the provider, made when it is first asked for: its libraries take half a second."""
    made = current_app.extensions.get(CLIENT)
    if made is None:
        made = current_app.extensions[CLIENT] = _make(_provider())
    return made


def _provider() -> Provider:
    found = house().provider
    if found is None:
        raise NotFound(N_("There is no such page, or it is not open to you."))
    return found


def _make(provider: Provider) -> Any:
    from authlib.integrations.flask_client import OAuth

    registry = OAuth(current_app, cache=_Store())
    return registry.register(
        "provider",
        client_id=provider.client_id,
        client_secret=provider.client_secret,
        server_metadata_url=provider.issuer.rstrip("/") + "/.well-known/openid-configuration",
        client_kwargs={"scope": "openid email profile", "code_challenge_method": "S256", "timeout": 10},
    )


def _known_metadata(made: Any, provider: Provider) -> None:
    """The provider says who it is, and signs with what we believe."""
    told = made.load_server_metadata()
    if told.get("issuer") != provider.issuer:
        raise ValueError("the provider says that it is another issuer")
    offered = told.get("id_token_signing_alg_values_supported") or ["RS256"]
    told["id_token_signing_alg_values_supported"] = [each for each in offered if each in ALGORITHMS]


def begin(callback: str, *, again: bool = False) -> Any:
    """The way to the provider. `again`: it must ask the person anew."""
    from requests import RequestException

    made = client()
    try:
        _known_metadata(made, _provider())
        return made.authorize_redirect(callback, **({"prompt": "login", "max_age": 0} if again else {}))
    except (RequestException, ValueError, KeyError) as error:
        raise _failed(error) from error


def answer(*, again: bool = False) -> Mapping[str, Any]:
    """What the provider says of the person, checked: signature, issuer, audience, times, nonce, state, PKCE.

    Raises:
        Refused: anything is not as it must be.
    """
    from authlib.common.errors import AuthlibBaseError
    from joserfc.errors import JoseError
    from requests import RequestException

    provider, made = _provider(), client()
    try:
        _known_metadata(made, provider)
        if request.args.get("iss", provider.issuer) != provider.issuer:
            raise ValueError("an answer of another provider")
        options = {
            "iss": {"essential": True, "values": [provider.issuer]},
            "aud": {"essential": True, "value": provider.client_id},
            "sub": {"essential": True},
        }
        told = made.authorize_access_token(claims_options=options, leeway=LEEWAY).get("userinfo")
        if not told or not isinstance(told.get("sub"), str) or not told["sub"]:
            raise ValueError("no ID token")
        if again and time.time() - int(told.get("auth_time") or 0) > JUST_NOW:
            raise ValueError("the provider did not ask anew")
    except (AuthlibBaseError, JoseError, RequestException, ValueError, KeyError, TypeError) as error:
        raise _failed(error) from error
    claims: Mapping[str, Any] = told
    return claims


def _failed(error: Exception) -> Refused:
    """For the person a sentence, for the log the kind of fault and nothing that the provider or a browser sent."""
    structlog.get_logger().warning("sign-in elsewhere refused", fault=type(error).__name__)
    session.pop("elsewhere", None)
    return Refused(DID_NOT_WORK)


@dataclass(frozen=True)
class Told:
    """Of a person, what we use of what the provider said."""

    issuer: str
    subject: str
    email: str
    verified: bool
    name: str
    groups: tuple[str, ...]
    strong: bool


def read(claims: Mapping[str, Any]) -> Told:
    """The claims as we use them."""
    provider = _provider()
    groups = claims.get(provider.groups_claim) or ()
    listed = (groups,) if isinstance(groups, str) else tuple(each for each in groups if isinstance(each, str))
    shown = claims.get("amr") or ()
    proofs = {str(claims.get("acr") or ""), *(shown if isinstance(shown, list) else ())}
    return Told(
        issuer=str(claims["iss"]),
        subject=str(claims["sub"]),
        email=str(claims.get("email") or ""),
        verified=claims.get("email_verified") is True,
        name=str(claims.get("name") or claims.get("email") or ""),
        groups=listed,
        strong=not provider.strong.isdisjoint(proofs),
    )


def person_of(writing: Session, told: Told) -> User | None:
    """Whose account is connected with this issuer and subject."""
    mine = select(Identity).where(Identity.issuer == told.issuer, Identity.subject == told.subject)
    found = writing.scalar(mine)
    if found is None:
        return None
    found.last_used_at = clock.now()
    return writing.get(User, found.user_id)


def connect(writing: Session, user: User, told: Told) -> None:
    """From now on this sign-in opens this account.

    Raises:
        Refused: it opens another one.
    """
    found = person_of(writing, told)
    if found is not None and found.id != user.id:
        raise Refused(OTHERS)
    if found is None:
        writing.execute(delete(Identity).where(Identity.user_id == user.id, Identity.issuer == told.issuer))
        made = Identity(user_id=user.id, issuer=told.issuer, subject=told.subject, linked_at=clock.now())
        writing.add(made)
        services.record(writing, user, "account.identity", user.id, issuer=told.issuer)
        services.notify(writing, user, "account.identity")


def disconnect(writing: Session, user: User) -> None:
    """Only the password opens the account.

    Raises:
        Refused: there is none.
    """
    if user.password is None:
        raise Refused(KEEP_A_WAY)
    gone = writing.execute(delete(Identity).where(Identity.user_id == user.id).returning(Identity.id)).all()
    if gone:
        services.record(writing, user, "account.identity-removed", user.id)
        services.notify(writing, user, "account.identity-removed")


def identity_of(reading: Session, user_id: int) -> Identity | None:
    """With what sign-in elsewhere the account is connected."""
    return reading.scalar(select(Identity).where(Identity.user_id == user_id))


def welcome(writing: Session, told: Told) -> User:
    """Whose groups give them a role here may come in without an invitation: a new account, never one that there is.

    Raises:
        Refused: no group of theirs has a role here, or the address is an account's, or nobody vouches for it.
    """
    known = any(group in house().groups for group in told.groups)
    taken = queries.user_by_email(writing, told.email) if told.email else None
    if not known or not told.verified or taken is not None:
        raise Refused(NOT_CONNECTED)
    user = services.create_user(writing, email=told.email, name=told.name[:150], password=None)
    user.email_verified_at = clock.now()
    connect(writing, user, told)
    return user
