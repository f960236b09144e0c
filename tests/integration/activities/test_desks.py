"""What lies on each office's desk, beside the records themselves, after random histories."""

from __future__ import annotations

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.activities.models import Activity
from app.activities.queries_work import Desk, desks
from app.activities.rules import State
from tests.factories.history import History


def recounted(session: Session, office: str) -> Desk:
    """By the records, one by one."""
    mine = session.scalars(select(Activity).where(Activity.lead_office == office, Activity.withdrawn_at.is_(None)))
    whole = list(mine)
    waiting = [each.submitted for each in whole if each.submitted is not None]
    named = [
        each
        for each in session.scalars(select(Activity).where(Activity.withdrawn_at.is_(None)))
        if each.current.state in (State.SUBMITTED, State.APPROVED)
        for answer in each.co_offices
        if (answer.office, answer.answer) == (office, "named")
    ]
    return Desk(
        drafts=sum(each.current.state == State.DRAFT for each in whole),
        returned=sum(each.current.state == State.RETURNED for each in whole),
        awaiting=len(waiting),
        oldest=min((each.submitted_at for each in waiting if each.submitted_at), default=None),
        joint=len(named),
    )


@pytest.mark.both_engines
@pytest.mark.histories(3, 4)
def test_desks_are_what_the_records_say(session: Session, seed: int) -> None:
    history = History(session, seed)
    history.live(60)
    session.flush()
    session.expire_all()
    offices = sorted(set(session.scalars(select(Activity.lead_office))))
    told = desks(session, [*offices, "9999"])
    assert told == {**{code: recounted(session, code) for code in offices}, "9999": Desk()}
    assert sum(each.drafts + each.returned + each.awaiting for each in told.values()) > 3
