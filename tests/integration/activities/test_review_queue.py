"""The queue: whose turn it is, claims, several approvals at once, and approving one's own where a region allows it."""

from datetime import UTC, datetime

import pytest

from app.activities.batch import approve_several
from app.activities.claims import claim_review, release_review
from app.activities.queries_queue import queue
from app.activities.review import approve_activity, return_activity
from app.activities.services import find_activity, save_activity, submit_activity
from app.core import clock
from app.core.db import unit_of_work
from app.core.errors import Forbidden, Invalid, Refused, Stale, TrackerError
from app.core.permissions import SYSTEM, Role
from app.offices.reviewers import reviewer_text, set_reviewers, set_self_approval
from tests.factories import activities as make
from tests.integration.activities.test_at_the_same_moment import at_once
from tests.integration.mail.people import office_and_adviser, person

pytestmark = pytest.mark.both_engines


@pytest.fixture
def advisers(session):
    """Two advisers of the region of 0060 and 2040."""
    return person(session, "one", Role.REGIONAL_ADVISER), person(session, "two", Role.REGIONAL_ADVISER)


def turns(session, actor):
    return [line.turn for line in queue(session, actor)]


def test_the_longest_waiting_first_with_its_age(session, advisers):
    with clock.pretending(datetime(2026, 5, 11, 9, tzinfo=UTC)):
        newer = make.submitted(session)
    with clock.pretending(datetime(2026, 5, 1, 9, tzinfo=UTC)):
        older = make.submitted(session, "2040")
    make.drafted(session), make.approved(session), make.submitted(session, "0420", countries=("BRB",))
    with clock.pretending(datetime(2026, 5, 12, 10, tzinfo=UTC)):
        lines = queue(session, advisers[0])
    assert [(line.reference, line.days) for line in lines] == [(older.reference, 11), (newer.reference, 1)]


def test_the_reviewer_the_deputy_and_whoever_claims(session, advisers):
    one, two = advisers
    made = make.submitted(session)
    assert (turns(session, one), turns(session, two)) == (["free"], ["free"])
    set_reviewers(session, one, "0060", two.user_id, None)
    assert (turns(session, one), turns(session, two)) == (["others"], ["yours"])
    set_reviewers(session, one, "0060", two.user_id, one.user_id)
    assert (turns(session, one), turns(session, two)) == (["yours"], ["yours"])
    claim_review(session, one, made)
    claim_review(session, one, made)
    assert (turns(session, one), turns(session, two)) == (["yours"], ["others"])
    with pytest.raises(Refused, match="before you"):
        claim_review(session, two, made)
    with pytest.raises(Refused):
        release_review(session, two, made)
    release_review(session, one, made)
    assert turns(session, two) == ["yours"]


def test_a_claim_lapses_with_the_revision(session, advisers):
    one, two = advisers
    made = make.submitted(session)
    claim_review(session, one, made)
    return_activity(session, two, made, "Which judges?", made.version)  # a claim is a word to others, not a lock
    save_activity(session, SYSTEM, made, make.quick(title="Better"), made.version)
    submit_activity(session, SYSTEM, made, made.version)
    assert turns(session, two) == ["free"]
    claim_review(session, two, made)
    assert turns(session, one) == ["others"]


def test_who_may_not_decide_may_not_claim(session, advisers):
    staff = person(session, "staff")
    with pytest.raises(Forbidden):
        claim_review(session, staff, make.submitted(session))
    assert queue(session, staff) == []


def test_two_advisers_claim_and_approve_at_once(sessions):
    with unit_of_work(sessions) as session:
        pair = [person(session, name, Role.REGIONAL_ADVISER) for name in ("one", "two")]
        reference, second = make.submitted(session).reference, make.submitted(session).reference

    def claims(actor):
        return lambda session: attempt(lambda: claim_review(session, actor, find_activity(session, reference)))

    def approves(actor):
        def act(session):
            made = find_activity(session, second)
            return attempt(lambda: approve_activity(session, actor, made, 2))

        return act

    assert sorted(at_once(sessions, *map(claims, pair))) == ["Refused", "done"]
    assert sorted(at_once(sessions, *map(approves, pair))) == ["Stale", "done"]


def attempt(act):
    try:
        act()
    except TrackerError as refused:
        return type(refused).__name__
    return "done"


def test_several_at_once_each_by_itself(session, advisers):
    one, _two = advisers
    good, stale, own = make.submitted(session), make.submitted(session), make.submitted(session, "297R", actor=one)
    gone = make.approved(session)
    hidden = make.drafted(session, "0420")
    seen = [(good.reference, 2), (stale.reference, 1), (own.reference, 2), (gone.reference, 3), (hidden.reference, 1)]
    outcomes = approve_several(session, one, [*seen, ("ROSA-1999-0001", 1)])
    assert [bool(each.refusal) for each in outcomes] == [False, True, True, True, True, True]
    assert outcomes[-1].refusal == outcomes[-2].refusal  # what one may not know of is not there
    assert [a.approved is not None for a in (good, stale, own)] == [True, False, False]


def test_one_s_own_only_where_the_region_allows_it_and_marked(session, advisers):
    one, _two = advisers
    admin = person(session, "admin", Role.ADMINISTRATOR)
    made = make.submitted(session, "297R", actor=one)
    with pytest.raises(Forbidden, match="somebody else"):
        approve_activity(session, one, made, made.version)
    assert [line.closed for line in queue(session, one)] == [True]
    with pytest.raises(Forbidden):
        set_self_approval(session, one, ["ROSA"])
    set_self_approval(session, admin, ["ROSA"])
    assert [line.closed for line in queue(session, one)] == [False]
    approve_activity(session, one, made, made.version)
    assert made.approved.self_approved
    other = make.submitted(session)
    approve_activity(session, one, other, other.version)
    assert not other.approved.self_approved
    set_self_approval(session, admin, [])
    again = make.submitted(session, "297R", actor=one)
    with pytest.raises(Forbidden):
        approve_activity(session, one, again, again.version)


def test_who_may_be_named(session, advisers):
    one, two = advisers
    staff, _adviser = office_and_adviser(session)
    far = person(session, "far", Role.REGIONAL_ADVISER, region="LACRO")
    for reviewer, deputy in (
        (staff.user_id, None),
        (far.user_id, None),
        (one.user_id, one.user_id),
        (None, two.user_id),
    ):
        with pytest.raises(Invalid):
            set_reviewers(session, one, "0060", reviewer, deputy)
    for who in (staff, far):
        with pytest.raises(Forbidden):
            set_reviewers(session, who, "0060", one.user_id, None)
    seen = reviewer_text(session, "0060")
    set_reviewers(session, one, "0060", one.user_id, None, seen)
    set_reviewers(session, two, "0060", one.user_id, None, seen)  # the same again is no conflict
    with pytest.raises(Stale):
        set_reviewers(session, two, "0060", two.user_id, None, seen)
