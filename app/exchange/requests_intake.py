"""Taking spreadsheets of recommendations in: each row is new, known, changed, a duplicate, or refused with the reason.

The same file again changes nothing. The caller commits or rolls back.
"""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy.orm import Session

from app.activities.models import ImportBatch
from app.activities.reference import reference_data
from app.asked.services import Origin, record_many
from app.core import clock
from app.core.errors import Invalid
from app.core.i18n import N_
from app.core.permissions import Actor, Permission, demand
from app.core.text import fold
from app.exchange.requests_batches import KIND
from app.exchange.requests_cells import UPR, Judged, Reader
from app.exchange.requests_compare import KnownRequests
from app.exchange.requests_table import Outcome, Row, Table, Taken
from app.exchange.run import DUPLICATE, MOST_NAMED
from app.exchange.sheet_look import batches
from app.exchange.sheet_values import error, note

ORIGIN = "spreadsheet"
CHUNK = 500
SAME_ROW = N_("The same as row %(row)s, word for word.")
SAYS_THE_SAME = N_("Says the same as row %(row)s: kept, and marked.")
SAYS_THE_SAME_OF = N_("Says the same as row %(row)s (%(who)s): kept, and marked.")


def take_in(session: Session, actor: Actor, table: Table, source: str = UPR) -> Taken:
    """Enter the recommendations of a table.

    Raises:
        Invalid: no column for the State or the text, no such source. Forbidden. What the reading of its rows raises.
    """
    demand(Permission.REQUEST_IMPORT, actor)
    if source not in reference_data(session).codes["request_source"]:
        raise Invalid.at("source", N_("This choice is not on the list."))
    if "text" not in table.columns or not table.columns.keys() & {"iso", "state"}:
        missing = "the text" if "text" not in table.columns else "the State"
        heads = ", ".join(name for name in table.head if name)[:500]
        raise Invalid.at("file", f"No column says {missing} of the recommendations. The file has: {heads}.")
    run = _Run(Reader(session, table, source))
    for row in table.rows:
        run.read(row)
    run.compare(KnownRequests(session, ORIGIN, run.reader))
    run.keep(session, actor, table)
    return Taken(table, tuple(each.fate for each in run.judged))


class _Run:
    """One import: what its rows say, what each is against the others and against what there is."""

    def __init__(self, reader: Reader) -> None:
        self.reader = reader
        self.judged: list[Judged] = []
        self._by_identity: dict[str, Judged] = {}
        self._by_words: dict[object, Judged] = {}

    def read(self, row: Row) -> None:
        """A row, compared with those before it."""
        judged = self.reader.read(row)
        self.judged.append(judged)
        first = self._by_identity.setdefault(judged.identity, judged) if judged.identity else judged
        if first is judged and judged.content is not None:
            first = self._by_words.setdefault(judged.says, judged)
        if first is judged:
            return
        if judged.content is not None and first.says == judged.says:
            judged.fate.outcome = Outcome.DUPLICATE
            judged.fate.findings.append(note("", SAME_ROW, row=first.fate.number))
            return
        judged.fate.findings.append(error("", DUPLICATE, row=first.fate.number))  # which is right, nobody can tell
        if not first.fate.wrong or len(first.fate.findings) < MOST_NAMED:
            first.fate.findings.append(error("", DUPLICATE, row=judged.fate.number))

    def compare(self, known: KnownRequests) -> None:
        """Find out which rows are wrong, and which were read from an earlier file."""
        for each in self.judged:
            if each.fate.wrong:
                each.fate.outcome = Outcome.REFUSED
        for part in batches((each for each in self.judged if each.fate.outcome == Outcome.NEW), CHUNK):
            known.judge(part)

    def keep(self, session: Session, actor: Actor, table: Table) -> None:
        """Enter what is new, with its batch."""
        new = [each for each in self.judged if each.fate.outcome == Outcome.NEW]
        if not new:
            return
        repeated = _repeated(new)
        batch = ImportBatch(
            kind=KIND,
            file_name=table.name,
            sha256=table.sha256,
            rows=len(self.judged),
            imported_by=actor.user_id,
            imported_at=clock.now(),
        )
        session.add(batch)
        session.flush()
        rows = [(e.content, Origin(ORIGIN, e.identity, e.digest)) for e in new if e.content is not None]
        made = record_many(session, actor, batch.id, rows)
        by_row = {each.fate.number: request for each, request in zip(new, made, strict=True)}
        for each in new:
            each.fate.reference = by_row[each.fate.number].reference
        for number, first in repeated.items():
            by_row[number].repeats_id = by_row[first].id
        session.flush()


def _repeated(new: list[Judged]) -> Mapping[int, int]:
    """{number of a row: that of the first which says the same of the same State}; told at the later one."""
    firsts: dict[tuple[str | None, str], Judged] = {}
    found = {}
    for each in new:
        assert each.content is not None
        said = (each.content.country, fold(each.content.original or each.content.asked))
        first = firsts.setdefault(said, each)
        if first is not each and first.content is not None:
            found[each.fate.number] = first.fate.number
            who = {"who": first.content.asker} if first.content.asker else {}
            template = SAYS_THE_SAME_OF if who else SAYS_THE_SAME
            each.fate.findings.append(note("", template, row=first.fate.number, **who))
    return found
