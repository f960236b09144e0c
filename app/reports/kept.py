"""Keeping the lines of activities.csv: each is written when its record changes, in the same transaction.

Made anew for each file they were what most of its time went into. A line is the same for every reader, because files
have no text of sensitive records; what differs from file to file are its last columns, which are added in sending.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from app.activities.filters import ActivityFilters
from app.activities.models_line import ActivityLine
from app.activities.queries_files import file_lines, lines_of
from app.core.db import AnyRow
from app.core.events import Changed
from app.core.permissions import Actor
from app.core.rows import write_rows
from app.reports.activity_columns import COLUMNS, MARKS
from app.reports.models import FileLine
from app.reports.renderers.csv import FIRST_BLOCK, line_writer

BLOCK = 2000
WAY_OF_WRITING = "2"
"""Another one when the writer of CSV writes the same cells otherwise: then no line that was kept is used any more."""
FORM = hashlib.sha256(" ".join([WAY_OF_WRITING, *(c.key for c in (*COLUMNS, *MARKS))]).encode()).hexdigest()[:16]
TABLE: Any = FileLine.__table__
L = ActivityLine
_OWN = and_(FileLine.revision_id == L.revision_id, FileLine.form == FORM)
_write, _write_marks = line_writer(COLUMNS), line_writer(MARKS)


def keep_lines(session: Session, change: Changed) -> None:
    """Listener: write the lines of a changed activity."""
    if change.kind == "activity":
        _keep(session, lines_of(session, L.activity_id == change.key))


def keep_lines_of_many(session: Session, changes: Sequence[Changed]) -> None:
    """`keep_lines` for many changes, by the block."""
    ids = [change.key for change in changes if change.kind == "activity"]
    for start in range(0, len(ids), BLOCK):
        _keep(session, lines_of(session, L.activity_id.in_(ids[start : start + BLOCK])))


def fill(session: Session) -> Iterator[int]:
    """Write the lines that are missing or of another form, some at a time; tells how many each time."""
    missing = select(L.revision_id).outerjoin(FileLine, _OWN).where(FileLine.revision_id.is_(None)).limit(BLOCK)
    while ids := list(session.scalars(missing)):
        _keep(session, lines_of(session, L.revision_id.in_(ids)))
        yield len(ids)


def wrong_lines(session: Session) -> Iterator[str]:
    """References of records whose kept lines are not what would be written now."""
    last = 0
    kept = select(L.revision_id, FileLine.text, FileLine.marks, L.reference).join(FileLine, _OWN)
    while rows := session.execute(kept.where(L.revision_id > last).order_by(L.revision_id).limit(BLOCK)).all():
        known = {row.revision_id: row for row in rows}
        for key, line, marks in _written(lines_of(session, L.revision_id.in_(known))):
            if (known[key].text, known[key].marks) != (line, marks):
                yield known[key].reference
        last = rows[-1].revision_id


def ready_lines(
    session: Session, actor: Actor, filters: ActivityFilters, ends: tuple[str, str]
) -> Iterator[Sequence[str]]:
    """The lines of a file: what is kept, `ends` around its marks. What is not kept is written on the way."""
    before, after = ends
    line = FileLine.text + before + FileLine.marks + after
    found = file_lines(actor, filters, (line, L.revision_id)).outerjoin(FileLine, _OWN)
    with session.connection().execute(found.execution_options(yield_per=BLOCK)) as rows:
        size = FIRST_BLOCK
        while block := rows.fetchmany(size):
            size = BLOCK
            yield _completed(session, block, before, after)


def _completed(session: Session, block: Sequence[AnyRow], before: str, after: str) -> Sequence[str]:
    lines = [row[0] for row in block]
    if None not in lines:
        return lines
    missing = [row[1] for row in block if row[0] is None]
    written = _written(lines_of(session, L.revision_id.in_(missing)))
    made = {key: f"{text}{before}{marks}{after}" for key, text, marks in written}
    return [made[key] if text is None else text for text, key in block]


def _keep(session: Session, rows: Sequence[AnyRow]) -> None:
    new = [{"revision_id": k, "form": FORM, "text": line, "marks": marks} for k, line, marks in _written(rows)]
    write_rows(session, TABLE, new, over="revision_id")


def _written(rows: Sequence[Any]) -> Iterator[tuple[int, str, str]]:
    """(revision, line, marks) of rows."""
    if rows:
        yield from zip((row.revision_id for row in rows), _write(rows), _write_marks(rows), strict=True)
