"""A good row for any table, filled in from the metadata, so that a test can spoil exactly one thing."""

from __future__ import annotations

import itertools
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import JSON, Boolean, Column, Connection, Date, DateTime, Integer, Numeric, Table, insert, text

import app.people.models
import app.reports.models  # noqa: F401
from app.core.db import Base

_numbers = itertools.count(1)

# What must not be any text: values that checks ask for, by table and column.
GOOD: dict[str, dict[str, Any]] = {
    "activity_revision": {"state": "replaced", "visibility": "office", "language": "en"},
    "annual_return": {"state": "draft", "recorded_by": "office"},
    "co_office_answer": {"answer": "named", "office": "0420"},
    "confirmation": {"how": "delivery", "year": 2001},
    "delivery_line": {"on_date": "2020"},
    "handover_part": {"kind": "drafts"},
    "evidence": {"address": "https://example.org/"},
    "kept_cell": {"basis": "approved", "n": 1, "firm": 1},
    "kept_support": {"basis": "approved"},
    "mail_choice": {"rhythm": "daily"},
    "membership": {"role": "country_staff", "office": "0060"},
    "office": {"type": "country"},
    "office_country": {"role": "host"},
    "outbox_message": {"kind": "approved"},
    "provision": {"confidence": "high"},
    "revision_code": {"list_key": "obstacle", "code": "law"},
    "revision_partner": {"list_key": "partner_agency", "partner": "unodc"},
    "revision_provision": {"role": "applied"},
    "support_type": {"facet": "how"},
}
# A row that is there already, by the column that points to it. The synced lists have the others.
THERE: dict[str, Any] = {
    "code.list_key": "obstacle",
    "code.code": "law",
    "country.iso3": "AFG",
    "instrument.code": "CRC",
    "office.code": "0060",
    "provision.code": "CRC-4",
    "region.code": "ROSA",
    "support_type.code": "training",
}


def good(table: str, **changes: Any) -> dict[str, Any]:
    """Values of a new row that every constraint admits, `changes` applied."""
    number = next(_numbers)
    columns = [c for c in _table(table).columns if not c.nullable and c.default is None and not _made_by_database(c)]
    values = {c.name: value(c, number) for c in columns}
    return values | GOOD.get(table, {}) | changes


def value(column: Column[Any], number: int) -> Any:
    """Something that fits the column: a parent that is there, or a fresh value."""
    for key in column.foreign_keys:
        return THERE[key.target_fullname]
    kinds = {Boolean: False, JSON: {}, Date: date(2020, 1, 1), DateTime: datetime(2020, 1, 1, tzinfo=UTC), Numeric: 1}
    for kind, fitting in kinds.items():
        if isinstance(column.type, kind) or isinstance(getattr(column.type, "impl", None), kind):
            return fitting
    if isinstance(column.type, Integer):
        return 3000 + number
    return f"{number:04d}"[-(getattr(column.type, "length", None) or 4) :]


def parents(connection: Connection) -> None:
    """Add what the synced lists do not have: a person, an activity with a revision, a delivery line, …"""
    chain = ["user_account", "activity", "activity_revision", "delivery_line", "counterpart", "annual_return",
             "comment", "membership", "handover", "membership"]  # fmt: skip
    for table in chain:
        statement = insert(_table(table)).values(good(table)).returning(_table(table).c.id)
        THERE[f"{table}.id"] = connection.execute(statement).scalar_one()
    # A line belongs to one revision: the one that others belong to stays free for a line of their own.
    line = good("activity_line")
    connection.execute(insert(_table("activity_line")).values(line))
    THERE["activity_line.revision_id"] = line["revision_id"]
    another = insert(_table("activity_revision")).values(good("activity_revision")).returning(text("id"))
    THERE["activity_revision.id"] = connection.execute(another).scalar_one()


def _table(name: str) -> Table:
    return Base.metadata.tables[name]


def _made_by_database(column: Column[Any]) -> bool:
    return (
        column.primary_key
        and isinstance(column.type, Integer)
        and column.autoincrement is not False
        and (not column.foreign_keys and len(column.table.primary_key) == 1)
    )
