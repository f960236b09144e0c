"""The records that rows of a file name, read by the batch; and whether a row says of one what it says already."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, selectinload

from app.activities.content import TAGS
from app.activities.lines import line_of
from app.activities.models import Activity, ActivityRevision, Counterpart, RevisionCounterpart
from app.activities.models_line import ActivityLine
from app.core import clock
from app.core.audit import AuditEvent
from app.core.db import AnyRow
from app.core.i18n import N_
from app.core.text import fold
from app.exchange.rules import SPREADSHEET
from app.exchange.sheet_columns import FIELD_OF, IDENTITY, columns
from app.exchange.sheet_values import FOUND_LIMIT, Finding, note, says_what_is_kept

# The field of the content of which a column says a part.
PART_OF = {**dict.fromkeys(("how", "about", "primary_type", "type_words"), "types"), "provision_roles": "provisions"}
RECORDED = N_("Recorded now: %(before)s")
CLEARED = N_("Recorded now: %(before)s – the row is blank here, which clears it.")
WAS_BLANK = N_("Recorded now: nothing.")
# The line's field of each column that an export has and an import may set.
LINE_FIELD = {"delivery_status": "status", "provision_roles": "provisions"}
LINE_COLUMNS = frozenset(column.key for column in ActivityLine.__table__.columns)
CONTENT_COLUMNS = tuple(key for key, column in columns().items() if column.settable and key not in IDENTITY)
# Told by the record alone: no list or file shows them.
BESIDE_LINES = frozenset(
    key for key in CONTENT_COLUMNS if LINE_FIELD.get(key, key) not in LINE_COLUMNS and key != "provision_roles"
)
_COLUMNS = (
    Activity.id, Activity.reference, Activity.client_id, Activity.lead_office, Activity.version, Activity.origin,
    Activity.original_identifier, Activity.withdrawn_at, Activity.current_revision_id,
)  # fmt: skip


@dataclass
class Known:
    """A record, with its lines by the number of the revision that they read."""

    row: AnyRow
    lines: dict[int, Mapping[str, Any]] = field(default_factory=dict)


class KnownRecords:
    """The records of one batch, by each of the ways to name them."""

    def __init__(
        self, session: Session, references: Collection[str], uuids: Collection[str], identifiers: Collection[str]
    ) -> None:
        self._session = session
        self.by_id: dict[int, Known] = {}
        self.by_reference: dict[str, Known] = {}
        self.by_uuid: dict[str, Known] = {}
        self.by_identifier: dict[str, Known] = {}
        for row in self._rows(references, uuids, identifiers):
            known = self.by_id.setdefault(row.id, Known(row))
            self.by_reference[row.reference] = known
            self.by_uuid[row.client_id] = known
            if row.origin == SPREADSHEET:
                self.by_identifier[row.original_identifier] = known
        self._read_lines()

    def _rows(
        self, references: Collection[str], uuids: Collection[str], identifiers: Collection[str]
    ) -> Iterator[AnyRow]:
        asked = (
            (Activity.reference, references, ()),
            (Activity.client_id, uuids, ()),
            (Activity.original_identifier, identifiers, (Activity.origin == SPREADSHEET,)),
        )
        for column, values, more in asked:
            wanted = sorted(values)
            for start in range(0, len(wanted), 400):
                statement = select(*_COLUMNS).where(column.in_(wanted[start : start + 400]), *more)
                yield from self._session.execute(statement)

    def _read_lines(self) -> None:
        table = ActivityLine.__table__
        ids = sorted(self.by_id)
        for start in range(0, len(ids), 400):
            asked = select(table).where(table.c.activity_id.in_(ids[start : start + 400]))
            for row in self._session.execute(asked).mappings():
                self.by_id[row["activity_id"]].lines[row["revision"]] = dict(row)

    def line(self, known: Known, revision: int | None) -> tuple[Mapping[str, Any], bool]:
        """(what lists say of the record, whether that is its newest revision): of `revision`, if it has a line."""
        newest = next(iter(known.lines.values()))["newest_revision"] if known.lines else None
        found = known.lines.get(newest if revision is None else revision)  # type: ignore[arg-type]
        if found is not None:
            return found, found["revision"] == newest
        activity = self._session.get_one(Activity, known.row.id)
        return line_of(self._session, activity, activity.current), revision in (None, activity.current.number)


def read_whole(session: Session, records: Collection[Known]) -> list[Any]:
    """These records and their newest revisions with all that they say, read at once."""
    found: list[Any] = []
    rows = {each.row.id: each.row.current_revision_id for each in records}
    whole = [selectinload(getattr(ActivityRevision, name)) for name in TAGS if name != "counterparts"]
    whole.append(selectinload(ActivityRevision.counterparts).selectinload(RevisionCounterpart.counterpart))
    ids = sorted(rows)
    for start in range(0, len(ids), 400):
        part = ids[start : start + 400]
        revisions = select(ActivityRevision).where(ActivityRevision.id.in_([rows[key] for key in part]))
        found += session.scalars(revisions.options(*whole))
        found += session.scalars(select(Activity).where(Activity.id.in_(part)))
    return found


def kinds_by_name(session: Session, office: str) -> dict[str, str]:
    """{folded name: kind} of the bodies that the office has recorded; none of a name that has several kinds."""
    c = Counterpart
    asked = select(c.name, c.kind).where(c.office == office, c.merged_into.is_(None)).order_by(c.id)
    found: dict[str, str] = {}
    several = set()
    for name, kind in session.execute(asked):
        if found.setdefault(fold(name), kind) != kind:
            several.add(fold(name))
    return {name: kind for name, kind in found.items() if name not in several}


def kept_text(line: Mapping[str, Any], column: str) -> str:
    """What an export writes in this column."""
    value = line[LINE_FIELD.get(column, column)]
    if column == "sensitive":
        return "yes" if value else "no"
    if column == "provisions":
        return ";".join(dict.fromkeys(part.partition(":")[0] for part in value.split(";") if part))
    return "" if value is None else str(value)


def differing(line: Mapping[str, Any], cells: Mapping[str, str]) -> dict[str, str]:
    """The cells that are not, to the letter, what an export of the line would say."""
    return {
        key: cells[key]
        for key in CONTENT_COLUMNS
        if key in cells and (key in BESIDE_LINES or not says_what_is_kept(cells[key], kept_text(line, key)))
    }


def recorded(line: Mapping[str, Any], cells: Mapping[str, str], fields: Collection[str]) -> Iterator[Finding]:
    """What the record says now in each of the fields that a row would change."""
    for key, cell in cells.items():
        if PART_OF.get(key, FIELD_OF.get(key, key)) in fields and LINE_FIELD.get(key, key) in LINE_COLUMNS:
            before = kept_text(line, key)[:FOUND_LIMIT]
            said = RECORDED if cell.strip() else CLEARED
            yield note(key, said, cell, before=before) if before else note(key, WAS_BLANK, cell)


def is_moment(text: str) -> bool:
    """`text` is a moment as our files write it: one that was, for nobody saved anything in the days to come."""
    try:
        return len(text) > 10 and _moment(text) < clock.now() + timedelta(days=1)
    except (ValueError, OverflowError):
        return False


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment


def saved_since(session: Session, reference: str, changed_at: str) -> bool:
    """Somebody saved the record after the moment (`is_moment`) that the file gives as its last change."""
    event = AuditEvent
    # Files tell the second only.
    end = _moment(changed_at).replace(microsecond=999_999)
    asked = select(event.id).where(
        event.subject_kind == "activity",
        event.subject_key == reference,
        or_(event.action == "activity.saved", event.action == "activity.import-undone"),
        event.at > end,
    )
    return session.scalar(asked.limit(1)) is not None


def column_of(field_name: str) -> str:
    """The column in which a problem of the form's field lies."""
    known = {field: column for column, field in FIELD_OF.items()}
    own = {"mandate": "provisions", "other_words": "type_words", "office": "lead_office"}
    first = field_name.partition("-")[0]
    return own.get(first) or known.get(first) or first
