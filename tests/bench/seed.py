"""Fills a database with synthetic activities in bulk: the rows that the services would have written.

`check_sample` recomputes some of them through the services' own functions and compares. Left out: audit events.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterable, Iterator
from types import SimpleNamespace as Thing
from typing import Any

from sqlalchemy import Connection, func, insert, inspect, select, text
from sqlalchemy.orm import Session, sessionmaker

from app.activities import lines
from app.activities.checks import submit_problems
from app.activities.content import read_content
from app.activities.models import (
    Activity,
    ActivityRevision,
    Confirmation,
    CoOfficeAnswer,
    Counterpart,
    DeliveryLine,
    Participation,
    ReferenceCounter,
    RevisionCode,
    RevisionCoOffice,
    RevisionCounterpart,
    RevisionCountry,
    RevisionProvision,
    RevisionType,
)
from app.activities.models_line import ActivityLine
from app.activities.reference import reference_data, surroundings
from app.core.db import unit_of_work
from app.coverage.keeping import rebuild, verify
from app.reports.kept import fill
from tests.bench.records import Maker

CHUNK = 2000
# In the order in which their foreign keys allow them.
MODELS: tuple[Any, ...] = (
    Activity, ActivityRevision, Counterpart, RevisionType, RevisionProvision, RevisionCountry, RevisionCode,
    RevisionCounterpart, RevisionCoOffice, CoOfficeAnswer, DeliveryLine, Participation, Confirmation, ActivityLine,
)  # fmt: skip
NUMBERED = (Activity, ActivityRevision, Counterpart, DeliveryLine, Participation, Confirmation)
TAGS = {
    RevisionType: "types",
    RevisionProvision: "provisions",
    RevisionCountry: "countries",
    RevisionCode: "codes",
    RevisionCounterpart: "counterparts",
    RevisionCoOffice: "co_offices",
}
LATER = frozenset({"submitted_revision_id"})  # set by POINTERS, when the revisions are there
POINTERS = text(
    "UPDATE activity SET"
    " current_revision_id = (SELECT max(r.id) FROM activity_revision r WHERE r.activity_id = activity.id),"
    " submitted_revision_id ="
    " (SELECT r.id FROM activity_revision r WHERE r.activity_id = activity.id AND r.state = 'submitted'),"
    " approved_revision_id ="
    " (SELECT max(r.id) FROM activity_revision r WHERE r.activity_id = activity.id AND r.state = 'approved')"
)
Rows = dict[Any, list[dict[str, Any]]]


def seed(sessions: sessionmaker[Session], size: int) -> None:
    """Write `size` activities into a migrated database with reference data and no activity."""
    with unit_of_work(sessions) as session:
        data = reference_data(session)
        maker = Maker(data)
        for start in range(0, size, CHUNK):
            rows = _rows(maker, session, range(start, min(size, start + CHUNK)))
            for model in MODELS:
                if rows[model]:
                    session.connection().execute(insert(model.__table__), rows[model])
        session.execute(POINTERS)
        numbers = [{"region": region, "year": year, "last": last} for (region, year), last in maker.numbers.items()]
        session.execute(insert(ReferenceCounter), numbers)
        _set_sequences(session.connection())
        rebuild(session)
        sum(fill(session))
        session.execute(text("ANALYZE"))


def check_sample(sessions: sessionmaker[Session], count: int = 60) -> None:
    """Compare some records with what the services would keep of them. Raises AssertionError where they differ."""
    with sessions() as session:
        total = session.scalar(select(func.max(Activity.id))) or 0
        for key in random.Random(7).sample(range(1, total + 1), min(count, total)):
            _check_one(session, session.get_one(Activity, key))
        if total <= 20_000:
            assert next(verify(session), None) is None


def _check_one(session: Session, activity: Activity) -> None:
    kept = {(c.revision_id, c.year, c.how) for c in activity.confirmations}
    assert kept == set(lines._wanted_confirmations(activity, None)), activity.reference
    if activity.ever_submitted:
        problems = submit_problems(read_content(activity.current), surroundings(session, activity))
        assert not problems, (activity.reference, problems)
    found = session.scalars(select(ActivityLine).where(ActivityLine.activity_id == activity.id)).all()
    wanted = {row["revision_id"]: row for row in _lines(session, activity)}
    assert {row.revision_id for row in found} == set(wanted), activity.reference
    for row in found:
        for name, value in wanted[row.revision_id].items():
            assert getattr(row, name) == value, (activity.reference, name, getattr(row, name), value)


def _lines(session: Session, activity: Any) -> Iterator[dict[str, Any]]:
    """As `app.activities.lines` keeps them; `activity` may be a plain object."""
    approved, provisional = lines.read_revisions(activity)
    for revision in {r.id: r for r in (approved, provisional)}.values():
        yield lines._line(
            session, activity, revision, in_approved=revision is approved, in_provisional=revision is provisional
        )


def _rows(maker: Maker, session: Session, numbers: Iterable[int]) -> Rows:
    rows: Rows = defaultdict(list)
    for number in numbers:
        activity = maker.record(number)
        rows[Activity].append(_values(Activity, activity))
        for revision in activity.revisions:
            rows[ActivityRevision].append(_values(ActivityRevision, revision))
            for model, name in TAGS.items():
                rows[model] += [_values(model, tag) for tag in getattr(revision, name)]
        rows[CoOfficeAnswer] += [_values(CoOfficeAnswer, answer) for answer in activity.co_offices]
        for line in activity.deliveries:
            rows[DeliveryLine].append(_values(DeliveryLine, line))
            rows[Participation] += [_values(Participation, people) for people in line.participations]
        rows[Confirmation] += [_values(Confirmation, row) for row in activity.confirmations]
        rows[ActivityLine] += _lines(session, activity)
    rows[Counterpart] = [_values(Counterpart, body) for body in maker.new_bodies]
    maker.new_bodies.clear()
    return rows


_columns: dict[Any, list[tuple[str, str]]] = {}


def _values(model: Any, thing: Thing) -> dict[str, Any]:
    """The columns of `model` that the plain object gives; the others keep their defaults."""
    if model not in _columns:
        attributes = inspect(model).column_attrs
        given = (a for a in attributes if hasattr(thing, a.key) and a.key not in LATER)
        _columns[model] = [(a.columns[0].key, a.key) for a in given]
    return {column: getattr(thing, name) for column, name in _columns[model]}


def _set_sequences(connection: Connection) -> None:
    if connection.dialect.name != "postgresql":
        return
    for model in NUMBERED:
        newest = select(func.max(model.__table__.c.id)).scalar_subquery()
        connection.execute(select(func.setval(func.pg_get_serial_sequence(model.__tablename__, "id"), newest)))
