"""Synthetic activities as plain objects that have the attributes of the models, always the same ones.

Lines and confirmations come from the very functions that the services use (`app.activities.lines`).
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace as Thing
from typing import Any
from uuid import UUID

from app.activities import lines
from app.activities.content import PLAIN
from app.activities.reference import ReferenceData
from app.activities.rules import (
    COUNTING,
    NEEDS_REASON,
    NOT_BEGUN,
    Content,
    CounterpartTag,
    ProvisionTag,
    TypeTag,
    derived_scope,
    derived_term,
)
from app.core import clock
from app.core.text import fold
from app.demo.history import ABOUTS, BODIES, HOWS, MANDATES, SOURCES, STANDARDS, SUBJECTS

FIRST_YEAR = 2005
LAST_DAY = date(2026, 11, 20)
LAST_MOMENT = datetime(2026, 11, 22, tzinfo=UTC)
STATUSES = {"closed": 45, "active": 35, "finalising": 6, "suspended": 4, "planned": 4, "requested": 3, "cancelled": 3}
ENDINGS = {"approved": 80, "submitted": 8, "draft": 4, "returned": 3, "proposed": 5}


def skew(count: int) -> list[float]:
    """Weights: a few first ones take most."""
    return [1 / (rank + 1) ** 0.7 for rank in range(count)]


@dataclass(frozen=True)
class Place:
    """An office with what a record of it needs."""

    code: str
    type: str
    region: str
    countries: tuple[str, ...]


class Maker:
    """Makes records one after the other; numbers and names what it makes."""

    def __init__(self, data: ReferenceData) -> None:
        self.data = data
        self.chance = random.Random(1997)
        self.places = list(_places(data))
        self.chance.shuffle(self.places)
        self.weights = skew(len(self.places))
        self.numbers: Counter[tuple[str, int]] = Counter()
        self.ids: Counter[str] = Counter()
        self.bodies: dict[tuple[str, CounterpartTag], Thing] = {}
        self.new_bodies: list[Thing] = []

    def record(self, number: int) -> Thing:
        """One activity with its revisions, deliveries, answers and confirmations."""
        place = self._pick(self.places, self.weights)
        ending = self._pick(ENDINGS, ENDINGS.values())
        content = self._content(place, number)
        typed = self._typed(content)
        self.numbers[(place.region, typed.year)] += 1
        withdrawn = ending == "approved" and self.chance.random() < 0.015
        activity = Thing(
            id=self._next("activity"),
            client_id=self._uuid(),
            reference=f"{place.region}-{typed.year}-{self.numbers[(place.region, typed.year)]:04d}",
            lead_office=place.code,
            created_by=None,
            created_at=typed,
            changed_at=min(typed + timedelta(seconds=self.chance.randrange(40 * 86400)), LAST_MOMENT),
            version=3,
            origin="form",
            original_identifier=None,
            source_first_year=None,
            source_last_year=None,
            withdrawn_at=typed if withdrawn else None,
            withdrawn_reason="Synthetic: logged twice." if withdrawn else "",
            questioned_at=None,
            set_aside_at=None,
            approved=None,
            submitted=None,
            submitted_revision_id=None,
            ever_submitted=ending != "draft",
            confirmations=[],
        )
        activity.revisions = list(self._revisions(activity, place, content, ending))
        activity.current = activity.revisions[-1]
        named = content.co_offices if activity.ever_submitted else ()
        activity.co_offices = [Thing(activity_id=activity.id, office=o, answer="accepted") for o in named]
        activity.deliveries = list(self._deliveries(activity, content))
        activity.confirmations = list(self._confirmations(activity))
        return activity

    def _pick(self, things: Any, weights: Any) -> Any:
        return self.chance.choices(list(things), list(weights))[0]

    def _some(self, things: tuple[str, ...], counts: tuple[int, ...]) -> list[str]:
        """Distinct ones, the first of the list most often."""
        found: dict[str, None] = {}
        for _ in range(self.chance.choice(counts)):
            found[self._pick(things, skew(len(things)))] = None
        return list(found)

    def _next(self, what: str) -> int:
        self.ids[what] += 1
        return self.ids[what]

    def _uuid(self) -> str:
        return str(UUID(int=self.chance.getrandbits(128), version=4))

    def _content(self, place: Place, number: int) -> Content:
        status = self._pick(STATUSES, STATUSES.values())
        days = (LAST_DAY - date(FIRST_YEAR, 1, 1)).days
        start = LAST_DAY - timedelta(days=int(days * self.chance.random() ** 2))  # most are recent
        end = min(start + timedelta(days=self.chance.randrange(500)), LAST_DAY)
        begun = status in COUNTING
        hows = self._some(HOWS, (1, 1, 2))
        countries = self._some(place.countries, (1, 2)) if len(place.countries) > 1 else list(place.countries)
        provisions = [ProvisionTag(code, "mandated_by") for code in self._some(MANDATES, (1, 1, 2, 3))]
        provisions += [ProvisionTag(code, "applied") for code in self._some(STANDARDS, (0, 1, 1, 2))]
        others = [o.code for o in self.places if o is not place]
        return Content(
            title=f"{SUBJECTS[hows[0]]} ({number})",
            summary="Synthetic record made to measure with. " * self.chance.randint(1, 8),
            types=tuple(TypeTag(code) for code in hows + self._some(ABOUTS, (0, 1, 1, 2))),
            request_source=self._pick(SOURCES, skew(len(SOURCES))),
            provisions=tuple(sorted(provisions, key=lambda tag: (tag.code, tag.role))),
            status=status,
            status_reason="Synthetic: the partner changed its plans." if status in NEEDS_REASON else "",
            planned_start=start.isoformat() if status in NOT_BEGUN else None,
            actual_start=start.isoformat() if begun else None,
            actual_end=end.isoformat() if status == "closed" else None,
            delivered="Synthetic: written advice and two sessions." if begun else "",
            counterparts=tuple(CounterpartTag(*body) for body in self.chance.sample(BODIES, self.chance.randint(1, 2))),
            concerns=self._pick(("mainly", "also", "no"), (80, 15, 5)),
            countries=tuple(sorted(countries)),
            countries_reason="Synthetic: one session in each country." if len(countries) > 1 else "",
            modalities=tuple(self._some(("advisory_services", "training_event", "consultant"), (0, 1, 1))),
            co_offices=(self.chance.choice(others),) if self.chance.random() < 0.06 else (),
            visibility="all_staff" if self.chance.random() < 0.2 else "office_region",
            sensitive=self.chance.random() < 0.03,
        )

    def _typed(self, content: Content) -> datetime:
        first = content.actual_start or content.planned_start
        day = date.fromisoformat(first) if first else LAST_DAY - timedelta(days=self.chance.randrange(3000))
        return datetime.combine(day, datetime.min.time(), UTC) + timedelta(seconds=self.chance.randrange(86400))

    def _revisions(self, activity: Thing, place: Place, content: Content, ending: str) -> Iterator[Thing]:
        states = ("approved", "submitted") if ending == "proposed" else (ending,)
        for number, state in enumerate(states, 1):
            revision = self._revision(activity, place, content, number, state)
            if state in ("approved", "submitted"):
                setattr(activity, state, revision)
            if state == "submitted":
                activity.submitted_revision_id = revision.id
            yield revision

    def _revision(self, activity: Thing, place: Place, content: Content, number: int, state: str) -> Thing:
        key = self._next("revision")
        bodies = [self._body(place.code, tag) for tag in content.counterparts]
        return Thing(
            **{name: getattr(content, name) for name in PLAIN},
            id=key,
            activity_id=activity.id,
            number=number,
            state=state,
            created_at=activity.created_at,
            self_approved=False,
            submitted_at=None if state == "draft" else activity.created_at,
            decided_at=activity.changed_at if state in ("approved", "returned") else None,
            decision_reason="Synthetic: which body was the counterpart?" if state == "returned" else "",
            scope=derived_scope(place.type, content.countries),
            term=derived_term(content, self.data.term_limits),
            types=_tagged(key, "support_type", [t.code for t in content.types], words="", placed=True),
            provisions=[Thing(revision_id=key, provision=p.code, role=p.role) for p in content.provisions],
            countries=_tagged(key, "country", content.countries),
            codes=_tagged(key, "code", content.modalities, list_key="modality", placed=True),
            counterparts=[
                Thing(revision_id=key, counterpart_id=body.id, position=i, counterpart=body)
                for i, body in enumerate(bodies)
            ],
            co_offices=_tagged(key, "office", content.co_offices),
            partners=[],
            milestones=[],
        )

    def _body(self, office: str, tag: CounterpartTag) -> Thing:
        if (office, tag) not in self.bodies:
            made = Thing(
                id=self._next("body"),
                client_id=self._uuid(),
                office=office,
                name=tag.name,
                name_key=fold(tag.name),
                kind=tag.kind,
            )
            self.bodies[(office, tag)] = made
            self.new_bodies.append(made)
        return self.bodies[(office, tag)]

    def _deliveries(self, activity: Thing, content: Content) -> Iterator[Thing]:
        if not activity.ever_submitted or not content.actual_start:
            return
        first = date.fromisoformat(content.actual_start)
        for _ in range(self._pick((0, 1, 2, 4), (40, 35, 20, 5))):
            key = self._next("delivery")
            people = Thing(
                id=self._next("people"),
                delivery_line_id=key,
                profession="judges",
                women=self.chance.choice((None, 0, 8, 14)),
                men=self.chance.choice((None, 5, 12)),
                not_recorded=None,
            )
            yield Thing(
                id=key,
                client_id=self._uuid(),
                activity_id=activity.id,
                on=min(first + timedelta(days=self.chance.randrange(700)), LAST_DAY).isoformat(),
                what="Synthetic: session",
                people_basis="counted",
                recorded_by=None,
                recorded_at=activity.created_at,
                removed_at=None,
                participations=[people],
            )

    def _confirmations(self, activity: Thing) -> Iterator[Thing]:
        rows = [
            Thing(activity_id=activity.id, revision_id=revision_id, year=year, how=how, recorded_at=activity.changed_at)
            for revision_id, year, how in lines._wanted_confirmations(activity, None)
        ]
        for row in rows:
            row.id = self._next("confirmation")
            yield row


def _places(data: ReferenceData) -> Iterator[Place]:
    """Reporting offices that served the same countries all the time, so that no date makes a record invalid."""
    today = clock.today()
    for office in data.offices.values():
        served = office.countries_between(today, today)
        region = office.region_on(today)
        always = office.countries_between(date(FIRST_YEAR, 1, 1), today) == served
        if office.reports and region and served and always:
            yield Place(office.code, office.type, region, tuple(sorted(served)))


def _tagged(revision_id: int, name: str, codes: Any, *, placed: bool = False, **more: str) -> list[Thing]:
    """One tag for each code, with its position where it has one."""
    return [
        Thing(revision_id=revision_id, **{name: code}, **({"position": i} if placed else {}), **more)
        for i, code in enumerate(codes)
    ]
