"""Loading demonstration data through the same services that people use. Synthetic, and says so."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.activities.deliveries import Delivery, People, add_delivery
from app.activities.models import Activity
from app.activities.queries import DEMONSTRATION
from app.activities.reference import reference_data
from app.activities.review import approve_activity
from app.activities.services import Source, record_activity, submit_activity
from app.core.errors import Invalid, Problem
from app.core.permissions import SYSTEM
from app.demo.reader import DemoRow, read_demo

DEMO_FILE = Path(__file__).parent / "data" / "activities_2008_demo.csv"
AS_OF = date(2026, 11, 23)
Progress = Callable[[Iterable[DemoRow]], AbstractContextManager[Iterable[DemoRow]]]


@dataclass(frozen=True)
class Loaded:
    """How many records were added, and how many were there already."""

    added: int
    known: int


def load_file(session: Session, path: Path, as_of: date, progress: Progress) -> Loaded:
    """Load a file with the columns of the 2008 demonstration file as imported records.

    Counting ones are approved, the rest submitted. A reference that is there already is left alone.

    Raises:
        Invalid: the file or a row cannot be read; nothing is loaded (the caller rolls back).
    """
    rows = list(read_demo(path, as_of, reference_data(session).mandating))
    known = set(session.scalars(select(Activity.original_identifier).where(Activity.origin == DEMONSTRATION)))
    new = [row for row in rows if row.reference not in known]
    with progress(new) as steps:
        for row in steps:
            _load(session, row)
            session.expunge_all()  # a large file must not pile up in memory
    return Loaded(len(new), len(rows) - len(new))


def _load(session: Session, row: DemoRow) -> None:
    source = Source(DEMONSTRATION, row.reference, first_year=row.first_year, last_year=row.last_year)
    try:
        activity = record_activity(session, SYSTEM, row.office, row.content, source=source)
        submit_activity(session, SYSTEM, activity, activity.version)
        if row.counts:
            approve_activity(session, SYSTEM, activity, activity.version)
        if row.counts and row.people is not None and row.content.actual_start:
            people = (People(not_recorded=row.people),)
            add_delivery(session, SYSTEM, activity, Delivery(on=row.content.actual_start, people=people))
    except Invalid as refusal:
        problems = [Problem(p.field, f"{row.reference}, {p.field}: {p.message}") for p in refusal.problems]
        raise Invalid(problems) from refusal
