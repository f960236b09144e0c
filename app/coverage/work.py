"""What the activities of a figure are like: counted in the database, from the kept supports of its year.

The activities are those that the figure counts, so N is the figure's own number of activities, and each k a part of it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, Subquery, and_, exists, func, literal, or_, select, union_all
from sqlalchemy.orm import Session, aliased

from app.activities.models import (
    ActivityRevision,
    Counterpart,
    DeliveryLine,
    Participation,
    RevisionCode,
    RevisionCounterpart,
    RevisionMilestone,
    RevisionPartner,
)
from app.coverage.models import KeptSupport
from app.coverage.rules import Basis, Reading, Slice, YearFacts

PARTS = ";"


def chosen(facts: YearFacts, basis: Basis, part: Slice) -> Subquery:
    """The activities of the figure with the revision that it reads: (activity_id, revision_id), each once.

    On the provisional basis an activity is read by its approved revision where that is in the slice, else by the
    submitted one: the same rule by which the figure counts it once.
    """
    offices = None if part.region is None else [c for c, region in facts.regions.items() if region == part.region]
    approved = _reading(KeptSupport, facts.year, Reading.APPROVED, part, offices)
    if basis == Basis.APPROVED:
        return approved.subquery()
    before = aliased(KeptSupport)
    in_slice = _conditions(before, facts.year, Reading.APPROVED, part, offices)
    known = exists().where(before.activity_id == KeptSupport.activity_id, *in_slice)
    return union_all(
        approved, _reading(KeptSupport, facts.year, Reading.SUBMITTED, part, offices).where(~known)
    ).subquery()


def _reading(model: Any, year: int, reading: Reading, part: Slice, offices: Iterable[str] | None) -> Select[Any]:
    return select(model.activity_id, model.revision_id).where(*_conditions(model, year, reading, part, offices))


def _conditions(
    model: Any, year: int, reading: Reading, part: Slice, offices: Iterable[str] | None
) -> list[ColumnElement[bool]]:
    found = [model.year == year, model.basis == reading.value]
    wanted = ((model.types, part.support_type), (model.types, part.with_type), (model.provisions, part.provision),
              (model.countries, part.country))  # fmt: skip
    found += [_holds(column, code) for column, code in wanted if code]
    if offices is not None:
        found.append(or_(*(_holds(model.offices, code) for code in offices)))
    return found


def _holds(column: Any, code: str) -> ColumnElement[bool]:
    """The code is one of those joined in the column."""
    whole: ColumnElement[str] = literal(PARTS) + column + literal(PARTS)
    return whole.contains(f"{PARTS}{code}{PARTS}", autoescape=True)


def how_many(session: Session, of: Subquery) -> int:
    """How many activities: N of every theme."""
    return session.scalar(select(func.count()).select_from(of)) or 0


def _of_revision(column: Any) -> Callable[[Subquery], Select[Any]]:
    return lambda of: select(of.c.activity_id, column).join(ActivityRevision, ActivityRevision.id == of.c.revision_id)


def _tagged(model: Any, column: Any, *more: Any) -> Callable[[Subquery], Select[Any]]:
    return lambda of: select(of.c.activity_id, column).outerjoin(
        model, and_(model.revision_id == of.c.revision_id, *more)
    )


def _counterpart_kinds(of: Subquery) -> Select[Any]:
    return (
        select(of.c.activity_id, Counterpart.kind)
        .outerjoin(RevisionCounterpart, RevisionCounterpart.revision_id == of.c.revision_id)
        .outerjoin(Counterpart, Counterpart.id == RevisionCounterpart.counterpart_id)
    )


def _ticks(of: Subquery) -> Select[Any]:
    """How many of the five quality ticks an activity has."""
    ticked = and_(RevisionCode.revision_id == of.c.revision_id, RevisionCode.list_key == "quality")
    return (
        select(of.c.activity_id, func.count(RevisionCode.code))
        .outerjoin(RevisionCode, ticked)
        .group_by(of.c.activity_id)
    )


THEMES: dict[str, Callable[[Subquery], Select[Any]]] = {
    "term": _of_revision(ActivityRevision.term),
    "request_source": _of_revision(ActivityRevision.request_source),
    "counterpart_kind": _counterpart_kinds,
    "partner_agency": _tagged(RevisionPartner, RevisionPartner.partner),
    "obstacle": _tagged(RevisionCode, RevisionCode.code, RevisionCode.list_key == "obstacle"),
    "milestone": _tagged(RevisionMilestone, RevisionMilestone.kind),
    "quality": _tagged(RevisionCode, RevisionCode.code, RevisionCode.list_key == "quality"),
    "ticks": _ticks,
}
"""Theme → (activity, code) of the chosen activities; a blank code where an activity says nothing of the theme."""


def theme_counts(session: Session, of: Subquery, theme: str) -> dict[str, int]:
    """{code: activities}; "" are those that say nothing. An activity of several codes stands in each."""
    pairs = THEMES[theme](of).distinct().subquery()
    code = pairs.c[1]
    rows = session.execute(select(code, func.count()).group_by(code))
    return {"" if value is None else str(value): n for value, n in rows}


def theme_activities(session: Session, of: Subquery, theme: str, code: str) -> list[int]:
    """The activities behind one count."""
    pairs = THEMES[theme](of).distinct().subquery()
    rows = session.execute(select(pairs.c[0], pairs.c[1]))
    return sorted(activity for activity, value in rows if ("" if value is None else str(value)) == code)


def steps_by_year(session: Session, of: Subquery) -> Counter[tuple[str, str]]:
    """{(year of the step, "" where it has no date; its kind): steps of laws} of the chosen activities."""
    m = RevisionMilestone
    rows = session.execute(select(m.on, m.kind).join(of, of.c.revision_id == m.revision_id))
    return Counter(((on or "")[:4], kind) for on, kind in rows)


@dataclass(frozen=True)
class People:
    """Participations, not persons, on the delivery lines of a year; None where no line says anything.

    `blank` are the lines that say nothing of people at all.
    """

    lines: int
    blank: int
    women: int | None
    men: int | None
    not_recorded: int | None
    women_blank: int
    men_blank: int


def people(session: Session, of: Subquery, year: int) -> People:
    """The participations of the chosen activities in the year."""
    live = (
        select(DeliveryLine.id)
        .join(of, of.c.activity_id == DeliveryLine.activity_id)
        .where(DeliveryLine.removed_at.is_(None), DeliveryLine.on.startswith(str(year)))
        .subquery()
    )
    p = Participation
    told = select(p.delivery_line_id).where(p.delivery_line_id == live.c.id).exists()
    lines, with_people = session.execute(
        select(func.count(), func.count().filter(told)).select_from(live)
    ).one()  # fmt: skip
    sums = session.execute(
        select(func.sum(p.women), func.sum(p.men), func.sum(p.not_recorded), func.count().filter(p.women.is_(None)),
               func.count().filter(p.men.is_(None)))
        .join(live, live.c.id == p.delivery_line_id)
    ).one()  # fmt: skip
    women, men, not_recorded, women_blank, men_blank = sums
    return People(lines, lines - with_people, women, men, not_recorded, women_blank, men_blank)
