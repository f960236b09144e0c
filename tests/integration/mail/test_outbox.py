"""What is written down as mail: in the transaction of the act, to whom it concerns, as often as they want it."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from app.accounts.models import User
from app.activities.review import approve_activity, return_activity
from app.activities.services import record_activity, submit_activity
from app.core import clock
from app.core.db import unit_of_work
from app.core.permissions import SYSTEM, Role
from app.mail.models import OutboxMessage
from app.mail.rules import Rhythm, delay, due
from app.mail.services import choose_rhythm
from app.offices.models import Membership
from app.offices.reviewers import set_reviewers
from tests.factories import activities as make
from tests.factories.people import add_role, make_person
from tests.integration.mail.people import office_and_adviser, person

pytestmark = pytest.mark.both_engines


def written(session):
    """(kind, address, reason) of every message, in order."""
    rows = session.scalars(select(OutboxMessage).order_by(OutboxMessage.id))
    return [(m.kind, session.get(User, m.user_id).email.split("@")[0], m.reason) for m in rows]


def test_submitted_returned_approved(session):
    staff, adviser = office_and_adviser(session)
    made = record_activity(session, staff, "0060", make.quick())
    assert written(session) == []
    submit_activity(session, staff, made, made.version)
    return_activity(session, adviser, made, "Which judges?", made.version)
    assert written(session) == [("submitted", "adviser", ""), ("returned", "staff", "Which judges?")]


def test_the_named_reviewer_and_the_deputy_are_asked_and_nobody_else(session):
    staff, adviser = office_and_adviser(session)
    second, third = (person(session, name, Role.REGIONAL_ADVISER) for name in ("second", "third"))
    set_reviewers(session, adviser, "0060", second.user_id, None)
    make.submitted(session, actor=staff)
    set_reviewers(session, adviser, "0060", second.user_id, third.user_id)
    make.submitted(session, actor=staff)
    set_reviewers(session, adviser, "0060", None, None)
    make.submitted(session, actor=staff)
    asked = [who for _kind, who, _reason in written(session)]
    assert asked == ["second", "second", "third", "adviser", "second", "third"]


def test_whose_author_left_is_told_to_the_office(session):
    staff, adviser = office_and_adviser(session)
    made = make.submitted(session, actor=staff)
    other = make_person(session, "other@demo.example")
    left = session.scalars(select(Membership).where(Membership.user_id == staff.user_id)).one()
    left.valid_to = left.valid_from
    approve_activity(session, adviser, made, made.version)
    assert written(session)[-1] == ("approved", "other", "")
    assert other.active


def test_what_commands_do_is_nobodys_news(session):
    office_and_adviser(session)
    make.returned(session, actor=SYSTEM)
    assert written(session) == []


def test_an_act_that_is_rolled_back_wrote_no_mail(sessions):
    with unit_of_work(sessions) as session:
        staff, _adviser = office_and_adviser(session)
    with sessions() as session:
        make.submitted(session, actor=staff)
        assert len(written(session)) == 1
        session.rollback()
    with sessions() as session:
        assert written(session) == []


def test_who_wants_none_gets_none_and_what_waits_follows_a_new_choice(session):
    staff, adviser = office_and_adviser(session)
    with clock.pretending(datetime(2026, 5, 13, 12, tzinfo=UTC)):  # a Wednesday
        choose_rhythm(session, adviser, "weekly")
        make.submitted(session, actor=staff)
        (message,) = session.scalars(select(OutboxMessage))
        assert (message.envelope, message.due_at) == (None, datetime(2026, 5, 18, 6, tzinfo=UTC))
        choose_rhythm(session, adviser, "daily")
        session.refresh(message)
        assert message.due_at == datetime(2026, 5, 14, 6, tzinfo=UTC)
        choose_rhythm(session, adviser, "never")
        session.refresh(message)
        assert message.dropped_at is not None
        make.submitted(session, actor=staff)
    assert len(written(session)) == 1


def test_a_person_with_two_roles_is_told_once(session):
    staff, _adviser = office_and_adviser(session)
    second = add_role(session, make_person(session, "both@demo.example", role=None), Role.REGIONAL_ADVISER)
    second.home = False
    add_role(session, session.get(User, second.user_id), Role.HEADQUARTERS)
    make.submitted(session, actor=staff)
    assert sorted(who for _kind, who, _reason in written(session)) == ["adviser", "both"]


def test_rhythms_and_delays():
    monday = datetime(2026, 5, 18, 6, tzinfo=UTC)
    assert due(Rhythm.WEEKLY, monday) == datetime(2026, 5, 25, 6, tzinfo=UTC)
    assert due(Rhythm.DAILY, datetime(2026, 5, 18, 5, tzinfo=UTC)) == monday
    assert due(Rhythm.INSTANT, monday) == monday
    assert [delay(n).total_seconds() / 60 for n in (1, 2, 3)] == [5, 10, 20]
    assert delay(1000).total_seconds() == 12 * 3600
