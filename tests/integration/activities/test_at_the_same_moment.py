"""Two people act on one record, or on one office's records, at the same moment. Each commits; nothing is lost."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy import select

from app.activities.deliveries import Delivery, add_delivery
from app.activities.facts import answer_joint
from app.activities.models import Activity, Confirmation
from app.activities.review import approve_activity
from app.activities.services import find_activity
from app.core.db import unit_of_work
from app.core.permissions import SYSTEM
from app.coverage.keeping import verify
from tests.factories import activities as make
from tests.integration.activities.kept import drift

pytestmark = pytest.mark.both_engines


def at_once(sessions, *acts):
    """Run each act in a transaction of its own, all at the same moment; raises what any of them raised."""
    together = Barrier(len(acts))

    def run(act):
        together.wait()
        with unit_of_work(sessions) as session:
            return act(session)

    with ThreadPoolExecutor(len(acts)) as threads:
        return list(threads.map(run, acts))


def test_references_are_unique_and_without_gaps(sessions):
    def some(office):
        return lambda session: [make.drafted(session, office).reference for _ in range(5)]

    made = at_once(sessions, some("0060"), some("2040"), some("0420"))
    south_asia = sorted(made[0] + made[1])
    assert len(set(south_asia)) == 10
    numbers = [int(reference.rsplit("-", 1)[1]) for reference in south_asia]
    assert numbers == list(range(1, 11))
    assert [int(reference.rsplit("-", 1)[1]) for reference in made[2]] == [1, 2, 3, 4, 5]


@pytest.fixture
def reference(sessions):
    """A committed record of office 0060, submitted, that names 2040."""
    with unit_of_work(sessions) as session:
        return make.submitted(session, co_offices=("2040",)).reference


def delivery(reference, on):
    def act(session):
        activity = find_activity(session, reference)
        _ = activity.deliveries, activity.confirmations, activity.approved  # a page may have looked at them
        add_delivery(session, SYSTEM, activity, Delivery(on=on))

    return act


def test_deliveries_in_one_year_and_in_two(sessions, reference):
    at_once(sessions, delivery(reference, "2025-04"), delivery(reference, "2025-05"), delivery(reference, "2026-01"))
    with sessions() as session:
        assert len(find_activity(session, reference).deliveries) == 3
        assert confirmed(session) == ["2025:delivery", "2025:start", "2026:delivery"]
        assert drift(session) == []
        assert list(verify(session)) == []


def test_a_delivery_an_answer_and_an_approval(sessions, reference):
    def approve(session):
        activity = find_activity(session, reference)
        _ = activity.deliveries
        approve_activity(session, SYSTEM, activity, activity.version)

    def accept(session):
        activity = find_activity(session, reference)
        _ = activity.submitted, activity.approved
        answer_joint(session, SYSTEM, activity, "2040", accept=True)

    at_once(sessions, delivery(reference, "2026"), approve, accept)
    with sessions() as session:
        activity = find_activity(session, reference)
        assert activity.approved is not None
        assert [a.answer for a in activity.co_offices] == ["accepted"]
        assert drift(session) == []
        assert list(verify(session)) == []


def confirmed(session):
    rows = session.scalars(select(Confirmation).join(Activity))
    return sorted(f"{row.year}:{row.how}" for row in rows)
