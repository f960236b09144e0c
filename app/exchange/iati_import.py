"""Taking IATI activities in, as drafts for the office to confirm. The same file again changes nothing."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import date
from enum import StrEnum
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.activities.content import read_content
from app.activities.models import Activity, ImportBatch, ImportedOriginal
from app.activities.reference import preset, reference_data
from app.activities.services import Source, record_activity
from app.codelists.queries import codes
from app.core import clock
from app.core.errors import Forbidden, Invalid
from app.core.i18n import N_
from app.core.permissions import Actor, Permission, can, demand
from app.exchange.iati_findings import Fault
from app.exchange.iati_mapping import Mapped, Tables, map_activity
from app.exchange.iati_model import IatiActivity
from app.exchange.iati_suggest import Suggestion
from app.exchange.reading import read_activities
from app.exchange.sheet_content import changed_fields
from app.offices.models import Country
from app.reference.files import read

ORIGIN = "iati"
IDENTIFIER_LIMIT = 300
OTHER_OFFICE = N_("It belongs to an office for which you may not record.")


class Outcome(StrEnum):
    """What became of one activity of the file."""

    NEW = "new"
    UNCHANGED = "unchanged"
    CHANGED_AT_SOURCE = "changed at source"
    OUTSIDE = "outside the subject"
    REFUSED = "refused"


@dataclass(frozen=True)
class ImportedRow:
    """One activity of the file: what became of it, its office, our reference if it has one, and what was found.

    changed: the fields of a draft that nobody has worked on of which the source says something else now; None where
    that was not compared.
    """

    identifier: str
    position: int
    line: int
    outcome: Outcome
    office: str = ""
    reference: str = ""
    suggestions: tuple[Suggestion, ...] = ()
    faults: tuple[Fault, ...] = ()
    changed: tuple[str, ...] | None = None


@dataclass(frozen=True)
class Options:
    """How to import: an office for what names none (a code), and whether to take what is outside the subject."""

    office: str | None = None
    everything: bool = False


@dataclass(frozen=True)
class SourceFile:
    """The file: where it lies, what it was called, and how many activities the look at it counted."""

    path: Path
    name: str
    rows: int


def import_iati(session: Session, actor: Actor, file: SourceFile, options: Options) -> Iterator[ImportedRow]:
    """Read the file and make a draft of each new activity, one row told at a time; the caller commits or rolls back.

    Raises:
        Unreadable: at the latest at the end. Invalid: `options.office` is no office. Forbidden.
    """
    run = Run(session, actor, options, file)
    for batch in run.batches():
        yield from (run.take(source) for source in batch)
        session.flush()
        session.expunge_all()  # memory stays flat however long the file


class Run:
    """One import: what it looks up, and its batch, made with the first new record.

    Raises:
        Forbidden. Invalid: the office of the options is none.
    """

    def __init__(self, session: Session, actor: Actor, options: Options, file: SourceFile) -> None:
        demand(Permission.ACTIVITY_IMPORT, actor)
        self.session, self.actor, self.options, self.file = session, actor, options, file
        self.tables = _tables(session)
        self.data = reference_data(session)
        self.seen: dict[str, int] = {}
        self.spellings: dict[str, str] = {}
        self.batch_id: int | None = None
        if options.office is not None and options.office not in self.data.offices:
            raise Invalid.at("office", f"There is no office {options.office}.")

    def batches(self) -> Iterator[list[IatiActivity]]:
        """The activities of the file, some at a time. Raises Unreadable."""
        for batch in read_activities(self.file.path, clock.today(), self.tables.iso3_of):
            self._spell(batch)
            yield batch

    def _spell(self, batch: list[IatiActivity]) -> None:
        """Of each identifier of the batch the first spelling there is, capitals aside: in our records, else in the
        file.
        """
        names = [source.identifier for source in batch if source.identifier]
        plain = func.lower(Activity.original_identifier)
        asked = select(Activity.original_identifier).where(
            Activity.origin == ORIGIN, plain.in_({name.lower() for name in names})
        )
        kept = [name for name in self.session.scalars(asked.order_by(Activity.id)) if name]
        for name in (*kept, *names):
            self.spellings.setdefault(name.lower(), name)

    @contextmanager
    def trying(self) -> Iterator[None]:
        """What is taken in here is taken back at the end."""
        savepoint = self.session.begin_nested()
        yield
        self.session.expunge_all()  # before the rollback: what was made is of no session any more
        savepoint.rollback()
        self.batch_id = None

    def take(self, source: IatiActivity) -> ImportedRow:
        """Decide about one activity, and record it if it is new and ours."""
        identifier = _identifier(source)
        mapped = map_activity(source, self.tables, clock.today())
        office, faults = self._office(source)
        row = ImportedRow(
            identifier=identifier,
            position=source.position,
            line=source.line,
            outcome=Outcome.REFUSED,
            office=office or "",
            suggestions=mapped.suggestions,
            faults=(*source.faults, *mapped.notes, *self._spelled_otherwise(source), *faults),
        )
        row = _told(row, *self._decide(source, identifier, mapped, office))
        if row.outcome == Outcome.CHANGED_AT_SOURCE:
            return replace(row, changed=self._changed(row.reference, mapped))
        return row

    def _decide(
        self, source: IatiActivity, identifier: str, mapped: Mapped, office: str | None
    ) -> tuple[Outcome, str, str]:
        """(outcome, our reference, why it was refused)."""
        earlier = self.seen.setdefault(identifier, source.position)
        if earlier != source.position:
            return Outcome.REFUSED, "", f"The same identifier as activity {earlier} of this file."
        if not mapped.in_subject and not self.options.everything:
            return Outcome.OUTSIDE, "", ""
        known = self._known(identifier)
        if known is not None:
            office_of = self.session.get_one(Activity, known.activity_id).lead_office
            if not can(Permission.ACTIVITY_EDIT, self.actor, office_of):
                return Outcome.REFUSED, "", OTHER_OFFICE
            same = known.sha256 == _digest(source.original)
            reference = self.session.get_one(Activity, known.activity_id).reference
            return (Outcome.UNCHANGED if same else Outcome.CHANGED_AT_SOURCE), reference, ""
        if office is None:
            return Outcome.REFUSED, "", ""
        if len(identifier) > IDENTIFIER_LIMIT:
            return Outcome.REFUSED, "", "The identifier is longer than 300 characters."
        return self._record(source, identifier, mapped, office)

    def _changed(self, reference: str, mapped: Mapped) -> tuple[str, ...] | None:
        activity = self.session.scalars(select(Activity).where(Activity.reference == reference)).one()
        if activity.version > 1:
            return None
        before = read_content(activity.current)
        now = preset(mapped.content, self.session, activity.lead_office)
        if now.scope is None:  # a save derives it
            now = now.but({"scope": before.scope})
        return tuple(changed_fields(before, now))

    def _record(self, source: IatiActivity, identifier: str, mapped: Mapped, office: str) -> tuple[Outcome, str, str]:
        origin = Source(ORIGIN, identifier, self._batch(), mapped.first_year, mapped.last_year)
        try:
            with self.session.begin_nested():  # a refusal must not use up a reference
                activity = record_activity(self.session, self.actor, office, mapped.content, source=origin)
        except (Invalid, Forbidden) as refusal:
            return Outcome.REFUSED, "", OTHER_OFFICE if isinstance(refusal, Forbidden) else str(refusal)
        faults = json.dumps([asdict(f) for f in (*source.faults, *mapped.notes)], ensure_ascii=False)
        self.session.add(
            ImportedOriginal(
                activity_id=activity.id, sha256=_digest(source.original), text=source.original, faults=faults
            )
        )
        self.session.flush()
        return Outcome.NEW, activity.reference, ""

    def _office(self, source: IatiActivity) -> tuple[str | None, tuple[Fault, ...]]:
        """The office of UNICEF's identifier, else the one asked for, else the only one of the recipient country."""
        where = f"iati-activity[{source.position}]"
        named = source.office_code
        if named is not None and named in self.data.offices:
            return named, self._odd_countries(source, named, "which the identifier names", where)
        office, faults = self._office_unnamed(source, where)
        if named is not None and office is not None:
            unknown = "The identifier names an office that is not on the list."
            faults = (Fault("warning", where, unknown, named, source.line), *faults)
        return office, faults

    def _odd_countries(self, source: IatiActivity, office: str, why: str, where: str) -> tuple[Fault, ...]:
        """The office stands; that it has never served a recipient country is worth a look."""
        countries = self._recipients(source)
        served = self.data.offices[office].countries_between(date.min, date.max)
        if not countries or not served or countries & served:
            return ()
        odd = f"Office {office}, {why}, serves none of the recipient countries."
        return (Fault("warning", where, odd, ", ".join(sorted(countries)), source.line),)

    def _recipients(self, source: IatiActivity) -> set[str]:
        return {self.tables.iso3_of.get(c.iso2.upper(), "") for c in source.recipient_countries}

    def _office_unnamed(self, source: IatiActivity, where: str) -> tuple[str | None, tuple[Fault, ...]]:
        chosen = self.options.office
        if chosen is not None:
            return chosen, self._odd_countries(source, chosen, "which was chosen for the file", where)
        country = self._recipients(source)
        today = clock.today()
        serving = [
            o.code
            for o in self.data.offices.values()
            if o.reports and o.countries_between(today, today).intersection(country)
        ]
        if len(country) == 1 and len(serving) == 1:
            guess = f"No office is named; taken for the only office of the recipient country ({serving[0]})."
            return serving[0], (Fault("warning", where, guess, line=source.line),)
        unknown = "It names no office, and its recipient countries do not point to one office. Use --office."
        return None, (Fault("error", where, unknown, source.office_code or "", source.line),)

    def _spelled_otherwise(self, source: IatiActivity) -> Iterator[Fault]:
        other = self.spellings.get(source.identifier.lower(), source.identifier)
        if other != source.identifier:
            where = f"iati-activity[{source.position}]/iati-identifier"
            told = "Another identifier differs from this one in its capitals only. Is it the same activity?"
            yield Fault("warning", where, told, other, source.line)

    def _known(self, identifier: str) -> ImportedOriginal | None:
        statement = (
            select(ImportedOriginal)
            .join(Activity, Activity.id == ImportedOriginal.activity_id)
            .where(Activity.origin == ORIGIN, Activity.original_identifier == identifier)
        )
        return self.session.scalar(statement)

    def _batch(self) -> int:
        if self.batch_id is None:
            batch = ImportBatch(
                kind=ORIGIN,
                file_name=self.file.name,
                sha256=_file_digest(self.file.path),
                rows=self.file.rows,
                imported_by=self.actor.user_id,
                imported_at=clock.now(),
            )
            self.session.add(batch)
            self.session.flush()
            self.batch_id = batch.id
        return self.batch_id


def summary(rows: Counter[Outcome]) -> str:
    """How many of each outcome, in a line."""
    return ", ".join(f"{rows[outcome]} {outcome}" for outcome in Outcome)


def _told(row: ImportedRow, outcome: Outcome, reference: str, why: str) -> ImportedRow:
    faults = row.faults
    if why:
        faults = (*faults, Fault("error", f"iati-activity[{row.position}]", why, row.identifier, row.line))
    return replace(row, outcome=outcome, reference=reference, faults=faults)


def _identifier(source: IatiActivity) -> str:
    """The IATI identifier; where there is none, the checksum of the activity, so that it is known again."""
    return source.identifier or f"sha256:{_digest(source.original)}"


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def _file_digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _tables(session: Session) -> Tables:
    partners: dict[str, str] = {}
    for partner in codes(session, "partner_agency"):
        ref = str(partner.attributes.get("iati_org_id") or "").upper()
        if ref:
            partners.setdefault(ref, partner.code)
            partners.setdefault(ref.removeprefix("XM-DAC-"), partner.code)
    by_aid_type: dict[str, list[str]] = {}
    for modality in codes(session, "modality"):
        by_aid_type.setdefault(str(modality.attributes.get("iati_aid_type")), []).append(modality.code)
    return Tables(
        support_types=tuple(read("iati_support_types")),
        iso3_of=dict(session.execute(select(Country.iso2, Country.iso3)).all()),
        partners=partners,
        # An aid type that several of our modalities share says nothing about which one it was.
        modalities={aid: found[0] for aid, found in by_aid_type.items() if len(found) == 1},
    )
