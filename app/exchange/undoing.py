"""Undoing an import as a whole, while nothing was built on it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from itertools import chain
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.activities.models import Activity, Counterpart, RevisionCounterpart
from app.activities.rules import Content, CounterpartTag
from app.activities.unmake import saved_since, unmake, unmake_bodies, unsave, used_since
from app.core import clock
from app.core.errors import Refused
from app.core.garbage import seldom_collected
from app.core.i18n import N_
from app.core.permissions import Actor, Permission, demand
from app.exchange.delivery_run import built_on_deliveries, undo_deliveries
from app.exchange.models import Import, ImportRow
from app.exchange.rules import Outcome, State
from app.exchange.run import TABLE, Progress
from app.exchange.services import NO_NEWS, WORKING, body_id, chosen_of, lock, write_audit
from app.exchange.sheet_columns import DELIVERIES

NOT_TAKEN = N_("This import is not taken, so there is nothing to undo.")
BUILT_ON = N_("Something was built on it already: %(references)s. So the import cannot be undone as a whole.")
UNDONE_REASON = "The import %(name)s was undone."
MOST_NAMED, PART = 5, 400


def may_undo(session: Session, imported: Import, seen: int) -> None:
    """Raises Refused or Stale where there is nothing to undo now."""
    lock(session, imported, seen)
    if imported.state != State.TAKEN:
        raise Refused(WORKING if imported.state == State.WORKING else NOT_TAKEN)


def to_undo(imported: Import) -> int:
    """How many rows there are to take back."""
    counts: dict[str, int] = json.loads(imported.counts)
    return counts[Outcome.NEW] + counts[Outcome.CHANGED]


@seldom_collected()
def undo(session: Session, actor: Actor, imported: Import, progress: Progress = NO_NEWS) -> None:
    """Take back all that the import made or changed, in this one transaction.

    Raises:
        Refused: something was built on it. Forbidden.
    """
    demand(Permission.ACTIVITY_IMPORT, actor)
    done = 0
    used = _built_on(session, imported)
    if used:
        named = ", ".join(used[:MOST_NAMED]) + ("…" if len(used) > MOST_NAMED else "")
        raise Refused(BUILT_ON % {"references": named})
    key, client_id, reason = imported.id, imported.client_id, UNDONE_REASON % {"name": imported.file_name}
    deliveries = chosen_of(imported).of == DELIVERIES
    for rows in _rows_made(session, key):
        if deliveries:
            undo_deliveries(session, actor, key, rows, reason)
        else:
            _take_back(session, actor, client_id, rows, reason)
        session.flush()
        session.expunge_all()
        done += len(rows)
        progress(done)
    imported = session.get_one(Import, key)
    imported.state, imported.undone_at, imported.undone_by = State.UNDONE, clock.now(), actor.user_id
    imported.version += 1
    session.flush()
    write_audit(session, actor, "import.undone", imported)


def _rows_made(session: Session, import_id: int) -> Iterator[list[Any]]:
    """The rows that made or changed a record, some at a time: a large import has more than memory should hold."""
    columns = (ImportRow.number, ImportRow.outcome, ImportRow.activity_id, ImportRow.version, ImportRow.before)
    asked = select(*columns).where(ImportRow.import_id == import_id, ImportRow.activity_id.is_not(None))
    last = -1
    while rows := list(session.execute(asked.where(ImportRow.number > last).order_by(ImportRow.number).limit(PART))):
        last = rows[-1].number
        yield rows


def _built_on(session: Session, imported: Import) -> list[str]:
    """References of what was built on the import since: one more than are named, where there are many."""
    found: dict[str, None] = {}
    for rows in _rows_made(session, imported.id):
        for reference in _used(session, imported, rows):
            found[reference] = None
            if len(found) > MOST_NAMED:
                return list(found)
    return list(found)


def _used(session: Session, imported: Import, rows: list[Any]) -> Iterator[str]:
    if chosen_of(imported).of == DELIVERIES:
        return built_on_deliveries(session, rows)
    new = [row.activity_id for row in rows if row.outcome == Outcome.NEW]
    saved = saved_since(session, [(row.activity_id, row.version) for row in rows])
    return chain(saved, used_since(session, new, {"import_row"}), _later(session, imported, rows))


def _later(session: Session, imported: Import, rows: list[Any]) -> list[str]:
    """Those of the records that a later import changed."""
    asked = (
        select(ImportRow.reference)
        .join(Import)
        .where(ImportRow.activity_id.in_([row.activity_id for row in rows]), Import.id != imported.id)
        .where(Import.taken_at.is_not(None), Import.undone_at.is_(None), Import.id > imported.id)
    )
    return list(session.scalars(asked))


def _take_back(session: Session, actor: Actor, client_id: str, rows: list[Any], reason: str) -> None:
    """Undo what these rows of the import of this client id did."""
    new = [row.activity_id for row in rows if row.outcome == Outcome.NEW]
    bodies = _bodies_of(session, client_id, new)
    # Rows of later imports that were undone point there as well.
    session.execute(update(TABLE).where(TABLE.c.activity_id.in_(new)).values(activity_id=None))
    unmake(session, actor, new, reason)
    unmake_bodies(session, bodies)  # one that a later row names as well is still used, and goes with that row
    for row in rows:
        if row.outcome == Outcome.CHANGED:
            _unsave(session, actor, row, reason)


def _bodies_of(session: Session, client_id: str, ids: list[int]) -> set[str]:
    """Client ids of the counterparts of these records that the import added."""
    made = body_id(client_id)
    asked = (
        select(Counterpart.client_id, Counterpart.office, Counterpart.name, Counterpart.kind)
        .join(RevisionCounterpart, RevisionCounterpart.counterpart_id == Counterpart.id)
        .join(Activity, Activity.current_revision_id == RevisionCounterpart.revision_id)
        .where(Activity.id.in_(ids))
        .distinct()
    )
    found = session.execute(asked)
    return {key for key, office, name, kind in found if key == made(office, CounterpartTag(name, kind))}


def _unsave(session: Session, actor: Actor, row: Any, reason: str) -> None:
    told_before: Mapping[str, Any] | None = json.loads(row.before)
    before = Content.from_dict(told_before) if told_before else None
    activity = session.get_one(Activity, row.activity_id)
    unsave(session, actor, activity, row.version, before, reason)
    # To an earlier import the record is again as that one left it, so it can be undone in its turn.
    earlier = (TABLE.c.activity_id == activity.id, TABLE.c.version == row.version - 1)
    session.execute(update(TABLE).where(*earlier).values(version=activity.version))
