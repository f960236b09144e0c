"""Many at once and one by one: the same rows in every table, but for ids that are drawn and the moments of typing."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import Engine, inspect, select, text
from sqlalchemy.orm import Session

from app.activities.bulk import Door, NewRecord
from app.activities.models import Activity, ImportBatch
from app.activities.reference import reference_data
from app.activities.rules import Content, CounterpartTag, MilestoneTag, PartnerTag, ProvisionTag, TypeTag
from app.activities.services import Source, record_activity, submit_activity
from app.core import clock
from app.core.db import make_engine, make_sessions, new_client_id, unit_of_work
from app.core.errors import Forbidden, Invalid
from app.core.permissions import SYSTEM, Actor
from app.coverage.keeping import verify
from app.offices.queries import actor_for
from tests.factories.activities import quick
from tests.factories.people import make_person
from tests.integration.activities.kept import drift

DRAWN = {"client_id"}
CONTENTS: tuple[tuple[str, Content], ...] = (
    ("0060", quick()),
    ("0060", quick(title="Second", counterparts=(CounterpartTag("MINISTRY of  Justice", "government"),))),
    ("0060", Content(title="نص عربي 😀 e\u0301", summary="=1+1\nline", sensitive=True)),
    (
        "0420",
        quick(
            title="With everything",
            types=(TypeTag("diversion"), TypeTag("training"), TypeTag("other", "Something, else")),
            provisions=(ProvisionTag("CRC-40", "applied"), ProvisionTag("CRC-4", "mandated_by")),
            partners=(PartnerTag("unodc", ""),),
            co_offices=("0060", "2040"),
            modalities=("remote",),
            target_groups=("judges", "police"),
            milestones=(MilestoneTag("adopted", "Children Act", "2024-05", "https://example.org/"),),
            counterparts=(CounterpartTag("Bar", "civil_society"), CounterpartTag("Ministry of Justice", "government")),
            funding_amount_usd="1500.50",
            term_override="long",
            term_reason="It goes on.",
            actual_end="2025-04",
        ),
    ),
    ("0420", quick(title="The same body again", counterparts=(CounterpartTag("bar", "civil_society"),))),
)


@pytest.fixture(autouse=True)
def _day() -> Iterator[None]:
    with clock.pretending(datetime(2026, 11, 23, 12, tzinfo=UTC)):
        yield


def _fitted(session: Session) -> list[tuple[str, Content]]:
    """The contents with codes that the lists really have."""
    lists = reference_data(session).codes
    whole = replace(
        CONTENTS[3][1],
        partners=(PartnerTag(min(lists["partner_agency"]), ""), PartnerTag(max(lists["partner_agency"]), "")),
        modalities=tuple(sorted(lists["modality"])[:2]),
        target_groups=tuple(sorted(lists["target_group"])[:3]),
        milestones=(MilestoneTag(min(lists["milestone"]), "Children Act", "2024-05", "https://example.org/"),),
    )
    return [*CONTENTS[:3], (CONTENTS[3][0], whole), CONTENTS[4]]


def everything(engine: Engine) -> dict[str, list[Any]]:
    """All rows of all tables."""
    found = {}
    with engine.connect() as connection:
        for table in inspect(connection).get_table_names():
            if table in ("reference_version", "alembic_version", "user_account"):
                continue
            rows = connection.execute(text(f'SELECT * FROM "{table}"')).mappings()
            found[table] = sorted(
                [
                    {k: _plain(k, v) for k, v in row.items() if k not in DRAWN}
                    for row in rows
                    if row.get("subject_kind") in (None, "activity")
                ],
                key=repr,
            )
    return found


def _plain(name: str, value: Any) -> Any:
    if name == "state" and isinstance(value, str) and value.startswith("{"):
        told = json.loads(value)
        told.get("identity", {}).pop("client_id", None)
        return told
    return str(value) if isinstance(value, Decimal) else value


def _people(session: Session) -> Actor:
    person = make_person(session)
    found = actor_for(session, person.id)
    assert found is not None
    return replace(found, staff_of=frozenset({"0060", "0420"}))


def _batch(session: Session) -> int:
    batch = ImportBatch(kind="spreadsheet", file_name="a", sha256="0", rows=5, imported_at=clock.now())
    session.add(batch)
    session.flush()
    return batch.id


@pytest.mark.both_engines
@pytest.mark.parametrize("by_person", [True, False])
def test_bulk_is_one_by_one(server: Any, by_person: bool) -> None:
    engines = []
    for many in (False, True):
        url = server.filled()
        engine = make_engine(url)
        engines.append((engine, url))
        with unit_of_work(make_sessions(engine)) as session:
            person = _people(session)
            actor = person if by_person else SYSTEM
            batch = _batch(session)
            items = [
                NewRecord(office, content, f"{office}:{n}", f"00000000-0000-4000-8000-{n:012d}")
                for n, (office, content) in enumerate(_fitted(session))
            ]
            if many:
                door = Door(session, actor, "spreadsheet", batch)
                made = door.record(items[:2]) + door.record(items[2:])
                assert [m.reference for m in made] == [session.get_one(Activity, m.activity_id).reference for m in made]
            else:
                for each in items:
                    source = Source("spreadsheet", each.identifier, batch)
                    record_activity(session, actor, each.office, each.content, each.client_id, source)
        with make_sessions(engine)() as session:
            assert drift(session) == []
            assert list(verify(session)) == []
    one, many_ = (everything(engine) for engine, _url in engines)
    for table in one:
        assert many_[table] == one[table], table
    with unit_of_work(make_sessions(engines[1][0])) as session:  # and it is a record like any other
        first = session.scalars(select(Activity).order_by(Activity.id)).first()
        assert first is not None
        submit_activity(session, SYSTEM, first, first.version)
        assert drift(session) == []
    for engine, url in engines:
        engine.dispose()
        server.drop(url)


def test_nothing_is_made_unless_all_are_good(session: Session) -> None:
    door = Door(session, SYSTEM, "spreadsheet", _batch(session))
    good, bad = (
        NewRecord("0060", content, str(n), new_client_id()) for n, content in enumerate((quick(), Content(title=" ")))
    )
    with pytest.raises(Invalid):
        door.record([good, bad])
    assert session.scalar(select(Activity.id)) is None


def test_another_office_is_refused(session: Session) -> None:
    person = make_person(session)
    actor = actor_for(session, person.id)
    assert actor is not None
    with pytest.raises(Forbidden):
        Door(session, actor, "spreadsheet").record([NewRecord("0420", quick(), "1", new_client_id())])
