"""The end of a membership, what is left behind, who takes it, and who signs where there is no lead."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from app.activities.facts import Step, add_next_step
from app.activities.models_review import ActivityKeeper
from app.activities.queries_queue import queue
from app.activities.queries_steps import own_steps
from app.activities.services import save_activity
from app.core import clock
from app.core.audit import AuditEvent
from app.core.errors import Forbidden, Invalid, Refused, Stale
from app.core.permissions import SYSTEM, Permission, Role, can
from app.offices.models import Membership, OfficeReviewer
from app.offices.queries import actor_for
from app.offices.reviewers import set_reviewers
from app.people.handing import answer_handover, takers
from app.people.queries import open_parts
from app.people.services import end_membership, name_acting
from app.returns.services import open_round, sign_return
from tests.factories import activities as make
from tests.integration.mail.people import person

pytestmark = pytest.mark.both_engines
YESTERDAY, TODAY = clock.today() - timedelta(days=1), clock.today()


@pytest.fixture
def people(session):
    return {
        "staff": person(session, "staff"),
        "other": person(session, "other"),
        "lead": person(session, "lead", Role.COUNTRY_LEAD),
        "adviser": person(session, "adviser", Role.REGIONAL_ADVISER),
        "second": person(session, "second", Role.REGIONAL_ADVISER),
        "far": person(session, "far", Role.COUNTRY_LEAD, office="0420"),
        "admin": person(session, "admin", Role.ADMINISTRATOR),
    }


def membership_of(session, actor):
    return session.scalars(select(Membership).where(Membership.user_id == actor.user_id)).one()


def gone(session, actor, by, day=YESTERDAY):
    return end_membership(session, by, membership_of(session, actor).id, day, "")


def again(session, actor):
    """The actor with the rights of today."""
    return actor_for(session, actor.user_id, clock.today())


def test_drafts_and_steps_are_asked_for_and_given(session, people):
    staff, other, lead = people["staff"], people["other"], people["lead"]
    draft = make.drafted(session, actor=staff)
    done = make.approved(session, actor=SYSTEM)
    add_next_step(session, staff, done, Step("Ask again", owner_id=staff.user_id, due_on=date(2026, 1, 31)))
    left = gone(session, staff, lead)
    assert [part.kind for part in left.parts] == ["drafts", "next_steps"]
    assert {open_.kind for open_ in open_parts(session, lead)} == {"drafts", "next_steps"}
    assert open_parts(session, people["far"]) == []
    assert not can(Permission.ACTIVITY_EDIT, again(session, staff), draft)
    save_activity(session, other, draft, make.quick(title="Gone on with"), draft.version)  # nobody waits for an answer

    assert staff.user_id not in {each.id for each in takers(session, left)}
    answer_handover(session, lead, left.id, "drafts", other.user_id)
    answer_handover(session, lead, left.id, "drafts", other.user_id)
    answer_handover(session, lead, left.id, "next_steps", other.user_id)
    assert session.get(ActivityKeeper, draft.id).user_id == other.user_id
    assert [step.what for step in own_steps(session, other)] == ["Ask again"]
    assert open_parts(session, lead) == []
    told = session.scalars(select(AuditEvent.action).where(AuditEvent.subject_key == draft.reference)).all()
    assert told[-1] == "activity.kept-by"
    with pytest.raises(Refused, match="already"):
        answer_handover(session, lead, left.id, "drafts", None)


def test_kept_by_the_office(session, people):
    draft = make.drafted(session, actor=people["staff"])
    left = gone(session, people["staff"], people["admin"])
    answer_handover(session, people["adviser"], left.id, "drafts", None)
    assert session.get(ActivityKeeper, draft.id) is None
    assert open_parts(session, people["lead"]) == []


def test_who_leaves_nothing_leaves_no_handover(session, people):
    assert gone(session, people["staff"], people["lead"]) is None


def test_who_stays_in_the_office_keeps_everything(session, people):
    staff = people["staff"]
    make.drafted(session, actor=staff)
    session.add(Membership(user_id=staff.user_id, role="country_lead", office="0060", valid_from=date(2025, 1, 1)))
    session.flush()
    first = session.scalars(select(Membership).where(Membership.user_id == staff.user_id)).first()
    assert end_membership(session, people["admin"], first.id, YESTERDAY, "") is None


def test_reviews_go_to_another_adviser_or_the_deputy(session, people):
    adviser, second = people["adviser"], people["second"]
    set_reviewers(session, adviser, "0060", adviser.user_id, None)
    set_reviewers(session, adviser, "2040", adviser.user_id, second.user_id)
    make.submitted(session)
    left = gone(session, adviser, people["admin"])
    assert [part.kind for part in left.parts] == ["reviews"]
    assert [line.turn for line in queue(session, second)] == ["free"]  # named in vain meanwhile
    with pytest.raises(Forbidden):
        answer_handover(session, people["far"], left.id, "reviews", second.user_id)
    answer_handover(session, second, left.id, "reviews", second.user_id)
    named = {each.office: (each.reviewer_id, each.deputy_id) for each in session.scalars(select(OfficeReviewer))}
    assert named == {"0060": (second.user_id, None), "2040": (second.user_id, None)}


def test_the_returns_of_a_lead_who_went_are_signed_by_who_stands_in(session, people):
    lead, other = people["lead"], people["other"]
    open_round(session, TODAY.year - 1)
    left = gone(session, lead, people["admin"])
    assert [part.kind for part in left.parts] == ["returns"]
    with pytest.raises(Invalid):
        answer_handover(session, people["adviser"], left.id, "returns", other.user_id)
    until = TODAY + timedelta(days=60)
    answer_handover(session, people["adviser"], left.id, "returns", other.user_id, until)
    acting = again(session, other)
    assert acting.acting_for == {"0060"}
    signed = sign_return(session, acting, "0060", TODAY.year - 1, "nil", words="Nobody asked.")
    assert signed.signed_by == other.user_id
    with pytest.raises(Forbidden):  # who stands in signs, and names nobody
        name_acting(session, acting, "0060", people["staff"].user_id, until)
    with pytest.raises(Forbidden):
        gone(session, people["staff"], acting)
    assert not can(Permission.RETURN_SIGN, actor_for(session, other.user_id, until + timedelta(days=1)), "0060")


@pytest.mark.parametrize(
    ("who", "days"),
    [("far", 60), ("other", -1), ("other", 400), (None, 60)],
    ids=["stranger", "past", "long", "nobody"],
)
def test_who_may_stand_in(session, people, who, days):
    gone(session, people["lead"], people["admin"])
    user_id, last = people[who].user_id if who else None, TODAY + timedelta(days=days)
    with pytest.raises(Invalid):
        name_acting(session, people["adviser"], "0060", user_id, last)


def test_nobody_stands_in_for_a_lead_who_is_there(session, people):
    with pytest.raises(Refused):
        name_acting(session, people["adviser"], "0060", people["other"].user_id, TODAY + timedelta(days=9))
    with pytest.raises(Forbidden):
        name_acting(session, people["far"], "0060", people["other"].user_id, TODAY + timedelta(days=9))


def test_who_may_end_what(session, people):
    for by in ("staff", "adviser", "far"):
        with pytest.raises(Forbidden):
            gone(session, people["other"], people[by])
    for by in ("lead", "adviser"):
        with pytest.raises(Forbidden):
            gone(session, people["second"], people[by])
    with pytest.raises(Refused, match="last administrator"):
        gone(session, people["admin"], people["admin"])
    with pytest.raises(Invalid):
        gone(session, people["staff"], people["lead"], date(2020, 1, 1))
    held = membership_of(session, people["staff"])
    end_membership(session, people["lead"], held.id, TODAY, "")
    end_membership(session, people["admin"], held.id, TODAY, "")  # sent twice
    with pytest.raises(Stale):
        end_membership(session, people["lead"], held.id, YESTERDAY, "")
