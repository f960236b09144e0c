"""Which frozen figures the records of today give otherwise: judged by their own definition, and never passed over."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from app.activities.services import withdraw_activity
from app.asked.services import withdraw_request
from app.core import clock
from app.core.errors import TrackerError
from app.core.permissions import SYSTEM, Role
from app.coverage.rules import DEFINITION
from app.figures import comparison
from app.figures.comparison import changed_since, compare
from app.figures.services import Freeze, freeze_figure
from app.offices.queries import actor_for
from app.reports.registry import REPORTS
from tests.factories.activities import approved
from tests.factories.people import make_person
from tests.factories.requests import asked
from tests.later import LATER, add_definition

pytestmark = pytest.mark.both_engines


@pytest.fixture(autouse=True)
def _now():
    with clock.pretending(datetime(2026, 11, 24, 9, tzinfo=UTC)):
        yield


@pytest.fixture
def freeze(session):
    headquarters = actor_for(session, make_person(session, role=Role.HEADQUARTERS).id)

    def make(report="trend", row="2025/approved/world//", pairs=(("year", "2025"),)):
        return freeze_figure(session, headquarters, Freeze(report, pairs, row, "A figure"))

    return make


@pytest.fixture
def _another_definition(monkeypatch):
    add_definition(monkeypatch)
    monkeypatch.setattr(comparison, "DEFINITION", LATER)


@pytest.mark.usefixtures("_another_definition")
def test_a_new_definition_changes_no_published_figure(session, freeze):
    made = approved(session, "0060")
    figure = freeze()
    assert [(c.version, c.figure.k, c.same) for c in compare(session, figure)] == [
        (DEFINITION, 1, True),
        (LATER, 0, False),
    ]
    assert changed_since(session) == []
    withdraw_activity(session, SYSTEM, made, "Logged twice.", made.version)
    assert changed_since(session) == [figure]


def test_a_figure_whose_report_is_gone_is_told(session, freeze, monkeypatch):
    figure = freeze()
    assert changed_since(session) == []
    monkeypatch.delitem(REPORTS, "trend")
    assert changed_since(session) == [figure]
    with pytest.raises(TrackerError):
        compare(session, figure)


def test_a_figure_of_requests_whose_request_went_is_listed(session, freeze):
    first, _second = asked(session), asked(session)
    figure = freeze("request-figures", "world//open", (("from", "2020"),))
    assert changed_since(session) == []
    withdraw_request(session, SYSTEM, first, "Twice.", first.version)
    assert changed_since(session) == [figure]
