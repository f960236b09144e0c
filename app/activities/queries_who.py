"""Who works on what in a country, from the approved records: offices and partners, roles, kinds of support, years.

Source: Vienna Guidelines 27 and 38. Only records that the actor may open; how many more there are is told.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field, replace

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.activities.filters import NOT_RECORDED, ActivityFilters
from app.activities.models import RevisionCountry
from app.activities.models_line import ActivityLine
from app.activities.queries import lines
from app.activities.rules import State, Status
from app.core.db import AnyRow
from app.core.permissions import SYSTEM, Actor

L = ActivityLine
OFFICE, PARTNER = "office", "partner_agency"
STATUSES = tuple(status.value for status in Status if status is not Status.CANCELLED)
ALL_OF_THEM = ActivityFilters(
    coded={"workflow": (State.APPROVED.value,), "status": STATUSES}, marks={"withdrawn": False, "set_aside": False}
)
"""The records of which these figures are: approved ones that stand and are not cancelled."""
LEADS, JOINS = "lead", "joined"


@dataclass(frozen=True)
class Work:
    """What one body does in one country, in one role. `kind` is the kind of label of `who`."""

    country: str
    kind: str
    who: str
    role: str
    types: tuple[str, ...]
    years: tuple[int, ...]
    activities: tuple[str, ...]
    offices: tuple[str, ...]


@dataclass
class _Sum:
    types: set[str] = field(default_factory=set)
    years: set[int] = field(default_factory=set)
    activities: set[str] = field(default_factory=set)
    offices: set[str] = field(default_factory=set)


def approved_lines(session: Session, actor: Actor, country: str | None = None) -> list[AnyRow]:
    """Lines of the approved records (of a country) that the actor may open."""
    coded = {"country": (country,)} if country else {}
    statement = lines(actor, replace(ALL_OF_THEM, coded={**ALL_OF_THEM.coded, **coded}))
    return list(session.execute(statement.order_by(L.reference)))


def closed_lines(session: Session, actor: Actor, country: str) -> int:
    """How many approved records of a country the actor may not open."""
    named = select(RevisionCountry.revision_id).where(RevisionCountry.country == country)
    every = lines(SYSTEM, ALL_OF_THEM).where(L.revision_id.in_(named)).subquery()
    counted = session.scalar(select(func.count()).select_from(every))
    return int(counted or 0) - len(approved_lines(session, actor, country))


def works_of(rows: Iterable[AnyRow], countries: Collection[str] | None = None) -> list[Work]:
    """Who does what in these records; of all their countries, or of some."""
    sums: dict[tuple[str, str, str, str], _Sum] = defaultdict(_Sum)
    for row in rows:
        for country in _parts(row.countries):
            if countries is None or country in countries:
                for kind, who, role in _bodies(row):
                    _add(sums[country, kind, who, role], row)
    return [
        Work(*key, *(tuple(sorted(each)) for each in (s.types, s.years, s.activities, s.offices)))  # type: ignore[arg-type]
        for key, s in sorted(sums.items())
    ]


def _bodies(row: AnyRow) -> Iterable[tuple[str, str, str]]:
    yield OFFICE, row.lead_office, LEADS
    for part in _parts(row.co_offices):
        office, _colon, answer = part.partition(":")
        if answer == "accepted":
            yield OFFICE, office, JOINS
    for part in _parts(row.partners):
        partner, _colon, role = part.partition(":")
        yield PARTNER, partner, role


def _add(into: _Sum, row: AnyRow) -> None:
    into.types |= {*_parts(row.how), *_parts(row.about)}
    into.years |= years_of(row)
    into.activities.add(row.reference)
    into.offices.add(row.lead_office)


def years_of(row: AnyRow) -> set[int]:
    """The years that are confirmed."""
    return {int(part.split(":")[0]) for part in _parts(row.confirmations)}


def _parts(cell: str | None) -> list[str]:
    return [part for part in (cell or "").split(";") if part]


@dataclass(frozen=True)
class Overlap:
    """A kind of support on which several bodies worked in the same year."""

    support_type: str
    years: tuple[int, ...]
    who: tuple[tuple[str, str], ...]


def overlaps(rows: Iterable[AnyRow]) -> list[Overlap]:
    """Kinds of support of which two records, led by different offices or with different partners, share a year."""
    found: dict[str, dict[int, dict[str, set[tuple[str, str]]]]] = defaultdict(lambda: defaultdict(dict))
    for row in rows:
        bodies = {(kind, who) for kind, who, _role in _bodies(row)}
        for kind in {*_parts(row.how), *_parts(row.about)}:
            for year in years_of(row):
                found[kind][year][row.reference] = bodies
    told = []
    for kind, years in sorted(found.items()):
        shared = {year: of for year, of in years.items() if len({frozenset(b) for b in of.values()}) > 1}
        if shared:
            who = {body for of in shared.values() for bodies in of.values() for body in bodies}
            told.append(Overlap(kind, tuple(sorted(shared)), tuple(sorted(who))))
    return told


def gaps(rows: Iterable[AnyRow], every: Collection[str], since: int) -> list[str]:
    """The kinds of support that nobody worked on since a year."""
    worked = {kind for row in rows if max(years_of(row), default=0) >= since
              for kind in {*_parts(row.how), *_parts(row.about)}}  # fmt: skip
    return [code for code in every if code not in worked]


def told_of(rows: Iterable[AnyRow], column: str) -> Counter[str]:
    """{answer: records} of a yes-no question, NOT_RECORDED where nothing was said."""
    return Counter(getattr(row, column) or NOT_RECORDED for row in rows)
