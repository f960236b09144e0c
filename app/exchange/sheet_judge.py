"""What each row of a spreadsheet is against the records that there are: new, changed, unchanged or wrong, and why."""

from __future__ import annotations

import hashlib
import re
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy.orm import Session

from app.activities.bulk import Door, Looked
from app.activities.checks import Surroundings, beyond_draft, draft_problems
from app.activities.child_case import fields_like_a_case
from app.activities.content import read_content
from app.activities.models import Activity, ActivityRevision
from app.activities.models_line import ActivityLine
from app.activities.queries import BESIDE, MASKED
from app.activities.reference import surroundings
from app.activities.rules import Content
from app.core.errors import Problem
from app.core.formulas import unguard
from app.core.i18n import N_
from app.core.permissions import Actor, Permission, can
from app.core.text import bare, fold
from app.exchange.rules import SPREADSHEET, Outcome
from app.exchange.sheet_broken import is_broken
from app.exchange.sheet_codes import look_ups
from app.exchange.sheet_columns import ACTIVITIES, NEVER_SET
from app.exchange.sheet_content import How, changed_fields, laid_over
from app.exchange.sheet_csv import Row
from app.exchange.sheet_known import (
    CONTENT_COLUMNS,
    Known,
    KnownRecords,
    column_of,
    differing,
    is_moment,
    kinds_by_name,
    read_whole,
    recorded,
    saved_since,
)
from app.exchange.sheet_values import Finding, error, names_a_sum, note, tidy, warning

OURS = uuid.UUID("6f0a1c52-5a0e-5d0b-9a55-0d4f6b8a9c01")
"""From which the ids of imported records are derived: the same row gets the same id again."""
IDENTIFIER_LIMIT = 300
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")

WITHHELD = frozenset((*MASKED, *BESIDE))
"""The texts that no file has of a sensitive record."""
LEFT_OUT, YES = "text_left_out", ("yes", "true", "1")

SURPLUS = N_(
    "The row has more cells than the table has headings: a heading is missing, or a text with a comma lacks its"
    " quotation marks."
)
NO_OFFICE = N_("Say which office leads: the row names none, and none was chosen for the file.")
OTHER_OFFICE = N_("You may not record for the office %(code)s. Its rows are refused.")
NOT_YOURS = N_("There is no record with this reference that you may change. Leave it blank for a new record.")
OFFICE_DIFFERS = N_("The record belongs to the office %(code)s, which an import never changes.")
NO_UUID = N_("This is no UUID. Leave it blank for a new record.")
LONG_IDENTIFIER = N_("The identifier has more than 300 characters.")
WITHDRAWN = N_("This record is withdrawn. Undo the withdrawal first.")
STALE = N_("The record was changed after this file was made. Export it again, and repeat your change there.")
TAKEN_BEFORE = N_("This row was taken before, as %(reference)s.")
EDITED_HERE = N_("The record was changed here since it was first taken. This row would set it back where it differs.")
LATER = N_("Before it can be submitted: %(what)s")
CHILD_CASE = N_("This looks like one child's case. No child's data belongs here.")
NOT_COMPARED = N_(
    "The text of this sensitive record was left out of the file, so it is neither compared nor changed."
    " Change it in the record itself."
)
OTHER_UUID = N_("The record %(reference)s has another UUID. Leave one of the two blank.")
NO_MOMENT = N_(
    "A spreadsheet has written this moment anew, so whether the record was changed since cannot be told. Put back what"
    " the exported file says (2026-03-27T09:30:00Z), or export it again and repeat your change."
)
BROKEN = N_(
    "This cell holds no value: an error of the spreadsheet, a formula without its result, or an object. Mend it."
)
A_SUM = N_(
    "This looks like a sum of other rows, not like an activity. Leave the row out, or give it a title of its own."
)
LETTERS_LOST = N_(
    "Question marks stand where letters were: a program saved the file in an encoding without them. Save it as UTF-8."
)
NO_SAVE_REVISION = N_("This is no number of a revision.")


@dataclass(frozen=True)
class Options:
    """How the rows are to be read: the key of each column in their order, and how the file writes things."""

    keys: tuple[str, ...]
    how: How = field(default_factory=How)
    office: str | None = None
    guarded: bool = True


@dataclass
class Verdict:
    """One row: what it is, and all that is needed to take it."""

    number: int
    outcome: Outcome = Outcome.WRONG
    office: str = ""
    reference: str = ""
    title: str = ""
    findings: list[Finding] = field(default_factory=list)
    fields: tuple[str, ...] = ()
    content: Content | None = None
    looked: Looked | None = None
    before: Content | None = None
    identifier: str = ""
    client_id: str = ""
    activity_id: int | None = None
    version: int | None = None
    key: str = ""
    like: str = ""

    @property
    def wrong(self) -> bool:
        """Something keeps it from being taken."""
        return any(finding.severity == "error" for finding in self.findings)


@dataclass(frozen=True)
class Difference:
    """The cells in which a row differs, to the letter, from a line of its record; whether that is the newest one."""

    record: Known
    line: Mapping[str, Any]
    cells: dict[str, str]
    newest: bool


class Judge:
    """Judges the rows of one file, batch by batch. `advises` adds what concerns people, not the taking."""

    def __init__(self, session: Session, actor: Actor, options: Options, door: Door, *, advises: bool = True) -> None:
        self._session, self._actor, self._options, self._door = session, actor, options, door
        self._advises = advises
        self._places = {key: place for place, key in enumerate(options.keys) if key}
        self._codes = look_ups(session)
        self._offices = self._codes.data.offices
        self._hows: dict[str, How] = {}

    def judge(self, rows: Iterable[Row]) -> list[Verdict]:
        """The verdicts of a batch of rows."""
        parsed = [self._identified(number, cells) for number, cells in rows]
        known = KnownRecords(
            self._session,
            {cells["reference"].upper() for _v, cells in parsed if cells.get("reference")},
            {cells["uuid"] for _v, cells in parsed if cells.get("uuid")},
            {verdict.identifier for verdict, _cells in parsed if verdict.identifier},
        )
        differences = [self._compared(verdict, cells, known) for verdict, cells in parsed]
        # Held while they are read: what nobody holds would be asked for anew, list by list of each record.
        whole = read_whole(self._session, [each.record for each in differences if each is not None])
        for (verdict, cells), each in zip(parsed, differences, strict=True):
            if each is not None:
                self._changes(verdict, cells, each)
        del whole
        return [self._settled(verdict) for verdict, _cells in parsed]

    def _identified(self, number: int, row: Sequence[str]) -> tuple[Verdict, dict[str, str]]:
        verdict = Verdict(number)
        keys = self._options.keys
        verdict.findings += surplus(row, keys)
        take_off = unguard if self._options.guarded else str
        left = NEVER_SET[ACTIVITIES]
        cells = {key: take_off(cell) for key, cell in zip(keys, row, strict=False) if key and key not in left}
        cells |= {key: "" for key in keys[len(row) :] if key and key not in left}
        if dict(zip(keys, row, strict=False)).get(LEFT_OUT, "").strip().casefold() in YES:
            # The export left the text of a sensitive record out: blank says nothing here, and takes nothing away.
            verdict.findings.append(note(LEFT_OUT, NOT_COMPARED))
            cells = {key: cell for key, cell in cells.items() if key not in WITHHELD}
        for key in ("reference", "uuid", "original_identifier", "lead_office"):
            if key in cells:
                cells[key] = bare(tidy(cells[key]))
        if "uuid" in cells:
            cells["uuid"] = cells["uuid"].lower()
        verdict.title = tidy(cells.get("title", ""))[:200].replace("\n", " ")
        self._find_office(verdict, cells)
        verdict.identifier = self._identifier(verdict, cells)
        return verdict, cells

    def _find_office(self, verdict: Verdict, cells: dict[str, str]) -> None:
        named = cells.get("lead_office", "")
        if named:
            code, said = self._codes.find("office", named, "lead_office")
            verdict.office = code or ""
            verdict.findings += said
        elif self._options.office is not None and not cells.get("reference"):
            verdict.office = self._options.office

    def _identifier(self, verdict: Verdict, cells: dict[str, str]) -> str:
        """What names the row when it comes again: its own identifier, else the checksum of all it says."""
        if cells.get("reference") or not verdict.office:
            return ""
        own = cells.get("original_identifier")
        if own:
            return identifier_of(verdict.office, own)
        told = [(key, cells[key].strip()) for key in sorted(CONTENT_COLUMNS) if cells.get(key, "").strip()]
        digest = hashlib.sha256(repr((verdict.office, told)).encode("utf-8", "surrogatepass")).hexdigest()
        return f"{verdict.office}:row:{digest[:40]}"

    def _compared(self, verdict: Verdict, cells: dict[str, str], known: KnownRecords) -> Difference | None:
        """What the row is, by what it names; where it says something else than the record, the difference is left."""
        reference, own_id = cells.get("reference", ""), cells.get("uuid", "")
        found = known.by_reference.get(reference.upper()) if reference else known.by_uuid.get(own_id)
        if found is not None:
            return self._against(verdict, cells, found, known)
        if not reference:
            return self._without_reference(verdict, cells, known)
        verdict.findings.append(error("reference", A_SUM if names_a_sum(reference) else NOT_YOURS, reference))
        return None

    def _settled(self, verdict: Verdict) -> Verdict:
        if verdict.wrong:
            verdict.outcome = Outcome.WRONG
        if len(verdict.findings) > 1:  # as the eye goes along the row
            verdict.findings.sort(key=lambda finding: self._places.get(finding.column, -1))
        return verdict

    def _without_reference(self, verdict: Verdict, cells: dict[str, str], known: KnownRecords) -> Difference | None:
        taken = known.by_identifier.get(verdict.identifier)
        if taken is None:
            self._new(verdict, cells)
        elif ":row:" in verdict.identifier[:9]:
            if self._may_change(verdict, taken, "lead_office"):
                verdict.outcome, verdict.reference = Outcome.UNCHANGED, taken.row.reference
                verdict.key = f"id {taken.row.id}"
                verdict.findings = [note("", TAKEN_BEFORE, reference=taken.row.reference)]
        else:
            return self._against(verdict, cells, taken, known)
        return None

    def _may_change(self, verdict: Verdict, known: Known, column: str) -> bool:
        if can(Permission.ACTIVITY_EDIT, self._actor, known.row.lead_office):
            return True
        verdict.findings.append(error(column, NOT_YOURS, known.row.reference))
        return False

    def _against(
        self, verdict: Verdict, cells: dict[str, str], known: Known, records: KnownRecords
    ) -> Difference | None:
        """A row about a record that is there."""
        row = known.row
        if not can(Permission.ACTIVITY_EDIT, self._actor, row.lead_office):
            if self._says_the_same(cells, known):
                verdict.outcome, verdict.reference, verdict.key = Outcome.UNCHANGED, row.reference, f"id {row.id}"
                verdict.office = row.lead_office
            else:
                verdict.findings.append(error("reference", NOT_YOURS, row.reference))
            return None
        if cells.get("reference") and cells.get("uuid") and cells["uuid"] != row.client_id:
            verdict.findings.append(error("uuid", OTHER_UUID, cells["uuid"], reference=row.reference))
        verdict.reference, verdict.activity_id, verdict.version = row.reference, row.id, row.version
        verdict.key = f"id {row.id}"
        if verdict.office and verdict.office != row.lead_office:
            verdict.findings.append(error("lead_office", OFFICE_DIFFERS, cells["lead_office"], code=row.lead_office))
        verdict.office = row.lead_office
        revision = self._revision(verdict, cells)
        line, newest = records.line(known, revision)
        verdict.title = verdict.title or line["title"]
        changes = differing(line, cells)
        verdict.outcome = Outcome.UNCHANGED
        return Difference(known, line, changes, newest) if changes else None

    def _says_the_same(self, cells: dict[str, str], known: Known) -> bool:
        """A row of another office, as a file that the person may export has it: unchanged needs no right to change.

        Of texts that are not open to them such a file has none, so a row with any is not asked about.
        """
        line = next((e for n, e in known.lines.items() if str(n) == cells.get("revision", "").strip()), None)
        if line is None or not can(Permission.ACTIVITY_READ, self._actor, ActivityLine(**line)):
            return False
        if cells.get("uuid") not in (None, "", known.row.client_id) or (line["sensitive"] and cells.keys() & WITHHELD):
            return False
        changes = differing(line, cells)
        if not changes:
            return True
        content = read_content(self._session.get_one(ActivityRevision, line["revision_id"]))
        after, said = laid_over(content, changes, self._codes, self._options.how)
        return not said and not any(changed_fields(content, after))

    def _revision(self, verdict: Verdict, cells: dict[str, str]) -> int | None:
        text = cells.get("revision", "").strip()
        if not text:
            return None
        if not (text.isascii() and text.isdigit() and len(text) < 9):
            verdict.findings.append(error("revision", NO_SAVE_REVISION, text))
            return None
        return int(text)

    def _changes(self, verdict: Verdict, cells: dict[str, str], found: Difference) -> None:
        activity = self._session.get_one(Activity, verdict.activity_id)
        before = read_content(activity.current)
        after = self._laid_over(verdict, before, found.cells)
        verdict.fields = tuple(changed_fields(before, after))
        if not verdict.fields:
            return
        verdict.outcome, verdict.before, verdict.content = Outcome.CHANGED, before, after
        self._refuse_old(verdict, cells, activity, found.newest)
        around = surroundings(self._session, activity)
        self._check(verdict, after, draft_problems(after, around), around)
        if self._advises:
            verdict.findings += recorded(found.line, found.cells, verdict.fields)

    def _refuse_old(self, verdict: Verdict, cells: dict[str, str], activity: Activity, newest: bool) -> None:
        told = cells.get("changed_at", "").strip()
        if told and not is_moment(told):
            verdict.findings.append(error("changed_at", NO_MOMENT, told))
            return
        if activity.withdrawn_at is not None:
            verdict.findings.append(error("reference", WITHDRAWN, verdict.reference))
        if not newest or (told and saved_since(self._session, verdict.reference, told)):
            verdict.findings.append(error("reference", STALE, verdict.reference))
        elif not told and not cells.get("revision") and activity.version > 1 and not cells.get("reference"):
            verdict.findings.append(warning("original_identifier", EDITED_HERE, cells.get("original_identifier", "")))

    def _new(self, verdict: Verdict, cells: dict[str, str]) -> None:
        told = {key: cells[key] for key in CONTENT_COLUMNS if cells.get(key, "").strip()}
        content = self._laid_over(verdict, Content(), told)
        if names_a_sum(content.title):
            verdict.findings.append(error("title", A_SUM, content.title))
        if not self._office_is_open(verdict, cells):
            return
        verdict.looked = looked = self._door.look_at(verdict.office, content)
        content = looked.content
        verdict.outcome, verdict.content = Outcome.NEW, content
        self._name(verdict, cells)
        start = content.actual_start or content.planned_start or ""
        verdict.like = f"{verdict.office} {start} {fold(content.title)}" if content.title else ""
        self._check(verdict, content, looked.problems, self._door.around(verdict.office))

    def _laid_over(self, verdict: Verdict, base: Content, cells: Mapping[str, str]) -> Content:
        """`base` with what the cells say, but those in which the spreadsheet has an error."""
        errors = broken(cells)
        bad = {each.column for each in errors}
        whole = {key: cell for key, cell in cells.items() if key not in bad}
        content, said = laid_over(base, whole, self._codes, self._how(verdict.office))
        verdict.findings += said + errors
        verdict.findings += [warning(key, LETTERS_LOST, cell) for key, cell in whole.items() if "???" in cell]
        return content

    def _how(self, office: str) -> How:
        """How the file writes things, with the bodies that the office knows."""
        if "counterparts" not in self._options.keys:
            return self._options.how
        if office not in self._hows:
            self._hows[office] = replace(self._options.how, bodies=kinds_by_name(self._session, office))
        return self._hows[office]

    def _office_is_open(self, verdict: Verdict, cells: dict[str, str]) -> bool:
        if not verdict.office:
            if not cells.get("lead_office"):
                verdict.findings.append(error("lead_office", NO_OFFICE))
            return False
        if not can(Permission.ACTIVITY_CREATE, self._actor, verdict.office):
            found = cells.get("lead_office", "")
            verdict.findings.append(error("lead_office", OTHER_OFFICE, found, code=verdict.office))
            return False
        return True

    def _name(self, verdict: Verdict, cells: dict[str, str]) -> None:
        """The ids under which the record is made."""
        own_id = cells.get("uuid", "")
        if own_id and not _UUID.fullmatch(own_id):
            verdict.findings.append(error("uuid", NO_UUID, own_id))
        if len(verdict.identifier) > IDENTIFIER_LIMIT:
            found = cells.get("original_identifier", "")
            verdict.findings.append(error("original_identifier", LONG_IDENTIFIER, found))
        made = uuid.uuid5(OURS, f"{SPREADSHEET} {verdict.identifier}")
        verdict.client_id = own_id or str(made)
        verdict.key = f"uuid {own_id}" if own_id else f"new {verdict.identifier}"

    def _check(self, verdict: Verdict, content: Content, problems: Iterable[Problem], around: Surroundings) -> None:
        broken = list(problems)
        told = {(finding.column) for finding in verdict.findings if finding.severity == "error"}
        verdict.findings += [
            error(column_of(p.field), p.message, _value(content, p.field))
            for p in broken
            if column_of(p.field) not in told
        ]
        if not self._advises or broken or verdict.wrong:
            return
        for problem in beyond_draft(content, around):
            verdict.findings.append(warning(column_of(problem.field), LATER, what=problem.message))
        for name in fields_like_a_case(content):
            verdict.findings.append(warning(name, CHILD_CASE))


def surplus(row: Sequence[str], keys: Sequence[str]) -> list[Finding]:
    """What is to be said of cells beyond the last column."""
    more = row[len(keys) :]
    return [error("", SURPLUS, ", ".join(filter(None, more)))] if any(map(str.strip, more)) else []


def broken(cells: Mapping[str, str]) -> list[Finding]:
    """What is to be said of cells that hold no value: neither text nor blank."""
    return [error(key, BROKEN, cell) for key, cell in cells.items() if is_broken(cell)]


def identifier_of(office: str, own: str) -> str:
    """The identifier of an office's record, by its own number of it or as our files write it: with the office."""
    return own if own.startswith(f"{office}:") else f"{office}:{own}"


def _value(content: Content, name: str) -> str:
    value = getattr(content, name, None)
    return value if isinstance(value, str) else ""
