"""Signing, saving, recording, confirming and reopening returns; what each does to coverage."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.activities.facts import answer_joint
from app.activities.models import Activity
from app.activities.rules import CounterpartTag
from app.activities.services import withdraw_activity
from app.core.audit import AuditEvent
from app.core.errors import Forbidden, Invalid, NotFound, Refused, Stale
from app.core.permissions import SYSTEM, Role
from app.coverage.keeping import verify
from app.coverage.kept import kept_facts
from app.coverage.queries import year_facts
from app.coverage.rules import State, figure
from app.offices.queries import directory
from app.returns.models import AnnualReturn
from app.returns.queries import annual_of, office_years, return_rows
from app.returns.services import (
    Statement,
    confirm_answer,
    open_round,
    record_answer,
    reopen_return,
    save_return,
    sign_return,
)
from app.returns.year_of_work import year_of_work
from tests.factories.activities import approved, country_of, drafted, proposed, submitted
from tests.integration.returns.people import NOW, OFFICE, OTHER, YEAR, actor, lead

pytestmark = pytest.mark.both_engines


@pytest.fixture(autouse=True)
def _frozen() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


def ongoing(session: Session, **changes: Any) -> Activity:
    """Begun in 2024, not over, not confirmed in 2025."""
    return approved(session, **{"actual_start": "2024-03-10", **changes})


def elsewhere(session: Session) -> dict[str, Any]:
    """Led by the other office."""
    return {"office": OTHER, "countries": (country_of(session, OTHER),)}


def state(session: Session, office: str = OFFICE, year: int = YEAR) -> State:
    found = figure(kept_facts(session, [year])[year])
    assert not list(verify(session))
    return next(s for s, offices in found.by_state.items() if office in offices)


def test_a_tick_confirms_the_year_and_reopening_takes_it_back(session: Session) -> None:
    person, activity = lead(session), ongoing(session)
    assert state(session) == State.UNANSWERED
    signed = sign_return(session, person, OFFICE, YEAR, "support", [activity], opened=0)
    assert (signed.state, signed.version, signed.signed_by) == ("signed", 1, person.user_id)
    assert state(session) == State.PROVIDED
    reopen_return(session, person, signed, "We forgot one.", 1)
    assert state(session) == State.UNANSWERED
    again = sign_return(session, person, OFFICE, YEAR, "support", [activity], opened=2)
    assert (again.id, again.version) == (signed.id, 3)
    assert state(session) == State.PROVIDED
    reopen_return(session, person, again, "And another.", 3)
    sign_return(session, person, OFFICE, YEAR, "support", [], opened=4)
    assert state(session) == State.DECLARED


def test_a_tick_confirms_its_year_whenever_it_is_signed(session: Session) -> None:
    person, activity = lead(session), ongoing(session)
    with time_machine.travel("2026-11-20", tick=False):
        sign_return(session, person, OFFICE, YEAR, "support", [activity])
        assert state(session) == State.PROVIDED
    assert [(c.year, c.how) for c in activity.confirmations] == [(2024, "start"), (2025, "return")]


def test_a_saved_return_confirms_nothing(session: Session) -> None:
    person, activity = lead(session), ongoing(session)
    staff = actor(session, Role.COUNTRY_STAFF)
    saved = save_return(session, staff, OFFICE, YEAR, Statement(None, "so far", [activity]), 0)
    assert (saved.state, saved.version, saved.answer) == ("draft", 1, None)
    assert state(session) == State.UNANSWERED
    sign_return(session, person, OFFICE, YEAR, "support", [activity], "so far", opened=1)
    assert state(session) == State.PROVIDED


def test_saving_a_reopened_return_leaves_it_reopened(session: Session) -> None:
    person = lead(session)
    signed = sign_return(session, person, OFFICE, YEAR, "nil", words="Nobody asked.")
    reopen_return(session, person, signed, "Wrong year.")
    assert save_return(session, person, OFFICE, YEAR, Statement(None, "later"), 2).state == "reopened"


def test_two_forms_one_of_them_stale(session: Session) -> None:
    person = lead(session)
    save_return(session, person, OFFICE, YEAR, Statement(None, "first"), 0)
    with pytest.raises(Stale):
        save_return(session, person, OFFICE, YEAR, Statement(None, "second"), 0)
    with pytest.raises(Stale):
        sign_return(session, person, OFFICE, YEAR, "nil", words="second", opened=0)
    signed = sign_return(session, person, OFFICE, YEAR, "nil", words="third", opened=1)
    with pytest.raises(Stale):
        reopen_return(session, person, signed, "why", 1)


def test_a_form_sent_twice_is_taken_once(session: Session) -> None:
    person, activity = lead(session), ongoing(session)
    first = sign_return(session, person, OFFICE, YEAR, "support", [activity], opened=0)
    second = sign_return(session, person, OFFICE, YEAR, "support", [activity], opened=0)
    assert (first.id, second.version) == (second.id, 1)
    reopen_return(session, person, first, "Twice.", 1)
    reopen_return(session, person, first, "Twice.", 1)
    saved = save_return(session, person, OFFICE, YEAR, Statement(None, "a"), 2)
    assert save_return(session, person, OFFICE, YEAR, Statement(None, "a"), 2).version == saved.version == 3
    actions = session.scalars(select(AuditEvent.action).where(AuditEvent.subject_kind == "annual_return")).all()
    assert list(actions) == ["return.signed", "return.reopened", "return.saved"]


def test_a_signed_return_is_not_signed_over(session: Session) -> None:
    person = lead(session)
    sign_return(session, person, OFFICE, YEAR, "nil", words="Nobody asked.")
    with pytest.raises(Refused, match="Reopen"):
        sign_return(session, person, OFFICE, YEAR, "support")
    with pytest.raises(Refused, match="Reopen"):
        save_return(session, person, OFFICE, YEAR, Statement(None), 1)


@pytest.mark.parametrize(
    ("answer", "words", "where"), [("maybe", "x", "answer"), ("nil", "  ", "words"), ("support", "x" * 2001, "words")]
)
def test_what_cannot_be_signed(session: Session, answer: str, words: str, where: str) -> None:
    person = lead(session)
    with pytest.raises(Invalid) as refused:
        sign_return(session, person, OFFICE, YEAR, answer, words=words)
    assert [p.field for p in refused.value.problems] == [where]
    assert annual_of(session, OFFICE, YEAR) is None


def test_a_nil_return_has_no_ticks(session: Session) -> None:
    person, activity = lead(session), ongoing(session)
    with pytest.raises(Invalid, match="no activities"):
        sign_return(session, person, OFFICE, YEAR, "nil", [activity], "none")


def test_what_cannot_be_ticked(session: Session) -> None:
    person = lead(session)
    over = approved(session, actual_start="2023-01-10", status="closed", actual_end="2024-02-01")
    later = approved(session, actual_start="2026-01-10")
    planned = submitted(session, status="planned", actual_start=None, planned_start="2025-02-01", delivered="")
    other = ongoing(session, **elsewhere(session))
    gone = ongoing(session)
    withdraw_activity(session, SYSTEM, gone, "twice", gone.version)
    for activity in (over, later, planned, other, gone, drafted(session)):
        with pytest.raises(Invalid, match="Tick only"):
            sign_return(session, person, OFFICE, YEAR, "support", [activity])


def test_a_year_must_have_begun_and_have_a_round(session: Session) -> None:
    person = lead(session)
    with pytest.raises(Refused, match="no round"):
        sign_return(session, person, OFFICE, 2024, "nil", words="none")
    open_round(session, 2027)
    with time_machine.travel("2026-12-31 15:00", tick=False), pytest.raises(Refused, match="not begun"):
        sign_return(session, person, OFFICE, 2027, "nil", words="none")
    # 19:30 UTC is midnight in Kabul.
    with time_machine.travel("2026-12-31 19:31", tick=False):
        assert sign_return(session, person, OFFICE, 2027, "nil", words="none").state == "signed"
    for office, year in (("9999", YEAR), (OFFICE, 1500), (OFFICE, 99999)):
        with pytest.raises(NotFound):
            sign_return(session, SYSTEM, office, year, "nil", words="none")


def test_regional_offices_return_nothing(session: Session) -> None:
    open_round(session, YEAR)
    regional = next(o.code for o in directory(session).offices.values() if o.type == "regional")
    with pytest.raises(NotFound):
        sign_return(session, SYSTEM, regional, YEAR, "nil", words="none")


def test_who_may_do_what(session: Session) -> None:
    open_round(session, YEAR)
    staff, adviser = actor(session, Role.COUNTRY_STAFF), actor(session, Role.REGIONAL_ADVISER)
    others = [
        actor(session, Role.COUNTRY_LEAD, OTHER),
        actor(session, Role.REGIONAL_ADVISER, region="ESARO"),
        actor(session, Role.HEADQUARTERS),
        actor(session, Role.ADMINISTRATOR),
    ]
    for person in (staff, adviser, *others):
        with pytest.raises(Forbidden):
            sign_return(session, person, OFFICE, YEAR, "nil", words="none")
    for person in (staff, *others):
        with pytest.raises(Forbidden):
            record_answer(session, person, OFFICE, YEAR, Statement("nil", "none"), "by telephone", 0)
    for person in (adviser, *others):
        with pytest.raises(Forbidden):
            save_return(session, person, OFFICE, YEAR, Statement(None, "x"), 0)
    signed = sign_return(session, lead(session), OFFICE, YEAR, "nil", words="none")
    for person in (staff, *others):
        with pytest.raises(Forbidden):
            reopen_return(session, person, signed, "because")
    assert reopen_return(session, adviser, signed, "The list looks short.").state == "reopened"


def test_an_adviser_records_and_the_office_confirms(session: Session) -> None:
    person, adviser = lead(session), actor(session, Role.REGIONAL_ADVISER)
    activity = ongoing(session)
    with pytest.raises(Invalid) as refused:
        record_answer(session, adviser, OFFICE, YEAR, Statement("support", "", [activity]), "  ", 0)
    assert [p.field for p in refused.value.problems] == ["evidence"]
    heard = "Ms A., deputy, by telephone on 10 February."
    made = record_answer(session, adviser, OFFICE, YEAR, Statement("support", "", [activity]), heard, 0)
    assert (made.recorded_by, made.evidence, made.confirmed_at) == ("adviser", heard, None)
    assert state(session) == State.PROVIDED
    line = office_years(session, [YEAR], [OFFICE])[0]
    assert line.unconfirmed
    with pytest.raises(Forbidden):
        confirm_answer(session, adviser, made, made.version)
    with pytest.raises(Stale):
        confirm_answer(session, person, made, 0)
    confirm_answer(session, person, made, made.version)
    confirm_answer(session, person, made, 1)  # pressed twice
    assert made.confirmed_at == NOW
    assert made.version == 2
    assert [(r.recorded_by, r.state, r.on_time) for r in return_rows(session)] == [("adviser", "signed", False)]


def test_the_office_may_reopen_what_an_adviser_recorded(session: Session) -> None:
    person, adviser = lead(session), actor(session, Role.REGIONAL_ADVISER)
    made = record_answer(session, adviser, OFFICE, YEAR, Statement("nil", "none"), "by mail", None)
    reopen_return(session, person, made, "We did give support.", made.version)
    with pytest.raises(Refused):
        confirm_answer(session, person, made, made.version)
    signed = sign_return(session, person, OFFICE, YEAR, "support", opened=made.version)
    assert (signed.recorded_by, signed.evidence) == ("office", "")
    with pytest.raises(Refused):
        confirm_answer(session, person, signed, signed.version)


def test_joint_work_is_accepted_and_ticked_in_one_go(session: Session) -> None:
    person = lead(session)
    activity = ongoing(session, **elsewhere(session), co_offices=(OFFICE,))
    work = year_of_work(session, OFFICE, YEAR)
    assert [w.relation for w in work.joint] == ["named"]
    sign_return(session, person, OFFICE, YEAR, "support", [activity], joint={activity: True}, opened=0)
    assert state(session) == state(session, OTHER) == State.PROVIDED
    assert [a.answer for a in activity.co_offices] == ["accepted"]


def test_what_is_declined_cannot_be_ticked(session: Session) -> None:
    person = lead(session)
    activity = ongoing(session, **elsewhere(session), co_offices=(OFFICE,))
    with pytest.raises(Invalid, match="Tick only"):
        sign_return(session, person, OFFICE, YEAR, "support", [activity], joint={activity: False})
    sign_return(session, person, OFFICE, YEAR, "nil", words="Only named.", joint={activity: False})
    assert state(session) == State.NIL
    assert state(session, OTHER) == State.UNANSWERED


def test_a_joint_tick_stays_while_one_return_says_it(session: Session) -> None:
    ours, theirs = lead(session), lead(session, OTHER)
    activity = ongoing(session, **elsewhere(session), co_offices=(OFFICE,))
    answer_joint(session, ours, activity, OFFICE, accept=True)
    first = sign_return(session, ours, OFFICE, YEAR, "support", [activity])
    second = sign_return(session, theirs, OTHER, YEAR, "support", [activity])
    reopen_return(session, ours, first, "one")
    assert state(session) == State.PROVIDED
    reopen_return(session, theirs, second, "two")
    assert state(session) == State.UNANSWERED


def test_a_contradiction_is_allowed_and_seen(session: Session) -> None:
    person = lead(session)
    submitted(session, counterparts=(CounterpartTag("Police", "government"),))
    assert year_of_work(session, OFFICE, YEAR).contradicts_nil
    sign_return(session, person, OFFICE, YEAR, "nil", words="None that we know of.")
    assert figure(kept_facts(session, [YEAR])[YEAR]).contradictions == (OFFICE,)


def test_what_the_page_lists_is_what_coverage_counts(session: Session) -> None:
    """The room below coverage has its own reading of "qualifying": they must agree on every kind of record."""
    open_round(session, YEAR)
    approved(session)
    approved(session, concerns="no")
    approved(session, actual_start="2024-01-01", actual_end="2026-01-01")  # by its dates
    ongoing(session)
    submitted(session)
    proposed(session, approved(session), submit=False, title="Another title")
    proposed(session, approved(session, concerns="no"))
    joint = approved(session, **elsewhere(session), co_offices=(OFFICE,))
    answer_joint(session, SYSTEM, joint, OFFICE, accept=True)
    approved(session, **elsewhere(session), co_offices=(OFFICE,))
    drafted(session)
    work = year_of_work(session, OFFICE, YEAR)
    whole = year_facts(session, YEAR)
    counted = {s.activity_id for s in whole.approved if OFFICE in s.offices}
    waiting = {s.activity_id for s in whole.submitted if OFFICE in s.offices} - counted
    assert {w.activity_id for w in work.counting} == counted
    assert {w.activity_id for w in work.submitted} == waiting
    assert len(work.tickable) == 1
    assert len(work.joint) == 1
    assert len(work.drafts) == 1


def test_late_in_the_time_zone_of_the_office(session: Session) -> None:
    person = lead(session)
    line = office_years(session, [YEAR], [OFFICE])[0]
    assert (line.unsigned, line.late, line.days_late) == (True, True, 12)
    with time_machine.travel("2026-01-31 19:29", tick=False):
        sign_return(session, person, OFFICE, YEAR, "nil", words="none")
    line = office_years(session, [YEAR], [OFFICE])[0]
    assert (line.signed, line.late, line.days_late) == (True, False, 0)


def test_one_return_an_office_and_year(session: Session) -> None:
    lead(session)
    sign_return(session, SYSTEM, OFFICE, YEAR, "nil", words="none")
    assert len(session.scalars(select(AnnualReturn)).all()) == 1
