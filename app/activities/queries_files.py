"""Lines for files: all of them, in the order in which they were first saved, the text of sensitive records left out.

A file is passed on by mail. So unlike a page it has no text of a sensitive record for anybody (docs/decisions/0090).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, case, exists, func, literal, select
from sqlalchemy.orm import Session, aliased

from app.activities.filters import ActivityFilters
from app.activities.models import Counterpart, RevisionCounterpart
from app.activities.models_line import ActivityLine
from app.activities.queries import LINE_FIELDS, MASKED, lines
from app.core.db import AnyRow, AnySelect, UtcDateTime
from app.core.instants import InstantText
from app.core.permissions import Actor

L = ActivityLine
FILE_FIELDS = (*LINE_FIELDS, "text_left_out")
"""The fields of a line for files, in the order in which `stream_lines` gives them."""


@cache
def text_left_out() -> ColumnElement[bool]:
    """Lines of records of which a version that is read is sensitive: the other version says much the same."""
    other = aliased(ActivityLine)
    return exists().where(other.activity_id == L.activity_id, other.sensitive.is_(True))


def text_for_files(column: Any) -> Any:
    """Text of a record, blank where files have none."""
    return case((text_left_out(), literal("")), else_=column).label(column.key)


@cache
def file_fields() -> tuple[Any, ...]:
    """FILE_FIELDS as columns; instants come as text. Put together once: every save reads its own line by them."""
    return (*map(_shown, L.__table__.columns[:-1]), text_left_out().label("text_left_out"))


def _shown(column: Any) -> Any:
    if column.key in MASKED:
        return text_for_files(column)
    return InstantText(column).label(column.key) if isinstance(column.type, UtcDateTime) else column


def file_lines(actor: Actor, filters: ActivityFilters, columns: Collection[Any]) -> AnySelect:
    """These columns of the filtered lines that the actor may open, in the order of files."""
    return lines(actor, filters).with_only_columns(*columns).order_by(L.activity_id)


def stream_lines(session: Session, actor: Actor, filters: ActivityFilters) -> Iterator[AnyRow]:
    """All filtered lines, fetched by the block."""
    statement = file_lines(actor, filters, file_fields()).execution_options(yield_per=500)
    # Plain rows of the connection: the session's own would cost half as much again, and nothing here is an object.
    # Closed here: a reader who goes away in the middle must not leave a cursor open behind the session.
    with session.connection().execute(statement) as rows:
        yield from rows


def lines_of(session: Session, condition: ColumnElement[bool]) -> list[AnyRow]:
    """The lines of which `condition` holds, as files have them, whoever may open them."""
    return list(session.connection().execute(select(*file_fields()).where(condition)))


def count_left_out(session: Session, actor: Actor, filters: ActivityFilters) -> int:
    """Of how many of the filtered lines files leave out the text."""
    some = lines(actor, filters).where(text_left_out()).with_only_columns(literal(1)).order_by(None).subquery()
    return session.scalar(select(func.count()).select_from(some)) or 0


def count_unapproved(session: Session, actor: Actor, filters: ActivityFilters) -> int:
    """How many of the filtered records have no approved version: they count in no figure."""
    some = lines(actor, filters).where(L.approved_revision.is_(None)).with_only_columns(literal(1)).order_by(None)
    return session.scalar(select(func.count()).select_from(some.subquery())) or 0


def counterparts_of(session: Session, rows: Sequence[Any]) -> dict[int, list[tuple[str, str]]]:
    """Revision → (name, kind) of the bodies it names, the lead first; none where the text is left out."""
    wanted = [row.revision_id for row in rows if not row.text_left_out]
    statement = (
        select(RevisionCounterpart.revision_id, Counterpart.name, Counterpart.kind)
        .join(Counterpart, Counterpart.id == RevisionCounterpart.counterpart_id)
        .where(RevisionCounterpart.revision_id.in_(wanted))
        .order_by(RevisionCounterpart.revision_id, RevisionCounterpart.position)
    )
    found: dict[int, list[tuple[str, str]]] = {}
    for revision, name, kind in session.connection().execute(statement):
        found.setdefault(revision, []).append((name, kind))
    return found
