"""Rows that the driver writes are what the statements of the house would have written, and are refused as they are."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Date,
    Engine,
    Integer,
    MetaData,
    Numeric,
    String,
    Table,
    Text,
    event,
    insert,
    select,
)  # fmt: skip
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.orm import Session

from app.core.db import UtcDateTime, new_client_id
from app.core.rows import BLOCK, change_rows, write_rows

pytestmark = pytest.mark.both_engines
THINGS = Table(
    "thing of order", MetaData(),
    Column("id", Integer, primary_key=True), Column("group", String(4)), Column("text", Text),
    Column("amount", Numeric(14, 2)), Column("yes", Boolean, nullable=False), Column("at", UtcDateTime),
    Column("day", Date), CheckConstraint("id < 100000", name="small"),
)  # fmt: skip
MADE_HERE = Table("made here", MetaData(), Column("id", Integer, primary_key=True),
                  Column("client_id", String(36), default=new_client_id))  # fmt: skip
AT = datetime(2026, 11, 27, 9, 0, 0, 123456, timezone(timedelta(hours=3)))
BLANK: dict[str, Any] = {
    "id": 1, "group": None, "text": None, "amount": None, "yes": False, "at": None, "day": None,
}  # fmt: skip
ROWS: list[dict[str, Any]] = [
    BLANK,
    {**BLANK, "id": 2, "text": 'a "quoted"\\ {NULL,%s} ? :x\r\n\t\u2028 😀 e\u0301 نص', "yes": True},
    {**BLANK, "id": 3, "text": "", "group": "0060", "amount": Decimal("1500.50"), "at": AT, "day": date(2026, 2, 28)},
    {**BLANK, "id": 4, "text": "null", "amount": Decimal("0.00"), "at": datetime(1, 1, 1, tzinfo=UTC)},
]


@pytest.fixture
def session(engine: Engine) -> Iterator[Session]:
    """A session beside a table of all kinds of columns."""
    THINGS.create(engine)
    with Session(engine) as found:
        yield found
        found.rollback()
    THINGS.drop(engine)


def _kept(session: Session) -> list[dict[str, Any]]:
    return [dict(row) for row in session.execute(select(THINGS).order_by(THINGS.c.id)).mappings()]


def test_the_same_as_by_statements(session: Session) -> None:
    session.connection().execute(insert(THINGS), ROWS)
    by_statements = _kept(session)
    session.rollback()
    write_rows(session, THINGS, ROWS)
    assert _kept(session) == by_statements == ROWS
    write_rows(session, THINGS, [])
    assert len(_kept(session)) == len(ROWS)


def test_more_than_a_block(session: Session) -> None:
    write_rows(session, THINGS, [{**BLANK, "id": n, "text": str(n)} for n in range(BLOCK + 3)])
    assert [(row["id"], row["text"]) for row in _kept(session)] == [(n, str(n)) for n in range(BLOCK + 3)]


def test_a_broken_constraint_is_one(session: Session) -> None:
    write_rows(session, THINGS, ROWS[:1])
    for wrong in (BLANK, {**BLANK, "id": 5, "yes": None}, {**BLANK, "id": 100_000}):
        with pytest.raises(IntegrityError), session.begin_nested():
            write_rows(session, THINGS, [{**BLANK, "id": 9}, wrong])
    assert _kept(session) == ROWS[:1]


def test_too_long_a_text_is_not_cut(session: Session) -> None:
    long = [{**BLANK, "group": "00601"}]
    if session.get_bind().dialect.name == "postgresql":
        with pytest.raises(DBAPIError), session.begin_nested():
            write_rows(session, THINGS, long)
    else:  # SQLite knows no lengths
        write_rows(session, THINGS, long)
        assert _kept(session) == long


def test_what_python_alone_fills_in_must_be_said(session: Session) -> None:
    with pytest.raises(ValueError, match="client_id"):
        write_rows(session, MADE_HERE, [{"id": 1}])
    with pytest.raises(KeyError):
        write_rows(session, THINGS, [BLANK, {"id": 2}])
    with pytest.raises(ValueError, match="time zone"):
        write_rows(session, THINGS, [{**BLANK, "at": datetime(2026, 1, 1)}])  # noqa: DTZ001


def test_over_those_that_are_there(session: Session) -> None:
    write_rows(session, THINGS, ROWS)
    anew = [{**BLANK, "id": 2, "text": "anew"}, {**BLANK, "id": 7, "text": "new"}]
    write_rows(session, THINGS, anew, over="id")
    assert _kept(session) == [ROWS[0], anew[0], ROWS[2], ROWS[3], anew[1]]


def test_changing_rows(session: Session) -> None:
    write_rows(session, THINGS, ROWS)
    change_rows(session, THINGS, ("id",), [{"id": n, "at": AT, "text": f"{n}%"} for n in (4, 1, 99)])
    change_rows(session, THINGS, ("id", "group"), [{"id": 3, "group": "0060", "yes": True}])
    change_rows(session, THINGS, ("id",), [])
    told = {"at": AT}
    assert _kept(session) == [
        {**ROWS[0], **told, "text": "1%"}, ROWS[1], {**ROWS[2], "yes": True}, {**ROWS[3], **told, "text": "4%"},
    ]  # fmt: skip
    with pytest.raises(IntegrityError), session.begin_nested():
        change_rows(session, THINGS, ("id",), [{"id": 1, "yes": None}])


def test_who_listens_to_statements_hears_of_it(session: Session, engine: Engine) -> None:
    heard: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        heard.append(statement.split()[0])

    event.listen(engine, "before_cursor_execute", note)
    try:
        write_rows(session, THINGS, ROWS)
        change_rows(session, THINGS, ("id",), [{"id": 1, "text": "x"}])
    finally:
        event.remove(engine, "before_cursor_execute", note)
    assert heard[-2:] == ["INSERT", "UPDATE"]
    assert session.connection().info["wrote"] is True  # so the version of the data rises at the commit
