"""Lists page by place, not by number: every row once, in each order and direction, forth and back."""

from dataclasses import replace

import pytest
from werkzeug.datastructures import MultiDict

from app.activities.filters import BASES, SORTS, ActivityFilters
from app.activities.queries import count_lines, page_of_lines
from app.core.permissions import SYSTEM
from app.offices.queries import actor_for
from tests.factories import activities as make
from tests.factories.history import History
from tests.factories.people import make_person

pytestmark = pytest.mark.both_engines
SIZE = 7
TITLES = ("Évaluation", "evaluation", "Zebra", "apple", "مدرسة", "=1+1", "%", "_", "'", "a" * 150)


@pytest.fixture(scope="module")
def filled(module_session):
    """Records with equal and strange sort values among a random history."""
    session = module_session
    History(session, seed=21).live(60)
    for title in TITLES:
        make.submitted(session, "2040", title=title, visibility="all_staff")
        make.drafted(session, "0060", title=title, actual_start=None, status=None)
    return session


def walk(session, actor, filters, size=SIZE):
    """The ids of every page, forth and then back again."""
    forth, page = [], page_of_lines(session, actor, filters, size)
    assert page.before == ""
    while True:
        forth.append([row.activity_id for row in page.rows])
        if not page.after:
            break
        page = page_of_lines(session, actor, replace(filters, after=page.after), size)
        assert page.before
    back = [forth[-1]]
    while page.before:
        page = page_of_lines(session, actor, replace(filters, after="", before=page.before), size)
        assert page.after
        back.insert(0, [row.activity_id for row in page.rows])
    return forth, back


@pytest.mark.parametrize("basis", BASES)
@pytest.mark.parametrize("sort", SORTS)
def test_every_row_once_forth_and_back(filled, sort, basis):
    reader = actor_for(filled, make_person(filled, office="0420").id)
    for actor in (SYSTEM, reader):
        orders = []
        for descending in (True, False):
            filters = ActivityFilters(basis=basis, sort=sort, descending=descending)
            forth, back = walk(filled, actor, filters)
            ids = [key for page in forth for key in page]
            assert len(ids) == len(set(ids)) == count_lines(filled, actor, filters)
            assert [key for page in back for key in page] == ids
            assert all(len(page) == SIZE for page in forth[:-1])
            orders.append(ids)
        assert orders[0] == orders[1][::-1]


def test_an_address_of_a_page_can_be_kept(filled):
    page = page_of_lines(filled, SYSTEM, ActivityFilters(sort="title", descending=False), SIZE)
    kept = ActivityFilters.parse(MultiDict([("sort", "title"), ("after", page.after)]))
    ahead = page_of_lines(filled, SYSTEM, kept, SIZE)
    assert not {r.activity_id for r in page.rows} & {r.activity_id for r in ahead.rows}


def test_totals_equal_lengths_under_every_mark(filled):
    for mark in ("awaiting", "withdrawn", "questioned", "set_aside", "sensitive", "joint"):
        lengths = []
        for value in (True, False):
            filters = ActivityFilters(marks={mark: value}, basis="provisional")
            page = page_of_lines(filled, SYSTEM, filters, 1000)
            assert page.total == len(page.rows)
            lengths.append(page.total)
        assert sum(lengths) == count_lines(filled, SYSTEM, ActivityFilters(basis="provisional"))
