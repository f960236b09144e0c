"""Reads about who can see and sign for an office, and about all people for administrators."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import and_, exists, func, or_, select
from sqlalchemy.orm import Session

from app.accounts.models import User
from app.accounts.queries import enrolled
from app.core import clock
from app.core.audit import AuditEvent
from app.core.permissions import Role
from app.core.text import fold
from app.offices.models import Membership
from app.offices.queries import directory
from app.people.models import AccessReview

PAGE = 50
REVIEW_EVERY = timedelta(days=183)


@dataclass(frozen=True)
class Access:
    """A membership that lets somebody see, and perhaps sign for, an office."""

    key: int
    user_id: int
    name: str
    role: str
    office: str | None
    region: str | None
    valid_to: date | None
    acting: bool
    last_sign_in: datetime | None
    second_factor: bool

    @property
    def signs(self) -> bool:
        """May sign the annual return of the office."""
        return self.role == Role.COUNTRY_LEAD


def who_can(session: Session, office: str) -> list[Access]:
    """Everybody with rights to this office today: its people, its region's advisers, headquarters, administrators."""
    m, today = Membership, clock.today()
    found = directory(session).offices.get(office)
    region = found.region_on(today) if found else None
    of_world = m.role.in_((Role.HEADQUARTERS, Role.ADMINISTRATOR))
    reaches = or_(m.office == office, and_(m.role == Role.REGIONAL_ADVISER, m.region == region), of_world)
    statement = (
        select(m.id, User.id, User.name, m.role, m.office, m.region, m.valid_to, m.acting, User.last_sign_in_at,
               enrolled())
        .join(User, User.id == m.user_id)
        .where(reaches, User.active, m.valid_from <= today, or_(m.valid_to.is_(None), m.valid_to >= today))
        .order_by(m.office.is_(None), m.region.is_(None), User.name, m.id)
    )  # fmt: skip
    rows: Sequence[Any] = session.execute(statement).all()
    return [Access(*row) for row in rows]


def last_reviews(session: Session) -> dict[str, datetime]:
    """When each office's access was last confirmed."""
    statement = select(AccessReview.office, func.max(AccessReview.made_at)).group_by(AccessReview.office)
    rows: Sequence[Any] = session.execute(statement).all()
    return dict(rows)


def reviews_of(session: Session, office: str) -> Sequence[tuple[datetime, str]]:
    """When and by whom, the newest first."""
    statement = (
        select(AccessReview.made_at, User.name)
        .join(User, User.id == AccessReview.made_by)
        .where(AccessReview.office == office)
        .order_by(AccessReview.id.desc())
        .limit(10)
    )
    return [(at, name) for at, name in session.execute(statement)]


@dataclass(frozen=True)
class Asked:
    """Which people: words of their name or address, a state, a role, an office or region, a page."""

    words: str = ""
    state: str = "active"
    role: str = ""
    place: str = ""
    page: int = 1


@dataclass(frozen=True)
class Found:
    """A page of people and how many there are in all."""

    people: Sequence[User]
    count: int


def find_people(session: Session, asked: Asked) -> Found:
    """By name. Folded in Python: the whole organisation is some thousand people."""
    statement = select(User).where(*_state(asked.state))
    if asked.role or asked.place:
        statement = statement.where(_with_membership(asked))
    words = fold(asked.words).split()
    found = [user for user in session.scalars(statement) if _fits(user, words)]
    found.sort(key=lambda user: (fold(user.name), user.id))
    first = (asked.page - 1) * PAGE
    return Found(found[first : first + PAGE], len(found))


def _fits(user: User, words: list[str]) -> bool:
    text = fold(f"{user.name} {user.email}")
    return all(word in text for word in words)


def _state(state: str) -> list[Any]:
    if state == "inactive":
        return [~User.active]
    if state == "invited":
        return [User.active, User.last_sign_in_at.is_(None)]
    return [] if state == "all" else [User.active]


def _with_membership(asked: Asked) -> Any:
    m, today = Membership, clock.today()
    which = [m.user_id == User.id, or_(m.valid_to.is_(None), m.valid_to >= today)]
    if asked.role:
        which.append(m.role == asked.role)
    if asked.place:
        which.append(or_(m.office == asked.place, m.region == asked.place))
    return exists().where(*which)


def memberships_of(session: Session, user_ids: Sequence[int]) -> dict[int, list[Membership]]:
    """Every membership of these people, past ones too, the latest first."""
    found: dict[int, list[Membership]] = {each: [] for each in user_ids}
    statement = select(Membership).where(Membership.user_id.in_(user_ids))
    for each in session.scalars(statement.order_by(Membership.valid_from.desc(), Membership.id.desc())):
        found[each.user_id].append(each)
    return found


@dataclass(frozen=True)
class Event:
    """What was done to an account or its memberships, by whom."""

    at: datetime
    action: str
    by: str
    reason: str
    state: str


def history_of(session: Session, user_id: int, most: int = 50) -> list[Event]:
    """The newest events of an account and its memberships."""
    e = AuditEvent
    about = and_(e.subject_kind.in_(("account", "user")), e.subject_key == str(user_id))
    statement = (
        select(e.at, e.action, User.name, e.reason, e.state)
        .outerjoin(User, User.id == e.actor_id)
        .where(about)
        .order_by(e.id.desc())
        .limit(most)
    )
    return [Event(at, action, by or "", reason, state) for at, action, by, reason, state in session.execute(statement)]
