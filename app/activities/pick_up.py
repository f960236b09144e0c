"""What a person can go on with from the home page: forms left unsaved, and sessions that are held again."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import exists, select
from sqlalchemy.orm import Session, aliased

from app.activities.models import Activity, ActivityRevision, DeliveryLine
from app.activities.queries_record import sent_before
from app.activities.rules import COUNTING
from app.activities.typed import pairs_of, typed_by
from app.core.hints import Unindexed
from app.core.permissions import Actor

MOST = 3


@dataclass(frozen=True)
class Unfinished:
    """A new form that was typed in and never saved."""

    client_id: str
    title: str


@dataclass(frozen=True)
class Repeatable:
    """The last delivery of a running activity, from which the next one is made."""

    reference: str
    line: int
    title: str
    what: str


def unfinished_forms(session: Session, actor: Actor) -> list[Unfinished]:
    """The actor's own new forms that became no record yet, the newest first."""
    kept = [each for each in typed_by(session, actor, None) if sent_before(session, each.client_id) is None]
    return [Unfinished(each.client_id, dict(pairs_of(each)).get("title", "").strip()) for each in kept]


def repeatable_deliveries(session: Session, actor: Actor) -> list[Repeatable]:
    """The last delivery of each of the offices' activities to which one may be added, the last recorded first."""
    if not actor.works_in:
        return []
    later = aliased(DeliveryLine)
    last = ~exists().where(
        later.activity_id == DeliveryLine.activity_id, later.id > DeliveryLine.id, later.removed_at.is_(None)
    )
    found = (
        select(Activity.reference, DeliveryLine.id, ActivityRevision.title, DeliveryLine.what)
        .join(DeliveryLine, DeliveryLine.activity_id == Activity.id)
        .join(ActivityRevision, ActivityRevision.id == Activity.current_revision_id)
        .where(Activity.lead_office.in_(actor.works_in), Activity.withdrawn_at.is_(None))
        .where(ActivityRevision.status.in_([status.value for status in COUNTING]))
        .where(DeliveryLine.removed_at.is_(None), last)
        .order_by(Unindexed(DeliveryLine.id).desc())
        .limit(MOST)
    )
    return [Repeatable(*row) for row in session.execute(found)]
