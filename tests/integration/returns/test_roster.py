"""Offices that close, open again, go to another region: years before keep their figures, later ones follow."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date

import pytest
import time_machine
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.audit import AuditEvent
from app.core.errors import Forbidden, Invalid, NotFound, Stale
from app.core.permissions import Actor, Role
from app.coverage.keeping import verify
from app.coverage.kept import kept_facts
from app.coverage.rules import Slice, State, figure
from app.reference.sync import sync_reference
from app.returns.roster import RosterChange, change_roster, roster_text
from tests.integration.returns.people import NOW, OFFICE, actor, lead

pytestmark = pytest.mark.both_engines
BEFORE, AFTER = 2021, 2024


@pytest.fixture(autouse=True)
def _frozen() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


def record(session: Session, by: Actor, act: str, day: date | None, region: str = "") -> None:
    change = RosterChange(act, day, "Decision 7 of the Executive Board", region)
    change_roster(session, by, OFFICE, change, roster_text(session, OFFICE))
    session.commit()


def state(session: Session, year: int) -> State:
    found = figure(kept_facts(session, [year])[year])
    return next(s for s, offices in found.by_state.items() if OFFICE in offices)


def test_an_office_closes_and_opens_again(session: Session) -> None:
    hq = actor(session, Role.HEADQUARTERS)
    record(session, hq, "close", date(2022, 12, 30))
    assert [state(session, year) for year in (2021, 2022, 2024)] == [
        State.UNANSWERED, State.NOT_EXPECTED, State.NOT_EXPECTED]  # fmt: skip
    record(session, hq, "open", date(2024, 3, 1))
    assert [state(session, year) for year in (2022, 2023, 2024)] == [
        State.NOT_EXPECTED, State.NOT_EXPECTED, State.UNANSWERED]  # fmt: skip
    assert OFFICE in figure(kept_facts(session, [2024])[2024]).opened_or_closed
    assert list(verify(session)) == []
    sync_reference(session)  # the lists that come with the program leave it so
    assert state(session, 2023) == State.NOT_EXPECTED
    events = session.scalars(select(AuditEvent).where(AuditEvent.action == "office.roster")).all()
    assert [json.loads(event.state)["act"] for event in events] == ["close", "open"]


def test_an_office_goes_to_another_region(session: Session) -> None:
    hq = actor(session, Role.HEADQUARTERS)
    whole = figure(kept_facts(session, [AFTER])[AFTER]).n

    def n(year: int, region: str) -> int:
        return figure(kept_facts(session, [year])[year], part=Slice(region=region)).n

    was = [n(BEFORE, "ROSA"), n(AFTER, "ROSA"), n(AFTER, "ECARO")]
    record(session, hq, "move", date(2023, 7, 1), "ECARO")
    assert [n(BEFORE, "ROSA"), n(AFTER, "ROSA"), n(AFTER, "ECARO")] == [was[0], was[1] - 1, was[2] + 1]
    assert figure(kept_facts(session, [AFTER])[AFTER]).n == whole


def test_what_cannot_be_is_refused_and_twice_is_once(session: Session) -> None:
    hq, seen = actor(session, Role.HEADQUARTERS), roster_text(session, OFFICE)
    for act, day, region in (
        ("", date(2022, 1, 1), ""),
        ("close", None, ""),
        ("close", date(2027, 1, 1), ""),
        ("open", date(2022, 1, 1), ""),
        ("move", date(2022, 1, 1), "ROSA"),
        ("move", date(2022, 1, 1), "MOON"),
    ):
        with pytest.raises(Invalid):
            record(session, hq, act, day, region)
    with pytest.raises(Invalid):
        change_roster(session, hq, OFFICE, RosterChange("close", date(2022, 1, 1), " "), seen)
    change = RosterChange("close", date(2022, 1, 1), "A letter")
    for _time in range(3):
        change_roster(session, hq, OFFICE, change, seen)
    with pytest.raises(Stale):
        change_roster(session, hq, OFFICE, RosterChange("open", date(2023, 1, 1), "A letter"), seen)
    with pytest.raises(NotFound):
        change_roster(session, hq, "456C", change, "")
    with pytest.raises(Forbidden):
        change_roster(session, lead(session), OFFICE, change, seen)
