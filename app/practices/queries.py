"""Reads of practice cards: one, and those of the library."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from urllib.parse import urlencode

from sqlalchemy import ColumnElement, and_, exists, or_, select
from sqlalchemy.orm import Session, selectinload

from app.activities.filters import Query
from app.activities.models import Activity
from app.activities.reference import reference_data
from app.core import clock
from app.core.errors import Invalid, NotFound, Problem
from app.core.i18n import N_
from app.core.permissions import Actor, Permission, can
from app.offices.queries import directory, region_codes
from app.practices.models import Practice, PracticeObstacle, PracticeProvision, PracticeType
from app.practices.rules import STATES, STEPS, State

NO_CHOICE = N_("This choice is not on the list.")
P = Practice
EVERY_TAG = (
    selectinload(P.types), selectinload(P.provisions), selectinload(P.obstacles), selectinload(P.authors),
    selectinload(P.reuses),
)  # fmt: skip
# Name in an address -> the kind of label that names its values.
CODED: Mapping[str, str] = {
    "support_type": "support_type",
    "provision": "provision",
    "region": "region",
    "obstacle": "obstacle",
    "office": "office",
}
SHORT: Mapping[str, Mapping[str, str]] = {"step": STEPS, "state": STATES}
MARKS = ("failed", "reused")


@dataclass(frozen=True)
class PracticeFilters:
    """What the library is narrowed to."""

    q: str = ""
    coded: Mapping[str, str] = field(default_factory=dict)
    short: Mapping[str, str] = field(default_factory=dict)
    marks: Mapping[str, bool] = field(default_factory=dict)

    @classmethod
    def parse(cls, query: Query) -> PracticeFilters:
        """Read an address's query.

        Raises:
            Invalid: a value that cannot be.
        """
        short = {name: _last(query, name) for name in SHORT}
        marks = {name: _last(query, name) for name in MARKS}
        wrong = [name for name, value in short.items() if value and value not in SHORT[name]]
        wrong += [name for name, value in marks.items() if value not in ("", "yes", "no")]
        if wrong:
            raise Invalid([Problem(name, NO_CHOICE) for name in wrong])
        return cls(
            q=_last(query, "q")[:200],
            coded={name: value for name in CODED if (value := _last(query, name))},
            short={name: value for name, value in short.items() if value},
            marks={name: value == "yes" for name, value in marks.items() if value},
        )

    def pairs(self) -> list[tuple[str, str]]:
        """The address's query again."""
        found = [("q", self.q)] if self.q else []
        found += [*self.coded.items(), *self.short.items()]
        return found + [(name, "yes" if value else "no") for name, value in self.marks.items()]

    def query_string(self) -> str:
        """The same as text."""
        return urlencode(self.pairs())

    def describe(self) -> str:
        """For a file's name."""
        return "-".join(value for name, value in self.pairs() if name != "q")


def _last(query: Query, name: str) -> str:
    texts = [text.replace("\x00", "").strip() for text in query.getlist(name)]
    return next((text for text in reversed(texts) if text), "")


def check_codes(session: Session, filters: PracticeFilters) -> None:
    """Look the codes up.

    Raises:
        Invalid: one that is on no list.
    """
    data = reference_data(session)
    known = {
        "support_type": data.facets,
        "provision": data.mandating,
        "region": region_codes(session),
        "obstacle": data.codes["obstacle"],
        "office": data.offices,
    }
    wrong = [name for name, code in filters.coded.items() if code not in known[name]]  # type: ignore[operator]
    if wrong:
        raise Invalid([Problem(name, NO_CHOICE) for name in wrong])


def find_practice(session: Session, reference: str) -> Practice:
    """The card of a reference.

    Raises:
        NotFound: there is none.
    """
    found = session.scalar(select(Practice).where(Practice.reference == reference))
    if found is None:
        raise NotFound(N_("There is no card with this reference."))
    return found


def library(session: Session, actor: Actor, filters: PracticeFilters) -> list[Practice]:
    """The cards that the reader may open: reviewed good practice first, then the newest."""
    statement = select(Practice).where(*_conditions(session, filters)).options(*EVERY_TAG)
    found = [each for each in session.scalars(statement.order_by(P.id.desc())) if may_read(actor, each)]
    order = list(STEPS)[::-1]
    return sorted(found, key=lambda each: (each.state != State.REVIEWED, order.index(each.step)))


def cards_of_activity(session: Session, actor: Actor, activity_id: int) -> list[Practice]:
    """The cards made of an activity that the reader may open."""
    statement = select(Practice).where(P.activity_id == activity_id, P.withdrawn_at.is_(None)).order_by(P.id)
    return [each for each in session.scalars(statement) if may_read(actor, each)]


def waiting_for_review(session: Session, actor: Actor) -> list[Practice]:
    """Submitted cards that the reader may review."""
    statement = select(Practice).where(P.state == State.SUBMITTED, P.withdrawn_at.is_(None)).order_by(P.id)
    return [each for each in session.scalars(statement) if can(Permission.PRACTICE_REVIEW, actor, each)]


def may_read(actor: Actor, practice: Practice) -> bool:
    """May this reader open the card? A withdrawn one is for its office and who reviews it."""
    if practice.withdrawn_at is not None and not can(Permission.PRACTICE_WRITE, actor, practice):
        return can(Permission.PRACTICE_REVIEW, actor, practice)
    own = can(Permission.PRACTICE_READ, actor, practice)
    return own or (can(Permission.PRACTICE_REVIEW, actor, practice) and practice.ever_submitted)


def reference_of(session: Session, activity_id: int | None) -> str:
    """The reference of an activity, "" of none."""
    found = session.get(Activity, activity_id) if activity_id else None
    return found.reference if found else ""


def _conditions(session: Session, filters: PracticeFilters) -> Iterator[ColumnElement[bool]]:
    yield P.withdrawn_at.is_(None)
    coded = filters.coded
    if "support_type" in coded:
        yield exists().where(PracticeType.practice_id == P.id, PracticeType.support_type == coded["support_type"])
    if "provision" in coded:
        yield exists().where(
            and_(PracticeProvision.practice_id == P.id, PracticeProvision.provision == coded["provision"])
        )
    if "obstacle" in coded:
        yield exists().where(PracticeObstacle.practice_id == P.id, PracticeObstacle.obstacle == coded["obstacle"])
    if "office" in coded:
        yield P.office == coded["office"]
    if "region" in coded:
        yield P.office.in_(_offices_of(session, coded["region"]))
    yield from _own_conditions(filters)


def _own_conditions(filters: PracticeFilters) -> Iterator[ColumnElement[bool]]:
    for name, value in filters.short.items():
        yield getattr(P, name) == value
    if "failed" in filters.marks:
        yield P.failed.is_(filters.marks["failed"])
    if "reused" in filters.marks:
        yield P.reuses.any() if filters.marks["reused"] else ~P.reuses.any()
    for word in filters.q.split():
        like = "%" + word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
        texts = (P.title, P.problem, P.done, P.learned, P.conditions, P.evidence, P.reference)
        yield or_(*(column.ilike(like, escape="\\") for column in texts))


def _offices_of(session: Session, region: str) -> list[str]:
    today = clock.today()
    return [o.code for o in directory(session).offices.values() if o.region_on(today) == region]
