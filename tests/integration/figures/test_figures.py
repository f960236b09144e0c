"""Frozen figures: sealed, never changed, recounted from what they rest on, compared with today by name."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DatabaseError
from werkzeug.datastructures import MultiDict

from app.activities.deliveries import Delivery, add_delivery
from app.activities.review import approve_activity
from app.activities.services import withdraw_activity
from app.core import clock
from app.core.audit import AuditEvent
from app.core.errors import Forbidden, Invalid, NotFound, Refused
from app.core.permissions import SYSTEM, Role
from app.coverage.queries import facts_of_years
from app.figures.comparison import compare
from app.figures.models import FrozenFigure
from app.figures.queries import verify
from app.figures.services import Freeze, freeze_figure, withdraw_figure
from app.offices.queries import actor_for
from app.reports.registry import REPORTS
from tests.factories.activities import approved, proposed, submitted
from tests.factories.history import History
from tests.factories.people import make_person

pytestmark = pytest.mark.both_engines
NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
WORLD = Freeze("trend", (("year", "2025"),), "2025/approved/world//", "Coverage in 2025")


@pytest.fixture(autouse=True)
def _now():
    with clock.pretending(NOW):
        yield


@pytest.fixture
def headquarters(session):
    return actor_for(session, make_person(session, role=Role.HEADQUARTERS).id)


def again(**changes) -> Freeze:
    """The world in 2025, as a command of its own."""
    return Freeze(**{"report": WORLD.report, "pairs": WORLD.pairs, "row": WORLD.row, "title": WORLD.title} | changes)


def test_a_figure_is_frozen_whole_and_stands(session, headquarters):
    first = approved(session, "0060")
    submitted(session, "3300")
    figure = freeze_figure(session, headquarters, again())
    result, facts = json.loads(figure.result), json.loads(figure.facts)
    assert (result["k"], result["by_state"]["provided"], result["activities"]) == (1, ["0060"], 1)
    assert result["by_state"]["declared"] == ["3300"]
    assert [(s["reference"], s["revision"]) for s in facts["approved"]] == [(first.reference, 1)]
    assert (figure.year, figure.basis, figure.definition, len(figure.sha256)) == (2025, "approved", "2026-1", 64)
    assert verify(session, figure).stands
    assert [c.same for c in compare(session, figure)] == [True]
    event = session.scalars(sa.select(AuditEvent).where(AuditEvent.action == "figure.frozen")).one()
    assert json.loads(event.state)["sha256"] == figure.sha256


def test_the_database_refuses_to_change_or_delete_it(session, headquarters):
    figure = freeze_figure(session, headquarters, again())
    withdraw_figure(session, headquarters, figure, "Wrong year.")
    for statement in (
        "UPDATE frozen_figure SET title = 'Other'",
        "DELETE FROM frozen_figure",
        "UPDATE figure_withdrawal SET reason = 'Other'",
        "DELETE FROM figure_withdrawal",
    ):
        with pytest.raises(DatabaseError, match="never changes"), session.begin_nested():
            session.execute(sa.text(statement))
    assert session.scalar(sa.select(FrozenFigure.title)) == "Coverage in 2025"


def test_what_moved_is_named(session, headquarters):
    stays, goes, changes = approved(session, "0060"), approved(session, "2040"), approved(session, "2970")
    figure = freeze_figure(session, headquarters, again())
    withdraw_activity(session, SYSTEM, goes, "Logged twice.", goes.version)
    came = approved(session, "3300")
    proposed(session, changes, title="Another title")
    approve_activity(session, SYSTEM, changes, changes.version)
    add_delivery(session, SYSTEM, stays, Delivery(on="2025-06-01", what="A session"))
    (found,) = compare(session, figure)
    assert (found.activities.came, found.activities.went) == ((came.reference,), (goes.reference,))
    assert found.activities.changed == (changes.reference,)
    assert (found.counted.came, found.counted.went) == (("3300",), ("2040",))
    assert not found.expected
    assert not found.same
    checked = verify(session, figure)
    assert checked.stands, "what happened since does not touch the figure"


def test_a_broken_seal_and_an_altered_revision_are_seen(session, headquarters):
    made = approved(session, "0060")
    figure = freeze_figure(session, headquarters, again())
    session.expunge(figure)
    figure.title = "Another title"
    assert not verify(session, figure).sealed
    figure.title = WORLD.title
    figure.result = figure.result.replace('"k":1', '"k":2')
    broken = verify(session, figure)
    assert (broken.sealed, broken.recounted) == (False, False)
    session.execute(sa.text("DELETE FROM revision_support_type"))
    assert verify(session, session.get(FrozenFigure, figure.id)).altered == ((made.reference, 1),)


def test_an_unknown_definition_is_not_recounted(session, headquarters):
    figure = freeze_figure(session, headquarters, again())
    session.expunge(figure)
    figure.definition = "1997-1"
    assert verify(session, figure).recounted is None


def test_who_may_and_what_is_refused(session, headquarters):
    staff = actor_for(session, make_person(session).id)
    for actor, refusal in ((staff, Forbidden), (SYSTEM, Forbidden)):
        with pytest.raises(refusal):
            freeze_figure(session, actor, again())
    for change, refusal in (
        ({"title": " "}, Invalid),
        ({"row": "2025/approved/world/x/"}, NotFound),
        ({"report": "nothing"}, NotFound),
        ({"report": "unanswered"}, NotFound),
        ({"pairs": (("region", "XX"),)}, Invalid),
    ):
        with pytest.raises(refusal):
            freeze_figure(session, headquarters, again(**change))
    command = again()
    figure = freeze_figure(session, headquarters, command)
    assert freeze_figure(session, headquarters, command) is figure, "sent twice is frozen once"
    with pytest.raises(Invalid):
        withdraw_figure(session, headquarters, figure, "")
    with pytest.raises(Forbidden):
        withdraw_figure(session, staff, figure, "I do not like it.")
    assert withdraw_figure(session, headquarters, figure, "Wrong year.").reason == "Wrong year."
    with pytest.raises(Refused):
        withdraw_figure(session, headquarters, figure, "Again.")


def test_a_figure_of_the_running_year_stays_of_that_year(session, headquarters):
    approved(session, "0060", actual_start="2026-02-01")
    figure = freeze_figure(session, headquarters, again(pairs=(), row="2026/approved/term/short/", report="terms"))
    assert ["year", "2026"] in json.loads(figure.filters)
    with clock.pretending(datetime(2028, 5, 1, tzinfo=UTC)):
        (found,) = compare(session, figure)
    assert found.figure.year == 2026


def test_any_row_of_any_report_of_figures_is_recounted_from_its_own_facts(session, headquarters):
    """One row of each dimension, on both bases, after a random history."""
    history = History(session, 5, others=("297R",))
    with clock.pretending(NOW):
        history.live(120)
    seen = set()
    for report in REPORTS.values():
        if report.figures is None or report.key == "request-figures":  # figures of requests have a test of their own
            continue
        for basis in ("approved", "provisional"):
            frozen = freeze_some(session, headquarters, report.key, basis)
            seen |= {report.key for figure in frozen if json.loads(figure.result)["k"]}
            for figure in frozen:
                assert verify(session, figure).stands, (report.key, figure.row_key)
                assert [c.same for c in compare(session, figure)] == [True], figure.row_key
    assert len(seen) > 8


def freeze_some(session, actor, key, basis):
    """The row with the largest k of a report in 2023."""
    report, pairs = REPORTS[key], (("year", "2023"), ("basis", basis))
    rows = list(report.figures(session, report.parse(MultiDict(pairs)), facts_of_years))
    best = max(rows, key=lambda row: row.figure.k)
    return [freeze_figure(session, actor, Freeze(key, pairs, best.key, "Some figure"))]
