"""Reads about people, their sessions and their attempts to sign in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from app.accounts.models import SignInAttempt, User, UserSession
from app.accounts.models_proof import Authenticator, Passkey
from app.accounts.rules import (
    ABSOLUTE_LIMIT,
    FRESH,
    IDLE_LIMIT,
    LATELY,
    SECOND_STAGE,
    TOUCH_EVERY,
    Kind,
    Limit,
    normalise_email,
)
from app.core import clock


@dataclass(frozen=True)
class SignedIn:
    """A live session and its person."""

    session_id: int
    user_id: int
    uniquifier: str
    name: str
    language: str
    touch_due: bool
    fresh: bool = False
    enrolled: bool = False
    demonstration: bool = False


@dataclass(frozen=True)
class SessionRow:
    """A live session as its owner sees it."""

    id: int
    started_at: datetime
    seen_at: datetime
    address: str
    agent: str


def user_by_email(session: Session, email: str) -> User | None:
    """The person with this address in any spelling, active or not."""
    spelled = normalise_email(email)
    return session.scalar(select(User).where(User.email == spelled)) if spelled else None


def user_by_uniquifier(session: Session, uniquifier: str) -> User | None:
    """The active person with this mark."""
    return session.scalar(select(User).where(User.fs_uniquifier == uniquifier, User.active))


def signed_in(session: Session, token_hash: str) -> SignedIn | None:
    """Who holds the session with this token: None if it is unknown, ended, expired, or its person deactivated."""
    now, s = clock.now(), UserSession
    row = session.execute(
        select(s.id, User.id, User.fs_uniquifier, User.name, User.language, s.seen_at, s.fresh_at, enrolled(),
               User.demonstration)
        .join(User, User.id == s.user_id)
        .where(s.token_hash == token_hash, User.active, *_live(now))
    ).one_or_none()  # fmt: skip
    if row is None:
        return None
    session_id, user_id, uniquifier, name, language, seen_at, fresh_at, has_factor, demonstration = row
    fresh = fresh_at is not None and now - fresh_at < FRESH
    due = now - seen_at >= TOUCH_EVERY
    return SignedIn(session_id, user_id, uniquifier, name, language, due, fresh, has_factor, demonstration)


def half_signed_in(session: Session, token_hash: str) -> tuple[UserSession, User] | None:
    """Who gave the right password with this token and owes the second factor; None after ten minutes."""
    s = UserSession
    begun = (s.token_hash == token_hash, s.stage == "second", s.ended_at.is_(None))
    recent = s.started_at > clock.now() - SECOND_STAGE
    statement = select(s, User).join(User, User.id == s.user_id).where(*begun, recent, User.active)
    row = session.execute(statement).one_or_none()
    return (row[0], row[1]) if row else None


def enrolled() -> ColumnElement[bool]:
    """The person of the row has a second factor."""
    codes = select(Authenticator.user_id).where(
        Authenticator.user_id == User.id, Authenticator.confirmed_at.is_not(None)
    )
    keys = select(Passkey.id).where(Passkey.user_id == User.id)
    return or_(codes.correlate(User).exists(), keys.correlate(User).exists())


def has_second_factor(session: Session, user_id: int) -> bool:
    """An authenticator that showed a code, or a passkey."""
    return bool(session.scalar(select(enrolled()).where(User.id == user_id)))


def live_sessions(session: Session, user_id: int) -> list[SessionRow]:
    """The person's sessions that still open pages, the last seen first."""
    rows = session.execute(
        select(UserSession.id, UserSession.started_at, UserSession.seen_at, UserSession.address, UserSession.agent)
        .where(UserSession.user_id == user_id, *_live(clock.now()))
        .order_by(UserSession.seen_at.desc(), UserSession.id.desc())
    )
    return [SessionRow(*row) for row in rows]


def wait_seconds(
    session: Session,
    key: str,
    address: str,
    rules: Sequence[tuple[Sequence[Limit], bool, bool]],
    kind: Kind = Kind.PASSWORD,
) -> int:
    """How long to wait before the next attempt of this kind: 0 if it may be made now.

    `rules` are (limits, count this account only, count this address only). A success of the account clears what was
    counted against the account, never what was counted against the address.
    """
    return max(
        (
            _wait(session, kind, limit, key if by_account else None, address if by_address else None)
            for limits, by_account, by_address in rules
            for limit in limits
        ),
        default=0,
    )


def signed_in_lately(session: Session, key: str, address: str) -> bool:
    """True if this account was opened from this address in the last weeks."""
    found = select(SignInAttempt.id).where(
        SignInAttempt.email_key == key,
        SignInAttempt.address == address,
        SignInAttempt.succeeded,
        SignInAttempt.kind != Kind.RESET,
        SignInAttempt.at > clock.now() - LATELY,
    )
    return session.scalar(found.limit(1)) is not None


def last_visit(session: Session, user_id: int | None, session_id: int | None) -> datetime | None:
    """When the person was last seen in a session before this one; None if this is the first."""
    if user_id is None or session_id is None:
        return None
    s = UserSession
    begun = select(s.started_at).where(s.id == session_id).scalar_subquery()
    return session.scalar(
        select(func.max(s.seen_at)).where(s.user_id == user_id, s.id != session_id, s.started_at < begun)
    )


def _live(now: datetime) -> tuple[ColumnElement[bool], ...]:
    return (
        UserSession.ended_at.is_(None),
        UserSession.stage == "open",
        UserSession.seen_at > now - IDLE_LIMIT,
        UserSession.started_at > now - ABSOLUTE_LIMIT,
    )


def _wait(session: Session, kind: Kind, limit: Limit, key: str | None, address: str | None) -> int:
    now = clock.now()
    since = now - limit.within
    if key is not None:
        last = select(func.max(SignInAttempt.at)).where(
            SignInAttempt.email_key == key, SignInAttempt.succeeded, SignInAttempt.kind == kind
        )
        if address is not None:
            last = last.where(SignInAttempt.address == address)
        since = max(since, session.scalar(last) or since)
    failures = select(SignInAttempt.at).where(
        ~SignInAttempt.succeeded, SignInAttempt.kind == kind, SignInAttempt.at > since
    )
    if key is not None:
        failures = failures.where(SignInAttempt.email_key == key)
    if address is not None:
        failures = failures.where(SignInAttempt.address == address)
    # The failure that has to grow old before there is room for one more.
    nth = session.scalar(failures.order_by(SignInAttempt.at.desc()).offset(limit.failures - 1).limit(1))
    return 0 if nth is None else max(1, int((nth + limit.within - now).total_seconds()) + 1)
