"""What a process remembers of the figures: right after every change, in every process, and never too early."""

from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest
from sqlalchemy.orm import Session, sessionmaker

from app.activities.models import Activity
from app.activities.review import approve_activity, set_aside
from app.activities.services import withdraw_activity
from app.core import clock
from app.core.db import make_engine, make_sessions, unit_of_work
from app.core.permissions import SYSTEM
from app.coverage.kept import kept_facts, kept_records
from app.coverage.queries import year_facts
from app.coverage.rules import Figure, Slice, State, figure
from app.offices.models import Exemption, OfficeRegion
from app.returns.services import open_round, sign_return
from tests.factories import activities as make
from tests.factories.history import History

pytestmark = pytest.mark.both_engines
YEAR, OFFICE = 2025, "0060"
NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)


@pytest.fixture(autouse=True)
def today() -> Iterator[None]:
    with clock.pretending(NOW):
        yield


@pytest.fixture
def elsewhere(engine_url: str) -> Iterator[sessionmaker[Session]]:
    """Sessions of another process: its own engine on the same database."""
    engine = make_engine(engine_url)
    yield make_sessions(engine)
    engine.dispose()


def _figure(sessions: sessionmaker[Session], part: Slice | None = None) -> Figure:
    with sessions() as session:
        return figure(kept_facts(session, [YEAR])[YEAR], part=part)


def test_an_unchanged_figure_is_made_once(sessions: sessionmaker[Session]) -> None:
    assert _figure(sessions) is _figure(sessions)
    assert _figure(sessions, Slice("ROSA")) is _figure(sessions, Slice("ROSA"))
    assert _figure(sessions, Slice("ROSA")) is not _figure(sessions)


def test_another_day_is_another_figure(sessions: sessionmaker[Session]) -> None:
    before = _figure(sessions)
    with clock.pretending(datetime(2027, 1, 1, tzinfo=UTC)):
        assert _figure(sessions) is not before


def test_each_change_is_seen_elsewhere(sessions: sessionmaker[Session], elsewhere: sessionmaker[Session]) -> None:
    assert OFFICE in _figure(elsewhere).by_state[State.UNANSWERED]
    with unit_of_work(sessions) as session:
        key = make.submitted(session).id
    assert OFFICE in _figure(elsewhere).by_state[State.DECLARED]
    with unit_of_work(sessions) as session:
        found = session.get_one(Activity, key)
        approve_activity(session, SYSTEM, found, found.version)
    assert OFFICE in _figure(elsewhere).by_state[State.PROVIDED]
    assert OFFICE in _figure(elsewhere, Slice(support_type="training")).by_state[State.PROVIDED]
    with unit_of_work(sessions) as session:
        found = session.get_one(Activity, key)
        set_aside(session, SYSTEM, found, "It is counted elsewhere.", found.version)
    assert OFFICE in _figure(elsewhere).by_state[State.UNANSWERED]


def test_offices_and_returns_are_seen_elsewhere(
    sessions: sessionmaker[Session], elsewhere: sessionmaker[Session]
) -> None:
    before = _figure(elsewhere)
    with unit_of_work(sessions) as session:
        open_round(session, YEAR, due_on=date(2026, 12, 31))
    assert _figure(elsewhere).round_state == "open"
    with unit_of_work(sessions) as session:
        sign_return(session, SYSTEM, OFFICE, YEAR, "nil", words="Nobody asked.")
    assert OFFICE in _figure(elsewhere).by_state[State.NIL]
    with unit_of_work(sessions) as session:
        session.add(Exemption(office="0420", valid_from=date(2025, 1, 1), reason="Synthetic."))
    assert _figure(elsewhere).n == before.n - 1
    with unit_of_work(sessions) as session:
        session.add(OfficeRegion(office=OFFICE, region="ECARO", valid_from=date(2025, 6, 1), source="Synthetic."))
    assert OFFICE in _figure(elsewhere, Slice("ECARO")).by_state[State.NIL]


def test_what_is_given_up_is_remembered_by_nobody(sessions: sessionmaker[Session]) -> None:
    before = _figure(sessions)
    with sessions() as session:
        make.approved(session)
        assert OFFICE in figure(kept_facts(session, [YEAR])[YEAR]).by_state[State.PROVIDED]
        session.rollback()
    assert _figure(sessions).by_state == before.by_state
    with unit_of_work(sessions) as session:  # the very version that the other transaction had
        key = make.submitted(session).id
    assert OFFICE in _figure(sessions).by_state[State.DECLARED]
    with unit_of_work(sessions) as session:
        found = session.get_one(Activity, key)
        withdraw_activity(session, SYSTEM, found, "Logged twice.", found.version)
    assert _figure(sessions).by_state == before.by_state


def test_the_kept_records_are_the_records(session: Session) -> None:
    made = History(session, seed=11, others=("297R",))
    made.live(60)
    for year in (2024, YEAR, 2026):
        kept, true = kept_records(session, year), year_facts(session, year)
        assert set(kept.approved) == set(true.approved)
        assert set(kept.submitted) == set(true.submitted)
        assert figure(kept) == figure(true)
