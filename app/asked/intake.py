"""Taking spreadsheets of recommendations in: each row is new, known, a duplicate, or refused with the reason.

The same file again changes nothing. The caller commits or rolls back. Part of the services.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.activities.models import ImportBatch
from app.activities.reference import reference_data
from app.asked.checks import content_problems
from app.asked.columns import SESSIONS, found_columns, partial_date, response, truth, words
from app.asked.models import SupportRequest
from app.asked.rules import TEXT_LIMIT, Kind, RequestContent
from app.asked.services import Origin, record_many
from app.asked.states import States
from app.codelists.models import Label
from app.core import clock
from app.core.errors import Invalid
from app.core.i18n import N_
from app.core.permissions import Actor, Permission, demand
from app.core.text import fold
from app.offices.models import Country
from app.offices.queries import directory

ORIGIN = "spreadsheet"
UPR = "upr"
LONGEST = 20_000


@dataclass(frozen=True)
class Row:
    """One row: its number in the file, and its cells by the words at the head of their columns."""

    number: int
    cells: dict[str, str]


@dataclass(frozen=True)
class Table:
    """A table of recommendations: the file's name and checksum, the heads of its columns, and its rows, read once."""

    name: str
    sha256: str
    head: tuple[str, ...]
    rows: Iterable[Row]


class Outcome(StrEnum):
    """What became of a row."""

    NEW = "new"
    UNCHANGED = "there already"
    CHANGED = "changed at its source"
    DUPLICATE = "duplicate"
    REFUSED = "refused"


@dataclass(frozen=True)
class Fate:
    """One row: what became of it, our reference if it has one, and what there is to say about it."""

    number: int
    identifier: str
    outcome: Outcome
    state: str = ""
    reference: str = ""
    words: tuple[str, ...] = ()


@dataclass(frozen=True)
class Taken:
    """What became of a file."""

    name: str
    fates: tuple[Fate, ...]
    unread: tuple[str, ...]

    def count(self, outcome: Outcome) -> int:
        """How many rows had this outcome."""
        return sum(each.outcome == outcome for each in self.fates)

    @property
    def new(self) -> int:
        """How many requests are new."""
        return self.count(Outcome.NEW)

    @property
    def counts(self) -> list[tuple[str, int]]:
        """Every outcome that occurred, with its number."""
        return [(outcome.value, n) for outcome in Outcome if (n := self.count(outcome))]

    @property
    def notable(self) -> list[Fate]:
        """The rows about which there is something to say."""
        return [each for each in self.fates if each.words or each.outcome not in (Outcome.NEW, Outcome.UNCHANGED)]


@dataclass
class _New:
    """A row that will be a request."""

    fate: Fate
    content: RequestContent
    origin: Origin
    repeats: _New | None = None


def take_in(session: Session, actor: Actor, table: Table, source: str = UPR) -> Taken:
    """Enter the recommendations of a table.

    Raises:
        Invalid: no column for the State or the text, no such source. Forbidden. What the reading of its rows raises.
    """
    demand(Permission.REQUEST_IMPORT, actor)
    if source not in reference_data(session).codes["request_source"]:
        raise Invalid.at("source", N_("This choice is not on the list."))
    columns = found_columns(table.head)
    if "text" not in columns or not columns.keys() & {"iso", "state"}:
        missing = "the text" if "text" not in columns else "the State"
        heads = ", ".join(name for name in table.head if name)[:500]
        raise Invalid.at("file", f"No column says {missing} of the recommendations. The file has: {heads}.")
    run = _Run(session, table, columns, source)
    fates = [run.decide(row) for row in table.rows]
    references = run.keep(actor, len(fates))
    told = tuple(
        Fate(f.number, f.identifier, f.outcome, f.state, references.get(f.number, f.reference), f.words) for f in fates
    )
    unread = tuple(name for name in table.head if name and name not in columns.values())
    return Taken(table.name, told, unread)


class _Run:
    """One import: what it looks up, what it saw already, and what it will enter."""

    def __init__(self, session: Session, table: Table, columns: dict[str, str], source: str) -> None:
        self.session, self.table, self.columns, self.source = session, table, columns, source
        self.states = states_of(session)
        self.offices = offices_by_country(session)
        known = select(
            SupportRequest.original_identifier, SupportRequest.original_digest, SupportRequest.reference
        ).where(SupportRequest.origin == ORIGIN)
        self.identifiers: dict[str, tuple[str, str]] = {}
        self.digests: dict[str, str] = {}
        for identifier, digest, reference in session.execute(known):
            self.identifiers[identifier or ""] = (digest or "", reference)
            self.digests[digest or ""] = reference
        self.rows_by_digest: dict[str, int] = {}
        self.rows_by_identifier: dict[str, int] = {}
        self.first_saying: dict[tuple[str, str], _New] = {}
        self.new: list[_New] = []

    def cell(self, row: Row, meaning: str) -> str:
        """The cell of a meaning, "" where the file has none."""
        return row.cells.get(self.columns.get(meaning, ""), "")

    def decide(self, row: Row) -> Fate:
        """What becomes of a row."""
        said, text = self.cell(row, "identifier"), words(self.cell(row, "text"))
        state, notes, refusal = self._state(row)
        refusal = refusal or ("" if text else "The row has no text.")
        if len(text) > LONGEST:
            refusal = "The text is longer than 20,000 characters."
        if refusal or state is None:
            return Fate(row.number, said, Outcome.REFUSED, state or "", words=(*notes, refusal))
        digest = self._digest(row, state, text)
        # A plain number counts the rows of its file: it names nothing outside of it.
        identifier = f"{self.source}:{said}" if said and not said.isdecimal() else f"{self.source}:#{digest}"
        if len(identifier) > 300:
            return Fate(row.number, said, Outcome.REFUSED, state, words=("The identifier is too long.",))
        found = self._seen(row, identifier, digest)
        if found is not None:
            outcome, reference, why = found
            return Fate(row.number, said, outcome, state, reference, (*notes, why) if why else tuple(notes))
        return self._enter(row, state, text, Origin(ORIGIN, identifier, digest), notes)

    def _seen(self, row: Row, identifier: str, digest: str) -> tuple[Outcome, str, str] | None:
        """(outcome, our reference, why) of what this file or an earlier one said already."""
        first = self.rows_by_digest.setdefault(digest, row.number)
        if first != row.number:
            return Outcome.DUPLICATE, "", f"The same as row {first}, word for word."
        again = self.rows_by_identifier.setdefault(identifier, row.number)
        if again != row.number:
            return Outcome.REFUSED, "", f"The identifier of row {again}, with another text."
        if identifier in self.identifiers:
            kept, reference = self.identifiers[identifier]
            if kept == digest:
                return Outcome.UNCHANGED, reference, ""
            return Outcome.CHANGED, reference, f"{reference} was read from an earlier file and says something else."
        if digest in self.digests:
            return Outcome.DUPLICATE, self.digests[digest], f"{self.digests[digest]} says this already."
        return None

    def _state(self, row: Row) -> tuple[str | None, list[str], str]:
        """(the State, what is to be said of it, why it cannot be told)."""
        code, name = self.cell(row, "iso"), self.cell(row, "state")
        of_code = self.states.by_code(code) if code else None
        of_name = self.states.by_name(name) or self.states.by_code(name) if name else None
        if of_code and of_name and of_code != of_name:
            return None, [], f"The code says {code}, the name {name}: which State is meant?"
        found = of_code or of_name
        if found is None:
            named = " ".join(filter(None, (name, code))) or "nothing"
            return None, [], f"No State is known by this name or code: {named}."
        notes = []
        if code and not of_code:
            notes.append(f"The code {code} is unknown; the State was found by its name.")
        if name and not of_name:
            notes.append(f"The name {name} is unknown; the State was found by its code.")
        return found, notes, ""

    def _digest(self, row: Row, state: str, text: str) -> str:
        parts = (state, fold(text), fold(self.cell(row, "asker")), self.cell(row, "session"), self.cell(row, "symbol"),
                 self.cell(row, "paragraph"))  # fmt: skip
        return hashlib.sha256(json.dumps([self.source, *parts], ensure_ascii=False).encode()).hexdigest()

    def _enter(self, row: Row, state: str, text: str, origin: Origin, notes: list[str]) -> Fate:
        content = self._content(row, state, text)
        problems = content_problems(self.session, content)
        said = self.cell(row, "identifier")
        if problems:
            why = (f"{p.field}: {p.message}" for p in problems)
            return Fate(row.number, said, Outcome.REFUSED, state, words=(*notes, *why))
        first = self.first_saying.get((state, fold(text)))
        if first is not None:
            who = f" ({first.content.asker})" if first.content.asker else ""
            notes.append(f"Says the same as row {first.fate.number}{who}: kept, and marked.")
        fate = Fate(row.number, said, Outcome.NEW, state, words=tuple(notes))
        made = _New(fate, content, origin, first)
        self.first_saying.setdefault((state, fold(text)), made)
        self.new.append(made)
        return fate

    def _content(self, row: Row, state: str, text: str) -> RequestContent:
        raw = self.cell(row, "text")
        office = self.cell(row, "office")
        serving = self.offices.get(state, ())
        named = (office,) if office in serving else ()
        return RequestContent(
            kind=Kind.RECOMMENDATION,
            source=self.source,
            country=state,
            asker=words(self.cell(row, "asker"))[:200],
            symbol=self.cell(row, "symbol")[:200],
            paragraph=self.cell(row, "paragraph")[:60],
            address=self.cell(row, "address") if self.cell(row, "address").startswith("http") else "",
            document_on=self._date(row),
            asked=text if len(text) <= TEXT_LIMIT else text[: TEXT_LIMIT - 1] + "…",
            original="" if raw == text else (text if len(text) > TEXT_LIMIT else ""),
            offices=named or serving,
            juvenile_justice=truth(self.cell(row, "juvenile_justice")),
            asks_help=truth(self.cell(row, "asks_help")),
            state_response=response(self.cell(row, "response")),
        )

    def _date(self, row: Row) -> str | None:
        date = partial_date(self.cell(row, "date"))
        session = self.cell(row, "session")
        of_session = SESSIONS.get(int(session)) if session.isdecimal() and len(session) < 4 else None
        return date or (of_session if self.source == UPR else None)

    def keep(self, actor: Actor, rows: int) -> dict[int, str]:
        """Enter what is new, with its batch of so many rows; {row: reference}."""
        if not self.new:
            return {}
        batch = ImportBatch(
            kind="requests",
            file_name=self.table.name,
            sha256=self.table.sha256,
            rows=rows,
            imported_by=actor.user_id,
            imported_at=clock.now(),
        )
        self.session.add(batch)
        self.session.flush()
        made = record_many(self.session, actor, batch.id, [(each.content, each.origin) for each in self.new])
        by_row = {each.fate.number: request for each, request in zip(self.new, made, strict=True)}
        for each in self.new:
            if each.repeats is not None:
                by_row[each.fate.number].repeats_id = by_row[each.repeats.fate.number].id
        self.session.flush()
        return {number: request.reference for number, request in by_row.items()}


def states_of(session: Session) -> States:
    """Every State by its codes, and by its present and former names in every language."""
    codes = ((c.iso3, c.iso2, c.m49) for c in session.scalars(select(Country).order_by(Country.iso3)))
    names = session.execute(select(Label.code, Label.text).where(Label.kind == "country").order_by(Label.id))
    return States.of(codes, ((code, text) for code, text in names))


def offices_by_country(session: Session) -> dict[str, tuple[str, ...]]:
    """{State: the offices that serve it today, by code}."""
    found: dict[str, list[str]] = {}
    for office in directory(session).on(clock.today()):
        if office.type in ("country", "multi_country"):
            for country in office.countries:
                found.setdefault(country, []).append(office.code)
    return {country: tuple(codes) for country, codes in found.items()}


def told(taken: Taken) -> Iterator[str]:
    """What a person reads of an import: each row about which there is something to say, then the counts."""
    for each in taken.notable:
        place = " ".join(filter(None, (each.identifier, each.state, each.reference)))
        yield f"Row {each.number} {place}: {each.outcome}" + (f". {' '.join(each.words)}" if each.words else ".")
    if taken.unread:
        yield f"Not read: {', '.join(taken.unread)}."
    counts = ", ".join(f"{n} {outcome}" for outcome, n in taken.counts) or "nothing"
    yield f"{len(taken.fates)} rows in {taken.name}: {counts}."
