"""The audit replayed from empty, and what it gives compared with the data.

Each event has the complete state of its subject after it; the last one of each must be what is there now. Which tables
that proves stands in docs/decisions/0120.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass
from operator import itemgetter
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.models import User
from app.activities.models import Activity
from app.activities.services import complete_state
from app.core.audit import AuditEvent, canonical_json
from app.offices.models import Membership
from app.offices.states import exemption_states, reviewer_states, self_approval_states
from app.reference.states import OF_KIND
from app.returns.models import AnnualReturn, OfficeSentence, Round
from app.returns.rounds import RoundDates

Subject = tuple[str, str]
States = dict[Subject, str]
ACCOUNT = ("email", "name", "active", "language", "demonstration")
AT_ONCE = 200


@dataclass(frozen=True)
class Apart:
    """A subject of which the audit and the data say two things; None is: nothing."""

    subject: Subject
    replayed: str | None
    there: str | None


def replay(session: Session) -> States:
    """The state of every audited subject as the events leave it, in their order."""
    found: States = {}
    statement = select(AuditEvent).order_by(AuditEvent.id).execution_options(yield_per=500)
    for event in session.scalars(statement):
        subject, state = subject_of(event)
        if subject is not None:
            if state is None:
                found.pop(subject, None)
            else:
                found[subject] = state
        session.expunge(event)
    return found


def subject_of(event: AuditEvent) -> tuple[Subject | None, str | None]:
    """What an event is about and its state after it, None where it is gone; no subject where replaying needs none."""
    part = PARTS.get(event.action)
    if part is not None:
        return part(event)
    if event.action.startswith("membership."):
        state = json.loads(event.state)
        return (("membership", str(state["client_id"])), event.state) if "client_id" in state else (None, None)
    if event.subject_kind == "account":
        state = json.loads(event.state)
        return ("account", event.subject_key), canonical_json({name: state.get(name) for name in ACCOUNT})
    if event.subject_kind == "activity":
        return ("activity", event.subject_key), in_order(json.loads(event.state))
    if event.subject_kind in OF_KIND or event.subject_kind in ("annual_return", "round"):
        return (event.subject_kind, event.subject_key), event.state
    return None, None


Told = tuple[Subject | None, str | None]


def _exemption(event: AuditEvent) -> Told:
    return ("exemption", str(json.loads(event.state)["client_id"])), event.state


def _reviewers(event: AuditEvent) -> Told:
    named = json.loads(event.state)["reviewer"] is not None
    return ("reviewers", event.subject_key), event.state if named else None


def _self_approval(event: AuditEvent) -> Told:
    return ("self_approval", event.subject_key), event.state


def _sentence(event: AuditEvent) -> Told:
    words = json.loads(event.state)["sentence"]
    return ("office_sentence", event.subject_key), event.state if words else None


PARTS: Mapping[str, Callable[[AuditEvent], Told]] = {
    "exemption.added": _exemption,
    "exemption.ended": _exemption,
    "office.reviewers": _reviewers,
    "region.self-approval": _self_approval,
    "office.sentence": _sentence,
}


def present(session: Session) -> Iterator[tuple[Subject, str]]:
    """The state of every audited subject as it is in the tables."""
    for kind, read in OF_KIND.items():
        yield from _each(kind, read(session))
    yield from _each("exemption", exemption_states(session))
    yield from _each("reviewers", reviewer_states(session))
    yield from _each("self_approval", self_approval_states(session))
    yield from _each("round", {str(r.year): _round(r) for r in session.scalars(select(Round))})
    yield from _each(
        "annual_return", {f"{r.office}-{r.year}": _return(r) for r in session.scalars(select(AnnualReturn))}
    )
    sentences = session.scalars(select(OfficeSentence).where(OfficeSentence.sentence != ""))
    yield from _each("office_sentence", {f"{s.office}-{s.year}": {"sentence": s.sentence} for s in sentences})
    accounts = session.scalars(select(User))
    yield from _each("account", {str(u.id): {name: getattr(u, name) for name in ACCOUNT} for u in accounts})
    yield from _each("membership", {m.client_id: _columns(m) for m in session.scalars(select(Membership))})
    yield from _activities(session)


ADDED = ("deliveries", "next_steps", "evidence")
UNORDERED = ("provisions", "partners", "countries", "co_offices", "modalities", "target_groups", "obstacles", "quality")


def in_order(state: dict[str, Any]) -> str:
    """The state of an activity with every list whose order says nothing in one order: as typed, or as read back."""
    content = state.get("content") or {}
    for name in UNORDERED:
        if isinstance(content.get(name), list):
            content[name] = sorted(content[name], key=canonical_json)
    for name in ADDED:  # an event tells them as they were added, the tables by their dates
        state[name] = sorted(state.get(name) or (), key=itemgetter("id"))
    return canonical_json(state)


def _activities(session: Session) -> Iterator[tuple[Subject, str]]:
    keys = list(session.scalars(select(Activity.id).order_by(Activity.id)))
    for first in range(0, len(keys), AT_ONCE):
        for activity in session.scalars(select(Activity).where(Activity.id.in_(keys[first : first + AT_ONCE]))):
            yield ("activity", activity.reference), in_order(json.loads(canonical_json(complete_state(activity))))
        session.expunge_all()


def compare(session: Session) -> Iterator[Apart]:
    """Every subject of which the audit and the data say two things."""
    left = replay(session)
    for subject, state in present(session):
        told = left.pop(subject, None)
        if told != state:
            yield Apart(subject, told, state)
    for subject, told in sorted(left.items()):
        yield Apart(subject, told, None)


def _each(kind: str, states: Mapping[str, Any]) -> Iterator[tuple[Subject, str]]:
    yield from (((kind, key), canonical_json(state)) for key, state in states.items())


def _round(row: Round) -> dict[str, Any]:
    return asdict(RoundDates(row.year, row.opens_on, row.due_on, row.inform_on, row.frozen_on))


def _return(row: AnnualReturn) -> dict[str, Any]:
    return _columns(row) | {"ticked": sorted(tick.activity_id for tick in row.ticks)}


def _columns(row: Any) -> dict[str, Any]:
    return {c.key: getattr(row, c.key) for c in row.__mapper__.column_attrs}
