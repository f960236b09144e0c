"""Requests through their one door: who may, what is refused, what stays in the history, who gets mail."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select

from app.accounts.models import User
from app.activities.comments import NewComment
from app.activities.facts import Step
from app.activities.queries_comments import comments_for
from app.activities.queries_steps import own_steps
from app.asked.counting import Part, balance, share
from app.asked.models import SupportRequest
from app.asked.queries import facts
from app.asked.rules import AnswerGiven
from app.asked.services import (
    answer_request,
    change_request,
    content_of,
    link_activity,
    record_request,
    say_whether_met,
    undo_withdrawal,
    unlink_activity,
    withdraw_request,
)
from app.asked.talk import add_next_step, finish_next_step, write_comment
from app.core import clock
from app.core.audit import AuditEvent
from app.core.errors import Forbidden, Invalid, Refused, Stale
from app.core.permissions import SYSTEM, Role
from app.mail.letters import Post, letter
from app.mail.models import OutboxMessage
from app.mail.reminders import write_reminders
from app.offices.models import Membership
from app.offices.queries import actor_for
from app.people.handing import answer_handover
from app.people.services import end_membership
from tests.factories.activities import approved, drafted
from tests.factories.people import make_person
from tests.factories.requests import ASKED, answered, asked

pytestmark = pytest.mark.both_engines
TODAY = datetime(2026, 11, 24, 9, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _frozen():
    with clock.pretending(TODAY):
        yield


def actor(session, role=Role.COUNTRY_STAFF, **place):
    return actor_for(session, make_person(session, role=role, **place).id)


def kinds(session):
    return sorted(session.execute(select(OutboxMessage.kind, OutboxMessage.user_id)).all())


def problems(refused):
    return {problem.field for problem in refused.value.problems}


def test_a_request_falls_to_the_offices_that_serve_the_state(session):
    made = asked(session)
    assert (made.reference, made.answer, made.office_codes) == ("REQ-2026-0001", "open", {"0060"})
    assert content_of(made) == replace(ASKED, offices=("0060",))
    again = record_request(session, SYSTEM, ASKED, made.client_id)
    assert again is made
    assert asked(session, country="CAN", offices=()).office_codes == frozenset()


def test_what_is_missing_or_cannot_be_is_said_at_its_field(session):
    with pytest.raises(Invalid) as refused:
        record_request(session, SYSTEM, replace(ASKED, country=None, source=None, asked=" "))
    assert problems(refused) == {"country", "source", "asked"}
    wrong = replace(ASKED, country="XXX", types=("magic",), provisions=("CRC-999",), received_on="2027",
                    document_on="2025", transmitted_on="2024", address="ftp://x", symbol="x" * 201)  # fmt: skip
    with pytest.raises(Invalid) as refused:
        record_request(session, SYSTEM, wrong)
    assert problems(refused) == {"country", "types", "provisions", "received_on", "transmitted_on", "address", "symbol"}


def test_others_may_read_but_not_change(session):
    own, elsewhere = actor(session), actor(session, office="0420")
    made = asked(session, own)
    for other in (elsewhere, actor(session, Role.REGIONAL_ADVISER, region="LACRO")):
        with pytest.raises(Forbidden):
            answer_request(session, other, made, AnswerGiven("accepted"), made.version)
        with pytest.raises(Forbidden):
            asked(session, other)
    for entitled in (actor(session, Role.REGIONAL_ADVISER), actor(session, Role.HEADQUARTERS)):
        answer_request(session, entitled, made, AnswerGiven("accepted"), made.version)


def test_an_answer_has_what_it_needs_and_can_be_taken_back(session):
    made = asked(session)
    for command, field in (
        (AnswerGiven(""), "answer"),
        (AnswerGiven("declined"), "declined_reason"),
        (AnswerGiven("referred"), "referred_to"),
        (AnswerGiven("accepted", date(2027, 1, 1)), "answered_on"),
        (AnswerGiven("accepted", date(2024, 2, 1)), "answered_on"),
        (AnswerGiven("accepted", date(2025, 2, 1), target_on=date(2025, 1, 1)), "target_on"),
    ):
        with pytest.raises(Invalid) as refused:
            answer_request(session, SYSTEM, made, command, made.version)
        assert problems(refused) == {field}
    answer_request(session, SYSTEM, made, AnswerGiven("declined", date(2025, 1, 1), reason="No staff."), made.version)
    assert (made.answer, made.declined_reason, made.version) == ("declined", "No staff.", 2)
    with pytest.raises(Refused):
        say_whether_met(session, SYSTEM, made, "met", "Seen.", None, made.version)
    answer_request(session, SYSTEM, made, AnswerGiven("open"), made.version)
    assert (made.answer, made.answered_on, made.declined_reason) == ("open", None, "")


def test_a_stale_form_changes_nothing(session):
    made = asked(session)
    change_request(session, SYSTEM, made, replace(content_of(made), asked="Less."), 1)
    for act in (
        lambda: change_request(session, SYSTEM, made, ASKED, 1),
        lambda: answer_request(session, SYSTEM, made, AnswerGiven("accepted"), 1),
        lambda: withdraw_request(session, SYSTEM, made, "Twice.", 1),
    ):
        with pytest.raises(Stale):
            act()
    assert (made.asked, made.answer, made.withdrawn_at) == ("Less.", "open", None)


def test_the_history_has_each_act_with_the_complete_state(session):
    made, work = asked(session), approved(session)
    link_activity(session, SYSTEM, made, work)
    link_activity(session, SYSTEM, made, work)
    answered(session, "accepted", date(2025, 1, 2), made)
    say_whether_met(session, SYSTEM, made, "partly_met", "One court only.", None, made.version)
    withdraw_request(session, SYSTEM, made, "Entered twice.", made.version)
    undo_withdrawal(session, SYSTEM, made, made.version)
    unlink_activity(session, SYSTEM, made, work)
    events = session.scalars(select(AuditEvent).where(AuditEvent.subject_kind == "request").order_by(AuditEvent.id))
    told = [(event.action, json.loads(event.state)) for event in events]
    assert [action.removeprefix("request.") for action, _state in told] == [
        "recorded", "activity-linked", "answered", "met-said", "withdrawn", "withdrawal-undone", "activity-unlinked",
    ]  # fmt: skip
    assert told[3][1]["identity"]["met"] == "partly_met"
    assert told[3][1]["activities"] == [work.id]
    assert told[6][1]["activities"] == []


def test_support_counts_once_it_qualifies_and_withdrawn_requests_count_nowhere(session):
    made = asked(session)
    draft = drafted(session)
    link_activity(session, SYSTEM, made, draft)
    assert share(balance(facts(session)), "supported") == ((), (made.reference,))
    work = approved(session)
    link_activity(session, SYSTEM, made, work)
    found = balance(facts(session), Part(country="AFG"))
    assert share(found, "supported")[0] == (made.reference,)
    assert found.given_not_asked == ()
    assert found.recommended_supported == ("AFG",)
    unlink_activity(session, SYSTEM, made, work)
    assert balance(facts(session)).given_not_asked == (work.id,)
    withdraw_request(session, SYSTEM, made, "Twice.", made.version)
    assert balance(facts(session)).asked == ()
    with pytest.raises(Refused):
        link_activity(session, SYSTEM, made, work)


def test_comments_and_next_steps_stand_in_the_lists_of_whom_they_ask(session):
    staff, adviser = actor(session), actor(session, Role.REGIONAL_ADVISER)
    made = asked(session, adviser)
    write_comment(session, adviser, made, NewComment("Which ministry?", True, (staff.user_id,)))
    assert [(each.reference, each.about) for each in comments_for(session, staff)] == [(made.reference, "request")]
    step = add_next_step(session, staff, made, Step("Write to the ministry", owner_id=staff.user_id))
    assert [(each.reference, each.about) for each in own_steps(session, staff)] == [(made.reference, "request")]
    finish_next_step(session, staff, made, step.id)
    assert own_steps(session, staff) == []
    elsewhere = actor(session, office="0420")
    with pytest.raises(Forbidden):
        write_comment(session, elsewhere, made, NewComment("Inside.", True))
    with pytest.raises(Invalid):
        write_comment(session, staff, made, NewComment("To somebody.", mentions=(elsewhere.user_id,)))


def test_who_gets_mail(session):
    lead = actor(session, Role.COUNTRY_LEAD)
    adviser = actor(session, Role.REGIONAL_ADVISER)
    made = asked(session, adviser)
    assert kinds(session) == [("request_received", lead.user_id)]
    answer_request(session, lead, made, AnswerGiven("accepted", date(2025, 11, 24), target_on=date(2026, 3, 1)), 1)
    assert kinds(session)[0] == ("request_answered", adviser.user_id)
    write_reminders(session)
    write_reminders(session)
    assert [k for k in kinds(session) if k[0] in ("met_due", "request_overdue")] == [
        ("met_due", lead.user_id), ("request_overdue", lead.user_id),
    ]  # fmt: skip
    say_whether_met(session, lead, made, "met", "Seen.", None, made.version)
    assert session.scalars(select(SupportRequest)).one().met == "met"


def test_the_letter_says_what_happened_and_nothing_that_is_past(session):
    lead, adviser = actor(session, Role.COUNTRY_LEAD), actor(session, Role.REGIONAL_ADVISER)
    made = asked(session, adviser)
    write_comment(session, adviser, made, NewComment("Which ministry?", mentions=(lead.user_id,)))
    add_next_step(session, adviser, made, Step("Call the ministry", owner_id=lead.user_id, due_on=date(2026, 11, 20)))
    answer_request(session, adviser, made, AnswerGiven("accepted", date(2025, 1, 2)), made.version)
    write_reminders(session)
    person = session.get_one(User, lead.user_id)
    mine = select(OutboxMessage).where(OutboxMessage.user_id == lead.user_id).order_by(OutboxMessage.id)
    post = Post("https://tracker.example", "tracker@tracker.example")
    mail = letter(session, person, session.scalars(mine).all(), post)
    assert mail is not None
    said = " ".join(mail.get_content().split())
    for words in (
        f"entered the request of Afghanistan ({made.reference}). It falls to your office.",
        "mentioned you in a comment", "Which ministry?", "was due on 2026-11-20", "Call the ministry",
        "A year has gone since the request of Afghanistan", "Was it met?",
        f"https://tracker.example/requests/{made.reference}#comments",
    ):  # fmt: skip
        assert words in said
    withdraw_request(session, SYSTEM, made, "Twice.", made.version)
    assert letter(session, person, session.scalars(mine).all(), post) is None


def test_next_steps_of_somebody_who_leaves_are_handed_over(session):
    staff, lead = actor(session), actor(session, Role.COUNTRY_LEAD)
    made = asked(session)
    step = add_next_step(session, SYSTEM, made, Step("Write", owner_id=staff.user_id))
    held = session.scalars(select(Membership).where(Membership.user_id == staff.user_id)).one()
    left = end_membership(session, SYSTEM, held.id, clock.today(), "")
    assert left is not None
    answer_handover(session, SYSTEM, left.id, "next_steps", lead.user_id)
    assert step.owner_id == lead.user_id
