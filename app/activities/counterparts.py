"""Bodies that offices typed in: an adviser verifies them, or merges one into another; each can be undone.

A merge moves no link: what a revision said, it goes on saying. The merged body is offered no more, and whoever types
its name means the other one from then on.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.activities.models import Counterpart, RevisionCounterpart
from app.activities.reference import reference_data
from app.core import audit
from app.core.errors import Invalid, NotFound, Refused
from app.core.i18n import N_
from app.core.permissions import Actor, Permission, can, demand


@dataclass(frozen=True)
class Body:
    """A body of an office: how many versions of records name it, and the name of the one it was merged into."""

    id: int
    office: str
    name: str
    kind: str
    verified: bool
    merged_into: int | None
    uses: int


def bodies_to_review(session: Session, actor: Actor) -> list[Body]:
    """The bodies of the offices that the actor reviews, by office; those unverified first."""
    offices = [code for code in reference_data(session).offices if can(Permission.ACTIVITY_REVIEW, actor, code)]
    uses = func.count(RevisionCounterpart.revision_id)
    c = Counterpart
    rows = (
        select(c.id, c.office, c.name, c.kind, c.verified, c.merged_into, uses)
        .outerjoin(RevisionCounterpart, RevisionCounterpart.counterpart_id == c.id)
        .where(c.office.in_(offices))
        .group_by(c.id, c.office, c.name, c.kind, c.verified, c.merged_into)
        .order_by(c.office, c.merged_into.is_not(None), c.verified, c.name, c.id)
    )
    return [Body(*row) for row in session.execute(rows)]


def verify_counterpart(session: Session, actor: Actor, body_id: int) -> Counterpart:
    """Say that the body is real and rightly named. Twice is once.

    Raises:
        NotFound: there is none. Forbidden: not an office of the actor's. Refused: it was merged.
    """
    body = _locked(session, actor, body_id)
    if body.merged_into is not None:
        raise Refused(N_("It was merged into another one. Undo that first."))
    if not body.verified:
        body.verified = True
        _write_audit(session, actor, "counterpart.verified", body)
    return body


def merge_counterpart(session: Session, actor: Actor, body_id: int, into: int | None) -> Counterpart:
    """From now on the body means `into`, another one of the same office. No record changes.

    Raises:
        Invalid: no such body in the office, or itself. Refused: it was merged already. NotFound, Forbidden.
    """
    body = _locked(session, actor, body_id)
    if body.merged_into is not None:
        raise Refused(N_("It was merged into another one. Undo that first."))
    kept = session.get(Counterpart, into) if into is not None else None
    if kept is None or kept.office != body.office or kept.id == body.id or kept.merged_into is not None:
        raise Invalid.at("into", N_("Choose another body of the same office."))
    body.merged_into = kept.id
    _write_audit(session, actor, "counterpart.merged", body)
    return body


def undo_merge(session: Session, actor: Actor, body_id: int) -> Counterpart:
    """The body is one of its own again.

    Raises:
        Refused: it was not merged. NotFound, Forbidden.
    """
    body = _locked(session, actor, body_id)
    if body.merged_into is None:
        raise Refused(N_("It was not merged."))
    body.merged_into = None
    _write_audit(session, actor, "counterpart.merge-undone", body)
    return body


def _locked(session: Session, actor: Actor, body_id: int) -> Counterpart:
    body = session.get(Counterpart, body_id, with_for_update=True)
    if body is None:
        raise NotFound(N_("There is no such page, or it is not open to you."))
    demand(Permission.ACTIVITY_REVIEW, actor, body.office)
    return body


def _write_audit(session: Session, actor: Actor, action: str, body: Counterpart) -> None:
    state = {c.key: getattr(body, c.key) for c in Counterpart.__mapper__.column_attrs}
    audit.record(session, actor_id=actor.user_id, action=action, subject=("counterpart", str(body.id)), state=state)
    session.flush()
