"""One record's way through the workflow, and what each step does to its office's state (METHODOLOGY, Revisions)."""

from datetime import UTC, datetime

import pytest

from app.activities import review, services
from app.activities.deliveries import Delivery, add_delivery, remove_delivery
from app.activities.facts import answer_joint
from app.activities.rules import ProvisionTag
from app.core import clock
from app.core.permissions import SYSTEM
from app.coverage.queries import year_facts
from app.coverage.rules import Basis, State, figure
from app.returns.services import open_round, reopen_return, sign_return
from tests.factories import activities as make

pytestmark = pytest.mark.both_engines
NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)


@pytest.fixture(autouse=True)
def today():
    with clock.pretending(NOW):
        yield


def states(session, office="0060", year=2025):
    """The office's state on both bases."""
    facts = year_facts(session, year)
    found = []
    for basis in Basis:
        by_state = figure(facts, basis).by_state
        found += [str(state) for state, codes in by_state.items() if office in codes]
    return tuple(found)


UNANSWERED = ("unanswered", "unanswered")
DECLARED = ("declared", "provided")
PROVIDED = ("provided", "provided")


def test_submitting_raises_provisional_and_approving_the_headline(session):
    activity = make.drafted(session)
    assert states(session) == UNANSWERED
    services.submit_activity(session, SYSTEM, activity, activity.version)
    assert states(session) == DECLARED
    review.approve_activity(session, SYSTEM, activity, activity.version)
    assert states(session) == PROVIDED


def test_returned_before_any_approval_counts_nowhere(session):
    make.returned(session)
    assert states(session) == UNANSWERED


@pytest.mark.parametrize(
    "changes",
    [
        {"concerns": "no"},
        {"status": "cancelled", "status_reason": "No."},
        {"status": "planned", "actual_start": None, "planned_start": "2025"},
        {"actual_start": "2024-12-31"},
        {"actual_start": "2026-01-01"},
    ],
)
def test_what_does_not_qualify(session, changes):
    make.approved(session, **changes)
    assert states(session) == UNANSWERED


@pytest.mark.parametrize(
    "changes",
    [
        {"concerns": "also"},
        {"status": "suspended", "status_reason": "Crisis."},
        {"status": "finalising"},
        {"actual_start": "2025"},
        {"actual_start": "2025-12-31"},
        {"status": "closed", "actual_start": "2024-01", "actual_end": "2025-01"},
        {"provisions": (ProvisionTag("CRC-4", "mandated_by"), ProvisionTag("CRC-40", "applied"))},
    ],
)
def test_what_qualifies(session, changes):
    make.approved(session, **changes)
    assert states(session) == PROVIDED


def test_the_approved_revision_counts_until_the_new_one_is_approved(session):
    activity = make.approved(session)
    make.proposed(session, activity, concerns="no", submit=False)
    assert states(session) == PROVIDED
    services.submit_activity(session, SYSTEM, activity, activity.version)
    assert states(session) == PROVIDED
    review.approve_activity(session, SYSTEM, activity, activity.version)
    assert states(session) == UNANSWERED


def test_a_proposed_revision_adds_to_the_provisional_basis_only(session):
    activity = make.approved(session, concerns="no")
    make.proposed(session, activity)
    assert states(session) == DECLARED
    review.return_activity(session, SYSTEM, activity, "Which bill?", activity.version)
    assert states(session) == UNANSWERED


def test_questioned_counts_and_set_aside_does_not(session):
    activity = make.approved(session)
    review.question_activity(session, SYSTEM, activity, "Which bill?", activity.version)
    assert states(session) == PROVIDED
    review.set_aside(session, SYSTEM, activity, "No counterpart.", activity.version)
    assert states(session) == UNANSWERED
    review.count_again(session, SYSTEM, activity, activity.version)
    assert states(session) == PROVIDED


def test_withdrawn_does_not_count_and_undone_it_does(session):
    activity = make.approved(session)
    services.withdraw_activity(session, SYSTEM, activity, "Logged twice.", activity.version)
    assert states(session) == UNANSWERED
    services.undo_withdrawal(session, SYSTEM, activity, activity.version)
    assert states(session) == PROVIDED


def test_a_skipped_year_is_never_filled_by_a_later_one(session):
    activity = make.approved(session, actual_start="2022")
    add_delivery(session, SYSTEM, activity, Delivery(on="2025-06"))
    assert [states(session, year=y) for y in (2022, 2023, 2024, 2025, 2026)] == [
        PROVIDED, UNANSWERED, UNANSWERED, PROVIDED, UNANSWERED,
    ]  # fmt: skip


def test_a_delivery_confirms_an_approved_record_at_once_and_its_removal_unconfirms(session):
    activity = make.approved(session, actual_start="2022")
    line = add_delivery(session, SYSTEM, activity, Delivery(on="2025"))
    assert states(session) == PROVIDED
    remove_delivery(session, SYSTEM, activity, line.id)
    assert states(session) == UNANSWERED


def test_a_tick_confirms_the_year_of_the_return_until_it_is_reopened(session):
    activity = make.approved(session, actual_start="2022")
    open_round(session, 2025)
    signed = sign_return(session, SYSTEM, "0060", 2025, "support", [activity])
    assert states(session) == PROVIDED
    reopen_return(session, SYSTEM, signed, "Something was forgotten.")
    assert states(session) == UNANSWERED


@pytest.mark.parametrize(("answer", "state"), [("support", "declared"), ("nil", "nil")])
def test_a_signed_return_answers(session, answer, state):
    open_round(session, 2025)
    signed = sign_return(session, SYSTEM, "0060", 2025, answer, words="In words.")
    assert states(session) == (state, state)
    reopen_return(session, SYSTEM, signed, "Something was forgotten.")
    assert states(session) == UNANSWERED


def test_a_nil_return_beside_an_activity_is_a_contradiction(session):
    open_round(session, 2025)
    sign_return(session, SYSTEM, "0060", 2025, "nil", words="None.")
    make.submitted(session)
    found = figure(year_facts(session, 2025))
    assert found.contradictions == ("0060",)
    assert found.by_state[State.DECLARED] == ("0060",)


def test_a_co_office_is_named_until_it_accepts(session):
    activity = make.approved(session, co_offices=("2040",))
    assert states(session, "2040") == UNANSWERED
    answer_joint(session, SYSTEM, activity, "2040", accept=True)
    assert states(session, "2040") == PROVIDED
    answer_joint(session, SYSTEM, activity, "2040", accept=False)
    assert states(session, "2040") == UNANSWERED


def test_an_acceptance_counts_only_for_the_revision_that_names_the_office(session):
    activity = make.approved(session, co_offices=("2040",))
    answer_joint(session, SYSTEM, activity, "2040", accept=True)
    make.proposed(session, activity, co_offices=("4200",))
    answer_joint(session, SYSTEM, activity, "4200", accept=True)
    assert states(session, "2040") == PROVIDED
    assert states(session, "4200") == DECLARED
    review.approve_activity(session, SYSTEM, activity, activity.version)
    assert states(session, "2040") == UNANSWERED
    assert states(session, "4200") == PROVIDED


def test_naming_the_office_again_keeps_its_answer(session):
    activity = make.approved(session, co_offices=("2040",))
    answer_joint(session, SYSTEM, activity, "2040", accept=True)
    make.proposed(session, activity, co_offices=("2040",))
    review.approve_activity(session, SYSTEM, activity, activity.version)
    assert states(session, "2040") == PROVIDED


def test_a_round_says_how_an_unanswered_office_is_worded(session):
    assert figure(year_facts(session, 2025)).round_state == "not_collected"
    collection = open_round(session, 2025)
    assert figure(year_facts(session, 2025)).round_state == "closed"
    collection.due_on = NOW.date()
    session.flush()
    assert figure(year_facts(session, 2025)).round_state == "open"
    collection.frozen_on = NOW.date()
    session.flush()
    assert figure(year_facts(session, 2025)).round_state == "frozen"
