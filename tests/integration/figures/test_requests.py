"""A frozen figure of requests: sealed, counted anew from its own facts, and compared with today."""

from __future__ import annotations

from datetime import date

import pytest
from werkzeug.datastructures import MultiDict

from app.asked.services import link_activity, withdraw_request
from app.core.permissions import SYSTEM, Role
from app.figures.queries import verify
from app.figures.services import Freeze, freeze_figure
from app.offices.queries import actor_for
from app.reports.registry import REPORTS
from tests.factories.activities import approved
from tests.factories.people import make_person
from tests.factories.requests import answered, asked

pytestmark = pytest.mark.both_engines


def test_every_row_can_be_frozen_stands_and_is_broken_by_a_change_of_its_facts(session):
    hq = actor_for(session, make_person(session, role=Role.HEADQUARTERS).id)
    first, second = asked(session), answered(session, "accepted", date(2025, 1, 2))
    link_activity(session, SYSTEM, first, approved(session))
    approved(session, "0420", countries=("BRB",))
    report = REPORTS["request-figures"]
    pairs = (("from", "2020"),)
    rows = list(report.figures(session, report.read(session, MultiDict(list(pairs))), None))
    assert len({row.key for row in rows}) == len(rows)
    few = [row for row in rows if row.place.dimension in ("world", "year")]
    frozen = [freeze_figure(session, hq, Freeze(report.key, pairs, r.key, f"About {r.key}")) for r in few]
    assert all(verify(session, each).stands for each in frozen)
    withdraw_request(session, SYSTEM, second, "Twice.", second.version)
    assert all(verify(session, each).stands for each in frozen)  # it says what was, not what is
    supported = next(each for each in frozen if each.row_key == "world//supported")
    supported.facts = supported.facts.replace('"open"', '"declined"')
    supported.result = supported.result.replace('"k":1', '"k":2')
    with session.no_autoflush:
        found = verify(session, supported)
        assert (found.sealed, found.recounted, found.stands) == (False, False, False)
        session.expire(supported)
