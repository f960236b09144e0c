"""Passkeys (WebAuthn level 2, by py_webauthn): adding one, and proving with one who one is. Part of the services.

A challenge is a row that is taken once. The browser checks the person (a finger, a face, a PIN), so that a passkey
alone is two factors: something the person has, and something they are or know.
"""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session
from webauthn import (
    generate_authentication_options,
    generate_registration_options,
    options_to_json,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url, parse_authentication_credential_json
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from app.accounts import factors, once, rules
from app.accounts.models import User
from app.accounts.models_proof import Passkey
from app.core import clock
from app.core.errors import Invalid, Refused
from app.core.i18n import N_

NOT_TAKEN = N_("The passkey was not accepted. Try again.")
NAME_MISSING = N_("Give it a name by which you know it again, for example “Work laptop”.")
VERIFIED = UserVerificationRequirement.REQUIRED


@dataclass(frozen=True)
class Site:
    """For which host passkeys are made, and the origin that must have asked."""

    host: str
    origin: str
    name: str = "Technical assistance tracker"


def registration_options(session: Session, site: Site, user: User) -> dict[str, Any]:
    """What the browser needs to make a passkey."""
    challenge = secrets.token_bytes(32)
    known = session.scalars(select(Passkey.credential_id).where(Passkey.user_id == user.id)).all()
    options = generate_registration_options(
        rp_id=site.host,
        rp_name=site.name,
        user_id=user.client_id.encode(),
        user_name=user.email,
        user_display_name=user.name,
        challenge=challenge,
        exclude_credentials=[PublicKeyCredentialDescriptor(id=each) for each in known],
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.PREFERRED, user_verification=VERIFIED
        ),
    )
    once.put(session, _key(challenge), {"add": user.id})
    return _plain(options)


def add_passkey(session: Session, site: Site, user: User, name: str, answer: str, session_id: int | None) -> list[str]:
    """Keep the passkey that the browser made. Returns recovery codes if these are the first.

    Raises:
        Invalid: no name, or an answer that does not fit. Refused: too many passkeys.
    """
    if not name.strip():
        raise Invalid.at("name", NAME_MISSING)
    if len(factors.factors_of(session, user.id).passkeys) >= rules.MOST_PASSKEYS:
        raise Refused(N_("You have ten passkeys. Remove one that you do not use."))
    challenge = _challenge_in(answer)
    if once.take(session, _key(challenge)) != {"add": user.id}:
        raise Invalid.at("", NOT_TAKEN)
    try:
        made = verify_registration_response(
            credential=answer,
            expected_challenge=challenge,
            expected_rp_id=site.host,
            expected_origin=site.origin,
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError, KeyError) as error:
        raise Invalid.at("", NOT_TAKEN) from error
    if session.scalar(select(Passkey.id).where(Passkey.credential_id == made.credential_id)) is not None:
        raise Invalid.at("", NOT_TAKEN)
    key = Passkey(user_id=user.id, name=name.strip()[:60], credential_id=made.credential_id, added_at=clock.now())
    key.public_key, key.uses = made.credential_public_key, made.sign_count
    session.add(key)
    session.flush()
    return factors.enrolled(session, user.id, session_id, "account.passkey")


def sign_in_options(session: Session, site: Site, user_id: int | None = None) -> dict[str, Any]:
    """What the browser needs to prove who is there. Without a person any passkey for this host may answer."""
    challenge = secrets.token_bytes(32)
    keys = session.scalars(select(Passkey.credential_id).where(Passkey.user_id == user_id)).all() if user_id else ()
    allowed = [PublicKeyCredentialDescriptor(id=each) for each in keys]
    options = generate_authentication_options(
        rp_id=site.host, challenge=challenge, allow_credentials=allowed or None, user_verification=VERIFIED
    )
    once.put(session, _key(challenge), {"prove": user_id})
    return _plain(options)


def proved_by(session: Session, site: Site, answer: str, user_id: int | None = None) -> User | None:
    """Whose passkey answered; None if none, an old or a used challenge, another person's, or a copied key."""
    challenge = _challenge_in(answer)
    if once.take(session, _key(challenge)) != {"prove": user_id}:
        return None
    try:
        given = parse_authentication_credential_json(answer)
        key = session.scalar(select(Passkey).where(Passkey.credential_id == given.raw_id).with_for_update())
        if key is None or (user_id is not None and key.user_id != user_id):
            return None
        proved = verify_authentication_response(
            credential=given,
            expected_challenge=challenge,
            expected_rp_id=site.host,
            expected_origin=site.origin,
            credential_public_key=key.public_key,
            credential_current_sign_count=key.uses,
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError, KeyError):
        return None
    values = {"uses": proved.new_sign_count, "last_used_at": clock.now()}
    session.execute(update(Passkey).where(Passkey.id == key.id).values(**values))
    user = session.get_one(User, key.user_id)
    return user if user.active else None


def _challenge_in(answer: str) -> bytes:
    """The challenge that the browser says it answered; whether it is one of ours, the database knows."""
    try:
        told = json.loads(answer)["response"]["clientDataJSON"]
        return base64url_to_bytes(json.loads(base64url_to_bytes(told))["challenge"])
    except (ValueError, KeyError, TypeError, RecursionError):
        return b""


def _key(challenge: bytes) -> str:
    return f"passkey:{bytes_to_base64url(challenge[:32])}"


def _plain(options: Any) -> dict[str, Any]:
    plain: dict[str, Any] = json.loads(options_to_json(options))
    return plain
