"""What goes to others: records that somebody approved, neither withdrawn nor set aside, and that a standard can hold.

A file for one's own work has every record of a list. An IATI file and a 4W sheet are read as a publication.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sqlalchemy import ColumnElement, and_, func, literal, not_, or_, select
from sqlalchemy.orm import Session

from app.activities.filters import ActivityFilters
from app.activities.models_line import ActivityLine
from app.activities.queries import lines
from app.activities.queries_files import file_fields, file_lines, text_left_out
from app.core.db import AnyRow
from app.core.permissions import Actor

L = ActivityLine
DATES = (L.planned_start, L.actual_start, L.planned_end, L.actual_end)
READ = 500


def published(filters: ActivityFilters, *, dated: bool = False) -> ColumnElement[bool]:
    """Lines that may go out. `dated` asks for a status and a date, which IATI demands of each activity."""
    states = ("approved",) if filters.basis == "approved" else ("approved", "submitted")
    wanted: list[ColumnElement[bool]] = [L.workflow.in_(states), L.withdrawn.is_(False), L.set_aside.is_(False)]
    if dated:
        wanted += [L.status.is_not(None), or_(*(column.is_not(None) for column in DATES))]
    return and_(*wanted)


def count(session: Session, actor: Actor, filters: ActivityFilters, condition: ColumnElement[bool]) -> int:
    """How many of the filtered lines fit."""
    some = lines(actor, filters).where(condition).with_only_columns(literal(1)).subquery()
    return session.scalar(select(func.count()).select_from(some)) or 0


def count_silent(session: Session, actor: Actor, filters: ActivityFilters, *, dated: bool = False) -> int:
    """How many of what goes out go without their text."""
    return count(session, actor, filters, and_(published(filters, dated=dated), text_left_out()))


def count_kept_back(session: Session, actor: Actor, filters: ActivityFilters, *, dated: bool = False) -> int:
    """How many of the filtered lines do not go out."""
    return count(session, actor, filters, not_(func.coalesce(published(filters, dated=dated), False)))


def anything_published(session: Session, actor: Actor, filters: ActivityFilters, *, dated: bool = False) -> bool:
    """Whether anything goes out at all."""
    some = lines(actor, filters).where(published(filters, dated=dated)).with_only_columns(literal(1)).limit(1)
    return session.scalar(some) is not None


def published_lines(
    session: Session, actor: Actor, filters: ActivityFilters, *, dated: bool = False
) -> Iterator[Sequence[AnyRow]]:
    """What goes out, by the block, with the fields of files."""
    statement = file_lines(actor, filters, file_fields()).where(published(filters, dated=dated))
    with session.connection().execute(statement.execution_options(yield_per=READ)) as found:
        while block := found.fetchmany(READ):
            yield block


def codes(cell: str | None) -> list[str]:
    """The codes of a cell such as AFG;PAK."""
    return cell.split(";") if cell else []


def pairs(cell: str | None) -> list[tuple[str, str]]:
    """Codes with what stands behind the colon, as in CRC-4:mandated_by;CRC-4:asked_under."""
    parts = (part.partition(":") for part in codes(cell))
    return [(code, rest) for code, _colon, rest in parts]
