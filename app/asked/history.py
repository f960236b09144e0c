"""The history of a request: who did what when, and what reads differently; from the audit's complete states."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.activities.models import Activity
from app.activities.queries_record import names_of
from app.activities.reference import reference_data
from app.activities.words import Words
from app.asked.models import SupportRequest
from app.asked.rules import RequestContent
from app.asked.words import Change, answer_changes, content_changes
from app.core.audit import AuditEvent
from app.core.i18n import N_
from app.core.permissions import Actor, Permission, can
from app.core.web.locale import _

ACTIONS: Mapping[str, str] = {
    "request.recorded": N_("Entered"),
    "request.imported": N_("Read from a file"),
    "request.changed": N_("Changed"),
    "request.answered": N_("Answered"),
    "request.reopened": N_("Opened again"),
    "request.met-said": N_("Said whether it was met"),
    "request.activity-linked": N_("Activity linked"),
    "request.activity-unlinked": N_("Activity no longer linked"),
    "request.next-step-added": N_("Next step added"),
    "request.next-step-done": N_("Next step done"),
    "request.next-step-given": N_("Next step given to somebody else"),
    "request.withdrawn": N_("Withdrawn"),
    "request.withdrawal-undone": N_("Withdrawal undone"),
}


@dataclass(frozen=True)
class Happened:
    """One event, as the pages of histories show it."""

    at: datetime
    who: str
    what: str
    reason: str
    revision: int | None
    changes: tuple[Change, ...]


LINKING = frozenset({"request.activity-linked", "request.activity-unlinked"})


def happened(session: Session, actor: Actor, request: SupportRequest) -> list[Happened]:
    """Every event of a request that the reader may know of, the newest first.

    An activity that they may not open is not named; of a draft of another office they are told nothing.
    """
    mine = (AuditEvent.subject_kind == "request", AuditEvent.subject_key == request.reference)
    events = session.scalars(select(AuditEvent).where(*mine).order_by(AuditEvent.id)).all()
    names = names_of(session, (event.actor_id for event in events))
    words = Words(reference_data(session))
    named = _activities(session, {event.reason for event in events if event.action in LINKING})
    found, before = [], None
    for event in events:
        activity = named.get(event.reason) if event.action in LINKING else None
        closed = None if activity is None or can(Permission.ACTIVITY_READ, actor, activity) else activity
        if closed and not closed.ever_submitted:
            continue
        state = json.loads(event.state)
        found.append(
            Happened(
                at=event.at,
                who=names.get(event.actor_id or 0, _("The system")),
                what=_(ACTIONS[event.action]) if event.action in ACTIONS else event.action,
                reason=_("an activity that is not open to you") if closed else event.reason,
                revision=event.revision,
                changes=_changes(words, before, state),
            )
        )
        before = state
    return found[::-1]


def _activities(session: Session, references: Collection[str]) -> dict[str, Activity]:
    found = session.scalars(select(Activity).where(Activity.reference.in_(references))) if references else ()
    return {each.reference: each for each in found}


def _changes(words: Words, before: Mapping[str, Any] | None, after: Mapping[str, Any]) -> tuple[Change, ...]:
    if before is None:
        return ()
    told = (RequestContent.from_dict(each["content"]) for each in (before, after))
    return (*content_changes(words, *told), *answer_changes(before["identity"], after["identity"]))


def content_at(session: Session, reference: str, version: int) -> RequestContent | None:
    """What the request said at a version; None where no event tells."""
    mine = (AuditEvent.subject_kind == "request", AuditEvent.subject_key == reference, AuditEvent.revision == version)
    state = session.scalar(select(AuditEvent.state).where(*mine).order_by(AuditEvent.id.desc()).limit(1))
    return RequestContent.from_dict(json.loads(state)["content"]) if state else None
