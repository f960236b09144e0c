"""The register of offices: what is allowed, what is refused, what the figures make of it; and what the audit keeps."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import date

import pytest
import time_machine
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.administration.moves import moves_of
from app.core.audit import AuditEvent, canonical_json
from app.core.errors import Forbidden, Invalid, Refused, Stale
from app.core.permissions import Actor, Role
from app.coverage.keeping import verify
from app.coverage.kept import kept_facts
from app.coverage.rules import Slice, State, figure
from app.offices import register as r
from app.offices.models import OfficeRegion
from app.offices.queries import directory, region_of, roster
from app.offices.regions import NewRegion, add_region
from app.offices.states import office_states
from app.reference.sync import sync_reference
from tests.factories.activities import approved

pytestmark = pytest.mark.both_engines

TODAY = date(2026, 11, 20)
ADMIN = Actor(7, "Administrator", roles=frozenset({Role.ADMINISTRATOR}))
NEW = r.NewOffice("9X01", "country", "AFG", "ROSA", "Asia/Kabul", "Kabul two", date(2025, 6, 1), reason="Split")


@pytest.fixture(autouse=True)
def _frozen() -> Iterator[None]:
    with time_machine.travel("2026-11-20T12:00:00+00:00", tick=False):
        yield


def last_event(session: Session) -> AuditEvent:
    return session.scalars(select(AuditEvent).order_by(AuditEvent.id.desc()).limit(1)).one()


def is_expected(session: Session, code: str, year: int) -> bool:
    return code in {o.code for o in roster(session, year, TODAY).expected}


def test_an_office_opens_closes_and_opens_again(session: Session) -> None:
    r.open_office(session, ADMIN, NEW)
    r.open_office(session, ADMIN, NEW)  # sent twice
    assert [is_expected(session, "9X01", year) for year in (2024, 2025, 2026)] == [False, True, True]
    r.close_office(session, ADMIN, "9X01", date(2025, 9, 1))
    assert [is_expected(session, "9X01", year) for year in (2025, 2026)] == [True, False]
    r.reopen_office(session, ADMIN, "9X01", date(2026, 3, 1), "Back")
    assert is_expected(session, "9X01", 2026)
    event = last_event(session)
    assert (event.action, event.reason, event.actor_id) == ("office.reopened", "Back", 7)
    assert event.state == canonical_json(office_states(session, ["9X01"])["9X01"])
    assert len(json.loads(event.state)["roster"]) == 2


@pytest.mark.parametrize(
    ("act", "refusal"),
    [
        (lambda s: r.open_office(s, ADMIN, r.NewOffice("9x1", "moon", "ZZZ", "NO", "Mars/Base", "", None)), Invalid),
        (lambda s: r.close_office(s, ADMIN, "0060", None), Invalid),
        (lambda s: r.close_office(s, ADMIN, "3700", date(2020, 1, 1)), Refused),
        (lambda s: r.reopen_office(s, ADMIN, "0060", date(2020, 1, 1)), Invalid),
        (lambda s: r.move_office(s, ADMIN, "0060", "ROSA", date(2026, 1, 1)), Invalid),
        (lambda s: r.move_office(s, ADMIN, "0060", "NOWHERE", date(2026, 1, 1)), Invalid),
        (lambda s: r.take_back_move(s, ADMIN, "0060"), Refused),
        (lambda s: r.serve_country(s, ADMIN, "0060", r.Served("AFG", None)), Invalid),
        (lambda s: r.close_office(s, ADMIN, "0060", TODAY, seen="another"), Stale),
        (lambda s: r.close_office(s, Actor(1, "Lead", lead_of=frozenset({"0060"})), "0060", TODAY), Forbidden),
    ],
)  # fmt: skip
def test_what_is_refused(session: Session, act: Callable[[Session], object], refusal: type[Exception]) -> None:
    with pytest.raises(refusal):
        act(session)


def test_a_region_changes_on_a_day_to_come_and_is_taken_back(session: Session) -> None:
    add_region(session, ADMIN, NewRegion("SAPRO", "Bangkok"))
    r.move_office(session, ADMIN, "0060", "SAPRO", date(2027, 1, 1))
    assert [region_of(session, "0060", date(*d)) for d in ((2026, 12, 31), (2027, 1, 1))] == ["ROSA", "SAPRO"]
    with pytest.raises(Refused):
        r.move_office(session, ADMIN, "0060", "EAPRO", date(2026, 12, 1))
    r.take_back_move(session, ADMIN, "0060")
    link = session.scalars(select(OfficeRegion).where(OfficeRegion.office == "0060")).one()
    assert (link.region, link.valid_to) == ("ROSA", None)


def _state(session: Session, year: int) -> State:
    found = figure(kept_facts(session, [year])[year])
    return next(state for state, offices in found.by_state.items() if "0060" in offices)


def test_years_before_keep_their_figures_and_later_ones_follow(session: Session) -> None:
    r.close_office(session, ADMIN, "0060", date(2022, 12, 30), "Decision 7 of the Executive Board")
    session.commit()
    assert [_state(session, year) for year in (2021, 2022, 2023)] == [
        State.UNANSWERED, State.UNANSWERED, State.NOT_EXPECTED]  # fmt: skip
    r.reopen_office(session, ADMIN, "0060", date(2024, 3, 1), "Decision 8")
    session.commit()
    assert [_state(session, year) for year in (2022, 2023, 2024)] == [
        State.UNANSWERED, State.NOT_EXPECTED, State.UNANSWERED]  # fmt: skip
    assert "0060" in figure(kept_facts(session, [2024])[2024]).opened_or_closed
    assert list(verify(session)) == []
    sync_reference(session)  # the lists that come with the program leave it so
    assert _state(session, 2023) == State.NOT_EXPECTED


def test_an_office_takes_its_place_along_to_another_region(session: Session) -> None:
    def n(year: int, region: str) -> int:
        return figure(kept_facts(session, [year])[year], part=Slice(region=region)).n

    whole = figure(kept_facts(session, [2024])[2024]).n
    was = [n(2021, "ROSA"), n(2024, "ROSA"), n(2024, "ECARO")]
    r.move_office(session, ADMIN, "0060", "ECARO", date(2023, 7, 1), "Decision 7 of the Executive Board")
    session.commit()
    assert [n(2021, "ROSA"), n(2024, "ROSA"), n(2024, "ECARO")] == [was[0], was[1] - 1, was[2] + 1]
    assert figure(kept_facts(session, [2024])[2024]).n == whole


def test_countries_are_served_from_a_day_to_a_day(session: Session) -> None:
    r.serve_country(session, ADMIN, "0060", r.Served("PAK", date(2024, 1, 1)))
    link = next(row for row in r._countries(session, "0060") if row.country == "PAK")
    r.end_service(session, ADMIN, "0060", link.id, date(2024, 12, 31))
    served = directory(session).offices["0060"].countries_between
    assert [("PAK" in served(date(year, 7, 1), date(year, 7, 1))) for year in (2023, 2024, 2025)] == [
        False,
        True,
        False,
    ]


def test_what_a_closing_moves_is_told_before_and_is_what_happens(session: Session) -> None:
    approved(session, "0060")
    session.flush()
    before = figure(kept_facts(session, [2025])[2025])
    moves = moves_of(session, lambda on: r.close_office(on, ADMIN, "0060", date(2024, 5, 1)))
    assert is_expected(session, "0060", 2025)  # nothing is changed yet
    told = {(m.year, m.kind, m.code): (m.before, m.after) for m in moves.figures if m.basis == "approved"}
    was, will = told[2025, "world", ""]
    assert was is not None
    assert will is not None
    assert (was.k, was.n, will.k, will.n) == (before.k, before.n, before.k - 1, before.n - 1)
    assert {code for _year, kind, code in told if kind == "region"} == {"ROSA"}
    assert (2025, "support_type", "training") in told
    assert [(s.year, s.before, s.after) for s in moves.states] == [
        (2026, "unanswered", "not_expected"), (2025, "provided", "not_expected"),
    ]  # fmt: skip
    r.close_office(session, ADMIN, "0060", date(2024, 5, 1))
    after = figure(kept_facts(session, [2025])[2025])
    assert (after.k, after.n) == (will.k, will.n)
    assert "0060" in after.by_state[State.NOT_EXPECTED]


def test_a_move_to_come_tells_the_figures_of_its_day(session: Session) -> None:
    later = date(2027, 1, 1)
    moves = moves_of(session, lambda on: r.move_office(on, ADMIN, "0060", "EAPRO", later), later)
    assert {(m.year, m.code) for m in moves.figures} == {(2027, "ROSA"), (2027, "EAPRO")}
    assert not moves_of(
        session, lambda on: r.describe_office(on, ADMIN, "0060", r.Details("Kabul", "Asia/Kabul"))
    ).figures
