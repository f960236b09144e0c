"""The second factor: codes of an authenticator app, and recovery codes. Part of the room's services."""

from __future__ import annotations

import base64
import secrets
from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session, sessionmaker

from app.accounts import box, queries, rules, services, totp
from app.accounts.models import User
from app.accounts.models_proof import Authenticator, Passkey, RecoveryCode
from app.core import clock
from app.core.db import unit_of_work
from app.core.errors import Invalid, NotFound, Refused
from app.core.i18n import N_
from app.core.permissions import Role

CODE_WRONG = N_("This code is not right, or it was used already. Wait for the next one.")
NOT_BEGUN = N_("Begin again: there is no picture to read from.")
KEEP_ONE = N_("Your role needs a second factor. Add another one before you remove this one.")


@dataclass(frozen=True)
class Factors:
    """What a person has besides the password."""

    authenticator: bool
    passkeys: list[Passkey]
    codes_left: int

    @property
    def enrolled(self) -> bool:
        """There is a second factor."""
        return self.authenticator or bool(self.passkeys)


def factors_of(session: Session, user_id: int) -> Factors:
    """An authenticator, passkeys, recovery codes."""
    app = session.get(Authenticator, user_id)
    keys = session.scalars(select(Passkey).where(Passkey.user_id == user_id).order_by(Passkey.id)).all()
    unused = select(func.count()).where(RecoveryCode.user_id == user_id, RecoveryCode.used_at.is_(None))
    return Factors(app is not None and app.confirmed_at is not None, list(keys), session.scalar(unused) or 0)


def is_required(roles: Collection[Role], required: Collection[Role], *, exempt: bool) -> bool:
    """Whoever has one of these roles needs a second factor, unless the account is for demonstration, in development."""
    return not exempt and not set(roles).isdisjoint(required)


def begin_authenticator(session: Session, user_id: int) -> str:
    """A new secret for an app; it counts from the first code on. Asked again before that, it stays the same.

    Raises:
        Refused: there is an app already.
    """
    found = session.get(Authenticator, user_id, with_for_update=True)
    if found is not None and found.confirmed_at is not None:
        raise Refused(N_("You have an authenticator app already. Remove it first."))
    if found is not None and (kept := box.unseal(found.secret)):
        return kept
    secret = totp.new_secret()
    session.merge(Authenticator(user_id=user_id, secret=box.seal(secret), made_at=clock.now(), last_step=0))
    session.flush()
    return secret


def begun_secret(session: Session, user_id: int) -> str | None:
    """The secret that waits for its first code."""
    found = session.get(Authenticator, user_id)
    return box.unseal(found.secret) if found is not None and found.confirmed_at is None else None


def confirm_authenticator(session: Session, user_id: int, code: str, session_id: int | None) -> list[str]:
    """The first code shows that the app has the secret: from now on it is asked for.

    Returns:
        The recovery codes, if these are the first; shown once.

    Raises:
        Invalid: the code is wrong. Refused: nothing was begun.
    """
    found = session.get(Authenticator, user_id, with_for_update=True, populate_existing=True)
    secret = box.unseal(found.secret) if found is not None and found.confirmed_at is None else None
    if found is None or secret is None:
        raise Refused(NOT_BEGUN)
    step = totp.step_of(secret, code, clock.now(), found.last_step)
    if step is None:
        raise Invalid.at("code", CODE_WRONG)
    found.confirmed_at, found.last_step = clock.now(), step
    return enrolled(session, user_id, session_id, "account.authenticator")


def enrolled(session: Session, user_id: int, session_id: int | None, act: str) -> list[str]:
    """A second factor was added: this session has shown it, the others end; codes for the day it is lost."""
    user = session.get_one(User, user_id)
    if session_id is not None:
        services.mark_strong(session, session_id)
    services.end_sessions_but(session, user_id, session_id)
    services.record(session, user, act, user_id)
    services.notify(session, user, act)
    return [] if factors_of(session, user_id).codes_left else _fresh_codes(session, user_id)


def remove_authenticator(session: Session, user_id: int, *, needed: bool) -> None:
    """Take the app away.

    Raises:
        Refused: it is the last second factor of somebody who needs one.
    """
    found = factors_of(session, user_id)
    if not found.authenticator:
        return
    if needed and not found.passkeys:
        raise Refused(KEEP_ONE)
    session.execute(delete(Authenticator).where(Authenticator.user_id == user_id))
    removed(session, user_id, "account.authenticator-removed")


def removed(session: Session, user_id: int, act: str) -> None:
    """A second factor went. With the last one the recovery codes go too."""
    user = session.get_one(User, user_id)
    session.flush()
    if not factors_of(session, user_id).enrolled:
        session.execute(delete(RecoveryCode).where(RecoveryCode.user_id == user_id))
    services.record(session, user, act, user_id)
    services.notify(session, user, act)


def new_recovery_codes(session: Session, user_id: int) -> list[str]:
    """Ten new codes; the old ones are void.

    Raises:
        Refused: there is no second factor that they could stand in for.
    """
    if not factors_of(session, user_id).enrolled:
        raise Refused(N_("Recovery codes stand in for a second factor, and you have none yet."))
    made = _fresh_codes(session, user_id)
    user = session.get_one(User, user_id)
    services.record(session, user, "account.recovery-codes", user_id)
    services.notify(session, user, "account.recovery-codes")
    return made


def reset_factors(session: Session, user: User, *, actor_id: int | None) -> None:
    """Somebody lost everything: an administrator, who made sure who it is, takes the second factors away."""
    for table in (Authenticator, Passkey, RecoveryCode):
        session.execute(delete(table).where(table.user_id == user.id))
    services.end_sessions_but(session, user.id, None)
    services.record(session, user, "account.factors-reset", actor_id)
    services.notify(session, user, "account.factors-reset")


def check_code(sessions: sessionmaker[Session], user: User, code: str, address: str | None) -> bool:
    """Is this a code of the app, or a recovery code? Counted before it is looked at; good once.

    Raises:
        services.Throttled: too many.
    """
    key, where = rules.email_key(user.email), rules.address_key(address)
    with unit_of_work(sessions) as session:
        attempt = services.reserve(session, key, where, rules.Kind.CODE)
    with unit_of_work(sessions) as session:
        right = _take_code(session, user.id, code)
        if right:
            services.succeeded(session, attempt)
    return right


def _take_code(session: Session, user_id: int, code: str) -> bool:
    found = session.get(Authenticator, user_id, with_for_update=True, populate_existing=True)
    secret = box.unseal(found.secret) if found is not None and found.confirmed_at is not None else None
    if found is not None and secret is not None:
        step = totp.step_of(secret, code, clock.now(), found.last_step)
        if step is not None:
            found.last_step = step
            return True
    return _take_recovery(session, user_id, code)


def _take_recovery(session: Session, user_id: int, code: str) -> bool:
    if not queries.has_second_factor(session, user_id):
        return False
    mine = (RecoveryCode.user_id == user_id, RecoveryCode.code_hash == _hash(code), RecoveryCode.used_at.is_(None))
    taken = session.execute(update(RecoveryCode).where(*mine).values(used_at=clock.now()).returning(RecoveryCode.id))
    if taken.scalar_one_or_none() is None:
        return False
    user = session.get_one(User, user_id)
    services.record(session, user, "account.recovery-used", user_id)
    services.notify(session, user, "account.recovery-used")
    return True


def _fresh_codes(session: Session, user_id: int) -> list[str]:
    session.execute(delete(RecoveryCode).where(RecoveryCode.user_id == user_id))
    codes = [_new_code() for _ in range(rules.RECOVERY_CODES)]
    now = clock.now()
    session.add_all(RecoveryCode(user_id=user_id, code_hash=_hash(code), made_at=now) for code in codes)
    session.flush()
    return codes


def _new_code() -> str:
    """120 random bits in six groups of four signs."""
    text = base64.b32encode(secrets.token_bytes(15)).decode()
    return "-".join(text[at : at + 4] for at in range(0, len(text), 4))


def _hash(code: str) -> str:
    """As it is kept: no dashes, no spaces, any case. 0 and 1 are no signs of base32: people mean O and I."""
    return box.hashed("".join(c for c in code.upper().translate(str.maketrans("01", "OI")) if c.isalnum()))


def find_passkey(session: Session, user_id: int, key: int) -> Passkey:
    """A passkey of this person.

    Raises:
        NotFound: there is none.
    """
    found = session.get(Passkey, key)
    if found is None or found.user_id != user_id:
        raise NotFound(N_("There is no such passkey."))
    return found


def remove_passkey(session: Session, user_id: int, key: int, *, needed: bool) -> None:
    """Take a passkey away.

    Raises:
        NotFound. Refused: it is the last second factor of somebody who needs one.
    """
    passkey = find_passkey(session, user_id, key)
    found = factors_of(session, user_id)
    if needed and not found.authenticator and len(found.passkeys) == 1:
        raise Refused(KEEP_ONE)
    session.delete(passkey)
    removed(session, user_id, "account.passkey-removed")
