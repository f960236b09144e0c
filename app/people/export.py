"""All that is kept about one person, for that person: “full export on leaving”. Every table that names people.

What is the person's own comes whole, without secrets. Of records that only name them comes which ones, and when: their
text is the office's. Who hands it over for somebody else reads as little of what was said about records, for they may
not be open to that reader: the person takes those words with them by `/me/export.json`.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from sqlalchemy import Column, Table, or_, select
from sqlalchemy.orm import Session

from app.accounts.models import User
from app.core import clock
from app.core.audit import AuditEvent
from app.core.db import Base

# Secrets and what is made of them: of no use to the person, of much to a thief.
SECRET = frozenset(
    {"password", "secret", "token_hash", "code_hash", "credential_id", "public_key", "fs_uniquifier", "last_step"}
)
# Tables whose rows are a person's own, although others may have written in them.
OWN = frozenset({"comment", "request_comment", "saved_filter"})
RECORDS = frozenset({"activity", "support_request"})
ACCOUNTS = ("account", "user")
KEYS = ("id", "reference", "client_id", "key", "office", "region", "year", "activity_id", "kind")


def export_person(session: Session, user: User, *, to_themselves: bool) -> dict[str, Any]:
    """Everything, as plain values; `to_themselves` with what they said, and were told, about records."""
    account = _row(User.__table__, session.execute(select(User.__table__).where(User.id == user.id)).one(), own=True)  # type: ignore[arg-type]
    return {
        "made_at": clock.now().isoformat(),
        "account": account,
        "records": {
            table.name: rows for table in _tables() if (rows := list(_rows(session, table, user.id, to_themselves)))
        },
        "events": list(_events(session, user.id, to_themselves)),
    }


def _tables() -> Iterator[Table]:
    for table in Base.metadata.sorted_tables:
        if table is not User.__table__ and _naming(table):
            yield table


def _naming(table: Table) -> list[Column[Any]]:
    """The columns that name a person."""
    target = User.__table__.c.id
    return [column for column in table.columns if any(key.column is target for key in column.foreign_keys)]


def _is_of_records(table: Table) -> bool:
    return any(key.column.table.name in RECORDS for column in table.columns for key in column.foreign_keys)


def _rows(session: Session, table: Table, user_id: int, to_themselves: bool) -> Iterator[dict[str, Any]]:
    naming = _naming(table)
    statement = select(table).where(or_(*(column == user_id for column in naming))).order_by(*table.primary_key.columns)
    own = (table.name in OWN or "user_id" in table.columns) and (to_themselves or not _is_of_records(table))
    for row in session.execute(statement):
        told = _row(table, row, own=own)
        told["named_as"] = [column.name for column in naming if row._mapping[column] == user_id]
        yield told


def _row(table: Table, row: Any, *, own: bool) -> dict[str, Any]:
    return {
        column.name: _plain(row._mapping[column])
        for column in table.columns
        if column.name not in SECRET and (own or _is_key(column))
    }


def _is_key(column: Column[Any]) -> bool:
    return column.primary_key or column.name in KEYS or column.name.endswith("_at")


def _plain(value: Any) -> Any:
    if isinstance(value, date | datetime):
        return value.isoformat()
    return value if isinstance(value, str | int | float | bool | list | dict | None) else str(value)


def _events(session: Session, user_id: int, to_themselves: bool) -> Iterator[dict[str, Any]]:
    """What the person did, and what was done to their account."""
    e = AuditEvent
    about = e.subject_kind.in_(ACCOUNTS) & (e.subject_key == str(user_id))
    statement = select(e).where(or_(e.actor_id == user_id, about)).order_by(e.id)
    for each in session.scalars(statement):
        told = {"at": each.at.isoformat(), "action": each.action, "of": [each.subject_kind, each.subject_key]}
        open_to_all = to_themselves or each.subject_kind in ACCOUNTS
        yield {**told, "by_you": each.actor_id == user_id, "reason": each.reason if open_to_all else ""}
