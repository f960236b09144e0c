"""Laws 3 and 5 on a database: one function behind figure, list and file; approving more never lowers a figure."""

from datetime import UTC, datetime

import pytest

from app.activities.queries import lines_by_ids
from app.activities.review import approve_activity
from app.activities.services import withdraw_activity
from app.core import clock
from app.core.permissions import SYSTEM
from app.coverage.kept import kept_facts
from app.coverage.queries import year_facts
from app.coverage.rules import Basis, Slice, State, figure
from app.offices.queries import actor_for
from tests.downloads import download
from tests.factories.history import ABOUTS, CITED, HOWS, History
from tests.factories.people import make_person
from tests.oracle import slice_of

YEARS = (2023, 2024, 2025, 2026)
REGIONS = (None, "ROSA", "ECARO", "EAPRO")
SLICES = [
    *(Slice(r, t) for r in REGIONS for t in (None, *HOWS, *ABOUTS)),
    *(Slice(r, None, tag.code) for r in REGIONS for tag in CITED),
    Slice(None, "training", "CRC-40"),
]
WITHOUT_IDS = {"activity_ids"}


@pytest.fixture
def history(session):
    """A random history, seen from the day after its end."""
    made = History(session, seed=7, others=("297R",))
    made.live(120)
    with clock.pretending(datetime(2026, 11, 24, 9, tzinfo=UTC)):
        yield made


def test_law_3_kept_facts_and_records_give_the_same_figures(session, history):
    kept = kept_facts(session, YEARS)
    for year in YEARS:
        facts = year_facts(session, year)
        for basis in Basis:
            for part in SLICES:
                slow, fast = vars(figure(facts, basis, part)), vars(figure(kept[year], basis, part))
                assert {k: v for k, v in slow.items() if k not in WITHOUT_IDS} == {
                    k: v for k, v in fast.items() if k not in WITHOUT_IDS
                }
                assert slow["activities"] == len(slow["activity_ids"])


def test_law_3_the_file_and_the_figure_agree(session, history):
    facts = {year: year_facts(session, year) for year in YEARS}
    for row in download(session, "coverage", year=list(YEARS)):
        found = figure(facts[int(row["year"])], Basis(row["basis"]), Slice(*slice_of(row)))
        assert (row["numerator"], row["denominator"]) == (str(found.k), str(found.n))
        assert row["percent"] == ("" if found.percent is None else str(found.percent))
        assert row["activities"] == str(len(found.activity_ids))
        assert row["countries"] == str(len(found.countries))


def test_law_3_the_offices_file_lists_the_offices_behind_the_figure(session, history):
    for year in YEARS:
        rows = download(session, "offices", year=year)
        for basis, column in ((Basis.APPROVED, "state"), (Basis.PROVISIONAL, "state_provisional")):
            found = figure(year_facts(session, year), basis)
            for state in State:
                assert tuple(r["code"] for r in rows if r[column] == state) == found.by_state[state]


def test_law_3_shown_and_closed_make_the_figure_for_every_reader(session, history):
    reader = actor_for(session, make_person(session, office="2040").id)
    closed = 0
    for year in YEARS:
        for basis in Basis:
            found = figure(year_facts(session, year), basis)
            everything = lines_by_ids(session, SYSTEM, found.activity_ids, basis)
            assert sorted(row.activity_id for row in everything) == list(found.activity_ids)
            shown = {row.activity_id for row in lines_by_ids(session, reader, found.activity_ids, basis)}
            assert shown <= set(found.activity_ids)
            closed += len(found.activity_ids) - len(shown)
    assert closed > 0


def all_figures(session):
    """{(year, basis, slice): (k, n)}"""
    facts = kept_facts(session, YEARS)
    return {
        (year, basis, part): ((found := figure(facts[year], basis, part)).k, found.n)
        for year in YEARS
        for basis in Basis
        for part in SLICES
    }


def test_law_5_a_first_approval_never_lowers_a_figure(session, history):
    waiting = [a for a in history.activities if a.submitted and not a.approved and a.withdrawn_at is None]
    assert len(waiting) >= 4
    raised = 0
    before = all_figures(session)
    for activity in waiting[:6]:
        approve_activity(session, SYSTEM, activity, activity.version)
        after = all_figures(session)
        assert all(after[place][0] >= k and after[place][1] == n for place, (k, n) in before.items())
        raised += after != before
        before = after
    assert raised > 0


def test_law_5_a_withdrawal_never_raises_a_figure(session, history):
    counting = [a for a in history.activities if a.approved and a.withdrawn_at is None and a.set_aside_at is None]
    assert len(counting) >= 4
    lowered = 0
    before = all_figures(session)
    for activity in counting[:6]:
        withdraw_activity(session, SYSTEM, activity, "Logged twice.", activity.version)
        after = all_figures(session)
        assert all(after[place][0] <= k and after[place][1] == n for place, (k, n) in before.items())
        lowered += after != before
        before = after
    assert lowered > 0


def test_a_figure_is_the_same_for_every_signed_in_person(session, history):
    staff = actor_for(session, make_person(session, office="0420").id)
    assert download(session, "coverage", staff, year=2025) == download(session, "coverage", year=2025)
