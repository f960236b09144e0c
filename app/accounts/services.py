"""Writes about people: accounts, passwords, sign-in, sessions. The only door to each."""

from __future__ import annotations

import hashlib
import secrets
import uuid
from typing import Any

from sqlalchemy import delete, func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, sessionmaker

from app.accounts import passwords, queries, rules
from app.accounts.models import SignInAttempt, User, UserSession
from app.accounts.rules import Kind
from app.core import audit, clock
from app.core.db import new_client_id, unit_of_work
from app.core.errors import Invalid, Problem, TrackerError
from app.core.events import Happened, tell
from app.core.i18n import N_

EMAIL_TAKEN = N_("There is already an account with this email address.")
NAME_MISSING = N_("Write the person's name.")
TOO_MANY = N_(
    "There were too many attempts to sign in. Wait a few minutes, then try again. Your account is not blocked."
)


class Throttled(TrackerError):
    """Too many failed attempts. `retry_after` says how many seconds to wait."""

    status = 429

    def __init__(self, retry_after: int) -> None:
        self.retry_after = retry_after
        super().__init__(TOO_MANY)


def identity_problems(session: Session, email: str, name: str) -> list[Problem]:
    """What keeps an account from having this address and this name."""
    spelled = rules.normalise_email(email)
    problems = []
    if not spelled:
        problems.append(Problem("email", rules.EMAIL_WRONG))
    elif queries.user_by_email(session, spelled) is not None:
        problems.append(Problem("email", EMAIL_TAKEN))
    return problems if name.strip() else [*problems, Problem("name", NAME_MISSING)]


def create_user(
    session: Session,
    *,
    email: str,
    name: str,
    password: str | None,
    demonstration: bool = False,
    language: str = "en",
    actor_id: int | None = None,
    client_id: str | None = None,
) -> User:
    """Make an account without any right: those come from memberships. Without a password nobody can sign in to it.

    Raises:
        Invalid: the address is none or taken, the name is empty, or the password is too easy.
    """
    spelled = rules.normalise_email(email)
    problems = identity_problems(session, email, name)
    problems += password_problems(password, email=spelled or "", name=name, demonstration=demonstration)
    if problems or not spelled:
        raise Invalid(problems)
    user = User(
        client_id=client_id or new_client_id(),
        email=spelled,
        name=name.strip(),
        password=passwords.make_hash(password) if password is not None else None,
        active=True,
        language=language,
        demonstration=demonstration,
        fs_uniquifier=uuid.uuid4().hex,
        created_at=clock.now(),
    )
    _add(session, user)
    record(session, user, "account.create", actor_id)
    return user


def set_password(session: Session, user: User, password: str, *, actor_id: int | None = None) -> None:
    """Change the password and end every session of the person.

    Raises:
        Invalid: the password is too easy.
    """
    problems = password_problems(password, email=user.email, name=user.name, demonstration=user.demonstration)
    if problems:
        raise Invalid(problems)
    user.password = passwords.make_hash(password)
    _end_all(session, user)
    record(session, user, "account.password", actor_id)
    notify(session, user, "account.password")


def set_active(session: Session, user: User, active: bool, *, actor_id: int | None = None, reason: str = "") -> None:
    """Let a person in, or out: deactivation ends every session. Nobody is ever deleted."""
    if user.active == active:
        return
    user.active = active
    if active:
        user.activated_at = clock.now()
    else:
        _end_all(session, user)
    record(session, user, "account.activate" if active else "account.deactivate", actor_id, reason)


def change_person(session: Session, user: User, *, name: str, email: str, actor_id: int | None) -> None:
    """Write another name or address. Mail to a new address has not been answered yet; the old one hears of it.

    Raises:
        Invalid: the name is empty, the address is none or another person's.
    """
    spelled = rules.normalise_email(email)
    problems = [] if spelled else [Problem("email", rules.EMAIL_WRONG)]
    if not name.strip():
        problems.append(Problem("name", NAME_MISSING))
    other = queries.user_by_email(session, spelled) if spelled else None
    if other is not None and other.id != user.id:
        problems.append(Problem("email", EMAIL_TAKEN))
    if problems or not spelled:
        raise Invalid(problems)
    if (user.name, user.email) == (name.strip(), spelled):
        return
    before, user.name = user.email, name.strip()
    if before != spelled:
        user.email, user.email_verified_at = spelled, None
        notify(session, user, f"account.address:{before}")
    record(session, user, "account.change", actor_id)
    notify(session, user, "account.change")


def set_language(session: Session, user_id: int, language: str) -> None:
    """Remember the language a person reads in."""
    user = session.get_one(User, user_id)
    if user.language != language:
        user.language = language
        record(session, user, "account.language", user_id)


def authenticate(sessions: sessionmaker[Session], *, email: str, password: str, address: str | None) -> User | None:
    """The person with this address and password, or None; the same work and the same answer whatever was wrong.

    The attempt is reserved before the password is looked at, so that a hundred at once cannot slip under the limit;
    its short transactions are its own and stay whatever becomes of the request.

    Raises:
        Throttled: too many failures of this account or from this address.
    """
    key, where = rules.email_key(email), rules.address_key(address)
    with unit_of_work(sessions) as session:
        attempt_id = reserve(session, key, where)
    with sessions() as session:
        user = queries.user_by_email(session, email)
    usable = user is not None and user.active
    right = passwords.matches(password[: rules.MAXIMUM_PASSWORD + 1], user.password if user and usable else None)
    if not right or user is None:
        return None
    with unit_of_work(sessions) as session:
        return _confirm(session, attempt_id, user.id, password)


def start_session(
    session: Session, user: User, *, address: str | None, agent: str, stage: str = "open", strong: bool = False
) -> str:
    """Open a session for one browser; in stage "second" it opens nothing until the second factor was shown.

    Returns:
        The token for its cookie. Only its hash is kept here.
    """
    token, now = secrets.token_urlsafe(32), clock.now()
    row = UserSession(user_id=user.id, token_hash=token_hash(token), started_at=now, seen_at=now, stage=stage)
    row.address, row.agent = (address or "")[:64], agent[:200]
    row.fresh_at, row.strong_at = (now if stage == "open" else None), (now if strong else None)
    session.add(row)
    session.flush()
    return token


def freshen(session: Session, session_id: int) -> str:
    """The person of this session just proved again who they are.

    Returns:
        The new token for the cookie: the old one opens nothing any more.
    """
    token, now = secrets.token_urlsafe(32), clock.now()
    values: dict[str, Any] = {"fresh_at": now, "token_hash": token_hash(token)}
    session.execute(update(UserSession).where(UserSession.id == session_id).values(**values))
    return token


def mark_strong(session: Session, session_id: int) -> None:
    """The person of this session just showed a second factor."""
    now = clock.now()
    session.execute(update(UserSession).where(UserSession.id == session_id).values(fresh_at=now, strong_at=now))


def touch_session(session: Session, session_id: int) -> None:
    """Note that a session is in use. Called at most once in five minutes, in a transaction of its own."""
    session.execute(update(UserSession).where(UserSession.id == session_id).values(seen_at=clock.now()))


def end_session(session: Session, session_id: int, *, user_id: int) -> None:
    """End one session of this person: its cookie opens nothing from now on. Another's is not touched."""
    session.execute(
        update(UserSession)
        .where(UserSession.id == session_id, UserSession.user_id == user_id, UserSession.ended_at.is_(None))
        .values(ended_at=clock.now())
    )


def end_all_sessions(session: Session, user_id: int, *, actor_id: int | None = None) -> None:
    """End every session of the person, everywhere."""
    user = session.get_one(User, user_id)
    _end_all(session, user)
    record(session, user, "account.sign-out-everywhere", actor_id)


def end_sessions_but(session: Session, user_id: int, keep: int | None) -> None:
    """End the person's sessions, except one: roles changed, or a second factor came or went."""
    if keep is None:
        _end_all(session, session.get_one(User, user_id))
        return
    others = (UserSession.user_id == user_id, UserSession.id != keep, UserSession.ended_at.is_(None))
    session.execute(update(UserSession).where(*others).values(ended_at=clock.now()))


def token_hash(token: str) -> str:
    """What is kept of a session's token."""
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


def _add(session: Session, user: User) -> None:
    try:
        with session.begin_nested():
            session.add(user)
    except IntegrityError as error:
        raise Invalid([Problem("email", EMAIL_TAKEN)]) from error


def password_problems(password: str | None, *, email: str, name: str, demonstration: bool) -> list[Problem]:
    """What is wrong with a new password, told at the field `password`."""
    if password is None:
        return []
    problem = rules.password_problem(password, email=email, demonstration=demonstration)
    if problem is None and not demonstration and passwords.easy_to_guess(password, (email, name, *email.split("@"))):
        problem = rules.PASSWORD_COMMON
    return [Problem("password", problem)] if problem else []


def _end_all(session: Session, user: User) -> None:
    user.fs_uniquifier = uuid.uuid4().hex
    session.flush()
    session.execute(
        update(UserSession)
        .where(UserSession.user_id == user.id, UserSession.ended_at.is_(None))
        .values(ended_at=clock.now())
    )


Limited = list[tuple[tuple[rules.Limit, ...], bool, bool]]
_LIMITS = {
    Kind.PASSWORD: (rules.PAIR_LIMITS, rules.ACCOUNT_LIMITS, rules.ADDRESS_LIMITS),
    Kind.CODE: (rules.PAIR_LIMITS, rules.ACCOUNT_LIMITS, rules.ADDRESS_LIMITS),
    Kind.RESET: (rules.RESET_PAIR_LIMITS, rules.RESET_ACCOUNT_LIMITS, rules.RESET_ADDRESS_LIMITS),
}


def reserve(session: Session, key: str, address: str, kind: Kind = Kind.PASSWORD) -> int:
    """Count, and write the attempt down as failed, in one transaction that others wait for.

    Raises:
        Throttled: too many of this kind.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.execute(select(func.pg_advisory_xact_lock(int(key[:15], 16))))
    of_pair, of_account, of_address = _LIMITS[kind]
    limits: Limited = [(of_pair, True, True), (of_address, False, True)]
    if not queries.signed_in_lately(session, key, address):
        limits.append((of_account, True, False))
    wait = queries.wait_seconds(session, key, address, limits, kind)
    if wait:
        raise Throttled(wait)
    attempt = SignInAttempt(at=clock.now(), email_key=key, address=address, succeeded=False, kind=kind.value)
    session.add(attempt)
    session.flush()
    return attempt.id


def succeeded(session: Session, attempt_id: int) -> None:
    """The attempt was right: what was counted against the account before it counts no more."""
    session.execute(update(SignInAttempt).where(SignInAttempt.id == attempt_id).values(succeeded=True))


def note_sign_in(session: Session, user: User, address: str | None) -> None:
    """Somebody came in without a password: by a passkey, or from elsewhere."""
    user.last_sign_in_at = clock.now()
    key, where = rules.email_key(user.email), rules.address_key(address)
    session.add(SignInAttempt(at=clock.now(), email_key=key, address=where, succeeded=True, kind=Kind.CODE.value))
    session.flush()


def _confirm(session: Session, attempt_id: int, user_id: int, password: str) -> User | None:
    user = session.get(User, user_id)
    if user is None or not user.active:
        return None
    now = clock.now()
    succeeded(session, attempt_id)
    session.execute(delete(SignInAttempt).where(SignInAttempt.at < now - rules.LATELY))
    user.last_sign_in_at = now
    if passwords.is_outdated(user.password or ""):
        user.password = passwords.make_hash(password)
    return user


def record(session: Session, user: User, action: str, actor_id: int | None, reason: str = "", **more: Any) -> None:
    """The event of a change of this account, with its state, without any secret."""
    session.flush()
    state = {
        "email": user.email,
        "name": user.name,
        "active": user.active,
        "language": user.language,
        "demonstration": user.demonstration,
        **more,
    }
    subject = ("account", str(user.id))
    audit.record(session, actor_id=actor_id, action=action, subject=subject, state=state, reason=reason)


def notify(session: Session, user: User, act: str) -> None:
    """Have the person told by mail what became of their account: if it was not they, they should know."""
    session.flush()
    tell(session, Happened("account.changed", user.id, None, act))
