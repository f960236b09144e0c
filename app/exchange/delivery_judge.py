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
from app.activities.deliveries import Delivery, People, delivery_problems, plain_hours, read_delivery, refuse_delivery
from app.activities.models import Activity, DeliveryLine
from app.core.errors import Refused
from app.core.i18n import N_
from app.core.permissions import Actor, Permission, can
from app.exchange.delivery_rows import COMMON, PEOPLE, DeliveryReader, DeliveryRow, outcome_of, without_blanks
from app.exchange.rules import Outcome
from app.exchange.sheet_codes import look_ups
from app.exchange.sheet_csv import Row
from app.exchange.sheet_judge import CHILD_CASE, NOT_YOURS, OFFICE_DIFFERS, OURS, Options
from app.exchange.sheet_known import KnownRecords
from app.exchange.sheet_values import error, note, same_text, warning

NO_IDENTIFIER = N_("No activity of this office has this identifier. Take the activities first, then their deliveries.")
NO_LINE = N_("This activity has no such delivery line. Leave it blank for a new delivery.")
GONE = N_("This delivery was corrected or removed here. Export it again, or write another one with other words.")
TAKEN_BEFORE = N_("This delivery was taken before.")
DIFFERS = N_("Row %(row)s of the same delivery says otherwise.")
SAME_ROW = N_("Row %(row)s says exactly the same. If there were two deliveries, say in “What” which is which.")
OTHER_ROW = N_("Row %(row)s of the same delivery is wrong, so none of its rows is taken.")
SAME_DAY = N_("This activity has a delivery of the same date already. Look whether it is this one.")


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
        named = {each.rows[0].record: bool(each.rows[0].verdict.reference) for each in found if each.rows[0].record}
        references = {name for name, by_reference in named.items() if by_reference}
        known = KnownRecords(self._session, references, (), named.keys() - references)
        whole = select(Activity).where(Activity.id.in_(known.by_id))
        read = selectinload(Activity.deliveries).selectinload(DeliveryLine.participations)
        activities = {each.id: each for each in self._session.scalars(whole.options(read))}
        for each in found:
            head = each.rows[0]
            by = known.by_reference if head.record in references else known.by_identifier
            record = by.get(head.record)
            if record is not None and can(Permission.ACTIVITY_EDIT, self._actor, record.row.lead_office):
                each.activity = activities[record.row.id]
            elif head.record in references:
                each.wrong("reference", NOT_YOURS, head.record)
            elif head.record:
                each.wrong("original_identifier", NO_IDENTIFIER, head.record.partition(":")[2])

    def _judge(self, each: Judged) -> None:
        if each.activity is None:
            return
        self._note_record(each, each.activity)
        _refuse_other_records(each.rows)
        told = _in_common(each.rows)
        if any(row.verdict.wrong for row in each.rows):
            return
        line = self._line_of(each, each.activity)
        if any(row.verdict.wrong for row in each.rows):
            return
        if line is None:
            self._new(each, each.activity, told)
        else:
            self._against(each, each.activity, line, told)

    def _note_record(self, each: Judged, activity: Activity) -> None:
        for row in each.rows:
            if row.verdict.office and row.verdict.office != activity.lead_office:
                row.verdict.findings.append(error("lead_office", OFFICE_DIFFERS, row.verdict.office,
                                                  code=activity.lead_office))  # fmt: skip
            row.verdict.office, row.verdict.reference = activity.lead_office, activity.reference
        try:
            refuse_delivery(activity)
        except Refused as refused:
            each.wrong("reference", str(refused), activity.reference)

    def _line_of(self, each: Judged, activity: Activity) -> DeliveryLine | None:
        """The line that the rows are about, removed or not; None where they are about a new one."""
        own = each.rows[0].line
        each.identity = own or _id_of(activity.client_id, *each.rows[0].key[2:])
        found = next((line for line in activity.deliveries if line.client_id == each.identity), None)
        if found is None and own:
            each.wrong("line", NO_LINE, own)
        return found

    def _new(self, each: Judged, activity: Activity, told: dict[str, Any]) -> None:
        _refuse_doubles(each.rows)
        each.command = _laid_over(Delivery("", client_id=each.identity), told, each.rows)
        self._check(each, activity, each.command)
        if any(line.on == each.command.on and line.removed_at is None for line in activity.deliveries):
            each.rows[0].verdict.findings.append(warning("on", SAME_DAY, each.command.on))
        outcome_of(each.rows, Outcome.NEW)

    def _against(self, each: Judged, activity: Activity, line: DeliveryLine, told: dict[str, Any]) -> None:
        before = read_delivery(line)
        if each.rows[0].line and text_left_out(activity):
            # The file has no words of sensitive records: blank says nothing here, and takes nothing away.
            told = {name: value for name, value in told.items() if value or name not in ("what", "place")}
        after = _laid_over(before, told, each.rows)
        changed = _changed(before, after)
        after = replace(after, client_id=_id_of(before.client_id, *map(repr, _plain(after))))
        if line.removed_at is not None:
            self._gone(each, activity, after)
        elif changed:
            each.command, each.instead_of = after, before.client_id
            self._check(each, activity, after)
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
            each.wrong("line" if each.rows[0].line else "what", GONE)

    def _check(self, each: Judged, activity: Activity, command: Delivery) -> None:
        with_people = [row for row in each.rows if row.people is not None and not row.people.blank]
        for problem in delivery_problems(self._session, activity, command):
            name, _dash, more = problem.field.partition("-")
            place, _dash, column = more.partition("-")
            row = with_people[int(place)] if name == "people" else each.rows[0]
            row.verdict.findings.append(error(column or name, problem.message, _found(command, name)))
        if looks_like_a_case(command.what):
            each.rows[0].verdict.findings.append(warning("what", CHILD_CASE))


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


def _refuse_other_records(rows: Sequence[DeliveryRow]) -> None:
    """Rows with one line id could still name several activities."""
    for row in rows[1:]:
        if row.record and row.record != rows[0].record:
            row.verdict.findings.append(error("reference", DIFFERS, row.record, row=rows[0].verdict.number))


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


def _refuse_doubles(rows: Sequence[DeliveryRow]) -> None:
    seen: dict[People | None, DeliveryRow] = {}
    for row in rows:
        first = seen.setdefault(row.people, row)
        if first is not row:
            row.verdict.findings.append(error("", SAME_ROW, row=first.verdict.number))
            first.verdict.findings.append(error("", SAME_ROW, row=row.verdict.number))


def _laid_over(before: Delivery, told: dict[str, Any], rows: Sequence[DeliveryRow]) -> Delivery:
    """`before` with what the file says; columns that it does not have stay as they are."""
    same = {name for name in ("what", "place") if name in told and same_text(told[name], getattr(before, name))}
    given = {name: value for name, value in told.items() if name not in same}
    given["on"] = given.get("on") or ""
    if rows[0].people is not None:
        people = without_blanks(rows)
        given["people"] = before.people if _sorted(people) == _sorted(before.people) else people
    return replace(before, **given)


def _changed(before: Delivery, after: Delivery) -> list[str]:
    """The columns in which the two differ."""
    fields = [name for name in COMMON if getattr(before, name) != getattr(after, name)]
    if _sorted(before.people) != _sorted(after.people):
        alone = [name for name in PEOPLE if _one(before, name) != _one(after, name)]
        fields += alone or ["profession"]
    return fields


def _one(delivery: Delivery, name: str) -> list[str]:
    return sorted(repr(getattr(people, name)) for people in delivery.people)


def _sorted(people: Sequence[People]) -> list[People]:
    return sorted(people, key=repr)


def _plain(delivery: Delivery) -> tuple[Any, ...]:
    return (
        delivery.on,
        delivery.what,
        delivery.place,
        plain_hours(delivery.hours),
        delivery.people_basis,
        _sorted(delivery.people),
    )


def _id_of(*parts: str) -> str:
    """The client id of a delivery that a file brings: the same of the same, so that it is taken once."""
    return str(uuid.uuid5(OURS, repr(("delivery", *parts))))


def _found(command: Delivery, name: str) -> str:
    value = getattr(command, name, "")
    return value if isinstance(value, str) else ""
