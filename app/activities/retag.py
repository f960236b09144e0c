"""A record written anew with one code in the place of another, as a new version beside the old one.

A version that was ever submitted never changes: frozen figures name it. So each version that counts gets a twin with
the same author, reviewer, days and words, and only the code is another one; the old version is kept, replaced. What is
still a draft is simply written over.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from app.activities.content import TAGS
from app.activities.lines import settle
from app.activities.models import Activity, ActivityRevision
from app.activities.rules import State
from app.activities.services import lock_activity, write_audit
from app.core import clock
from app.core.db import new_client_id
from app.core.permissions import Actor

OWN = frozenset({"id", "revision_id", "client_id"})
POINTERS = ("approved", "submitted", "current")
# Where the code of a list stands: the revision's own column, or a list of tags and the column in it.
COLUMNS = {"request_source": "request_source"}
LISTS = {"support_type": ("types", "support_type"), "partner_agency": ("partners", "partner"),
         "milestone": ("milestones", "kind")}  # fmt: skip


@dataclass(frozen=True)
class Swap:
    """One code of a list for another."""

    list_key: str
    old: str
    new: str


def retag(session: Session, actor: Actor, activity: Activity, swap: Swap, reason: str) -> None:
    """Write the versions that count anew, keep lists and figures in step, and tell the audit."""
    lock_activity(session, activity)
    twins: dict[int, ActivityRevision] = {}
    for name in POINTERS:
        revision: ActivityRevision | None = getattr(activity, name)
        if revision is None or not _has(revision, swap):
            continue
        if revision.state == State.DRAFT:
            _write_over(session, revision, swap)
            continue
        if revision.id not in twins:
            twins[revision.id] = _twin(session, activity, revision, swap)
        setattr(activity, name, twins[revision.id])
    session.flush()
    settle(session, activity, actor.user_id)
    write_audit(session, actor, "activity.codes-merged", activity, reason)


def _has(revision: ActivityRevision, swap: Swap) -> bool:
    if swap.list_key in COLUMNS:
        return getattr(revision, COLUMNS[swap.list_key]) == swap.old  # type: ignore[no-any-return]
    name, column = _place(swap)
    return any(_is_old(row, column, swap) for row in getattr(revision, name))


def _place(swap: Swap) -> tuple[str, str]:
    return LISTS.get(swap.list_key, ("codes", "code"))


def _is_old(row: Any, column: str, swap: Swap) -> bool:
    return getattr(row, column) == swap.old and getattr(row, "list_key", swap.list_key) == swap.list_key


def _twin(session: Session, activity: Activity, revision: ActivityRevision, swap: Swap) -> ActivityRevision:
    values = {c.key: getattr(revision, c.key) for c in ActivityRevision.__mapper__.column_attrs if c.key not in OWN}
    rows = {name: [_copy(row) for row in getattr(revision, name)] for name in (*TAGS, "authors")}
    revision.state = State.REPLACED
    session.flush()  # of a submitted version there can be one only
    values |= {"number": max(r.number for r in activity.revisions) + 1, "created_at": clock.now()}
    if swap.list_key in COLUMNS:
        values[COLUMNS[swap.list_key]] = swap.new
    else:
        name, column = _place(swap)
        rows[name] = _swapped(rows[name], column, swap)
    twin = ActivityRevision(**values, **rows)
    activity.revisions.append(twin)
    session.flush()
    return twin


def _copy(row: Any) -> Any:
    values = {c.key: getattr(row, c.key) for c in row.__mapper__.column_attrs if c.key not in OWN}
    if "client_id" in row.__mapper__.columns:
        values["client_id"] = new_client_id()
    return type(row)(**values)


def _swapped(rows: Iterable[Any], column: str, swap: Swap) -> list[Any]:
    """The rows with the new code; where it stood already beside the old one, the first of the two stays."""
    found: dict[tuple[Any, ...], Any] = {}
    single = column != "kind"  # of milestones there may be several of one kind
    for number, row in enumerate(rows):
        if _is_old(row, column, swap):
            setattr(row, column, swap.new)
        place = (getattr(row, "list_key", ""), getattr(row, column), getattr(row, "role", ""))
        found.setdefault(place if single else (number,), row)
    kept = list(found.values())
    if swap.list_key == "support_type":
        for position, row in enumerate(kept):
            row.position = position
    return kept


def _write_over(session: Session, revision: ActivityRevision, swap: Swap) -> None:
    if swap.list_key in COLUMNS:
        setattr(revision, COLUMNS[swap.list_key], swap.new)
        return
    name, column = _place(swap)
    rows = _swapped([_copy(row) for row in getattr(revision, name)], column, swap)
    getattr(revision, name).clear()
    session.flush()  # tags that change places would meet on one position on their way
    getattr(revision, name).extend(rows)
