"""Personal access tokens: a program reads with them what their person may read. Part of the room's services."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from app.accounts import box, rules, services
from app.accounts.models import User
from app.accounts.models_proof import ApiToken
from app.accounts.queries import enrolled
from app.core import clock
from app.core.errors import Invalid, NotFound, Problem, Refused
from app.core.i18n import N_


def make_token(session: Session, user_id: int, *, name: str, last_day: date | None, client_id: str) -> str | None:
    """Make a token that reads until the end of a day. Sent twice it is made once.

    Returns:
        The token, shown once; None if it was made by an earlier sending.

    Raises:
        Invalid: no name, no day, or a day that is past or more than a year away. Refused: too many.
    """
    if session.scalar(select(ApiToken.id).where(ApiToken.client_id == client_id)) is not None:
        return None
    now, problems = clock.now(), []
    if not name.strip():
        problems.append(Problem("name", N_("Say what it is for, for example “Monthly dashboard”.")))
    if last_day is None or not now.date() <= last_day <= now.date() + timedelta(days=rules.LONGEST_TOKEN_DAYS):
        problems.append(Problem("last_day", N_("Give the last day, within a year from today.")))
    if problems or last_day is None:
        raise Invalid(problems)
    if len(live_tokens(session, user_id)) >= rules.MOST_TOKENS:
        raise Refused(N_("You have twenty tokens. Revoke one that you do not use."))
    token = rules.TOKEN_BEGINS + secrets.token_urlsafe(32)
    expires = datetime.combine(last_day + timedelta(days=1), datetime.min.time(), now.tzinfo)
    made = ApiToken(user_id=user_id, name=name.strip()[:60], token_hash=box.hashed(token), begins=token[:10])
    made.made_at, made.expires_at, made.client_id = now, expires, client_id
    session.add(made)
    _told(session, user_id, "account.token", made.name)
    services.notify(session, session.get_one(User, user_id), "account.token")
    return token


def live_tokens(session: Session, user_id: int) -> list[ApiToken]:
    """Tokens that still open something, the newest first."""
    usable = (ApiToken.revoked_at.is_(None), ApiToken.expires_at > clock.now())
    return list(
        session.scalars(select(ApiToken).where(ApiToken.user_id == user_id, *usable).order_by(ApiToken.id.desc()))
    )


def revoke_token(session: Session, user_id: int, key: int) -> None:
    """From now on it opens nothing.

    Raises:
        NotFound: there is none of this person.
    """
    found = session.get(ApiToken, key, with_for_update=True)
    if found is None or found.user_id != user_id:
        raise NotFound(N_("There is no such token."))
    if found.revoked_at is None:
        found.revoked_at = clock.now()
        _told(session, user_id, "account.token-revoked", found.name)


def revoke_all(session: Session, user_id: int) -> None:
    """Every token of somebody who goes."""
    mine = update(ApiToken).where(ApiToken.user_id == user_id, ApiToken.revoked_at.is_(None))
    session.execute(mine.values(revoked_at=clock.now()))


@dataclass(frozen=True)
class Bearer:
    """Whose token it is."""

    token_id: int
    user_id: int
    language: str
    uniquifier: str
    touch_due: bool
    enrolled: bool
    demonstration: bool


def bearer(session: Session, token: str) -> Bearer | None:
    """Who reads with this token; None if it is unknown, revoked, expired, or its person is not active."""
    now, t = clock.now(), ApiToken
    row = session.execute(
        select(t.id, User.id, User.language, User.fs_uniquifier, t.last_used_at, enrolled(), User.demonstration)
        .join(User, User.id == t.user_id)
        .where(t.token_hash == box.hashed(token), t.revoked_at.is_(None), t.expires_at > now, User.active)
    ).one_or_none()
    if row is None:
        return None
    key, user_id, language, uniquifier, used, has_factor, demonstration = row
    due = used is None or now - used >= rules.TOUCH_EVERY
    return Bearer(key, user_id, language, uniquifier, due, has_factor, demonstration)


def touch_token(session: Session, token_id: int) -> None:
    """Note that it was used. At most once in five minutes."""
    session.execute(update(ApiToken).where(ApiToken.id == token_id).values(last_used_at=clock.now()))


def count_live(session: Session, user_id: int) -> int:
    """How many tokens still open something."""
    usable = (ApiToken.user_id == user_id, ApiToken.revoked_at.is_(None), ApiToken.expires_at > clock.now())
    return session.scalar(select(func.count()).where(*usable)) or 0


def _told(session: Session, user_id: int, act: str, name: str) -> None:
    services.record(session, session.get_one(User, user_id), act, user_id, token=name)
