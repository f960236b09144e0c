"""Actors and a round for the tests of returns."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy.orm import Session

from app.core.permissions import Actor, Role
from app.offices.queries import actor_for
from app.returns.services import open_round
from tests.factories.people import make_person

OFFICE, OTHER = "0060", "0420"
NOW = datetime(2026, 2, 12, 9, tzinfo=UTC)
YEAR = 2025


def actor(session: Session, role: Role, office: str = OFFICE, region: str = "ROSA") -> Actor:
    """A person of the role, as they are today."""
    user = make_person(session, role=role, office=office, region=region)
    found = actor_for(session, user.id)
    assert found is not None
    return found


def lead(session: Session, office: str = OFFICE) -> Actor:
    """The country lead, with the round of 2025 open."""
    open_round(session, YEAR)
    return actor(session, Role.COUNTRY_LEAD, office)
