"""IATI files through the same dry run, taking and undoing as spreadsheets."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from app.activities.models import Activity, ImportBatch
from app.core.errors import Refused
from app.core.i18n import N_
from app.core.permissions import Actor
from app.exchange.iati_findings import Fault
from app.exchange.iati_import import ImportedRow, Options, import_iati
from app.exchange.iati_import import Outcome as Fate
from app.exchange.iati_reader import check_file
from app.exchange.models import Import, ImportRow
from app.exchange.rules import IATI, Outcome
from app.exchange.run import Progress, Tally, told, worst
from app.exchange.sheet_values import Finding, note

AT_SOURCE = N_("The source has changed this activity since it was taken. The record stays as it is.")
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
BATCH = 200


def check_iati(
    session: Session, actor: Actor, imported: Import, path: Path, office: str | None, everything: bool
) -> dict[str, int]:
    """Import the whole file inside a savepoint, write down what became of each activity, and take it all back."""
    key, tally = imported.id, Tally()
    rows = []
    savepoint = session.begin_nested()
    for row in _imported(session, actor, path, office, everything):
        findings = list(_findings(row))
        tally.outcomes[WHAT[row.outcome]] += 1
        tally.severities.update(f.severity for f in findings)
        rows.append(_kept(key, row, findings))
    session.expunge_all()  # before the rollback: what it made is of no session any more
    savepoint.rollback()
    session.execute(delete(ImportRow).where(ImportRow.import_id == key))
    for start in range(0, len(rows), BATCH):
        session.execute(insert(ImportRow), rows[start : start + BATCH])
    return tally.told()


def take_iati(
    session: Session,
    actor: Actor,
    imported: Import,
    path: Path,
    office: str | None,
    everything: bool,
    progress: Progress,
) -> int | None:
    """Import the file. Raises Refused where an activity is not any more what the dry run said."""
    key, sha256 = imported.id, imported.sha256
    rows = select(ImportRow.number, ImportRow.outcome).where(ImportRow.import_id == key)
    seen = dict(session.execute(rows).all())
    for row in _imported(session, actor, path, office, everything):
        if seen.get(row.position) != WHAT[row.outcome]:
            raise Refused(DIFFERENT_NOW)
        progress(row.position)
    session.flush()
    newest = select(ImportBatch.id).where(ImportBatch.kind == IATI, ImportBatch.sha256 == sha256)
    batch_id = session.scalar(newest.order_by(ImportBatch.id.desc()).limit(1))
    _point(session, key, batch_id)
    return batch_id


def _point(session: Session, key: int, batch_id: int | None) -> None:
    """Each row that made a record points to it."""
    made = select(Activity.id, Activity.original_identifier, Activity.reference).where(Activity.batch_id == batch_id)
    by_name = {name: (activity_id, reference) for activity_id, name, reference in session.execute(made)}
    new = select(ImportRow).where(ImportRow.import_id == key, ImportRow.outcome == Outcome.NEW)
    for row in session.scalars(new):
        row.activity_id, row.reference = by_name[row.fields]
        row.version = 1
    session.flush()


def _imported(
    session: Session, actor: Actor, path: Path, office: str | None, everything: bool
) -> Iterator[ImportedRow]:
    return import_iati(session, actor, path, Options(office, everything), check_file(path))


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
        # By it the record is found once it is made.
        "fields": row.identifier if outcome == Outcome.NEW else "",
        "findings": told(findings),
        "worst": worst(f.severity for f in findings),
        "activity_id": None,
        "version": None,
        "before": None,
    }


def _findings(row: ImportedRow) -> Iterator[Finding]:
    yield from (_finding(fault) for fault in row.faults)
    for each in row.suggestions:
        yield note("how", SUGGESTED, type=each.support_type, strength=each.strength, why=each.because)
    if row.outcome == Fate.CHANGED_AT_SOURCE:
        yield note("", AT_SOURCE)
    if row.outcome == Fate.OUTSIDE:
        yield note("", OUTSIDE)


def _finding(fault: Fault) -> Finding:
    return Finding(fault.severity, fault.where, fault.message, {}, fault.value)
