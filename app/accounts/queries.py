"""Reads about people, their sessions and their attempts to sign in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from app.accounts.models import SignInAttempt, User, UserSession
from app.accounts.rules import ABSOLUTE_LIMIT, IDLE_LIMIT, LATELY, TOUCH_EVERY, Limit, normalise_email
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
    now = clock.now()
    row = session.execute(
        select(UserSession.id, User.id, User.fs_uniquifier, User.name, User.language, UserSession.seen_at)
        .join(User, User.id == UserSession.user_id)
        .where(UserSession.token_hash == token_hash, User.active, *_live(now))
    ).one_or_none()
    if row is None:
        return None
    session_id, user_id, uniquifier, name, language, seen_at = row
    return SignedIn(session_id, user_id, uniquifier, name, language, now - seen_at >= TOUCH_EVERY)


def live_sessions(session: Session, user_id: int) -> list[SessionRow]:
    """The person's sessions that still open pages, the last seen first."""
    rows = session.execute(
        select(UserSession.id, UserSession.started_at, UserSession.seen_at, UserSession.address, UserSession.agent)
        .where(UserSession.user_id == user_id, *_live(clock.now()))
        .order_by(UserSession.seen_at.desc(), UserSession.id.desc())
    )
    return [SessionRow(*row) for row in rows]


def wait_seconds(session: Session, key: str, address: str, rules: Sequence[tuple[Sequence[Limit], bool, bool]]) -> int:
    """How long to wait before the next attempt: 0 if it may be made now.

    `rules` are (limits, count this account only, count this address only). A success of the account clears what was
    counted against the account, never what was counted against the address.
    """
    return max(
        (
            _wait(session, limit, key if by_account else None, address if by_address else None)
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
        UserSession.seen_at > now - IDLE_LIMIT,
        UserSession.started_at > now - ABSOLUTE_LIMIT,
    )


def _wait(session: Session, limit: Limit, key: str | None, address: str | None) -> int:
    now = clock.now()
    since = now - limit.within
    if key is not None:
        last = select(func.max(SignInAttempt.at)).where(SignInAttempt.email_key == key, SignInAttempt.succeeded)
        if address is not None:
            last = last.where(SignInAttempt.address == address)
        since = max(since, session.scalar(last) or since)
    failures = select(SignInAttempt.at).where(~SignInAttempt.succeeded, SignInAttempt.at > since)
    if key is not None:
        failures = failures.where(SignInAttempt.email_key == key)
    if address is not None:
        failures = failures.where(SignInAttempt.address == address)
    # The failure that has to grow old before there is room for one more.
    nth = session.scalar(failures.order_by(SignInAttempt.at.desc()).offset(limit.failures - 1).limit(1))
    return 0 if nth is None else max(1, int((nth + limit.within - now).total_seconds()) + 1)
