"""Recording many new activities at once, as imports do: the same checks, rows, lines, audit and news as one by one.

`services.record_activity` is the door for one. A test records the same contents through both and compares every table.
"""

from __future__ import annotations

from collections import Counter as Count
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import SimpleNamespace as Thing
from typing import Any

from sqlalchemy import Update, func, select, text, update
from sqlalchemy.orm import Session

from app.activities.checks import Surroundings, draft_problems
from app.activities.content import TAG_MODELS, TAGS, name_key, plain_values, tag_values
from app.activities.lines import line_rows
from app.activities.models import Activity, ActivityRevision, Counterpart, RevisionAuthor, RevisionCounterpart
from app.activities.models_line import ActivityLine
from app.activities.reference import Presets, ReferenceData, presets, reference_data, surroundings
from app.activities.rules import Content, CounterpartTag, State
from app.activities.services import UNVERSIONED, complete_state
from app.core import audit, clock
from app.core.audit import AuditEvent
from app.core.db import new_client_id
from app.core.errors import Invalid, Problem
from app.core.events import Changed, Happened, announce_all, tell
from app.core.permissions import Actor, Permission, demand
from app.core.rows import write_rows

RECORDED = "activity.recorded"


@dataclass(frozen=True)
class Looked:
    """What the door found of one content: as it would be kept, and what is wrong with it."""

    office: str
    content: Content
    problems: tuple[Problem, ...]


@dataclass(frozen=True)
class NewRecord:
    """One activity that is to be made. `identifier` is its own in the source, `client_id` the record's.

    `looked` is what the door said of this office and content in the same transaction; else it looks itself.
    """

    office: str
    content: Content
    identifier: str
    client_id: str
    looked: Looked | None = None


@dataclass(frozen=True)
class Made:
    """An activity that was made."""

    activity_id: int
    reference: str


class Door:
    """The door for one import: what it looks up is looked up once."""

    def __init__(
        self,
        session: Session,
        actor: Actor,
        origin: str,
        batch_id: int | None = None,
        body_id: Callable[[str, CounterpartTag], str] | None = None,
    ) -> None:
        """`body_id` makes the client id of a body that is new to an office."""
        self._session, self._actor, self._origin, self._batch_id = session, actor, origin, batch_id
        self._body_id = body_id or (lambda _office, _tag: new_client_id())
        self._presets: dict[str, Presets] = {}
        self._around: dict[str, Surroundings] = {}
        self._bodies: dict[tuple[str, str, str], Thing] = {}
        self._looked_up: set[tuple[str, str]] = set()

    def look_at(self, office: str, content: Content) -> Looked:
        """The content as it would be kept, and what is wrong with it: the checks of one new record."""
        filled = self._presets.get(office)
        if filled is None:
            filled = self._presets[office] = presets(self._session, office)
        content = filled.applied(content)
        return Looked(office, content, draft_problems(content, self.around(office)))

    def around(self, office: str) -> Surroundings:
        """What the checks of a new imported record of the office must know."""
        found = self._around.get(office)
        if found is None:
            new: Any = Thing(lead_office=office, revisions=[], deliveries=[], imported=True)
            found = self._around[office] = surroundings(self._session, new)
        return found

    def record(self, wanted: Sequence[NewRecord]) -> list[Made]:
        """Make them all as drafts, in this order. Nothing is made unless all are good.

        Raises:
            Invalid: one of them is not. Forbidden: the actor does not work for one of the offices.
        """
        for office in {each.office for each in wanted}:
            demand(Permission.ACTIVITY_CREATE, self._actor, office)
        looked = [self._looked(each) for each in wanted]
        problems = [problem for each in looked for problem in each.problems]
        if problems:
            raise Invalid(problems)
        self._session.flush()
        self._find_bodies(wanted)
        activities = self._activities(wanted)
        data = reference_data(self._session)
        for activity, each in zip(activities, looked, strict=True):
            self._revise(data, activity, each.content)
        self._write(activities)
        return [Made(activity.id, activity.reference) for activity in activities]

    def _looked(self, each: NewRecord) -> Looked:
        found = each.looked
        if found is not None and found.office == each.office and found.content is each.content:
            return found
        return self.look_at(each.office, each.content)

    def _activities(self, wanted: Sequence[NewRecord]) -> list[Thing]:
        now = clock.now()
        ids = _fresh_ids(self._session, Activity.__table__, len(wanted))
        revisions = _fresh_ids(self._session, ActivityRevision.__table__, len(wanted))
        references = _references(self._session, [each.office for each in wanted])
        blank = dict.fromkeys(column.key for column in Activity.__mapper__.column_attrs)
        words = dict.fromkeys(("withdrawn_reason", "questioned_reason", "set_aside_reason"), "")
        same: dict[str, Any] = {
            **blank, **words, "created_by": self._actor.user_id, "created_at": now, "changed_at": now, "version": 1,
            "origin": self._origin, "batch_id": self._batch_id,
        }  # fmt: skip
        return [
            Thing(
                **{
                    **same,
                    "id": key,
                    "client_id": each.client_id,
                    "reference": reference,
                    "lead_office": each.office,
                    "original_identifier": each.identifier,
                    "current_revision_id": revision,
                }
            )
            for each, key, revision, reference in zip(wanted, ids, revisions, references, strict=True)
        ]

    def _revise(self, data: ReferenceData, activity: Thing, content: Content) -> None:
        """Give the activity its one revision and everything that a line and an audit event read of it."""
        key = activity.current_revision_id
        revision = Thing(**NO_REVISION)
        vars(revision).update(
            plain_values(data, activity.lead_office, content),
            id=key,
            activity_id=activity.id,
            number=1,
            state=State.DRAFT.value,
            created_at=activity.created_at,
            decision_reason="",
            self_approved=False,
        )
        for name, listed in tag_values(content).items():
            setattr(revision, name, [Thing(revision_id=key, **values) for values in listed])
        for step in revision.milestones:
            step.client_id = new_client_id()
        revision.counterparts = self._tagged(activity, content)
        vars(activity).update(
            {name: [] for name in UNVERSIONED},
            revisions=[revision],
            current=revision,
            submitted=None,
            approved=None,
            ever_submitted=False,
        )

    def _tagged(self, activity: Thing, content: Content) -> list[Thing]:
        bodies = [self._body(activity.lead_office, tag) for tag in content.counterparts]
        unique = {body.id: body for body in bodies}
        return [
            Thing(revision_id=activity.current_revision_id, counterpart_id=key, position=place, counterpart=body)
            for place, (key, body) in enumerate(unique.items())
        ]

    def _find_bodies(self, wanted: Sequence[NewRecord]) -> None:
        """The offices' counterparts of these names, looked up once; those that are new are made."""
        named: dict[tuple[str, str, str], CounterpartTag] = {}
        for each in wanted:
            for tag in each.content.counterparts:
                named.setdefault((each.office, name_key(tag), tag.kind), tag)
        self._look_up({(office, key) for office, key, _kind in named} - self._looked_up)
        self._add_bodies({place: tag for place, tag in named.items() if place not in self._bodies})

    def _look_up(self, places: set[tuple[str, str]]) -> None:
        """Read the bodies of these offices and names; a few more of the same names do no harm."""
        self._looked_up |= places
        offices, keys = (sorted({place[i] for place in places}) for i in (0, 1))
        body = Counterpart
        columns = (body.id, body.office, body.name, body.name_key, body.kind, body.merged_into)
        for start in range(0, len(keys), 400):
            asked = select(*columns).where(body.office.in_(offices), body.name_key.in_(keys[start : start + 400]))
            for key, office, name, folded, kind, merged in self._session.execute(asked).all():
                found = Thing(id=key, name=name, kind=kind) if merged is None else self._merged(merged)
                self._bodies[(office, folded, kind)] = found

    def _merged(self, key: int) -> Thing:
        body = self._session.get_one(Counterpart, key)
        while body.merged_into is not None:
            body = self._session.get_one(Counterpart, body.merged_into)
        return Thing(id=body.id, name=body.name, kind=body.kind)

    def _add_bodies(self, new: Mapping[tuple[str, str, str], CounterpartTag]) -> None:
        ids = _fresh_ids(self._session, Counterpart.__table__, len(new))
        rows = []
        for (place, tag), key in zip(new.items(), ids, strict=True):
            name, (office, folded, kind) = tag.name.strip(), place
            self._bodies[place] = Thing(id=key, name=name, kind=kind)
            rows.append({
                "id": key, "client_id": self._body_id(office, tag), "office": office, "name": name,
                "name_key": folded, "kind": kind, "verified": False, "merged_into": None,
            })  # fmt: skip
        write_rows(self._session, Counterpart.__table__, rows)

    def _body(self, office: str, tag: CounterpartTag) -> Thing:
        return self._bodies[(office, name_key(tag), tag.kind)]

    def _write(self, activities: Sequence[Any]) -> None:
        session, actor = self._session, self._actor
        _write_records(session, activities)
        if actor.user_id is not None:
            authors = [{"revision_id": a.current.id, "user_id": actor.user_id} for a in activities]
            write_rows(session, RevisionAuthor.__table__, authors)
        write_rows(session, ActivityLine.__table__, [row for a in activities for row in line_rows(session, a)])
        at = clock.now()
        events = [
            {
                "at": at, "actor_id": actor.user_id, "action": RECORDED, "subject_kind": "activity",
                "subject_key": a.reference, "revision": 1, "reason": "",
                "state": audit.canonical_json(complete_state(a)),
            }
            for a in activities
        ]  # fmt: skip
        write_rows(session, AuditEvent.__table__, events)
        announce_all(session, [Changed("activity", a.id) for a in activities])
        for a in activities:
            tell(session, Happened(RECORDED, a.id, actor.user_id))


NO_REVISION = dict.fromkeys(attribute.key for attribute in ActivityRevision.__mapper__.column_attrs)


def _write_records(session: Session, activities: Sequence[Any]) -> None:
    """Activities, their revisions and tags, in the order in which their foreign keys allow them."""
    bare = [{**_values(Activity, a), "current_revision_id": None} for a in activities]
    write_rows(session, Activity.__table__, bare)
    write_rows(session, ActivityRevision.__table__, [_values(ActivityRevision, a.current) for a in activities])
    session.connection().execute(_pointing([a.id for a in activities]))
    models = {**TAG_MODELS, "counterparts": RevisionCounterpart}
    for name in TAGS:
        model = models[name]
        tags = [_values(model, tag) for a in activities for tag in getattr(a.current, name)]
        write_rows(session, model.__table__, tags)


def _pointing(ids: Sequence[int]) -> Update:
    """Points new activities, each with its one revision, to it: one statement for all."""
    activity: Any = Activity.__table__
    revision = ActivityRevision.__table__
    own = select(revision.c.id).where(revision.c.activity_id == activity.c.id).scalar_subquery()
    return update(activity).where(activity.c.id.in_(ids)).values(current_revision_id=own)


_names: dict[Any, list[tuple[str, str]]] = {}


def _values(model: Any, thing: Thing) -> dict[str, Any]:
    """The columns of `model` that the plain object gives; an id that it has none of is the database's."""
    pairs = _names.get(model)
    if pairs is None:
        pairs = _names[model] = [
            (attribute.columns[0].key, attribute.key)
            for attribute in model.__mapper__.column_attrs
            if hasattr(thing, attribute.key)
        ]
    given = vars(thing)
    return {column: given[name] for column, name in pairs}


def _fresh_ids(session: Session, table: Any, count: int) -> list[int]:
    """Ids nobody has: the next of the sequence, or (SQLite, where one writes at a time) the next numbers."""
    if count == 0:
        return []
    if session.get_bind().dialect.name == "postgresql":
        sequence = func.pg_get_serial_sequence(table.name, "id")
        numbers = func.generate_series(1, count).table_valued("n")
        return list(session.scalars(select(func.nextval(sequence)).select_from(numbers)))
    last = session.scalar(select(func.max(table.c.id))) or 0
    return list(range(last + 1, last + count + 1))


def _references(session: Session, offices: Iterable[str]) -> list[str]:
    """The next references of the offices' regions, in this order: as one by one, but counted once a region."""
    data = reference_data(session)
    places = [_region_and_year(data, office) for office in offices]
    firsts = {place: _count(session, place, n) - n for place, n in sorted(Count(places).items())}
    found = []
    for place in places:
        firsts[place] += 1
        found.append(f"{place[0]}-{place[1]}-{firsts[place]:04d}")
    return found


def _region_and_year(data: ReferenceData, office: str) -> tuple[str, int]:
    day = clock.office_today(data.offices[office].time_zone)
    return data.offices[office].region_on(day) or "NONE", day.year


def _count(session: Session, place: tuple[str, int], more: int) -> int:
    """The last number given out, after `more` further ones."""
    counted = session.execute(
        text(
            "INSERT INTO reference_counter (region, year, last) VALUES (:region, :year, :more)"
            " ON CONFLICT (region, year) DO UPDATE SET last = reference_counter.last + :more RETURNING last"
        ),
        {"region": place[0], "year": place[1], "more": more},
    )
    return int(counted.scalar_one())
