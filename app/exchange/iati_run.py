"""IATI files through the same dry run, taking and undoing as spreadsheets."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.activities.models import Activity
from app.core.errors import Refused
from app.core.i18n import N_
from app.core.permissions import Actor
from app.core.rows import change_rows, write_rows
from app.exchange.iati_findings import Fault
from app.exchange.iati_import import ImportedRow, Options, Run, SourceFile
from app.exchange.iati_import import Outcome as Fate
from app.exchange.models import Import, ImportRow
from app.exchange.rules import Outcome
from app.exchange.run import TABLE, Progress, Tally, told, worst
from app.exchange.sheet_values import Finding, note

AT_SOURCE = N_("The source has changed this activity since it was taken. The record stays as it is.")
SAYS_OTHERWISE = N_("The source says this otherwise now.")
NOTHING_OURS = N_("What it changed is nothing that is entered here.")
OUTSIDE = N_("It is not about children in conflict with the law, as far as its codes tell.")
SUGGESTED = N_("Suggests %(type)s (%(strength)s): %(why)s")
DIFFERENT_NOW = N_("The file is not what it was at the dry run: records were changed since. Run it again.")
WHAT = {
    Fate.NEW: Outcome.NEW,
    Fate.UNCHANGED: Outcome.UNCHANGED,
    Fate.CHANGED_AT_SOURCE: Outcome.LEFT,
    Fate.OUTSIDE: Outcome.LEFT,
    Fate.REFUSED: Outcome.WRONG,
}


def check_iati(
    session: Session, actor: Actor, imported: Import, path: Path, options: Options, progress: Progress
) -> dict[str, int]:
    """Import each batch, write down what became of its activities, and take the records back. Raises Unreadable."""
    key, tally, done = imported.id, Tally(), 0
    run = Run(session, actor, options, SourceFile(path, imported.file_name, 0))
    session.execute(delete(ImportRow).where(ImportRow.import_id == key))
    for batch in run.batches():
        with run.trying():
            rows = [run.take(source) for source in batch]
        findings = [list(_findings(row)) for row in rows]
        tally.outcomes.update(WHAT[row.outcome] for row in rows)
        tally.severities.update(f.severity for found in findings for f in found)
        write_rows(session, TABLE, [_kept(key, row, found) for row, found in zip(rows, findings, strict=True)])
        done += len(batch)
        progress(done)
    return tally.told()


def take_iati(
    session: Session, actor: Actor, imported: Import, path: Path, options: Options, progress: Progress
) -> int | None:
    """Import the file; returns the id of its batch, None where nothing was new.

    Raises:
        Refused: an activity is not any more what the dry run said. Unreadable.
    """
    key, done = imported.id, 0
    file = SourceFile(path, imported.file_name, json.loads(imported.counts)["rows"])
    run = Run(session, actor, options, file)
    for batch in run.batches():
        rows = [run.take(source) for source in batch]
        if [(row.position, WHAT[row.outcome]) for row in rows] != _as_seen(session, key, rows):
            raise Refused(DIFFERENT_NOW)
        session.flush()
        _point(session, key, {row.reference: row.position for row in rows if row.outcome == Fate.NEW})
        session.expunge_all()
        done += len(batch)
        progress(done)
    return run.batch_id


def _as_seen(session: Session, key: int, rows: list[ImportedRow]) -> list[tuple[int, str]]:
    """What the dry run said of these."""
    asked = select(ImportRow.number, ImportRow.outcome).where(
        ImportRow.import_id == key, ImportRow.number.between(rows[0].position, rows[-1].position)
    )
    return [(number, outcome) for number, outcome in session.execute(asked.order_by(ImportRow.number))]


def _point(session: Session, key: int, made: dict[str, int]) -> None:
    """Each row that made a record points to it; `made` is {reference: row}."""
    found = session.execute(select(Activity.id, Activity.reference).where(Activity.reference.in_(made)))
    rows = [
        {"import_id": key, "number": made[name], "activity_id": activity_id, "reference": name, "version": 1}
        for activity_id, name in found
    ]
    change_rows(session, TABLE, ("import_id", "number"), rows)


def _kept(key: int, row: ImportedRow, findings: list[Finding]) -> dict[str, object]:
    outcome = WHAT[row.outcome]
    return {
        "import_id": key,
        "number": row.position,
        "outcome": outcome.value,
        "office": row.office,
        # The reference of a dry run is given back.
        "reference": "" if outcome == Outcome.NEW else row.reference,
        "title": row.identifier[:200],
        "fields": "",
        "findings": told(findings),
        "worst": worst(f.severity for f in findings),
        "activity_id": None,
        "version": None,
        "before": None,
    }


def _findings(row: ImportedRow) -> Iterator[Finding]:
    yield from (Finding(severity_of(row, f), f.where, f.message, {}, f.value) for f in row.faults)
    for each in row.suggestions:
        yield note("how", SUGGESTED, type=each.support_type, strength=each.strength, why=each.because)
    if row.outcome == Fate.CHANGED_AT_SOURCE:
        yield note("", AT_SOURCE)
        yield from (note(name, SAYS_OTHERWISE) for name in row.changed or ())
        if row.changed == ():
            yield note("", NOTHING_OURS)
    if row.outcome == Fate.OUTSIDE:
        yield note("", OUTSIDE)


def severity_of(row: ImportedRow, fault: Fault) -> str:
    """What does not keep the activity from being taken is no error here: a field of the draft stays empty."""
    kept_back = WHAT[row.outcome] == Outcome.WRONG
    return "warning" if fault.severity == "error" and not kept_back else fault.severity
