"""One pass over a file: the dry run that writes what was found, and the taking that writes the records."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path
from typing import Any

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from app.activities.bulk import Door, NewRecord
from app.activities.models import Activity
from app.activities.models_line import ActivityLine
from app.activities.rules import State as Workflow
from app.activities.services import save_activity
from app.core.errors import Refused
from app.core.i18n import N_
from app.core.permissions import Actor
from app.core.rows import change_rows, write_rows
from app.core.text import fold
from app.exchange.models import ImportRow
from app.exchange.reading import read_rows
from app.exchange.rules import SEVERITIES, Outcome
from app.exchange.sheet_content import How
from app.exchange.sheet_judge import Judge, Options, Verdict
from app.exchange.sheet_look import Reading
from app.exchange.sheet_values import Finding, error, warning

Progress = Callable[[int], None]
DUPLICATE = N_("This row and row %(row)s are about the same record. Neither is taken.")
LIKE_ROW = N_("Row %(row)s has the same office, title and start.")
LIKE_RECORD = N_("There is a record with the same office, title and start: %(reference)s.")
DIFFERENT_NOW = N_("Row %(row)s is not what it was at the dry run: records were changed since. Run it again.")
COUNTED_OTHERWISE = N_("The rows are counted otherwise now than at the dry run. Run it again.")
MOST_NAMED = 20
TABLE: Any = ImportRow.__table__


@dataclass
class Tally:
    """What was found in all."""

    outcomes: Counter[str] = field(default_factory=Counter)
    severities: Counter[str] = field(default_factory=Counter)

    def told(self) -> dict[str, int]:
        """As plain values."""
        return {**{o: self.outcomes[o] for o in Outcome}, **{s: self.severities[s] for s in SEVERITIES},
                "rows": sum(self.outcomes.values())}  # fmt: skip


class DryRun:
    """Judges every row and writes what it is. Rows that are about the same record are told at both places."""

    def __init__(self, session: Session, import_id: int, judge: Judge) -> None:
        self._session, self._id, self._judge = session, import_id, judge
        self._known_like: dict[str, dict[int, str]] = {}
        self._seen: dict[int, int] = {}
        self._like: dict[int, int] = {}
        self._later: dict[int, list[Finding]] = {}
        self.tally = Tally()

    def run(self, batches: Iterator[list[Any]], progress: Progress) -> None:
        """All of it. Raises Unreadable."""
        done = 0
        self._session.execute(delete(ImportRow).where(ImportRow.import_id == self._id))
        for batch in batches:
            verdicts = self._judge.judge(batch)
            for verdict in verdicts:
                self._compare(verdict)
            write_verdicts(self._session, self._id, verdicts, self.tally)
            done += len(batch)
            progress(done)
        tell_earlier(self._session, self._id, self._later, self.tally)

    def _compare(self, verdict: Verdict) -> None:
        if verdict.key:
            first = self._seen.setdefault(hash(verdict.key), verdict.number)
            if first != verdict.number:
                verdict.findings.append(error("", DUPLICATE, row=first))
                verdict.outcome = Outcome.WRONG
                self._note_first(first, error("", DUPLICATE, row=verdict.number))
                return
        if verdict.like and verdict.outcome == Outcome.NEW:
            place = hash(verdict.like)
            first = self._like.setdefault(place, verdict.number)
            if first != verdict.number:
                verdict.findings.append(warning("title", LIKE_ROW, verdict.title, row=first))
                self._note_first(first, warning("title", LIKE_ROW, row=verdict.number))
            record = self._like_of(verdict.office).get(place)
            if record is not None:
                verdict.findings.append(warning("title", LIKE_RECORD, reference=record))

    def _like_of(self, office: str) -> dict[int, str]:
        """Read when the first row of the office comes."""
        if office not in self._known_like:
            self._known_like[office] = known_like(self._session, office)
        return self._known_like[office]

    def _note_first(self, first: int, finding: Finding) -> None:
        said = self._later.setdefault(first, [])
        if len(said) < MOST_NAMED:
            said.append(finding)


def write_verdicts(session: Session, import_id: int, verdicts: Sequence[Verdict], tally: Tally) -> None:
    """Keep what each of the rows is, and count it."""
    rows = []
    for verdict in verdicts:
        tally.outcomes[verdict.outcome] += 1
        tally.severities.update(finding.severity for finding in verdict.findings)
        rows.append({
            "import_id": import_id, "number": verdict.number, "outcome": verdict.outcome.value,
            "office": verdict.office, "reference": verdict.reference, "title": verdict.title,
            "fields": ";".join(verdict.fields), "findings": told(verdict.findings),
            "worst": worst(f.severity for f in verdict.findings), "activity_id": None,
            "version": verdict.version, "before": None,
        })  # fmt: skip
    write_rows(session, TABLE, rows)


def tell_earlier(session: Session, import_id: int, later: Mapping[int, list[Finding]], tally: Tally) -> None:
    """Keep what was found out about earlier rows by later ones: {number of the row: findings}."""
    table = TABLE
    for number, findings in later.items():
        here = (table.c.import_id == import_id, table.c.number == number)
        outcome, before = session.execute(select(table.c.outcome, table.c.findings).where(*here)).one()
        every = [*json.loads(before), *(f.told() for f in findings)]
        wrong = any(f.severity == "error" for f in findings)
        after = Outcome.WRONG.value if wrong else outcome
        tally.outcomes.update({outcome: -1})
        tally.outcomes[after] += 1
        tally.severities.update(f.severity for f in findings)
        values = {"outcome": after, "findings": json.dumps(every, ensure_ascii=False),
                  "worst": worst(f[0] for f in every)}  # fmt: skip
        session.execute(update(table).where(*here).values(**values))


def told(findings: Sequence[Finding]) -> str:
    """Findings as they are kept: the worst first."""
    if not findings:
        return "[]"
    ordered = sorted(findings, key=lambda f: SEVERITIES.index(f.severity))
    return json.dumps([f.told() for f in ordered], ensure_ascii=False)


def worst(severities: Any) -> str:
    """The worst of them, "" of none."""
    return min(severities, key=SEVERITIES.index, default="")


def known_like(session: Session, office: str) -> dict[int, str]:
    """What the office has already, by office, start and title: {checksum: reference}."""
    line = ActivityLine
    columns = (line.actual_start, line.planned_start, line.title, line.reference)
    asked = select(*columns).where(line.lead_office == office, line.withdrawn.is_(False)).order_by(line.activity_id)
    found: dict[int, str] = {}
    for actual, planned, title, reference in session.execute(asked.execution_options(yield_per=1000)):
        found[hash(f"{office} {actual or planned or ''} {fold(title)}")] = reference
    return found


class Taking:
    """Takes the rows that the dry run found good, as drafts. The caller's transaction holds all of them or none."""

    def __init__(self, session: Session, actor: Actor, import_id: int, judge: Judge, door: Door) -> None:
        self._session, self._actor, self._id, self._judge, self._door = session, actor, import_id, judge, door

    def run(self, batches: Iterator[list[Any]], progress: Progress) -> None:
        """All of it.

        Raises:
            Refused: a row is not any more what the dry run said. Unreadable.
        """
        done = taken = 0
        for batch in batches:
            wanted = wanted_rows(self._session, self._id, batch)
            verdicts = self._judge.judge([row for row in batch if row[0] in wanted])
            refuse_other(verdicts, wanted)
            for outcome, part in groupby(verdicts, key=lambda v: v.outcome):
                self._take(outcome, list(part))
            self._session.flush()
            self._session.expunge_all()
            done += len(batch)
            taken += len(verdicts)
            progress(done)
        refuse_missing(self._session, self._id, taken)

    def _take(self, outcome: str, verdicts: list[Verdict]) -> None:
        if outcome == Outcome.NEW:
            made = self._door.record(
                [
                    NewRecord(v.office, v.content, v.identifier, v.client_id, v.looked)
                    for v in verdicts
                    if v.content is not None
                ]
            )
            taken = [(v.number, m.activity_id, m.reference, 1, None) for v, m in zip(verdicts, made, strict=True)]
            note_taken(self._session, self._id, taken)
        elif outcome == Outcome.CHANGED:
            note_taken(self._session, self._id, [self._save(verdict) for verdict in verdicts])

    def _save(self, verdict: Verdict) -> TakenRow:
        assert verdict.content is not None
        assert verdict.before is not None
        assert verdict.version is not None
        activity = self._session.get_one(Activity, verdict.activity_id)
        was_draft = activity.current.state == Workflow.DRAFT
        save_activity(self._session, self._actor, activity, verdict.content, verdict.version)
        before = json.dumps(verdict.before.to_dict() if was_draft else None, ensure_ascii=False)
        return verdict.number, activity.id, activity.reference, activity.version, before


Wanted = Mapping[int, tuple[str, str, int | None]]
"""What the dry run said of rows that are to be taken, by their numbers."""
TakenRow = tuple[int, int, str, int, str | None]
"""(number, activity's id, its reference, its version by now, what was there before)"""


WANTED = (Outcome.NEW, Outcome.CHANGED)


def wanted_rows(session: Session, import_id: int, batch: Sequence[Any]) -> Wanted:
    """The rows of the batch that are to be taken."""
    first, last = batch[0][0], batch[-1][0]
    asked = select(ImportRow.number, ImportRow.outcome, ImportRow.fields, ImportRow.version).where(
        ImportRow.import_id == import_id,
        ImportRow.number.between(first, last),
        ImportRow.outcome.in_(WANTED),
    )
    return {number: (outcome, fields, version) for number, outcome, fields, version in session.execute(asked)}


def refuse_other(verdicts: Sequence[Verdict], wanted: Wanted) -> None:
    """Raises Refused where a row is not any more what the dry run said."""
    for verdict in verdicts:
        if (verdict.outcome, ";".join(verdict.fields), verdict.version) != wanted[verdict.number]:
            raise Refused(DIFFERENT_NOW % {"row": verdict.number})


def refuse_missing(session: Session, import_id: int, taken: int) -> None:
    """Raises Refused where other than all rows were taken that the dry run found good: an older version of the program
    may have numbered them otherwise.
    """
    good = (ImportRow.import_id == import_id, ImportRow.outcome.in_(WANTED))
    if session.scalar(select(func.count()).select_from(ImportRow).where(*good)) != taken:
        raise Refused(COUNTED_OTHERWISE)


def note_taken(session: Session, import_id: int, taken: Sequence[TakenRow]) -> None:
    """Keep what became of the rows."""
    names = ("import_id", "number", "activity_id", "reference", "version", "before")
    rows = [dict(zip(names, (import_id, *each), strict=True)) for each in taken]
    change_rows(session, TABLE, names[:2], rows)


def rows_of(path: Path, how: Reading) -> Iterator[list[Any]]:
    """The rows of the file by the batch."""
    return read_rows(path, how)


def options_of(how: Mapping[str, Any], kind: str) -> Options:
    """The options that were kept with an import."""
    return Options(
        keys=tuple(how["keys"]),
        how=How(how["order"], how["decimal"]),
        office=how.get("office") or None,
        guarded=kind == "csv",
    )
