"""A person's own filters: saved under a name, listed to nobody else, removed."""

from __future__ import annotations

import pytest

from app.core.errors import Forbidden, Invalid, NotFound, Refused
from app.core.permissions import SYSTEM
from app.offices.queries import actor_for
from app.saved_filters.queries import saved_filters
from app.saved_filters.rules import MOST
from app.saved_filters.services import Save, remove_filter, save_filter
from tests.factories.people import make_person

pytestmark = pytest.mark.both_engines


@pytest.fixture
def me(session):
    return actor_for(session, make_person(session).id)


@pytest.fixture
def other(session):
    return actor_for(session, make_person(session).id)


def test_saved_listed_and_removed_by_its_owner_only(session, me, other):
    mine = save_filter(session, me, Save("Diversion", "/activities?about=diversion&after=abc"))
    save_filter(session, me, Save("Asia", "/coverage?region=ROSA"))
    assert mine.address == "/activities?about=diversion"
    assert [f.name for f in saved_filters(session, me)] == ["Asia", "Diversion"]
    assert [f.name for f in saved_filters(session, me, "/activities")] == ["Diversion"]
    assert saved_filters(session, other) == []
    with pytest.raises(NotFound):
        remove_filter(session, other, mine.id)
    remove_filter(session, me, mine.id)
    assert [f.name for f in saved_filters(session, me)] == ["Asia"]


def test_two_people_may_use_one_name_and_one_may_not_use_it_twice(session, me, other):
    command = Save("Asia", "/coverage?region=ROSA")
    first = save_filter(session, me, command)
    assert save_filter(session, me, command) is first, "sent twice is saved once"
    assert save_filter(session, other, Save("Asia", "/coverage")).address == "/coverage"
    with pytest.raises(Invalid):
        save_filter(session, me, Save("Asia", "/activities"))


@pytest.mark.parametrize(
    ("name", "address"),
    [("", "/coverage"), ("x" * 101, "/coverage"), ("Me", "/me"), ("Host", "//evil.example/coverage"),
     ("Host", "https://evil.example/coverage"), ("Script", "javascript:alert(1)"), ("None", "")],
)  # fmt: skip
def test_what_is_no_filter_is_refused(session, me, name, address):
    with pytest.raises(Invalid):
        save_filter(session, me, Save(name, address))


def test_commands_have_no_filters_and_nobody_has_endless_ones(session, me):
    with pytest.raises(Forbidden):
        save_filter(session, SYSTEM, Save("Asia", "/coverage"))
    for number in range(MOST):
        save_filter(session, me, Save(f"Filter {number}", "/coverage"))
    with pytest.raises(Refused):
        save_filter(session, me, Save("One more", "/coverage"))
