"""Rows of recommendations against what was read from earlier files: there already, changed at the source, or new."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.asked.models import SupportRequest
from app.asked.queries import contents_read, requests_of
from app.asked.rules import RESPONSES, RequestContent
from app.core.i18n import N_
from app.core.text import fold
from app.exchange.requests_cells import Judged, Reader
from app.exchange.requests_table import Outcome
from app.exchange.sheet_values import FOUND_LIMIT, Finding, note

SAYS_ELSE = N_("%(reference)s was read from an earlier file and says something else.")
SAYS_THIS = N_("%(reference)s says this already.")
WAS_CODED = N_("An earlier file said: %(what)s.")
WAS = N_("An earlier file said: %(before)s")
NOTHING = N_("nothing")
WORDS = frozenset({"asked", "asker"})
MARKS = {True: N_("Yes"), False: N_("No")}


class KnownRequests:
    """The requests that were read from files before."""

    def __init__(self, session: Session, origin: str, reader: Reader) -> None:
        self._session, self._reader = session, reader
        columns = (SupportRequest.original_identifier, SupportRequest.original_digest, SupportRequest.reference)
        self._identities: dict[str, tuple[str, str]] = {}
        self._digests: dict[str, str] = {}
        # One that was undone is known no more.
        known = (SupportRequest.origin == origin, SupportRequest.original_identifier.is_not(None))
        for identity, digest, reference in session.execute(select(*columns).where(*known)):
            self._identities[identity or ""] = (digest or "", reference)
            self._digests[digest or ""] = reference

    def judge(self, rows: Sequence[Judged]) -> None:
        """Say of each row what it is. One that is known changes nothing: offices have answered what stands there."""
        known = {each.identity: reference for each in rows if (reference := self._reference(each))}
        read = contents_read(self._session, known.values())
        now = requests_of(self._session, known.values())
        for each in rows:
            reference = known.get(each.identity)
            if reference is not None:
                each.fate.reference = reference
                self._compare(each, read.get(reference), now[reference])

    def _reference(self, row: Judged) -> str | None:
        _digest, reference = self._identities.get(row.identity, ("", self._digests.get(row.digest)))
        return reference

    def _compare(self, row: Judged, read: RequestContent | None, now: SupportRequest) -> None:
        own = row.identity in self._identities
        same_words = not own or self._identities[row.identity][0] == row.digest
        # A date of the same session is no change: it is ours, not the file's.
        derived = {"document_on"} if same_words and "date" not in row.cells else set()
        given = sorted(row.given - derived)
        changes = [self._change(row, name, read) for name in given if _differs(row, name, read, now)]
        if changes or not same_words:
            row.fate.outcome = Outcome.CHANGED
            row.fate.findings += [note("", SAYS_ELSE, reference=now.reference), *changes]
        elif own:
            row.fate.outcome = Outcome.UNCHANGED
        else:
            row.fate.outcome = Outcome.DUPLICATE
            row.fate.findings.append(note("", SAYS_THIS, reference=now.reference))

    def _change(self, row: Judged, name: str, read: RequestContent | None) -> Finding:
        before = getattr(read, name, None)
        heading, found = self._reader.heading(row, name), self._reader.cell(row, name)
        if isinstance(before, bool):
            return note(heading, WAS_CODED, found, what=MARKS[before])
        if not before:
            return note(heading, WAS_CODED, found, what=NOTHING)
        if name == "state_response":
            return note(heading, WAS_CODED, found, what=RESPONSES[before])
        text = ", ".join(before) if isinstance(before, tuple) else str(before)
        return note(heading, WAS, found, before=text[:FOUND_LIMIT])


def _differs(row: Judged, name: str, read: RequestContent | None, now: SupportRequest) -> bool:
    """The row says of this what neither the earlier file said nor the record says by now."""
    said = _plain(name, getattr(row.content, name))
    if read is not None and _plain(name, getattr(read, name)) == said:
        return False
    return bool(said != _plain(name, now.office_codes if name == "offices" else getattr(now, name)))


def _plain(name: str, value: Any) -> Any:
    """For comparing: words without their accents and case, several things without their order, blank as nothing."""
    if isinstance(value, str):
        return (fold(value) if name in WORDS else value) or None
    return frozenset(value) if isinstance(value, (tuple, frozenset)) else value
