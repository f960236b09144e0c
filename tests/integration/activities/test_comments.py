"""Comments: who may say and hear what, who may be mentioned, and mail for them."""

import pytest
from sqlalchemy import select

from app.accounts.models import User
from app.activities.comments import NewComment, may_be_mentioned, resolve_comment, write_comment
from app.activities.queries_comments import comments_for, comments_of, open_comments
from app.core.errors import Forbidden, Invalid, NotFound
from app.core.permissions import SYSTEM, Role
from app.mail.models import OutboxMessage
from tests.factories import activities as make
from tests.integration.mail.people import office_and_adviser, person

pytestmark = pytest.mark.both_engines


@pytest.fixture
def people(session):
    staff, adviser = office_and_adviser(session)
    return {
        "staff": staff,
        "adviser": adviser,
        "neighbour": person(session, "neighbour", office="2040"),
        "elsewhere": person(session, "elsewhere", office="0420"),
        "hq": person(session, "hq", Role.HEADQUARTERS),
    }


def names(session, found):
    return {session.get(User, each.id).email.split("@")[0] for each in found}


def test_said_once_heard_by_readers_and_mailed_to_the_mentioned(session, people):
    made = make.submitted(session, actor=people["staff"])
    said = NewComment(" Which court? ", mentions=[people["adviser"].user_id])
    first = write_comment(session, people["staff"], made, said)
    assert write_comment(session, people["staff"], made, said) is first
    for who in ("staff", "adviser", "neighbour", "hq"):
        assert [c.text for c in comments_of(session, people[who], made)] == ["Which court?"]
    kinds = session.scalars(select(OutboxMessage.kind).where(OutboxMessage.comment_id == first.id)).all()
    assert kinds == ["mentioned"]
    assert [c.id for c in comments_for(session, people["adviser"])] == [first.id]
    assert comments_for(session, people["staff"]) == []


def test_internal_ones_stay_between_the_office_and_its_adviser(session, people):
    made = make.submitted(session, actor=people["staff"])
    write_comment(session, people["staff"], made, NewComment("Between us.", internal=True))
    heard = {who for who in people if comments_of(session, people[who], made)}
    assert heard == {"staff", "adviser"}
    counted = {who for who in people if open_comments(session, people[who], [made.id])}
    assert counted == {"staff", "adviser"}
    with pytest.raises(Forbidden):
        write_comment(session, people["hq"], made, NewComment("Me too.", internal=True))
    inside = NewComment("Look.", internal=True, mentions=[people["hq"].user_id])
    with pytest.raises(Invalid):
        write_comment(session, people["staff"], made, inside)


def test_who_may_be_mentioned(session, people):
    draft = make.drafted(session, actor=people["staff"])
    assert names(session, may_be_mentioned(session, draft)) == {"staff"}
    made = make.submitted(session, actor=people["staff"], co_offices=("0420",))
    assert names(session, may_be_mentioned(session, made)) == {"staff", "adviser", "elsewhere", "hq"}
    assert names(session, may_be_mentioned(session, made, internal=True)) == {"staff", "adviser"}
    secret = make.submitted(session, actor=people["staff"], sensitive=True, co_offices=("0420",))
    assert names(session, may_be_mentioned(session, secret)) == {"staff", "adviser"}


def test_of_a_sensitive_record_others_hear_and_say_nothing(session, people):
    made = make.approved(session, sensitive=True, visibility="all_staff")
    write_comment(session, people["staff"], made, NewComment("Names.", mentions=[people["adviser"].user_id]))
    assert comments_of(session, people["hq"], made) == []
    assert open_comments(session, people["hq"], [made.id]) == {}
    with pytest.raises(Forbidden):
        write_comment(session, people["hq"], made, NewComment("What is it?"))


def test_of_a_draft_nobody_outside_says_anything(session, people):
    with pytest.raises(Forbidden):
        write_comment(session, people["adviser"], make.drafted(session), NewComment("Already?"))


def test_resolved_by_its_author_the_office_or_the_adviser_and_opened_again(session, people):
    made = make.submitted(session, actor=SYSTEM)
    other = make.submitted(session, actor=SYSTEM)
    said = write_comment(session, people["neighbour"], made, NewComment("We did this too."))
    with pytest.raises(Forbidden):
        resolve_comment(session, people["hq"], made, said.id, resolved=True)
    with pytest.raises(NotFound):
        resolve_comment(session, people["adviser"], other, said.id, resolved=True)
    for who in ("neighbour", "staff", "adviser"):
        resolve_comment(session, people[who], made, said.id, resolved=True)
        assert (said.resolved_at is not None, open_comments(session, people[who], [made.id])) == (True, {})
        resolve_comment(session, people[who], made, said.id, resolved=False)
    assert open_comments(session, people["staff"], [made.id]) == {made.id: 1}


@pytest.mark.parametrize("text", [" \n", "x" * 2001])
def test_a_comment_is_some_text(session, people, text):
    with pytest.raises(Invalid):
        write_comment(session, people["staff"], make.submitted(session), NewComment(text))
