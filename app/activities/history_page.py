"""The history of a record field by field: who, when, from what, to what, why; read from the audit's complete states."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.activities.models import Activity
from app.activities.policies import may_read_text
from app.activities.queries_record import names_of
from app.activities.reference import reference_data
from app.activities.rules import Content, CounterpartTag, MilestoneTag, PartnerTag, ProvisionTag, TypeTag
from app.activities.words import Difference, Words, differences, masked
from app.core.audit import AuditEvent
from app.core.i18n import N_
from app.core.permissions import Actor, Permission, can
from app.core.web.locale import _

ACTIONS = {
    "activity.recorded": N_("Recorded"),
    "activity.imported": N_("Imported"),
    "activity.import-undone": N_("Import undone"),
    "activity.saved": N_("Saved"),
    "activity.submitted": N_("Submitted for review"),
    "activity.approved": N_("Approved"),
    "activity.self-approved": N_("Approved by its own author"),
    "activity.returned": N_("Returned for a change"),
    "activity.questioned": N_("Questioned"),
    "activity.question-settled": N_("Question settled"),
    "activity.set-aside": N_("Set aside"),
    "activity.counts-again": N_("Counts again"),
    "activity.withdrawn": N_("Withdrawn"),
    "activity.withdrawal-undone": N_("Withdrawal undone"),
    "activity.delivery-added": N_("Delivery added"),
    "activity.delivery-corrected": N_("Delivery corrected"),
    "activity.delivery-removed": N_("Delivery removed"),
    "activity.deliveries-imported": N_("Deliveries imported"),
    "activity.joint-accepted": N_("Accepted by an office that took part"),
    "activity.joint-declined": N_("Declined by an office that was named"),
    "activity.next-step-added": N_("Next step added"),
    "activity.next-step-done": N_("Next step done"),
    "activity.next-step-given": N_("Next step given to somebody else"),
    "activity.link-added": N_("Link added"),
    "activity.files-added": N_("Files added"),
    "activity.evidence-removed": N_("Evidence taken back"),
    "activity.evidence-restored": N_("Evidence put back"),
    "activity.codes-merged": N_("Written anew: an entry of a list became another one"),
    "activity.confirmed-by-return": N_("Confirmed by the annual return"),
    "activity.unconfirmed-by-return": N_("No longer confirmed by the annual return, which was opened again"),
    "activity.kept-by": N_("Given to somebody to look after"),
}
TAGS: dict[str, type[Any]] = {
    "types": TypeTag,
    "provisions": ProvisionTag,
    "counterparts": CounterpartTag,
    "partners": PartnerTag,
    "milestones": MilestoneTag,
}
KNOWN = frozenset(field.name for field in fields(Content))


@dataclass(frozen=True)
class Happened:
    """One event: who did what when and why, and the fields that read differently since the event before."""

    at: datetime
    who: str
    what: str
    reason: str
    revision: int | None
    changes: tuple[Difference, ...]


def happened(session: Session, actor: Actor, activity: Activity, newest: int | None = None) -> list[Happened]:
    """The events that the reader may know of, the newest first; all, or the `newest` so many.

    What an office is still writing is its own affair: others see no saves, and no state of a draft.
    """
    inside = can(Permission.ACTIVITY_EDIT, actor, activity)
    # One more than is shown: the oldest shown differs from it.
    found = _events(activity.reference).limit(newest + 1) if newest else _events(activity.reference)
    events = list(reversed(session.scalars(found).all()))
    shown = [event for event in events if inside or event.action != "activity.saved"]
    names = names_of(session, (event.actor_id for event in shown))
    changes = _changes(session, actor, activity, shown, inside)
    told = [
        Happened(
            at=event.at,
            who=names.get(event.actor_id or 0, _("The system")),
            what=_(ACTIONS[event.action]) if event.action in ACTIONS else event.action,
            reason=event.reason if readable else "",
            revision=event.revision,
            changes=differing,
        )
        for event, (differing, readable) in zip(shown, changes, strict=True)
    ]
    return told[::-1][:newest]


def _events(reference: str) -> Any:
    mine = (AuditEvent.subject_kind == "activity", AuditEvent.subject_key == reference)
    return select(AuditEvent).where(*mine).order_by(AuditEvent.id.desc())


def _changes(
    session: Session, actor: Actor, activity: Activity, events: list[AuditEvent], inside: bool
) -> Iterator[tuple[tuple[Difference, ...], bool]]:
    """For each event what differs from the state before it, and whether its reason may be read."""
    words = Words(reference_data(session))
    open_now = may_read_text(actor, activity)
    open_always = can(Permission.ACTIVITY_READ_TEXT, actor, activity)
    before: Content | None = None
    for event in events:
        state = json.loads(event.state)
        content = content_of(state.get("content") or {})
        # Sensitive once is sensitive in the history, whatever the record says today.
        readable = open_always or (open_now and not content.sensitive)
        if not inside and state.get("workflow") == "draft":
            yield (), readable
            continue
        after = content if readable else masked(content)
        found = differences(words, before, after) if before is not None else []
        yield tuple(found), readable
        before = after


def content_of(given: dict[str, Any]) -> Content:
    """The content in an audit event's state. Fields that are no more are left out, those that came later are blank."""
    values: dict[str, Any] = {}
    for name in given.keys() & KNOWN:
        value = given[name]
        tag = TAGS.get(name)
        if isinstance(value, list):
            value = tuple(tag(**each) if tag else each for each in value)
        values[name] = value
    return Content(**values)
