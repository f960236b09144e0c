"""What the cells of a row of recommendations say; what is not understood is told at its column."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlalchemy.orm import Session

from app.asked.checks import content_problems
from app.asked.columns import SESSIONS, response, words
from app.asked.rules import PARAGRAPH_LIMIT, SHORT_LIMIT, TEXT_LIMIT, Kind, RequestContent
from app.core import clock
from app.core.i18n import N_
from app.core.text import fold
from app.exchange.countries import states_of
from app.exchange.requests_table import Fate, Row, Table
from app.exchange.sheet_codes import look_ups
from app.exchange.sheet_judge import IDENTIFIER_LIMIT, LONG_IDENTIFIER
from app.exchange.sheet_values import DAY_FIRST, Unclear, error, read_date, read_yes_no, warning
from app.offices.queries import directory

UPR = "upr"
LONGEST = 20_000
# The field of the content that a column fills, where they have other names.
FIELD_OF: Mapping[str, str] = {
    "date": "document_on", "session": "document_on", "text": "asked", "office": "offices", "response": "state_response",
    "state": "country", "iso": "country",
}  # fmt: skip

NO_TEXT = N_("The row has no text.")
LONG_TEXT = N_("The text is longer than 20,000 characters.")
TWO_STATES = N_("The code says %(code)s, the name %(name)s: which State is meant?")
NO_STATE = N_("No State is known by this name or code: %(named)s.")
NO_STATE_NAMED = N_("The row names no State.")
CODE_UNKNOWN = N_("The code %(code)s is unknown; the State was found by its name.")
NAME_UNKNOWN = N_("The name %(name)s is unknown; the State was found by its code.")
NO_RESPONSE = N_("This says neither that the State accepted it nor that it noted it. The field stays blank.")
NO_MARK = N_("This says neither yes nor no. The field stays blank.")
NO_SESSION = N_("No session of the Universal Periodic Review has this number, so it gives no date.")
NO_OFFICE = N_("This is no office that serves the State. The row falls to all that serve it.")
NO_ADDRESS = N_("This is no address of a page; such begin with https:// or http://. The field stays blank.")
SHORTENED = N_("Only the first %(most)s characters are kept.")


@dataclass
class Judged:
    """One row as it was read: its fate so far, what it says, and by what it is known again ("" where nothing tells).

    `given` names the fields of the content that its cells fill or clear; what was not understood is not among them.
    """

    fate: Fate
    identity: str = ""
    digest: str = ""
    content: RequestContent | None = None
    given: frozenset[str] = frozenset()
    cells: Mapping[str, str] = field(default_factory=dict)

    @property
    def says(self) -> tuple[str, RequestContent | None]:
        """All that it says: two rows that say the same are one."""
        return self.digest, self.content


class Reader:
    """Reads the rows of one table, against the States and offices of today."""

    def __init__(self, session: Session, table: Table, source: str) -> None:
        self._session, self._source = session, source
        self._columns, self._order = table.columns, table.order or DAY_FIRST
        self._states, self._offices, self._codes = states_of(session), offices_by_country(session), look_ups(session)

    def heading(self, judged: Judged, name: str) -> str:
        """What the file calls the column of this meaning, or of this field of the content; "" where it has none."""
        return self._columns.get(self._meaning(judged, name), "")

    def read(self, row: Row) -> Judged:
        """What the row says, and everything wrong with it; no content where it cannot be taken."""
        cells = {meaning: row.cells.get(heading, "") for meaning, heading in self._columns.items()}
        said = cells.get("identifier", "")
        fate = Fate(row.number, said, findings=list(row.findings))
        judged = Judged(fate, cells=cells)
        state, text = self._state(judged), self._text(judged)
        if state and text:
            judged.digest = self._digest(cells, state, text)
        # A plain number counts the rows of its file: it names nothing outside of it.
        if said and not said.isdecimal():
            judged.identity = f"{self._source}:{said}"
        elif judged.digest:
            judged.identity = f"{self._source}:#{judged.digest}"
        if len(judged.identity) > IDENTIFIER_LIMIT:
            self._error(judged, "identifier", LONG_IDENTIFIER)
        content = self._content(judged, state, text)
        self._check(judged, content)
        judged.content = None if fate.wrong else content
        judged.given = self._given(judged)
        return judged

    def cell(self, judged: Judged, name: str) -> str:
        """What stands at this meaning, or at this field of the content."""
        return judged.cells.get(self._meaning(judged, name), "")

    def _meaning(self, judged: Judged, name: str) -> str:
        """Of several columns for one field the last that says something: a date before a session."""
        fitting = [meaning for meaning in judged.cells if name in (meaning, FIELD_OF.get(meaning))]
        return next((m for m in reversed(fitting) if judged.cells[m]), fitting[-1] if fitting else "")

    def _error(self, judged: Judged, name: str, template: str, /, **values: str) -> None:
        """Told once for a column: a cell without a value is not also a wrong date."""
        place = self.heading(judged, name)
        if place not in {f.column for f in judged.fate.findings if f.severity == "error"} - {""}:
            judged.fate.findings.append(error(place, template, self.cell(judged, name), **values))

    def _warn(self, judged: Judged, name: str, template: str, /, **values: str) -> None:
        place = self.heading(judged, name)
        if place not in {f.column for f in judged.fate.findings if f.severity == "error"}:
            judged.fate.findings.append(warning(place, template, self.cell(judged, name), **values))

    def _state(self, judged: Judged) -> str:
        code, name = judged.cells.get("iso", ""), judged.cells.get("state", "")
        of_code = self._states.by_code(code) if code else None
        of_name = self._states.by_name(name) or self._states.by_code(name) if name else None
        if of_code and of_name and of_code != of_name:
            self._error(judged, "iso", TWO_STATES, code=code, name=name)
            return ""
        judged.fate.state = of_code or of_name or ""
        if not judged.fate.state:
            named = " ".join(filter(None, (name, code)))
            meaning = "state" if name or "iso" not in self._columns else "iso"
            self._error(judged, meaning, NO_STATE if named else NO_STATE_NAMED, named=named)
        elif code and not of_code:
            self._warn(judged, "iso", CODE_UNKNOWN, code=code)
        elif name and not of_name:
            self._warn(judged, "state", NAME_UNKNOWN, name=name)
        return judged.fate.state

    def _text(self, judged: Judged) -> str:
        text = words(judged.cells.get("text", ""))
        if not text or len(text) > LONGEST:
            self._error(judged, "text", LONG_TEXT if text else NO_TEXT)
        return text

    def _digest(self, cells: Mapping[str, str], state: str, text: str) -> str:
        named = (cells.get(name, "") for name in ("session", "symbol", "paragraph"))
        parts = [self._source, state, fold(text), fold(cells.get("asker", "")), *named]
        return hashlib.sha256(json.dumps(parts, ensure_ascii=False).encode()).hexdigest()

    def _content(self, judged: Judged, state: str, text: str) -> RequestContent:
        return RequestContent(
            kind=Kind.RECOMMENDATION,
            source=self._source,
            country=state,
            asker=self._short(judged, "asker", words(judged.cells.get("asker", "")), SHORT_LIMIT),
            symbol=self._short(judged, "symbol", judged.cells.get("symbol", ""), SHORT_LIMIT),
            paragraph=self._short(judged, "paragraph", judged.cells.get("paragraph", ""), PARAGRAPH_LIMIT),
            address=self._address(judged),
            document_on=self._date(judged),
            asked=text if len(text) <= TEXT_LIMIT else text[: TEXT_LIMIT - 1] + "…",
            original=text if len(text) > TEXT_LIMIT else "",
            offices=self._falls_to(judged, state),
            juvenile_justice=self._mark(judged, "juvenile_justice"),
            asks_help=self._mark(judged, "asks_help"),
            state_response=self._response(judged),
        )

    def _short(self, judged: Judged, meaning: str, text: str, most: int) -> str:
        if len(text) > most:
            self._warn(judged, meaning, SHORTENED, most=str(most))
        return text[:most]

    def _address(self, judged: Judged) -> str:
        address = judged.cells.get("address", "")
        if address and not address.casefold().startswith(("http://", "https://")):
            self._warn(judged, "address", NO_ADDRESS)
            return ""
        return address

    def _date(self, judged: Judged) -> str | None:
        """The date of the row, else that of its session."""
        cell, of_session = judged.cells.get("date", ""), self._of_session(judged)
        try:
            return read_date(cell, self._order) if cell else of_session
        except Unclear as unclear:
            self._error(judged, "date", unclear.template, **unclear.values)
            return None

    def _of_session(self, judged: Judged) -> str | None:
        cell = judged.cells.get("session", "")
        if not cell or self._source != UPR:  # others number their sessions, too
            return None
        found = SESSIONS.get(int(cell)) if cell.isdecimal() and len(cell) < 4 else None
        if found is None:
            self._warn(judged, "session", NO_SESSION)
        return found

    def _falls_to(self, judged: Judged, state: str) -> tuple[str, ...]:
        """The office that is named, if it serves the State; else all that do."""
        cell, serving = judged.cells.get("office", ""), self._offices.get(state, ())
        if not cell or not state:
            return serving
        code, said = self._codes.find("office", cell, self._columns["office"])
        if code not in serving:
            self._warn(judged, "office", NO_OFFICE)
            return serving
        judged.fate.findings += said
        return (code,) if code else serving

    def _mark(self, judged: Judged, meaning: str) -> bool | None:
        cell = judged.cells.get(meaning, "")
        try:
            return read_yes_no(cell) if cell else None
        except Unclear:
            self._warn(judged, meaning, NO_MARK)
            return None

    def _response(self, judged: Judged) -> str | None:
        cell = judged.cells.get("response", "")
        found = response(cell)
        if cell and found is None:
            self._warn(judged, "response", NO_RESPONSE)
        return found

    def _check(self, judged: Judged, content: RequestContent) -> None:
        """What no request may say; that a State or a text is missing was told already."""
        for problem in content_problems(self._session, content):
            if getattr(content, problem.field):
                self._error(judged, problem.field, problem.message)

    def _given(self, judged: Judged) -> frozenset[str]:
        unclear = {finding.column for finding in judged.fate.findings}
        fields = {FIELD_OF.get(meaning, meaning) for meaning in self._columns}
        fields -= {FIELD_OF.get(m, m) for m, heading in self._columns.items() if heading in unclear}
        if not judged.cells.get("office"):
            fields.discard("offices")  # those of today, of which the file says nothing
        return frozenset(fields - {"identifier"})


def offices_by_country(session: Session) -> dict[str, tuple[str, ...]]:
    """{State: the offices that serve it today, by code}."""
    found: dict[str, list[str]] = {}
    for office in directory(session).on(clock.today()):
        if office.type in ("country", "multi_country"):
            for country in office.countries:
                found.setdefault(country, []).append(office.code)
    return {country: tuple(codes) for country, codes in found.items()}
