"""The golden matrix: for every kind of actor and record, the SQL of the lists says what the permission table says."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from app.activities.filters import ActivityFilters
from app.activities.models import Activity
from app.activities.models_line import ActivityLine
from app.activities.queries import MASKED, lines, text_open_to, visible_to
from app.activities.services import withdraw_activity
from app.core.permissions import SYSTEM, Permission, Role, can
from app.offices.models import Membership
from app.offices.queries import actor_for
from tests.factories import activities as make
from tests.factories.people import make_person

pytestmark = pytest.mark.both_engines
VISIBILITIES = ("office", "office_region", "all_staff")


@pytest.fixture(scope="module")
def actors(module_session):
    """{what they are: actor}"""
    session = module_session
    people = {
        "staff": make_person(session, office="0060"),
        "lead": make_person(session, role=Role.COUNTRY_LEAD, office="0060"),
        "staff of the region": make_person(session, office="3920"),
        "staff of the co-office": make_person(session, office="4200"),
        "staff elsewhere": make_person(session, office="0420"),
        "adviser": make_person(session, role=Role.REGIONAL_ADVISER, region="ROSA"),
        "adviser elsewhere": make_person(session, role=Role.REGIONAL_ADVISER, region="LACRO"),
        "headquarters": make_person(session, role=Role.HEADQUARTERS),
        "administrator": make_person(session, role=Role.ADMINISTRATOR),
        "without a role": make_person(session, role=None),
        "staff and adviser elsewhere": make_person(session, office="0060"),
        "staff of the regional office": make_person(session, office="297R"),
    }
    both = people["staff and adviser elsewhere"]
    session.add(Membership(user_id=both.id, role=Role.REGIONAL_ADVISER, region="ESARO", valid_from=date(2021, 1, 1)))
    session.flush()
    return {name: actor_for(session, person.id) for name, person in people.items()} | {"system": SYSTEM}


@pytest.fixture(scope="module")
def records(module_session):
    """Every workflow × visibility × sensitive, joint and not, led by a country, a regional and another office."""
    session = module_session
    for office in ("0060", "297R", "0420"):
        for visibility in VISIBILITIES:
            for sensitive in (False, True):
                joint = ("4200",) if office == "0060" else ()
                known = {"visibility": visibility, "sensitive": sensitive, "co_offices": joint}
                if office == "0420":
                    known["countries"] = ("BRB",)
                make.drafted(session, office, **known)
                make.submitted(session, office, **known)
                make.returned(session, office, **known)
                make.approved(session, office, **known)
                make.proposed(session, make.approved(session, office, **known), **known)
                make.proposed(session, make.approved(session, office, **known), submit=False, **known)
                gone = make.approved(session, office, **known)
                withdraw_activity(session, SYSTEM, gone, "Logged twice.", gone.version)
    return session


def test_lists_show_what_may_be_read(records, actors):
    session = records
    rows = session.scalars(select(ActivityLine)).all()
    activities = {a.id: a for a in session.scalars(select(Activity))}
    assert len(rows) > 100
    for name, actor in actors.items():
        shown = set(session.scalars(select(ActivityLine.revision_id).where(visible_to(actor))))
        for row in rows:
            by_line = can(Permission.ACTIVITY_READ, actor, row)
            assert (row.revision_id in shown) == by_line, (name, row.reference, row.workflow, row.visibility)
            assert by_line == can(Permission.ACTIVITY_READ, actor, activities[row.activity_id]), (name, row.reference)


def test_lists_tell_the_text_that_may_be_read(records, actors):
    session = records
    rows = session.scalars(select(ActivityLine)).all()
    for name, actor in actors.items():
        shown = set(session.scalars(select(ActivityLine.revision_id).where(visible_to(actor))))
        told = set(session.scalars(select(ActivityLine.revision_id).where(visible_to(actor), text_open_to(actor))))
        for row in rows:
            if row.revision_id in shown:
                may = not row.sensitive or can(Permission.ACTIVITY_READ_TEXT, actor, row)
                assert (row.revision_id in told) == may, (name, row.reference)


def test_no_text_of_a_sensitive_record_reaches_who_may_not_read_it(records, actors):
    reader = actors["staff of the co-office"]
    found = [row for row in records.execute(lines(reader, ActivityFilters())) if row.sensitive]
    assert found
    for row in found:
        assert [getattr(row, name) for name in MASKED] == [""] * len(MASKED)
    secret = ActivityFilters(q="Course for judges")
    assert all(not row.sensitive for row in records.execute(lines(reader, secret)))


def test_nobody_sees_anothers_draft(records, actors):
    for name, actor in actors.items():
        drafts = select(ActivityLine.lead_office).where(visible_to(actor), ActivityLine.ever_submitted.is_(False))
        offices = set(records.scalars(drafts))
        assert actor.system or offices <= actor.works_in | actor.own_other_offices, name
