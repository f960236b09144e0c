"""Taking back what an import did, while nothing was built on it: records that it made, versions that it proposed.

The audit events stay, and one more says that it was undone; references are never given out again.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import Any

from sqlalchemy import delete, exists, func, select, update
from sqlalchemy.orm import Session

from app.activities.content import TAG_MODELS, read_content
from app.activities.lines import settle
from app.activities.models import (
    Activity,
    ActivityRevision,
    Counterpart,
    ImportedOriginal,
    RevisionAuthor,
    RevisionCounterpart,
)
from app.activities.models_line import ActivityLine
from app.activities.models_review import ActivityKeeper
from app.activities.rules import Content, State
from app.activities.services import all_of_it, check_version, complete_state, save_activity, write_audit
from app.core import audit
from app.core.db import Base
from app.core.events import Changed, announce_all
from app.core.permissions import Actor, Permission, demand

UNDONE = "activity.import-undone"
# What belongs to a record itself; anything else that points to it was built on it.
OWN = frozenset({"activity_revision", "activity_line", "imported_original", "activity_keeper"})


def saved_since(session: Session, made: Sequence[tuple[int, int]]) -> Iterator[str]:
    """References of those of `made` (id, version then) that somebody has saved, submitted or withdrawn since."""
    for start in range(0, len(made), 400):
        part = dict(made[start : start + 400])
        asked = select(Activity.id, Activity.reference, Activity.version).where(Activity.id.in_(part))
        yield from (name for key, name, version in session.execute(asked).all() if version != part[key])


def used_since(session: Session, ids: Sequence[int], but: Collection[str] = ()) -> Iterator[str]:
    """References of new records to which something points by now: deliveries, comments, files. Not in tables `but`."""
    for start in range(0, len(ids), 400):
        part = ids[start : start + 400]
        for column in _pointing(but):
            used = select(Activity.reference).where(Activity.id.in_(part), exists().where(column == Activity.id))
            yield from session.scalars(used)


def _pointing(but: Collection[str]) -> Iterator[Any]:
    """Columns of other tables that point to an activity."""
    for table in Base.metadata.sorted_tables:
        for key in table.foreign_keys:
            if key.column.table.name == "activity" and table.name not in OWN and table.name not in but:
                yield key.parent


def unmake(session: Session, actor: Actor, ids: Sequence[int], reason: str) -> None:
    """Remove records that were never submitted, whole. Each leaves an audit event with its last state.

    Raises:
        Forbidden: the actor may not change one of them.
    """
    for start in range(0, len(ids), 200):
        _unmake_part(session, actor, ids[start : start + 200], reason)
        session.flush()
        session.expunge_all()


def _unmake_part(session: Session, actor: Actor, ids: Sequence[int], reason: str) -> None:
    whole = select(Activity).where(Activity.id.in_(ids)).order_by(Activity.id).options(*all_of_it())
    for activity in session.scalars(whole):
        demand(Permission.ACTIVITY_EDIT, actor, activity)
        assert all(revision.state == State.DRAFT for revision in activity.revisions)
        audit.record(
            session,
            actor_id=actor.user_id,
            action=UNDONE,
            subject=("activity", activity.reference),
            state=complete_state(activity),
            revision=activity.current.number,
            reason=reason,
        )
    session.flush()
    session.expunge_all()
    revisions = select(ActivityRevision.id).where(ActivityRevision.activity_id.in_(ids))
    _run(session, update(Activity).where(Activity.id.in_(ids)).values(current_revision_id=None))
    _run(session, delete(ActivityLine).where(ActivityLine.activity_id.in_(ids)))
    for model in (*TAG_MODELS.values(), RevisionCounterpart, RevisionAuthor):
        _run(session, delete(model).where(model.revision_id.in_(revisions)))
    for owned in (ImportedOriginal, ActivityKeeper, ActivityRevision):
        _run(session, delete(owned).where(owned.activity_id.in_(ids)))
    announce_all(session, [Changed("activity", key) for key in ids])
    _run(session, delete(Activity).where(Activity.id.in_(ids)))


def _run(session: Session, statement: Any) -> None:
    session.execute(statement, execution_options={"synchronize_session": False})


def unmake_bodies(session: Session, client_ids: Collection[str]) -> None:
    """Remove those of these counterparts that nothing names any more and nobody looked at."""
    wanted = sorted(client_ids)
    for start in range(0, len(wanted), 400):
        merged = Counterpart.__table__.alias()
        unused = (
            Counterpart.client_id.in_(wanted[start : start + 400]),
            Counterpart.verified.is_(False),
            Counterpart.merged_into.is_(None),
            ~exists().where(RevisionCounterpart.counterpart_id == Counterpart.id),
            ~exists().where(merged.c.merged_into == Counterpart.id),
        )
        _run(session, delete(Counterpart).where(*unused))


def unsave(
    session: Session, actor: Actor, activity: Activity, opened: int, before: Content | None, reason: str
) -> None:
    """Take back a save: a draft that it wrote over gets its content `before` back; without one, the version goes.

    Raises:
        Stale: somebody saved since. Forbidden.
    """
    demand(Permission.ACTIVITY_EDIT, actor, activity)
    check_version(session, activity, opened)
    draft = activity.current
    previous = _previous(session, draft)
    if before is not None or previous is None:
        save_activity(session, actor, activity, before or read_content(draft), opened)
        return
    activity.current = previous
    activity.version += 1
    session.flush()
    session.delete(draft)
    session.flush()
    session.expire(activity, ["revisions"])
    settle(session, activity, actor.user_id)
    write_audit(session, actor, UNDONE, activity, reason)


def _previous(session: Session, draft: ActivityRevision) -> ActivityRevision | None:
    last = select(func.max(ActivityRevision.number)).where(
        ActivityRevision.activity_id == draft.activity_id, ActivityRevision.number < draft.number
    )
    return session.scalar(
        select(ActivityRevision).where(
            ActivityRevision.activity_id == draft.activity_id, ActivityRevision.number == last.scalar_subquery()
        )
    )
