"""The index of words, checked and made anew. The database keeps it; a disc or a hand at the database may break it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import RowMapping, select, text
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session

from app.activities.models_line import ActivityLine
from app.activities.tags import tags_of
from app.activities.wordindex import is_tag, text_of
from app.core.rows import change_rows
from app.core.text import words

L = ActivityLine
BLOCK = 2000
TABLE: Any = L.__table__


def fill_words(session: Session) -> Iterator[int]:
    """Write words and tags of lines that a program before the index wrote, some at a time; tells how many each time."""
    of_old = select(TABLE).where(~L.search.startswith(" ")).limit(BLOCK)
    while rows := session.execute(of_old).mappings().all():
        _rewrite(session, rows)
        yield len(rows)


def wrong_words(session: Session) -> Iterator[RowMapping]:
    """Lines whose words and tags are not what the line says."""
    for block in _wrong_blocks(session):
        yield from block


def rebuild_words(session: Session) -> None:
    """Write what is wrong, and make the index anew from the lines."""
    for block in _wrong_blocks(session):
        _rewrite(session, block)
    if session.get_bind().dialect.name == "sqlite":
        session.execute(text("INSERT INTO activity_word (activity_word) VALUES ('rebuild')"))
    else:
        session.execute(text("REINDEX INDEX ix_activity_line_words"))


def _wrong_blocks(session: Session) -> Iterator[list[RowMapping]]:
    """What is wrong among some lines at a time: all of a million may be."""
    last = 0
    after = select(TABLE).order_by(L.revision_id).limit(BLOCK)
    while rows := session.execute(after.where(L.revision_id > last)).mappings().all():
        yield [row for row in rows if row["search"] != _text(row)]
        last = rows[-1]["revision_id"]


def _rewrite(session: Session, rows: Sequence[RowMapping]) -> None:
    new = [{"revision_id": row["revision_id"], "search": _text(row)} for row in rows]
    change_rows(session, TABLE, ("revision_id",), new)


def _text(row: RowMapping) -> str:
    plain = " ".join(word for word in row["search"].split() if not is_tag(word))
    return text_of(words(plain), tags_of(dict(row)))


def index_holds_all(session: Session) -> bool:
    """True if the index of words is that of the lines. PostgreSQL's cannot be another one."""
    if session.get_bind().dialect.name != "sqlite":
        return True
    try:
        with session.begin_nested():
            session.execute(text("INSERT INTO activity_word (activity_word, rank) VALUES ('integrity-check', 1)"))
    except DatabaseError:
        return False
    return True
