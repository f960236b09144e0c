"""What a process keeps of the lists: seen by all once it changes, by nobody before, and apart for each database."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest
from sqlalchemy import Engine, delete, select
from sqlalchemy.orm import Session, sessionmaker

from app.activities.reference import reference_data
from app.codelists.models import Label
from app.codelists.queries import codes, labels, reference_version, support_types
from app.core.db import Base, make_engine, make_sessions
from app.core.versions import RETURNS, stamp
from app.offices.models import Exemption, Office, OfficeCountry
from app.offices.queries import directory, region_codes
from app.provisions.queries import provisions
from app.returns.models import AnnualReturn, Round
from app.wiring import WATCHED
from tests.databases import PostgresServer, SqliteServer

pytestmark = pytest.mark.both_engines


@pytest.fixture
def elsewhere(engine_url: str) -> Iterator[sessionmaker[Session]]:
    """Sessions of another process: its own engine on the same database."""
    engine = make_engine(engine_url)
    yield make_sessions(engine)
    engine.dispose()


def _long(session: Session) -> str:
    return labels(session).of("term", "long")


def _rename(session: Session, text: str) -> None:
    session.scalars(select(Label).where(Label.kind == "term", Label.code == "long")).one().text = text


@pytest.mark.parametrize("model", WATCHED["reference"], ids=lambda model: model.__name__)
def test_a_change_of_any_list_raises_the_version(sessions: sessionmaker[Session], model: type[Base]) -> None:
    with sessions() as reader:
        before = reference_version(reader)
    with sessions.begin() as writer:
        row = writer.scalars(select(model).limit(1)).first()
        if row is None:
            assert model is Exemption
            writer.add(Exemption(office="0060", valid_from=date(2020, 1, 1), reason="Synthetic."))
        else:
            name = next(c.key for c in model.__table__.columns if c.key in CHANGEABLE)
            setattr(row, name, CHANGEABLE[name])
    with sessions() as reader:
        assert reference_version(reader) == before + 1


CHANGEABLE = {
    "position": 99,
    "text": "Another name",
    "retired_on": date(2026, 1, 1),
    "valid_to": date(2030, 12, 31),
    "status": "withdrawn",
    "note": "Another note",
}


def test_a_deletion_by_statement_raises_the_version(sessions: sessionmaker[Session]) -> None:
    with sessions.begin() as writer:
        before = reference_version(writer)
        writer.execute(delete(OfficeCountry).where(OfficeCountry.office == "0060"))
    with sessions() as reader:
        assert reference_version(reader) == before + 1
        assert directory(reader).offices["0060"].countries == ()


def test_what_only_reads_raises_nothing(sessions: sessionmaker[Session]) -> None:
    with sessions.begin() as writer:
        before = reference_version(writer)
        directory(writer)
    with sessions() as reader:
        assert reference_version(reader) == before


def test_returns_have_a_version_of_their_own(sessions: sessionmaker[Session]) -> None:
    with sessions.begin() as writer:
        lists = reference_version(writer)
        writer.add(Round(year=2020, opens_on=date(2021, 1, 1), due_on=date(2021, 3, 1)))
        writer.add(AnnualReturn(office="0060", year=2020, state="draft"))
    with sessions() as reader:
        assert stamp(reader, RETURNS) == (1,)
        assert reference_version(reader) == lists


def test_nothing_is_read_twice_while_nothing_changes(sessions: sessionmaker[Session]) -> None:
    with sessions() as one, sessions() as two:
        for read in (labels, reference_data, directory, region_codes, provisions, support_types):
            kept = read(one, include_retired=True) if read in (provisions, support_types) else read(one)  # type: ignore[operator]
            again = read(two, include_retired=True) if read in (provisions, support_types) else read(two)  # type: ignore[operator]
            assert again is kept


def test_another_process_sees_the_change(sessions: sessionmaker[Session], elsewhere: sessionmaker[Session]) -> None:
    with elsewhere() as reader:
        assert _long(reader) != "Very long"
    with sessions.begin() as writer:
        _rename(writer, "Very long")
    with elsewhere() as reader:
        assert _long(reader) == "Very long"


def test_nobody_sees_what_is_not_committed(sessions: sessionmaker[Session]) -> None:
    with sessions() as writer:
        before = _long(writer)
        _rename(writer, "Given up")
        writer.flush()
        assert _long(writer) == "Given up"
        with sessions() as reader:
            assert _long(reader) == before
        writer.rollback()
        assert _long(writer) == before
    with sessions() as reader:
        assert _long(reader) == before


def test_a_savepoint_given_up_leaves_nothing(sessions: sessionmaker[Session]) -> None:
    with sessions() as writer:
        before = _long(writer)
        with writer.begin_nested() as savepoint:
            _rename(writer, "Given up")
            writer.flush()
            assert _long(writer) == "Given up"
            savepoint.rollback()
        assert _long(writer) == before
        _rename(writer, "Kept")
        with writer.begin_nested():
            writer.flush()
        writer.commit()
    with sessions() as reader:
        assert _long(reader) == "Kept"


def test_databases_do_not_see_each_other(
    sessions: sessionmaker[Session], server: SqliteServer | PostgresServer, engine: Engine
) -> None:
    url = server.filled()
    other = make_engine(url)
    with sessions() as reader, make_sessions(other)() as stranger:
        before = _long(reader)
        assert _long(stranger) == before
        _rename(stranger, "Only there")
        stranger.commit()
        assert _long(stranger) == "Only there"
        assert _long(reader) == before
    other.dispose()
    server.drop(url)


def test_a_list_with_a_new_entry_is_checked_with_it(sessions: sessionmaker[Session]) -> None:
    with sessions() as reader:
        assert "0060" in reference_data(reader).offices
        known = {c.code for c in codes(reader, "term")}
        assert reference_data(reader).codes["term"] == known
    with sessions.begin() as writer:
        first = writer.scalars(select(Office).where(Office.code == "0060")).one()
        first.time_zone = "Asia/Tashkent"
    with sessions() as reader:
        assert reference_data(reader).offices["0060"].time_zone == "Asia/Tashkent"
