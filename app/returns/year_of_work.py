"""What an office did in a year, as its return asks: what counts, what can be ticked, what still waits. Reads only.

It reads the kept lines of activities, as lists do, and takes no actor: what a reader may open is decided afterwards.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from app.activities.models import CoOfficeAnswer
from app.activities.models_line import ActivityLine
from app.activities.rules import COUNTING, How, PartialDate, Status

L = ActivityLine
COLUMNS = (
    L.activity_id, L.reference, L.lead_office, L.workflow, L.newest_workflow, L.status, L.concerns, L.provisions,
    L.actual_start, L.actual_end, L.planned_start, L.created_at, L.confirmations, L.co_offices, L.withdrawn,
    L.set_aside,
)  # fmt: skip
ONGOING = frozenset({Status.ACTIVE, Status.FINALISING, Status.SUSPENDED})
GIVES = ("lead", "accepted")


@dataclass(frozen=True)
class Work:
    """One activity as the return of a year sees it.

    `relation` of the office: lead, accepted, named or declined. `hows`: why it counts, or would count, in the year.
    """

    activity_id: int
    reference: str
    relation: str
    hows: tuple[str, ...] = ()


@dataclass(frozen=True)
class YearOfWork:
    """An activity may stand in several of these: a joint one that waits can be ticked in the same breath."""

    counting: tuple[Work, ...]
    tickable: tuple[Work, ...]
    joint: tuple[Work, ...]
    submitted: tuple[Work, ...]
    drafts: tuple[Work, ...]

    @property
    def contradicts_nil(self) -> bool:
        """A nil return would stand beside a qualifying or a submitted activity (METHODOLOGY, State)."""
        return bool(self.counting or self.submitted)


@dataclass(frozen=True)
class _Seen:
    """An activity by its one or two lines: the approved and the submitted version, where it has them."""

    lines: tuple[Any, ...]
    office: str
    year: int

    def version(self, workflow: str) -> Any:
        """The line of the approved or the submitted version."""
        return next((line for line in self.lines if line.workflow == workflow), None)

    def relation(self, line: Any) -> str:
        """What the office is in this version."""
        if line.lead_office == self.office:
            return "lead"
        answers: dict[str, str] = dict(part.split(":") for part in line.co_offices.split(";") if part)
        return answers.get(self.office, "")

    def hows(self, line: Any) -> tuple[str, ...]:
        """Why this version is confirmed in the year."""
        rows = (part.split(":") for part in line.confirmations.split(";") if part)
        return tuple(how for year, how in rows if year == str(self.year))

    def work(self, line: Any) -> Work:
        """As the return sees it."""
        return Work(line.activity_id, line.reference, self.relation(line), self.hows(line))

    def qualifying(self, workflow: str) -> Work | None:
        """The approved or submitted version, if it qualifies in the year (METHODOLOGY, Qualifying)."""
        line = self.version(workflow)
        if line is None or not _may_qualify(line):
            return None
        work = self.work(line)
        return work if work.hows and work.relation in GIVES else None

    def tickable(self) -> Work | None:
        """Begun by the end of the year, not ended before it, and nothing but a return confirms it there."""
        known = [line for line in map(self.version, ("submitted", "approved")) if line is not None]
        if not known or not all(_begun(line, self.year) for line in known) or known[0].status not in ONGOING:
            return None
        if any(set(self.hows(line)) - {How.RETURN} for line in known) or known[0].set_aside:
            return None
        work = self.work(known[0])
        return work if work.relation in (*GIVES, "named") else None

    def waiting_joint(self) -> Work | None:
        """Names the office, which has not answered, in a version that is or can be confirmed in the year."""
        for line in map(self.version, ("approved", "submitted")):
            if line is not None and self.relation(line) == "named" and (self.hows(line) or self.tickable()):
                return self.work(line)
        return None

    def draft(self) -> Work | None:
        """Led by the office and not handed in, with dates of the year (or none, and begun in the year)."""
        newest = self.lines[-1]
        if newest.lead_office != self.office or newest.newest_workflow not in ("draft", "returned"):
            return None
        when = newest.actual_start or newest.planned_start
        year = PartialDate(when).year if when else newest.created_at.year
        return self.work(newest) if year == self.year else None


def year_of_work(session: Session, office: str, year: int) -> YearOfWork:
    """What the office's return of the year is about, each list by reference."""
    named = select(CoOfficeAnswer.activity_id).where(CoOfficeAnswer.office == office)
    statement = (
        select(*COLUMNS)
        .where(or_(L.lead_office == office, L.activity_id.in_(named)), L.withdrawn.is_(False))
        .order_by(L.reference, L.activity_id, L.revision)
    )
    rows = session.execute(statement).all()
    seen = [_Seen(tuple(lines), office, year) for _id, lines in groupby(rows, key=lambda row: row.activity_id)]
    counting = _found(each.qualifying("approved") for each in seen)
    already = {work.activity_id for work in counting}
    return YearOfWork(
        counting=counting,
        tickable=_found(each.tickable() for each in seen),
        joint=_found(each.waiting_joint() for each in seen),
        submitted=_found(each.qualifying("submitted") for each in seen if each.lines[0].activity_id not in already),
        drafts=_found(each.draft() for each in seen if each.lines[0].activity_id not in already),
    )


def _found(works: Iterable[Work | None]) -> tuple[Work, ...]:
    return tuple(work for work in works if work is not None)


def _may_qualify(line: Any) -> bool:
    return (
        not line.set_aside and line.status in COUNTING and line.concerns in ("mainly", "also") and bool(line.provisions)
    )


def _begun(line: Any, year: int) -> bool:
    if line.status not in COUNTING or not line.actual_start:
        return False
    end = line.actual_end
    return PartialDate(line.actual_start).year <= year and (not end or PartialDate(end).year >= year)
