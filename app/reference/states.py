"""The kinds of reference data that the audit can give back, each with its complete states by key."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from app.codelists.states import code_states, name_states, support_type_states
from app.core import clock
from app.core.audit import AuditEvent, canonical_json
from app.offices.states import country_states, office_states, published_states, region_states
from app.provisions.states import instrument_states, provision_states

States = dict[tuple[str, str], str]
OF_KIND: Mapping[str, Callable[[Session], dict[str, dict[str, Any]]]] = {
    "region": region_states,
    "country": country_states,
    "office": office_states,
    "instrument": instrument_states,
    "provision": provision_states,
    "support_type": support_type_states,
    "code": code_states,
    "published_figure": published_states,
    "name": name_states,
}
BEGINS = (
    "reference.sync",
    "office.opened",
    "region.added",
    "code.added",
    "instrument.added",
    "provision.added",
    "name.added",
    "name.changed",
)
"""Events with which a thing begins in the audit, with its complete state."""


def reference_states(session: Session) -> States:
    """The state of all reference data, as the audit writes it: {(kind, key): canonical JSON}."""
    return {
        (kind, key): canonical_json(state) for kind, read in OF_KIND.items() for key, state in read(session).items()
    }


def write_changes(session: Session, before: States, after: States) -> int:
    """An event for each thing that is another one than before, and for each that the audit does not know yet.

    So that replaying the audit from empty gives the lists too. Returns how many were written.
    """
    known = _known(session)
    now = clock.now()
    rows = [
        {"at": now, "actor_id": None, "action": "reference.sync", "subject_kind": kind, "subject_key": key,
         "revision": None, "reason": "", "state": state}
        for (kind, key), state in after.items()
        if before.get((kind, key)) != state or (kind, key) not in known
    ]  # fmt: skip
    if rows:
        session.execute(insert(AuditEvent), rows)
    return len(rows)


def _known(session: Session) -> set[tuple[str, str]]:
    e = AuditEvent
    asked = select(e.subject_kind, e.subject_key).where(e.subject_kind.in_(OF_KIND), e.action.in_(BEGINS))
    return {(kind, key) for kind, key in session.execute(asked.distinct())}
