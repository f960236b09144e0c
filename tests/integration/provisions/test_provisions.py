"""Provisions: read, and confirmed by an administrator."""

from __future__ import annotations

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.audit import AuditEvent
from app.core.errors import Forbidden, NotFound
from app.core.permissions import SYSTEM, Actor, Role
from app.provisions.queries import provision, provisions
from app.provisions.services import confirm_provision

pytestmark = pytest.mark.both_engines

ADMINISTRATOR = Actor(7, "An administrator", roles=frozenset({Role.ADMINISTRATOR}))


def test_provisions_come_with_their_instrument(session: Session) -> None:
    found = provisions(session)
    assert (len(found), found[0].code) == (61, "CRC-4")
    assert (found[0].instrument.kind, found[0].place, found[0].mandating) == ("treaty", "article 4", True)


def test_unchecked_ones_are_not_offered(session: Session) -> None:
    assert sum(not p.offerable for p in provisions(session)) == 5
    assert provision(session, "NO-SUCH") is None


def test_an_administrator_confirms_once(session: Session) -> None:
    confirm_provision(session, ADMINISTRATOR, "RIYADH-58")
    confirm_provision(session, SYSTEM, "RIYADH-58")
    found = provision(session, "RIYADH-58")
    assert found is not None
    assert found.offerable
    events = session.scalars(select(AuditEvent).where(AuditEvent.action == "provision.confirm")).all()
    assert [(e.actor_id, e.subject_key) for e in events] == [(7, "RIYADH-58")]


@pytest.mark.parametrize("role", [Role.COUNTRY_LEAD, Role.REGIONAL_ADVISER, Role.HEADQUARTERS])
def test_nobody_else_does(session: Session, role: Role) -> None:
    with pytest.raises(Forbidden):
        confirm_provision(session, Actor(8, "Somebody", roles=frozenset({role})), "RIYADH-58")


def test_only_what_exists(session: Session) -> None:
    with pytest.raises(NotFound):
        confirm_provision(session, ADMINISTRATOR, "NO-SUCH")
