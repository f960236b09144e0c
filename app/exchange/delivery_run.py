"""The dry run, the taking and the undoing of a file of deliveries."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from app.activities.deliveries import Delivery, Taken, take_back_deliveries, take_deliveries
from app.activities.models import Activity, DeliveryLine
from app.core.i18n import N_
from app.core.permissions import Actor
from app.exchange.delivery_judge import DeliveryJudge, Judged, settle_rows
from app.exchange.models import ImportRow
from app.exchange.run import (
    TABLE,
    Progress,
    TakenRow,
    Tally,
    Wanted,
    note_taken,
    refuse_missing,
    refuse_other,
    tell_earlier,
    wanted_rows,
    write_verdicts,
)
from app.exchange.sheet_csv import Row
from app.exchange.sheet_values import Finding, error

APART = N_(
    "Row %(row)s is about the same delivery. Name its activity alike in all its rows, and put them under each other."
)


def check_deliveries(
    session: Session, import_id: int, judge: DeliveryJudge, batches: Iterator[list[Row]], progress: Progress
) -> Tally:
    """Judge every row and write what it is. Raises Unreadable."""
    session.execute(delete(ImportRow).where(ImportRow.import_id == import_id))
    tally, done = Tally(), 0
    seen: dict[int, tuple[int, int]] = {}
    twice: dict[tuple[int, int], int] = {}
    for found in judge.judge(batches):
        for each in found:
            place = hash(each.identity)
            first = seen.setdefault(place, (each.first, each.last)) if each.identity else (each.first, each.last)
            if first != (each.first, each.last):
                each.wrong("", APART, row=first[0])
                settle_rows(each)
                twice.setdefault(first, each.first)
        verdicts = [row.verdict for each in found for row in each.rows]
        write_verdicts(session, import_id, verdicts, tally)
        done += len(verdicts)
        session.expunge_all()
        progress(done)
    tell_earlier(session, import_id, dict(_of_earlier(session, import_id, twice)), tally)
    return tally


def _of_earlier(
    session: Session, import_id: int, twice: dict[tuple[int, int], int]
) -> Iterator[tuple[int, list[Finding]]]:
    """Rows that came first of what is in the file twice, with what is to be said of them."""
    for (first, last), row in twice.items():
        rows = select(ImportRow.number).where(ImportRow.import_id == import_id, ImportRow.number.between(first, last))
        for number in session.scalars(rows):
            yield number, [error("", APART, row=row)]


def take_good_deliveries(
    session: Session, actor: Actor, import_id: int, judge: DeliveryJudge, batches: Iterator[list[Row]],
    progress: Progress,
) -> None:  # fmt: skip
    """Add what the dry run found good: each activity's deliveries of a batch as one act.

    Raises:
        Refused: a row is not any more what the dry run said. Unreadable.
    """
    wanted: dict[int, Any] = {}
    done = 0
    for found in judge.judge(_only_wanted(session, import_id, batches, wanted)):
        refuse_other([row.verdict for each in found for row in each.rows], wanted)
        _take(session, actor, import_id, found)
        done += sum(len(each.rows) for each in found)
        for each in found:
            for row in each.rows:
                wanted.pop(row.verdict.number)
        session.flush()
        session.expunge_all()
        progress(done)
    refuse_missing(session, import_id, done)


def _only_wanted(
    session: Session, import_id: int, batches: Iterator[list[Row]], wanted: dict[int, Any]
) -> Iterator[list[Row]]:
    """The rows that are to be taken; `wanted` learns what the dry run said of them."""
    for batch in batches:
        these: Wanted = wanted_rows(session, import_id, batch)
        wanted |= these
        rows = [row for row in batch if row[0] in these]
        if rows:
            yield rows


def _take(session: Session, actor: Actor, import_id: int, found: Sequence[Judged]) -> None:
    wanted: dict[int, list[tuple[Delivery, str | None]]] = {}
    for each in found:
        assert each.activity is not None
        assert each.command is not None
        wanted.setdefault(each.activity.id, []).append((each.command, each.instead_of))
    take_deliveries(session, actor, wanted)
    taken: list[TakenRow] = []
    for each in found:
        activity = each.activity
        assert activity is not None
        assert each.command is not None
        told = json.dumps({"line": each.command.client_id, "instead_of": each.instead_of})
        for row in each.rows:
            made = told if row is each.rows[0] else None
            taken.append((row.verdict.number, activity.id, activity.reference, activity.version, made))
    note_taken(session, import_id, taken)


def built_on_deliveries(session: Session, rows: Sequence[Any]) -> Iterator[str]:
    """References of records that are withdrawn, or of which a delivery that these rows brought is gone by now."""
    lines = [each.line for _id, each in _taken(rows)]
    there = set(
        session.scalars(
            select(DeliveryLine.client_id).where(DeliveryLine.client_id.in_(lines), DeliveryLine.removed_at.is_(None))
        )
    )
    gone = {key for key, each in _taken(rows) if each.line not in there}
    asked = select(Activity.reference).where(Activity.id.in_({key for key, _each in _taken(rows)}))
    withdrawn = Activity.withdrawn_at.is_not(None)
    yield from session.scalars(asked.where(withdrawn | Activity.id.in_(gone)).order_by(Activity.id))


def undo_deliveries(session: Session, actor: Actor, import_id: int, rows: Sequence[Any], reason: str) -> None:
    """Take back the deliveries that these rows brought. Raises NotFound, Refused, Forbidden."""
    taken: dict[int, list[Taken]] = {}
    for key, each in _taken(rows):
        taken.setdefault(key, []).append(each)
    take_back_deliveries(session, actor, taken, reason)
    numbers = [row.number for row in rows]
    here = (TABLE.c.import_id == import_id, TABLE.c.number.in_(numbers))
    session.execute(update(TABLE).where(*here).values(activity_id=None))


def _taken(rows: Sequence[Any]) -> Iterator[tuple[int, Taken]]:
    """(the activity's id, what was taken) of the first row of each delivery."""
    for row in rows:
        if row.before is not None:
            told = json.loads(row.before)
            yield row.activity_id, Taken(told["line"], told["instead_of"])
