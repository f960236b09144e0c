"""Reads of offices, and what a person may do today."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from sqlalchemy import event
from sqlalchemy.orm import Session

from app.accounts.models import User
from app.accounts.services import create_user
from app.core.errors import Forbidden, Invalid
from app.core.permissions import SYSTEM, Actor, Role
from app.offices.models import Exemption, OfficeRegion
from app.offices.queries import (
    _load,
    actor_for,
    countries_served,
    directory,
    office,
    offices_on,
    region_codes,
    region_of,
    roster,
)
from app.offices.services import NewMembership, add_membership

pytestmark = pytest.mark.both_engines

TODAY = date(2026, 11, 23)
Person = Callable[..., Actor]


@pytest.fixture
def user(session: Session) -> User:
    return create_user(session, email="somebody@demo.example", name="Somebody", password="a long enough pass phrase")


@pytest.fixture
def person(session: Session, user: User) -> Person:
    """The actor of somebody with one membership more."""

    def make(role: Role, **where: object) -> Actor:
        command = NewMembership(user.id, role, valid_from=date(2020, 1, 1), **where)  # type: ignore[arg-type]
        add_membership(session, SYSTEM, command)
        actor = actor_for(session, user.id, TODAY)
        assert actor is not None
        return actor

    return make


def test_an_office_as_it_is_today(session: Session) -> None:
    found = office(session, "0060")
    assert found is not None
    assert (found.name, found.region, found.countries) == ("Afghanistan Country Office", "ROSA", {"AFG"})
    assert office(session, "9999") is None


def test_every_office_on_a_day(session: Session) -> None:
    assert len(offices_on(session, TODAY)) == 162
    assert region_codes(session) == ("EAPRO", "ECARO", "ESARO", "LACRO", "MENARO", "ROSA", "WCARO")


def test_countries_served(session: Session) -> None:
    assert len(countries_served(session, "1430", TODAY, TODAY)) == 14
    assert countries_served(session, "3700", date(2012, 12, 31), TODAY) == {"RUS"}
    assert countries_served(session, "3700", date(2013, 1, 1), TODAY) == set()
    assert countries_served(session, "420R", TODAY, TODAY) == set()


def test_region_of_says_what_the_directory_says(session: Session) -> None:
    session.add(OfficeRegion(office="0060", region="EAPRO", valid_from=date(2026, 6, 1), valid_to=None, source=""))
    session.flush()
    offices = directory(session).offices
    for day in (date(2026, 5, 31), date(2026, 6, 1)):
        for code in ("0060", "420R", "456D", "9999"):
            expected = offices[code].region_on(day) if code in offices else None
            assert region_of(session, code, day) == expected
    assert region_of(session, "0060", TODAY) == "EAPRO"


def test_a_roster_takes_few_statements(session: Session) -> None:
    seen: list[str] = []
    engine = session.get_bind()
    event.listen(engine, "before_cursor_execute", lambda *args: seen.append(args[2]))
    found = _load(session)
    rosters = [found.roster(year, TODAY) for year in range(2005, 2027)]
    assert len([s for s in seen if s.startswith("SELECT")]) == 5  # offices, and four kinds of link
    assert {len(r.offices) for r in rosters} == {130}


def test_an_exempt_office_is_not_expected(session: Session) -> None:
    session.add(Exemption(office="0060", valid_from=date(2021, 8, 1), valid_to=None, reason="evacuated"))
    session.flush()
    expected = {e.code for e in roster(session, 2021, TODAY).expected}
    assert "0060" not in expected
    assert "0060" in {e.code for e in roster(session, 2020, TODAY).expected}


def test_country_staff(person: Person) -> None:
    actor = person(Role.COUNTRY_STAFF, office="0060", home=True)
    assert (actor.staff_of, actor.lead_of, actor.advises) == ({"0060"}, set(), set())
    assert (actor.home_office, actor.home_region, actor.own_other_offices) == ("0060", "ROSA", set())
    assert {"0060", "2040", "297R"} <= actor.region_offices
    assert "2070" not in actor.region_offices


def test_an_adviser(person: Person) -> None:
    actor = person(Role.REGIONAL_ADVISER, region="ROSA", home=True)
    assert len(actor.advises) == 9
    assert (actor.home_office, actor.home_region) == ("297R", "ROSA")
    assert actor.own_other_offices == {"297R"}
    assert actor.regions == {"ROSA"}


def test_headquarters_logs_for_its_own_offices(person: Person) -> None:
    actor = person(Role.HEADQUARTERS)
    assert "456D" in actor.own_other_offices
    assert "297R" not in actor.own_other_offices
    assert (actor.home_office, actor.advises, actor.region_offices) == (None, set(), set())


def test_the_home_office_is_the_home_membership(person: Person) -> None:
    person(Role.COUNTRY_STAFF, office="2040")
    actor = person(Role.COUNTRY_LEAD, office="0060", home=True)
    assert (actor.home_office, actor.staff_of, actor.lead_of) == ("0060", {"2040"}, {"0060"})


def test_memberships_have_dates(session: Session, person: Person, user: User) -> None:
    person(Role.COUNTRY_STAFF, office="0060", valid_to=date(2025, 12, 31))
    assert actor_for(session, user.id, date(2025, 12, 31)).staff_of == {"0060"}  # type: ignore[union-attr]
    assert actor_for(session, user.id, date(2026, 1, 1)).staff_of == set()  # type: ignore[union-attr]


def test_a_person_who_may_not_sign_in_is_nobody(session: Session, user: User) -> None:
    user.active = False
    session.flush()
    assert actor_for(session, user.id) is None
    assert actor_for(session, 999_999) is None


@pytest.mark.parametrize(
    ("role", "where", "field"),
    [
        (Role.COUNTRY_STAFF, {}, "office"),
        (Role.HEADQUARTERS, {"office": "0060"}, "office"),
        (Role.REGIONAL_ADVISER, {}, "region"),
        (Role.COUNTRY_LEAD, {"office": "0060", "region": "ROSA"}, "region"),
    ],
)
def test_role_and_place_must_fit(session: Session, user: User, role: Role, where: dict[str, str], field: str) -> None:
    with pytest.raises(Invalid) as refusal:
        add_membership(session, SYSTEM, NewMembership(user.id, role, **where))  # type: ignore[arg-type]
    assert [p.field for p in refusal.value.problems] == [field]


def test_only_administrators_say_who_works_where(session: Session, user: User) -> None:
    with pytest.raises(Forbidden):
        add_membership(session, Actor(user.id, "Somebody"), NewMembership(user.id, Role.ADMINISTRATOR))
