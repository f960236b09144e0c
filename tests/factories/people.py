"""People for tests: made by the service that makes real ones, with the memberships asked for."""

from __future__ import annotations

import itertools
from datetime import date

from sqlalchemy.orm import Session

from app.accounts.models import User
from app.accounts.services import create_user
from app.core.permissions import Role
from app.offices.models import Membership

PASSWORD = "correct horse battery staple"
OFFICE, OTHER_OFFICE, REGION = "0060", "0420", "ROSA"
_numbers = itertools.count(1)


def make_person(
    session: Session,
    email: str | None = None,
    *,
    role: Role | None = Role.COUNTRY_STAFF,
    office: str = OFFICE,
    region: str = REGION,
    password: str = PASSWORD,
    language: str = "en",
) -> User:
    """A person with one home membership of `role` (None for somebody without rights), flushed."""
    number = next(_numbers)
    name = f"Person {number}"
    user = create_user(
        session, email=email or f"person{number}@demo.example", name=name, password=password, language=language
    )
    if role is not None:
        add_role(session, user, role, office=office, region=region)
    return user


def add_role(session: Session, user: User, role: Role, *, office: str = OFFICE, region: str = REGION) -> Membership:
    """A membership for `user`: of `office` for staff and leads, of `region` for advisers, of the world for others."""
    of_office = role in (Role.COUNTRY_STAFF, Role.COUNTRY_LEAD)
    membership = Membership(
        user_id=user.id,
        role=role,
        office=office if of_office else None,
        region=region if role is Role.REGIONAL_ADVISER else None,
        valid_from=date(2021, 1, 1),
        home=True,
    )
    session.add(membership)
    session.flush()
    return membership
