"""The queue of an adviser: what is submitted in their offices, the oldest first, and whose turn it is."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from app.accounts.models import User
from app.activities.models import Activity, ActivityRevision, RevisionAuthor
from app.activities.models_review import ReviewClaim
from app.activities.queries_record import names_of
from app.core import clock
from app.core.db import AnyRow, AnySelect
from app.core.permissions import Actor, Role
from app.offices.models import Membership, OfficeReviewer
from app.offices.queries import directory
from app.offices.reviewers import live_membership, self_approving_regions

# What a list shows -> whose turn it is. What is yours or nobody's is to do.
SHOWS = {
    "todo": ("yours", "free"),
    "yours": ("yours",),
    "free": ("free",),
    "others": ("others",),
    "all": ("yours", "free", "others"),
}


@dataclass(frozen=True)
class QueueLine:
    """One submitted record. `turn` is yours, free or others; `holder` names who has it or is to have it.
    `closed`: the reader's own work, which somebody else must decide."""

    activity_id: int
    reference: str
    version: int
    title: str
    office: str
    submitted_at: datetime
    days: int
    turn: str
    holder: str
    claimed: bool
    closed: bool


def queue(session: Session, actor: Actor, show: str = "all") -> list[QueueLine]:
    """What the actor may decide, the longest waiting first; narrowed to whose turn it is."""
    rows = session.execute(_waiting(actor)).all()
    deciders = _deciders(session)
    names = names_of(session, _people(rows))
    own = _closed(session, actor, rows)
    lines = [_line(actor, row, _holders(row, deciders), names, row.revision_id in own) for row in rows]
    return [line for line in lines if line.turn in SHOWS[show]]


def _waiting(actor: Actor) -> AnySelect:
    offices = actor.advises | (actor.own_other_offices if actor.headquarters else frozenset())
    revision, claim = ActivityRevision, ReviewClaim
    return (
        select(
            Activity.id.label("activity_id"), Activity.reference, Activity.version, Activity.lead_office,
            revision.id.label("revision_id"), revision.title, revision.submitted_at, revision.submitted_by,
            claim.user_id.label("claimed_by"), OfficeReviewer.reviewer_id, OfficeReviewer.deputy_id,
        )
        .join(revision, revision.id == Activity.submitted_revision_id)
        .outerjoin(claim, and_(claim.activity_id == Activity.id, claim.revision_id == revision.id))
        .outerjoin(OfficeReviewer, OfficeReviewer.office == Activity.lead_office)
        .where(Activity.withdrawn_at.is_(None), Activity.lead_office.in_(offices))
        .where(Activity.submitted_revision_id.is_not(None))  # as the partial index of what waits has it
        .order_by(revision.submitted_at, Activity.id)
    )  # fmt: skip


def _deciders(session: Session) -> frozenset[int]:
    """Advisers and headquarters of today: a reviewer who is neither any more is named in vain."""
    able = or_(Membership.role == Role.REGIONAL_ADVISER, Membership.role == Role.HEADQUARTERS)
    return frozenset(session.scalars(select(User.id).join(Membership, Membership.user_id == User.id).where(
        live_membership(), able)))  # fmt: skip


def _people(rows: Iterable[AnyRow]) -> set[int | None]:
    return {getattr(row, name) for row in rows for name in ("claimed_by", "reviewer_id", "deputy_id")}


def _closed(session: Session, actor: Actor, rows: Iterable[AnyRow]) -> set[int]:
    """Revisions that the actor wrote or submitted, in regions where nobody approves their own."""
    submitted = {row.revision_id: row for row in rows}
    wrote = select(RevisionAuthor.revision_id).where(
        RevisionAuthor.user_id == actor.user_id, RevisionAuthor.revision_id.in_(submitted)
    )
    own = set(session.scalars(wrote)) | {key for key, row in submitted.items() if row.submitted_by == actor.user_id}
    allowing, offices = self_approving_regions(session), directory(session).offices
    return {key for key in own if offices[submitted[key].lead_office].region_on(clock.today()) not in allowing}


def _holders(row: AnyRow, deciders: frozenset[int]) -> list[int]:
    """Who has claimed it; else the named reviewer and the deputy."""
    named = [each for each in (row.reviewer_id, row.deputy_id) if each in deciders]
    return [row.claimed_by] if row.claimed_by else named


def _line(actor: Actor, row: AnyRow, holders: list[int], names: dict[int, str], closed: bool) -> QueueLine:
    return QueueLine(
        activity_id=row.activity_id,
        reference=row.reference,
        version=row.version,
        title=row.title,
        office=row.lead_office,
        submitted_at=row.submitted_at,
        days=(clock.now() - row.submitted_at).days,
        turn="free" if not holders else "yours" if actor.user_id in holders else "others",
        holder=", ".join(names[each] for each in holders if each in names),
        claimed=bool(row.claimed_by),
        closed=closed,
    )
