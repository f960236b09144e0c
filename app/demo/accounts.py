"""The demonstration accounts. Development only: production refuses to start beside them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.models import User
from app.accounts.services import create_user
from app.core.permissions import Role
from app.offices.models import Membership

HOME = "0060"
SINCE = date(2021, 1, 1)


@dataclass(frozen=True)
class Account:
    """One account: address, name, role, and the office or region it belongs to."""

    email: str
    name: str
    role: Role
    office: str | None = None
    region: str | None = None


ACCOUNTS = (
    Account("staff@demo.example", "Demo Staff", Role.COUNTRY_STAFF, office=HOME),
    Account("victim@demo.example", "Demo Colleague", Role.COUNTRY_STAFF, office=HOME),
    Account("lead@demo.example", "Demo Lead", Role.COUNTRY_LEAD, office=HOME),
    Account("staff2@demo.example", "Demo Staff Elsewhere", Role.COUNTRY_STAFF, office="0420"),
    Account("adviser@demo.example", "Demo Adviser", Role.REGIONAL_ADVISER, region="ROSA"),
    Account("hq@demo.example", "Demo Headquarters", Role.HEADQUARTERS),
    Account("admin@demo.example", "Demo Administrator", Role.ADMINISTRATOR),
)


def make_accounts(session: Session, password: str) -> int:
    """Add the accounts that are missing, all with one password. Returns how many were added."""
    added = 0
    for account in ACCOUNTS:
        if session.scalar(select(User.id).where(User.email == account.email)) is not None:
            continue
        user = create_user(session, email=account.email, name=account.name, password=password, demonstration=True)
        session.add(
            Membership(
                user_id=user.id,
                role=account.role,
                office=account.office,
                region=account.region,
                valid_from=SINCE,
                home=True,
            )
        )
        added += 1
    session.flush()
    return added
