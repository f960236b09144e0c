"""One code becomes another: the versions that count are written anew with it, each with its audit event.

The old code stays, retired, and points to the new one, so that a form that was open meanwhile, or a file that still
has it, is written with the new one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import CursorResult, select, update
from sqlalchemy.orm import Session

from app.activities.models import (
    Activity,
    ActivityRevision,
    DeliveryLine,
    Evidence,
    Participation,
    RevisionCode,
    RevisionMilestone,
    RevisionPartner,
    RevisionType,
)
from app.activities.retag import Swap, retag
from app.administration.moves import Move, Moves, Numbers
from app.codelists.models import Code, SupportType
from app.codelists.rules import ASKED_FOR, MERGEABLE, SUPPORT_TYPE
from app.codelists.services import check_seen, find_row, record_code, state_of
from app.core import clock
from app.core.errors import Invalid, Refused
from app.core.events import Changed, announce
from app.core.i18n import N_
from app.core.permissions import Actor, Permission, demand
from app.coverage.further import AFTER, COURTS, ENTRY
from app.coverage.kept import kept_years, supported_facts
from app.coverage.rules import Basis, Support, YearFacts, figure, narrowed

COUNTED_BY_NAME = frozenset((*ENTRY, *COURTS, *AFTER))
AT_ONCE = 200


@dataclass(frozen=True)
class Merge:
    """The command: `code` becomes `into`."""

    list_key: str
    code: str
    into: str
    reason: str = ""


def merge_code(session: Session, actor: Actor, command: Merge, seen: str | None = None) -> int:
    """Write the new code where the old one stands, in the versions that count, and retire it. Twice is once.

    Returns:
        How many records were written anew.

    Raises:
        Invalid: it cannot become that one. Refused: the list, or the code, is asked for by name. Stale, NotFound, …
    """
    demand(Permission.CODE_EDIT, actor)
    row = find_row(session, command.list_key, command.code, lock=True)
    if row.merged_into == command.into:
        return 0
    check_merge(session, command, seen)
    records = _records(session, command)
    row.retired_on, row.merged_into = row.retired_on or clock.today(), command.into
    session.flush()
    record_code(session, actor, "code.merged", command.list_key, command.code, command.reason)
    _follow(session, actor, command)
    announce(session, Changed("code", f"{command.list_key}/{command.code}"))
    _beside_versions(session, command, records)
    reason = command.reason or f"{command.list_key}: {command.code} → {command.into}"
    swap = Swap(command.list_key, command.code, command.into)
    for key in records:
        retag(session, actor, session.get_one(Activity, key), swap, reason)
    return len(records)


def merge_moves(session: Session, actor: Actor, command: Merge, seen: str | None = None) -> Moves:
    """What the merge would move: the figures of both codes, as they are and with the old one's records in the new.

    Raises what the merge itself would.
    """
    demand(Permission.CODE_EDIT, actor)
    if find_row(session, command.list_key, command.code).merged_into == command.into:
        return Moves((), (), 0)
    check_merge(session, command, seen)
    years = supported_facts(session, kept_years(session))
    old, new = (_revisions(session, replace(command, code=code)) for code in (command.code, command.into))
    told = list(_figures(command, years, old, new))
    return Moves(tuple(move for move in told if move.before != move.after), (), len(told))


def uses(session: Session, list_key: str, code: str) -> int:
    """How many records have this code in a version that counts, or beside their versions."""
    return len(_records(session, Merge(list_key, code, "")))


def check_merge(session: Session, command: Merge, seen: str | None) -> None:
    """Raises what stands against the merge."""
    if command.list_key not in MERGEABLE:
        raise Refused(N_("Entries of this list cannot be merged. Retire the one that is not wanted."))
    fixed = ASKED_FOR.get(command.list_key, frozenset())
    if command.list_key == SUPPORT_TYPE:
        fixed |= COUNTED_BY_NAME
    if command.code in fixed:
        raise Refused(N_("A form or a figure asks for this entry by name, so it stays. Merge the other one into it."))
    if command.into == command.code or not state_of(session, command.list_key, command.into):
        raise Invalid.at("into", N_("Choose another entry of the same list."))
    into = find_row(session, command.list_key, command.into)
    if into.retired_on is not None:
        raise Invalid.at("into", N_("This entry is retired. Bring it back first."))
    before = find_row(session, command.list_key, command.code)
    if isinstance(into, SupportType) and isinstance(before, SupportType) and before.facet != into.facet:
        raise Invalid.at("into", N_("One tells how the office helped, the other what it was about."))
    check_seen(state_of(session, command.list_key, command.code), seen)


def _figures(command: Merge, years: dict[int, YearFacts], old: frozenset[int], new: frozenset[int]) -> Iterator[Move]:
    for year in sorted(years, reverse=True):
        for code, before, after in ((command.code, old, frozenset[int]()), (command.into, new, old | new)):
            for basis in Basis:
                counts = (_count(years[year], basis, each) for each in (before, after))
                yield Move(year, basis.value, command.list_key, code, *counts)


def _count(facts: YearFacts, basis: Basis, revisions: frozenset[int]) -> Numbers:
    def has(support: Support) -> bool:
        return support.revision_id in revisions

    told = figure(narrowed(facts, has), basis)
    return Numbers(told.k, told.n, len(told.countries), len(told.programme_countries))


def _follow(session: Session, actor: Actor, command: Merge) -> None:
    """What was merged into the old code before is merged into the new one now."""
    rows: Any
    if command.list_key == SUPPORT_TYPE:
        rows = session.scalars(select(SupportType).where(SupportType.merged_into == command.code))
    else:
        rows = session.scalars(select(Code).where(Code.list_key == command.list_key, Code.merged_into == command.code))
    for row in rows.all():
        row.merged_into = command.into
        session.flush()
        record_code(session, actor, "code.merged", command.list_key, row.code, command.reason)


def _pointers() -> Any:
    return (Activity.current_revision_id, Activity.submitted_revision_id, Activity.approved_revision_id)


def _with_code(command: Merge) -> Any:
    """The ids of the revisions that have the code."""
    if command.list_key == SUPPORT_TYPE:
        return select(RevisionType.revision_id).where(RevisionType.support_type == command.code)
    if command.list_key == "partner_agency":
        return select(RevisionPartner.revision_id).where(RevisionPartner.partner == command.code)
    if command.list_key == "milestone":
        return select(RevisionMilestone.revision_id).where(RevisionMilestone.kind == command.code)
    if command.list_key == "request_source":
        return select(ActivityRevision.id).where(ActivityRevision.request_source == command.code)
    return select(RevisionCode.revision_id).where(
        RevisionCode.list_key == command.list_key, RevisionCode.code == command.code
    )


def _revisions(session: Session, command: Merge) -> frozenset[int]:
    return frozenset(session.scalars(_with_code(command)))


def _records(session: Session, command: Merge) -> list[int]:
    """The ids of the activities that have the code in a version that counts, or beside their versions."""
    found: set[int] = set()
    for pointer in _pointers():
        found.update(session.scalars(select(Activity.id).where(pointer.in_(_with_code(command)))))
    if command.list_key == "evidence_type":
        found.update(session.scalars(select(Evidence.activity_id).where(Evidence.type == command.code)))
    if command.list_key == "target_group":
        lines = select(DeliveryLine.activity_id).join(Participation, Participation.delivery_line_id == DeliveryLine.id)
        found.update(session.scalars(lines.where(Participation.profession == command.code)))
    return sorted(found)


def _beside_versions(session: Session, command: Merge, records: Sequence[int]) -> None:
    """Evidence and deliveries hang on the activity itself."""
    for first in range(0, len(records), AT_ONCE):
        some = records[first : first + AT_ONCE]
        statement: Any = None
        if command.list_key == "evidence_type":
            statement = update(Evidence).where(Evidence.activity_id.in_(some), Evidence.type == command.code)
            statement = statement.values(type=command.into)
        elif command.list_key == "target_group":
            lines = select(DeliveryLine.id).where(DeliveryLine.activity_id.in_(some))
            mine = (Participation.delivery_line_id.in_(lines), Participation.profession == command.code)
            statement = update(Participation).where(*mine).values(profession=command.into)
        if statement is not None:
            result = session.execute(statement, execution_options={"synchronize_session": False})
            assert isinstance(result, CursorResult)
    session.flush()
    session.expire_all()
