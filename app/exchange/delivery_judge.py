"""What each delivery of a file is against what is recorded: new, changed, unchanged or wrong, and why.

A line is told from others by its own id, which our file of delivery lines has; a row without one by its activity, date,
what it was and where: so the same file sent again changes nothing. What a file changes takes the place of the line, as
a correction on the record's page does.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from app.activities.child_case import looks_like_a_case
from app.activities.deliveries import Delivery, People, delivery_problems, read_delivery, refuse_delivery
from app.activities.lines import live_deliveries
from app.activities.models import Activity, DeliveryLine
from app.activities.rules import PartialDate
from app.core.errors import Refused
from app.core.i18n import N_
from app.core.permissions import Actor, Permission, can
from app.exchange.delivery_compare import (
    can_be_matched,
    changed_columns,
    content_of,
    laid_over,
    note_loss,
    numbers_of,
    plain_values,
    refuse_doubles,
)
from app.exchange.delivery_rows import DeliveryReader, DeliveryRow, outcome_of
from app.exchange.rules import Outcome
from app.exchange.sheet_codes import look_ups
from app.exchange.sheet_csv import Row
from app.exchange.sheet_judge import CHILD_CASE, NOT_YOURS, OFFICE_DIFFERS, OURS, Options, identifier_of
from app.exchange.sheet_known import KnownRecords
from app.exchange.sheet_values import error, note, warning

NO_IDENTIFIER = N_("No activity of this office has this identifier. Take the activities first, then their deliveries.")
NO_LINE = N_("This activity has no such delivery line. Leave it blank for a new delivery.")
GONE = N_("This delivery was corrected or removed here. Export it again, or write another one with other words.")
TAKEN_BEFORE = N_("This delivery was taken before.")
DIFFERS = N_("Row %(row)s of the same delivery says otherwise.")
OTHER_ROW = N_("Row %(row)s of the same delivery is wrong, so none of its rows is taken.")
SEVERAL = N_("Several recorded deliveries fit. Say which in the column “Delivery line”, as our exported file has it.")
OTHER_IDENTIFIER = N_("The record of this reference has another identifier. Leave one of the two blank.")
NOT_MATCHED = N_("The file lacks columns of the people, and which of those recorded a row is about cannot be told.")
READ_AS = N_("Read as: women %(women)s, men %(men)s, sex not recorded %(not_recorded)s.")
BEFORE_START = N_("This is before the activity began (%(start)s).")
SAME_DAY = N_("This activity has a delivery of the same date already. Look whether it is this one.")


WORDS = ("what", "place")
"""What a delivery says in words."""


@dataclass
class Judged:
    """One delivery of the file, with its rows, and all that is needed to take it."""

    rows: list[DeliveryRow]
    activity: Activity | None = None
    command: Delivery | None = None
    instead_of: str | None = None
    identity: str = ""
    """Client id of the line that it is about, there or new."""

    @property
    def first(self) -> int:
        """Its first row in the file."""
        return self.rows[0].verdict.number

    @property
    def last(self) -> int:
        """Its last row in the file."""
        return self.rows[-1].verdict.number

    @property
    def line(self) -> str:
        """The line's own id, "" where no row has it."""
        return next((row.line for row in self.rows if row.line), "")

    @property
    def is_wrong(self) -> bool:
        """One of its rows cannot be taken."""
        return any(row.verdict.wrong for row in self.rows)

    def wrong(self, column: str, template: str, found: str = "", **values: Any) -> None:
        """Something is wrong with it as a whole: told at its first row."""
        self.rows[0].verdict.findings.append(error(column, template, found, **values))


class DeliveryJudge:
    """Judges the deliveries of one file, batch by batch."""

    def __init__(self, session: Session, actor: Actor, options: Options) -> None:
        self._session, self._actor = session, actor
        self._reader = DeliveryReader(look_ups(session), options)

    def judge(self, batches: Iterator[list[Row]]) -> Iterator[list[Judged]]:
        """The deliveries by the batch, in the order of the file."""
        for groups in self._reader.groups(batches):
            found = [Judged(rows) for rows in groups]
            self._find_activities(found)
            for each in found:
                self._judge(each)
                settle_rows(each)
            yield found

    def _find_activities(self, found: Sequence[Judged]) -> None:
        """The records that the rows name and the actor may change, read at once; else an error at their place."""
        named: dict[str, set[str]] = {"reference": set(), "original_identifier": set(), "": set()}
        for each in found:
            by, name = each.rows[0].record
            named[by].add(name)
        known = KnownRecords(self._session, named["reference"], (), named["original_identifier"])
        whole = select(Activity).where(Activity.id.in_(known.by_id))
        read = selectinload(Activity.deliveries).selectinload(DeliveryLine.participations)
        activities = {each.id: each for each in self._session.scalars(whole.options(read))}
        for each in found:
            by, name = each.rows[0].record
            record = (known.by_reference if by == "reference" else known.by_identifier).get(name)
            if record is not None and can(Permission.ACTIVITY_EDIT, self._actor, record.row.lead_office):
                each.activity = activities[record.row.id]
            elif record is not None and self._says_the_same(each, activities[record.row.id]):
                outcome_of(each.rows, Outcome.UNCHANGED)
            elif by:
                each.wrong(by, NOT_YOURS if by == "reference" else NO_IDENTIFIER, name)

    def _says_the_same(self, each: Judged, activity: Activity) -> bool:
        """Rows of another office, as a file that the person may export has them: unchanged needs no right to change.

        As for activities (decision 0161); of a sensitive record such a file has no words, so rows with any are not
        asked about.
        """
        line = next((found for found in live_deliveries(activity) if found.client_id == each.line), None)
        if line is None or each.is_wrong or not can(Permission.ACTIVITY_READ, self._actor, activity):
            return False
        told = _in_common(each.rows)
        if each.is_wrong or any(not _is_about(row, activity) for row in each.rows):
            return False
        if text_left_out(activity) and any(told.pop(name, "") for name in WORDS):
            return False
        each.identity = line.client_id
        for row in each.rows:
            row.verdict.office, row.verdict.reference = activity.lead_office, activity.reference
        before = read_delivery(line)
        matched = not self._reader.absent or can_be_matched(before, each.rows, self._reader.absent)
        return matched and not changed_columns(before, laid_over(before, told, each.rows, self._reader.absent))

    def _judge(self, each: Judged) -> None:
        if each.activity is None:
            return
        _note_record(each, each.activity)
        _refuse_other_records(each.rows)
        told = _in_common(each.rows)
        line = None if each.is_wrong else self._line_of(each, each.activity)
        if each.is_wrong:
            return
        if line is None:
            self._new(each, each.activity, told)
        else:
            self._against(each, each.activity, line, told)

    def _line_of(self, each: Judged, activity: Activity) -> DeliveryLine | None:
        """The line that the rows are about, removed or not; None where they are about a new one."""
        own, content = each.line, each.rows[0].content
        each.identity = own or _id_of(activity.client_id, *content)
        alike = [] if own else [line for line in live_deliveries(activity) if content_of(line) == content]
        if len(alike) > 1:
            each.wrong("what", SEVERAL)
        found = next((line for line in activity.deliveries if line.client_id == each.identity), None)
        if alike:
            found, each.identity = alike[0], alike[0].client_id
        if found is None and own:
            each.wrong("line", NO_LINE, own)
        return found

    def _new(self, each: Judged, activity: Activity, told: dict[str, Any]) -> None:
        each.command = laid_over(Delivery("", client_id=each.identity), told, each.rows, frozenset())
        self._check(each, activity, each.command, ())
        if any(line.on == each.command.on for line in live_deliveries(activity)):
            each.rows[0].verdict.findings.append(warning("on", SAME_DAY, each.command.on))
        outcome_of(each.rows, Outcome.NEW)

    def _against(self, each: Judged, activity: Activity, line: DeliveryLine, told: dict[str, Any]) -> None:
        before = read_delivery(line)
        if each.line and text_left_out(activity):
            # The file has no words of sensitive records: blank says nothing here, and takes nothing away.
            told = {name: value for name, value in told.items() if value or name not in WORDS}
        if self._reader.absent and not can_be_matched(before, each.rows, self._reader.absent):
            each.wrong("", NOT_MATCHED)
            return
        after = laid_over(before, told, each.rows, self._reader.absent)
        changed = changed_columns(before, after)
        after = replace(after, client_id=_id_of(before.client_id, *map(repr, plain_values(after))))
        if line.removed_at is not None:
            self._gone(each, activity, after)
        elif changed:
            each.command, each.instead_of = after, before.client_id
            self._check(each, activity, after, before.people)
            note_loss(each.rows[0].verdict.findings, before, after)
            outcome_of(each.rows, Outcome.CHANGED, changed)
        else:
            outcome_of(each.rows, Outcome.UNCHANGED)

    def _gone(self, each: Judged, activity: Activity, after: Delivery) -> None:
        """The line was removed; it is no fault where this very file has put another one in its place."""
        taken = any(x.client_id == after.client_id and x.removed_at is None for x in activity.deliveries)
        if taken:
            each.rows[0].verdict.findings.append(note("", TAKEN_BEFORE))
            outcome_of(each.rows, Outcome.UNCHANGED)
        else:
            each.wrong("line" if each.line else "what", GONE)

    def _check(self, each: Judged, activity: Activity, command: Delivery, before: Sequence[People]) -> None:
        """What keeps what is new or changed from being taken, and what somebody should look at."""
        refuse_doubles(each.rows, before)
        try:
            refuse_delivery(activity)
        except Refused as refused:
            each.wrong(each.rows[0].record[0], str(refused), activity.reference)
        with_people = [row for row in each.rows if row.people is not None and not row.people.blank]
        for problem in delivery_problems(self._session, activity, command):
            name, _dash, more = problem.field.partition("-")
            place, _dash, column = more.partition("-")
            row = with_people[int(place)] if name == "people" else each.rows[0]
            row.verdict.findings.append(error(column or name, problem.message, _found(command, name)))
        first = each.rows[0].verdict
        first.findings += [warning(n, CHILD_CASE) for n in ("what", "place") if looks_like_a_case(getattr(command, n))]
        start = activity.current.actual_start
        if start and command.on and PartialDate(command.on).latest() < PartialDate(start).earliest():
            first.findings.append(warning("on", BEFORE_START, command.on, start=start))
        for row in each.rows:
            if row.people is not None and not row.people.blank:
                row.verdict.findings.append(note("", READ_AS, **numbers_of(row.people)))


def text_left_out(activity: Activity) -> bool:
    """Files leave the words of the record's deliveries out: a version that is read is sensitive."""
    return any(r.sensitive for r in (activity.current, activity.submitted, activity.approved) if r is not None)


def settle_rows(each: Judged) -> None:
    """A delivery is taken whole or not at all: where one of its rows is wrong, all are."""
    bad = next((row.verdict.number for row in each.rows if row.verdict.wrong), None)
    if bad is None:
        return
    each.command = None
    outcome_of(each.rows, Outcome.WRONG)
    for row in each.rows:
        if not row.verdict.wrong:
            row.verdict.findings.append(error("", OTHER_ROW, row=bad))


def _note_record(each: Judged, activity: Activity) -> None:
    """Whose it is, at every row; an office or identifier that is not the record's is an error."""
    for row in each.rows:
        if row.verdict.office and row.verdict.office != activity.lead_office:
            found = row.verdict.office
            row.verdict.findings.append(error("lead_office", OFFICE_DIFFERS, found, code=activity.lead_office))
        own, kept = row.identifier, activity.original_identifier
        if own and kept and kept not in (own, identifier_of(activity.lead_office, own)):
            row.verdict.findings.append(error("original_identifier", OTHER_IDENTIFIER, own))
        row.verdict.office, row.verdict.reference = activity.lead_office, activity.reference


def _is_about(row: DeliveryRow, activity: Activity) -> bool:
    """The row names this record, and no other office or identifier."""
    office = row.verdict.office in ("", activity.lead_office)
    own, kept = row.identifier, activity.original_identifier
    identifier = not own or not kept or kept in (own, identifier_of(activity.lead_office, own))
    return office and identifier and row.record in (("reference", activity.reference), ("", ""))


def _refuse_other_records(rows: Sequence[DeliveryRow]) -> None:
    """Rows with one line id could still name several activities."""
    for row in rows[1:]:
        if row.record[0] and row.record != rows[0].record:
            row.verdict.findings.append(error("reference", DIFFERS, row.record[1], row=rows[0].verdict.number))


def _in_common(rows: Sequence[DeliveryRow]) -> dict[str, Any]:
    """What the rows of one delivery say of it; where a later row says something else, that is an error."""
    told = dict(rows[0].told)
    for row in rows[1:]:
        for name, value in row.told.items():
            if value in (None, "") or value == told[name]:
                continue
            if told[name] not in (None, ""):
                first = rows[0].verdict.number
                row.verdict.findings.append(error(name, DIFFERS, str(value), row=first))
            else:
                told[name] = value
    return told


def _id_of(*parts: str) -> str:
    """The client id of a delivery that a file brings: the same of the same, so that it is taken once."""
    return str(uuid.uuid5(OURS, repr(("delivery", *parts))))


def _found(command: Delivery, name: str) -> str:
    value = getattr(command, name, "")
    return value if isinstance(value, str) else ""
