"""Rounds, exemptions, the office's sentence, and many people at once."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date

import pytest
import time_machine
from sqlalchemy import func, select
from sqlalchemy.orm import Session, sessionmaker

from app.activities.models import Confirmation
from app.core.audit import AuditEvent
from app.core.db import unit_of_work
from app.core.errors import Forbidden, Invalid, NotFound, Refused, Stale
from app.core.permissions import SYSTEM, Actor, Role
from app.coverage.kept import kept_facts
from app.coverage.rules import State, figure
from app.offices.models import Exemption
from app.returns.models import AnnualReturn, OfficeSentence, Round
from app.returns.queries import leads_of, office_years, round_to_show, sentence_of
from app.returns.rounds import (
    NewExemption,
    RoundDates,
    add_exemption,
    end_exemption,
    round_text,
    save_round,
    sentence_text,
    write_sentence,
)
from app.returns.services import open_round, sign_return
from tests.factories.activities import approved
from tests.integration.returns.people import NOW, OFFICE, OTHER, YEAR, actor, lead

pytestmark = pytest.mark.both_engines
DATES = RoundDates(YEAR, date(2025, 11, 1), date(2026, 1, 31), None, date(2026, 3, 15))
NEW = NewExemption(OFFICE, date(2025, 6, 1), None, "Evacuated")


@pytest.fixture(autouse=True)
def _frozen() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


def test_a_round_is_opened_and_moved(session: Session) -> None:
    hq = actor(session, Role.HEADQUARTERS)
    made = save_round(session, hq, DATES, "")
    assert made.inform_on == date(2026, 3, 2)
    seen = round_text(made)
    assert save_round(session, hq, replace(DATES, inform_on=made.inform_on), "").year == YEAR  # pressed twice
    with pytest.raises(Stale):
        save_round(session, hq, replace(DATES, due_on=date(2026, 2, 20)), "")
    save_round(session, hq, replace(DATES, due_on=date(2026, 2, 20)), seen)
    assert not office_years(session, [YEAR], [OFFICE])[0].late
    audited = session.scalars(select(AuditEvent.action).where(AuditEvent.subject_kind == "round")).all()
    assert list(audited) == ["round.saved", "round.saved"]


@pytest.mark.parametrize(
    ("changes", "where"),
    [
        ({"opens_on": None}, "opens_on"),
        ({"due_on": None}, "due_on"),
        ({"opens_on": date(2024, 12, 31)}, "opens_on"),
        ({"due_on": date(2025, 10, 31)}, "due_on"),
        ({"frozen_on": date(2026, 1, 31)}, "frozen_on"),
        ({"frozen_on": None, "inform_on": date(2026, 3, 1)}, "inform_on"),
        ({"inform_on": date(2026, 3, 16)}, "inform_on"),
    ],
)
def test_days_in_their_order(session: Session, changes: dict[str, date | None], where: str) -> None:
    with pytest.raises(Invalid) as refused:
        save_round(session, SYSTEM, replace(DATES, **changes), "")  # type: ignore[arg-type]
    assert where in [p.field for p in refused.value.problems]


@pytest.mark.parametrize("role", [Role.COUNTRY_STAFF, Role.COUNTRY_LEAD, Role.REGIONAL_ADVISER])
def test_only_headquarters_and_administrators_set_rounds_and_exemptions(session: Session, role: Role) -> None:
    person = actor(session, role)
    with pytest.raises(Forbidden):
        save_round(session, person, DATES, "")
    with pytest.raises(Forbidden):
        add_exemption(session, person, NEW)
    with pytest.raises(Forbidden):
        end_exemption(session, person, 1, date(2026, 1, 1), "")


def test_a_round_far_ahead_is_none(session: Session) -> None:
    with pytest.raises(NotFound):
        save_round(session, SYSTEM, replace(DATES, year=2028), "")


def test_which_round_is_shown(session: Session) -> None:
    assert round_to_show(session, NOW.date()) is None
    open_round(session, 2026)
    assert round_to_show(session, NOW.date()) == 2026
    open_round(session, 2025)
    assert round_to_show(session, NOW.date()) == 2025
    assert round_to_show(session, date(2026, 11, 1)) == 2026


def test_an_exempt_office_is_not_expected(session: Session) -> None:
    open_round(session, YEAR)
    admin = actor(session, Role.ADMINISTRATOR)
    made = add_exemption(session, admin, NEW)
    assert add_exemption(session, admin, NEW).id == made.id
    assert OFFICE in figure(kept_facts(session, [YEAR])[YEAR]).by_state[State.NOT_EXPECTED]
    line = office_years(session, [YEAR], [OFFICE])[0]
    assert (line.expected, line.unsigned, line.exempt_reason) == (False, False, "Evacuated")
    end_exemption(session, admin, made.id, date(2025, 12, 30), "")
    assert OFFICE in figure(kept_facts(session, [YEAR])[YEAR]).by_state[State.UNANSWERED]
    end_exemption(session, admin, made.id, date(2025, 12, 30), "")  # pressed twice
    with pytest.raises(Stale):
        end_exemption(session, admin, made.id, date(2025, 12, 31), "")
    with pytest.raises(Invalid):
        end_exemption(session, admin, made.id, date(2025, 5, 31), "2025-12-30")
    told = select(AuditEvent.reason).where(AuditEvent.subject_kind == "office", AuditEvent.action.contains("exempt"))
    assert list(session.scalars(told)) == ["Evacuated", "Evacuated"]


@pytest.mark.parametrize(
    ("changes", "where"),
    [
        ({"office": "9999"}, "office"),
        ({"office": "123R"}, "office"),
        ({"reason": " "}, "reason"),
        ({"reason": "x" * 501}, "reason"),
        ({"valid_from": None}, "valid_from"),
        ({"valid_to": date(2025, 5, 1)}, "valid_to"),
    ],
)
def test_what_is_no_exemption(session: Session, changes: dict[str, object], where: str) -> None:
    with pytest.raises(Invalid) as refused:
        add_exemption(session, SYSTEM, replace(NEW, **changes))  # type: ignore[arg-type]
    assert [p.field for p in refused.value.problems] == [where]


def test_exemptions_of_an_office_do_not_overlap(session: Session) -> None:
    made = add_exemption(session, SYSTEM, replace(NEW, valid_to=date(2025, 12, 31)))
    later = replace(NEW, valid_from=date(2026, 1, 1), client_id="00000000-0000-0000-0000-000000000001")
    with pytest.raises(Invalid, match="another exemption"):
        add_exemption(session, SYSTEM, replace(later, valid_from=date(2025, 12, 31)))
    add_exemption(session, SYSTEM, later)
    with pytest.raises(Invalid, match="another exemption"):
        end_exemption(session, SYSTEM, made.id, date(2026, 1, 1), "2025-12-31")
    assert session.scalar(select(func.count()).select_from(Exemption)) == 2


def test_a_sentence_beside_the_state(session: Session) -> None:
    staff, other = actor(session, Role.COUNTRY_STAFF), actor(session, Role.COUNTRY_LEAD, OTHER)
    write_sentence(session, staff, OFFICE, YEAR, "  Evacuated\n since August. ", "")
    found = sentence_of(session, OFFICE, YEAR)
    assert found is not None
    assert found.sentence == "Evacuated since August."
    with pytest.raises(Stale):
        write_sentence(session, staff, OFFICE, YEAR, "Another.", "")
    with pytest.raises(Invalid):
        write_sentence(session, staff, OFFICE, YEAR, "x" * 301, sentence_text(found))
    with pytest.raises(Forbidden):
        write_sentence(session, other, OFFICE, YEAR, "Theirs.", "")
    with pytest.raises(NotFound):
        write_sentence(session, staff, OFFICE, 1700, "Old.", "")
    write_sentence(session, staff, OFFICE, YEAR, "", sentence_text(found))
    assert session.scalar(select(func.count()).select_from(OfficeSentence)) == 0


def test_a_reminder_goes_to_the_leads(session: Session) -> None:
    person = lead(session)
    actor(session, Role.COUNTRY_STAFF)
    assert [u.id for u in leads_of(session, OFFICE)] == [person.user_id]


def _at_once(sessions: sessionmaker[Session], people: list[Actor], answers: list[str]) -> list[str]:
    def sign(person: Actor, words: str) -> str:
        try:
            with unit_of_work(sessions) as session:
                sign_return(session, person, OFFICE, YEAR, "nil", words=words, opened=0)
        except (Stale, Refused) as error:
            return type(error).__name__
        return "signed"

    with ThreadPoolExecutor(len(people)) as pool:
        return sorted(pool.map(sign, people, answers))


def test_six_sends_at_once_make_one_return(sessions: sessionmaker[Session]) -> None:
    with unit_of_work(sessions) as session:
        person = lead(session)
    assert _at_once(sessions, [person] * 6, ["Nobody asked."] * 6) == ["signed"] * 6
    with sessions() as session:
        assert session.scalars(select(AnnualReturn.version)).all() == [1]


def test_of_six_that_sign_at_once_one_wins(sessions: sessionmaker[Session]) -> None:
    with unit_of_work(sessions) as session:
        people = [lead(session) for _ in range(6)]
    assert _at_once(sessions, people, [f"Reason {n}" for n in range(6)]) == ["Stale"] * 5 + ["signed"]


def test_two_offices_tick_a_joint_activity_at_once(sessions: sessionmaker[Session]) -> None:
    with unit_of_work(sessions) as session:
        open_round(session, YEAR)
        activity = approved(session, actual_start="2024-03-10", co_offices=(OTHER,))
        for answer in activity.co_offices:
            answer.answer = "accepted"
        key = activity.id

    def tick(office: str) -> None:
        with unit_of_work(sessions) as session:
            own = session.get_one(type(activity), key)
            assert own.confirmations is not None
            sign_return(session, SYSTEM, office, YEAR, "support", [own])

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(tick, (OFFICE, OTHER)))
    with sessions() as session:
        assert session.scalars(select(Confirmation.year).where(Confirmation.how == "return")).all() == [YEAR]
        assert session.scalar(select(func.count()).select_from(Round)) == 1
