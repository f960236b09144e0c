"""Links in mails: invitations, and new passwords for whoever forgot theirs. Good once, for a while."""

from __future__ import annotations

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from app.accounts import box, rules, services
from app.accounts.models import User
from app.accounts.models_proof import AccountLink, ResetRequest
from app.core import clock
from app.core.errors import Refused
from app.core.events import Happened, tell
from app.core.i18n import N_

LIVES = {"invitation": rules.INVITATION_LIFE, "reset": rules.RESET_LIFE}
ENDED = N_("This link was used already, or it is too old. Ask for a new one.")


class LinkEnded(Refused):
    """The link opens nothing any more, or never did."""

    status = 404

    def __init__(self) -> None:
        super().__init__(ENDED)


def make_link(session: Session, user: User, kind: str, *, actor_id: int | None) -> AccountLink:
    """Make a link and have it mailed. Older ones of the person end."""
    now = clock.now()
    _end_links(session, user.id)
    made = AccountLink(user_id=user.id, kind=kind, made_at=now, made_by=actor_id, expires_at=now + LIVES[kind])
    session.add(made)
    services.record(session, user, f"account.{kind}", actor_id)
    tell(session, Happened(f"account.{kind}", made.id, actor_id))
    return made


def find_link(session: Session, token: str, *, lock: bool = False) -> tuple[AccountLink, User]:
    """The link of this token and its person.

    Raises:
        LinkEnded: used, too old, replaced, never made, or its person is not active.
    """
    key = box.link_id(token)
    statement = select(AccountLink).where(AccountLink.client_id == (key or ""))
    found = session.scalar(statement.with_for_update() if lock else statement)
    user = session.get(User, found.user_id) if found else None
    if found is None or user is None or not user.active or found.ended_at or found.expires_at <= clock.now():
        raise LinkEnded
    return found, user


def choose_password(session: Session, token: str, password: str) -> User:
    """The first or a new password, by a mailed link. Every session ends; the address has been answered from.

    Raises:
        LinkEnded: see `find_link`. Invalid: the password is too easy.
    """
    link, user = find_link(session, token, lock=True)
    services.set_password(session, user, password, actor_id=user.id)
    take_link(session, link, user)
    return user


def take_link(session: Session, link: AccountLink, user: User) -> None:
    """The link was followed by the person: it is good no more, and mail reaches them at this address."""
    user.email_verified_at = clock.now()
    _end_links(session, user.id)
    services.record(session, user, "account.link-used", user.id)


def ask_reset(session: Session, email: str, address: str | None) -> None:
    """Note that somebody wants a new password. The same work whether there is such an account or not.

    Raises:
        services.Throttled: too many.
    """
    key = rules.email_key(email)
    services.reserve(session, key, rules.address_key(address), rules.Kind.RESET)
    session.add(ResetRequest(email_key=key, at=clock.now()))
    session.flush()


def answer_resets(session: Session) -> int:
    """Make the links that were asked for, of the accounts that there are. Returns how many."""
    asked = set(session.scalars(select(ResetRequest.email_key).with_for_update()))
    if not asked:
        return 0
    made = 0
    for user in session.scalars(select(User).where(User.active).order_by(User.id)).all():
        if rules.email_key(user.email) in asked:
            make_link(session, user, "reset", actor_id=None)
            made += 1
    session.execute(delete(ResetRequest).where(ResetRequest.email_key.in_(asked)))
    return made


def _end_links(session: Session, user_id: int) -> None:
    mine = update(AccountLink).where(AccountLink.user_id == user_id, AccountLink.ended_at.is_(None))
    session.execute(mine.values(ended_at=clock.now()))
