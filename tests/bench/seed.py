"""Many activities quickly: some hundred are made by the services, then their rows are copied under new ids."""

from __future__ import annotations

import itertools
import uuid
from collections.abc import Iterator
from typing import Any

from sqlalchemy import Table, func, insert, select
from sqlalchemy.orm import Session

from app.activities import models
from app.core.db import Base, unit_of_work
from app.coverage.keeping import rebuild
from app.demo.history import make_history
from app.reference.sync import sync_reference

REVISIONS = ("revision_support_type", "revision_provision", "revision_country", "revision_code",
             "revision_counterpart", "revision_partner", "revision_co_office", "revision_author")  # fmt: skip
BESIDE = ("co_office_answer", "confirmation")
BLOCK = 5000


def fill(sessions: Any, size: int) -> None:
    """Reference lists and `size` activities with their rows, lines and kept facts."""
    with unit_of_work(sessions) as session:
        sync_reference(session)
    with unit_of_work(sessions) as session:
        make_history(session, iter)
    with unit_of_work(sessions) as session:
        have = session.scalar(select(func.count()).select_from(models.Activity)) or 0
        for copy in range(1, -(-size // have)):
            _copy(session, copy)
        rebuild(session)


def _copy(session: Session, copy: int) -> None:
    """Every activity made by hand once more, with ids moved on by a million a copy."""
    shift = copy * 1_000_000
    session.execute(insert(_table("activity")), [_moved(row, shift, copy) for row in _own(session, "activity")])
    session.execute(insert(_table("activity_revision")),
                    [_moved(row, shift, copy) for row in _own(session, "activity_revision")])  # fmt: skip
    for pointer in ("current", "submitted", "approved"):
        _point(session, shift, f"{pointer}_revision_id")
    for name in (*REVISIONS, *BESIDE, "activity_line"):
        for block in _blocks(_moved(row, shift, copy) for row in _own(session, name)):
            session.execute(insert(_table(name)), block)


def _table(name: str) -> Table:
    return Base.metadata.tables[name]


def _own(session: Session, name: str) -> list[dict[str, Any]]:
    """The rows made by the services: their ids are below a million."""
    table = _table(name)
    key = table.c["revision_id" if name in REVISIONS else "activity_id" if name not in ("activity",) else "id"]
    return [dict(row._mapping) for row in session.execute(select(table).where(key < 1_000_000))]


SHIFTED = ("id", "activity_id", "revision_id")
POINTERS = ("current_revision_id", "submitted_revision_id", "approved_revision_id")  # set once the revisions are there
RANDOM = ("client_id", "uuid")
NAMED = ("reference", "original_identifier")


def _moved(row: dict[str, Any], shift: int, copy: int) -> dict[str, Any]:
    changes = {name: row[name] + shift for name in SHIFTED if row.get(name) is not None}
    changes |= {name: None for name in POINTERS if name in row}
    changes |= {name: str(uuid.uuid5(uuid.NAMESPACE_OID, f"{row[name]}{copy}")) for name in RANDOM if name in row}
    changes |= {name: f"{row[name]}-{copy}" for name in NAMED if row.get(name)}
    return row | changes


def _point(session: Session, shift: int, name: str) -> None:
    table = _table("activity")
    before = table.alias()
    wanted = select(before.c[name] + shift).where(before.c.id == table.c.id - shift).scalar_subquery()
    session.execute(table.update().where(table.c.id >= shift).values({name: wanted}))


def _blocks(rows: Iterator[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    while block := list(itertools.islice(rows, BLOCK)):
        yield block
