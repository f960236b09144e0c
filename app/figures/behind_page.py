"""Behind a row of a report: the offices and records of which its figure is made, whatever narrowed it."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

from flask import url_for
from sqlalchemy.orm import Session

from app.activities.queries import lines_by_ids
from app.codelists.queries import labels
from app.core.errors import NotFound
from app.core.permissions import Actor
from app.core.web.locale import _, current_locale, left_to_right
from app.coverage.rules import State
from app.figures import words
from app.figures.page import Support, row_answer
from app.figures.queries import NO_ROW, row_of
from app.reports.figure_rows import FigureRow
from app.reports.registry import find_report

FIELDS = ("reference", "title", "lead_office", "revision")


@dataclass(frozen=True)
class Behind:
    """What the page shows. `offices` provided; their names are open to everybody (METHODOLOGY, Who sees what)."""

    report: str
    report_url: str
    subject: str
    answer: str
    basis: str
    definition: str
    offices: list[str]
    records: list[Support]
    closed: int


def behind_row(session: Session, actor: Actor, key: str, pairs: tuple[tuple[str, str], ...], row_key: str) -> Behind:
    """The offices and the records behind one row of a report with these filters.

    Raises:
        NotFound: no such report or row, or the row has a page of its own. Invalid: a filter that cannot be.
    """
    report, row = find_report(key), row_of(session, key, pairs, row_key)
    if not isinstance(row, FigureRow):
        raise NotFound(NO_ROW)
    found, names, language = row.figure, labels(session), current_locale().code
    records = [
        Support(line.reference, line.title, names.of("office", line.lead_office, language), line.revision)
        for line in lines_by_ids(session, actor, found.activity_ids, found.basis, FIELDS)
    ]
    return Behind(
        report=_(report.title),
        report_url=f"{url_for('reports.report', key=key)}?{urlencode(pairs)}",
        subject=f"{words.when(found.year, found.running)} · {row.label}",
        answer=row_answer(row),
        basis=_(words.BASES[found.basis]),
        definition=left_to_right(found.definition),
        offices=sorted(names.of("office", code, language) for code in found.by_state[State.PROVIDED]),
        records=records,
        closed=len(found.activity_ids) - len(records),
    )
