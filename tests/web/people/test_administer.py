"""Administering people: invite, roles, letting out and in, history; and who can see and sign for an office."""

from __future__ import annotations

import json
from datetime import date, timedelta

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from app.accounts.models import User, UserSession
from app.accounts.models_proof import ApiToken
from app.accounts.services import create_user
from app.activities.comments import NewComment, write_comment
from app.core import clock
from app.core.audit import AuditEvent
from app.core.db import new_client_id, unit_of_work
from app.core.errors import Invalid
from app.core.permissions import SYSTEM, Role
from app.mail.models import OutboxMessage
from app.offices.models import Membership
from app.offices.queries import actor_for
from app.offices.services import NewMembership, add_membership
from app.people.admin import disable_idle, idle_people
from app.people.export import export_person
from app.people.models import AccessReview, Handover
from tests.factories.activities import drafted, submitted
from tests.factories.people import make_person
from tests.web.accounts.proofs import enrol, mails, send, texts
from tests.web.conftest import SignIn, csrf_of, sign_in_as
from tests.web.test_sign_in import NOON, STAFF

ADMIN = "admin@demo.example"
PAST = {"valid_to-day": "1", "valid_to-month": "1", "valid_to-year": "2020"}


def person(client: FlaskClient, user: User, action: str, **data: str) -> int:
    page = client.get(f"/administration/people/{user.id}")
    return send(client, page, action, **data).status_code


@pytest.mark.both_engines
def test_roles_are_several_at_once_with_days_and_sessions_end(
    client: FlaskClient, app: Flask, sign_in: SignIn, people: dict[str, User], sessions: sessionmaker[Session]
) -> None:
    """ASVS 8.3.2: a role change ends sessions; rights follow the days."""
    staff = people[STAFF]
    theirs = app.test_client()
    sign_in(theirs)
    sign_in(client, ADMIN)
    given = {"role": "country_lead", "office": "0420", "home": "y"}
    key = new_client_id()
    assert person(client, staff, "/roles", **given, client_id=key) == 303
    assert person(client, staff, "/roles", **given, client_id=key) == 303  # sent twice is done once
    assert theirs.get("/me").status_code == 302
    sign_in(theirs)
    assert theirs.get("/offices/0420/reviewers").status_code == 403
    text = theirs.get("/me").text
    assert "Country staff of" in text
    assert "Country lead of" in text
    assert person(client, staff, "/roles", **given) == 422  # the same again
    page = client.get(f"/administration/people/{staff.id}")
    assert "Role given" in page.text
    assert list(texts(page, "td strong")) == ["Home"]
    for wrong in ({"role": "country_lead"}, {"role": "headquarters", "office": "0060"}, {"role": "king"},
                  {"role": "regional_adviser", "region": "MARS"},
                  {"role": "country_staff", "office": "2040", **PAST},
                  {"role": "country_lead", "office": "2040", "acting": "y"}):  # fmt: skip
        assert person(client, staff, "/roles", **wrong) == 422, wrong
    with sessions() as session:
        held = session.scalars(select(Membership).where(Membership.user_id == staff.id)).all()
        assert len(held) == 2
        assert [each.office for each in held if each.home] == ["0420"]


@pytest.mark.both_engines
def test_who_leaves_is_deactivated_with_a_handover_and_never_deleted(
    client: FlaskClient, app: Flask, sign_in: SignIn, people: dict[str, User], sessions: sessionmaker[Session]
) -> None:
    """ASVS 7.4.2: every session and token ends at once."""
    staff = people[STAFF]
    theirs = app.test_client()
    sign_in(theirs)
    with unit_of_work(sessions) as session:
        drafted(session, "0060", actor_for(session, staff.id))
        session.add(ApiToken(user_id=staff.id, name="x", token_hash="h", begins="tat_x", made_at=clock.now(),
                             expires_at=clock.now() + timedelta(days=9)))  # fmt: skip
    sign_in(client, ADMIN)
    assert person(client, staff, "/deactivate", reason="") == 422
    assert person(client, staff, "/deactivate", reason="Left the organisation", roles_end="y") == 303
    assert theirs.get("/me").status_code == 302
    assert sign_in_as(app.test_client(), STAFF).status_code == 422
    with sessions() as session:
        found = session.get_one(User, staff.id)
        assert not found.active
        assert session.scalars(select(ApiToken.revoked_at)).one() is not None
        assert (
            session.scalars(
                select(UserSession).where(UserSession.user_id == staff.id, UserSession.ended_at.is_(None))
            ).all()
            == []
        )
        (held,) = session.scalars(select(Membership).where(Membership.user_id == staff.id))
        assert held.valid_to == clock.today()
        event = session.scalars(select(AuditEvent).where(AuditEvent.action == "account.deactivate")).one()
        assert event.reason == "Left the organisation"
        assert session.scalars(select(Handover)).one().user_id == staff.id
    assert "Left the organisation" in client.get(f"/administration/people/{staff.id}").text
    assert person(client, staff, "/activate") == 303
    assert sign_in_as(app.test_client(), STAFF).status_code == 302


def test_the_last_administrator_and_oneself_stay(
    client: FlaskClient, sign_in: SignIn, people: dict[str, User], sessions: sessionmaker[Session]
) -> None:
    sign_in(client, ADMIN)
    assert person(client, people[ADMIN], "/deactivate", reason="x") == 409
    with unit_of_work(sessions) as session:
        for user in session.scalars(select(User)):  # the template may be of a day that another test pretended
            user.created_at = clock.now()
        session.flush()
        done, kept = disable_idle(session, 1)
        assert (done, kept) == ([], [])


@pytest.mark.both_engines
def test_idle_accounts_are_shown_and_disabled(people: dict[str, User], sessions: sessionmaker[Session]) -> None:
    """Whoever has not signed in for half a year; the last administrator stays; demonstration is nobody."""
    later = clock.now() + timedelta(days=181)
    with unit_of_work(sessions) as session:
        session.get_one(User, people[STAFF].id).last_sign_in_at = later - timedelta(days=179)
        session.get_one(User, people["lead@demo.example"].id).demonstration = True
    with time_machine.travel(later, tick=False):
        with sessions() as session:
            shown = {each.user.email for each in idle_people(session, 180)}
            assert STAFF not in shown
            assert ADMIN in shown
        with unit_of_work(sessions) as session:
            done, kept = disable_idle(session, 180)
        assert [user.email for user in kept] == [ADMIN]
        assert {user.email for user in done} == shown - {ADMIN}
        with unit_of_work(sessions) as session:
            assert not disable_idle(session, 180)[0]
            user = session.get_one(User, people["hq@demo.example"].id)
            from app.accounts.services import set_active

            set_active(session, user, True)
            assert user.email not in {each.user.email for each in idle_people(session, 180)}


def test_search_and_filters(client: FlaskClient, sign_in: SignIn, sessions: sessionmaker[Session]) -> None:
    with unit_of_work(sessions) as session:
        create_user(session, email="aicha@demo.example", name="Aïcha Traoré", password=None)
    sign_in(client, ADMIN)

    def names(query: str) -> set[str]:
        return set(texts(client.get(f"/administration/people?{query}"), "tbody th"))

    assert names("q=AICHA+traore") == {"Aïcha Traoré"}
    assert names("q=nobody+at+all") == set()
    assert names("state=inactive") == set()
    assert "Aïcha Traoré" in names("state=invited")
    assert len(names("role=administrator")) == 1
    assert len(names("place=0420")) == 1
    assert client.get("/administration/people?page=999&state=x&role=y").status_code == 200
    assert client.get("/administration/people?page=-1").status_code == 200


def test_a_stale_change_is_refused_and_a_new_address_must_be_answered(
    client: FlaskClient, sign_in: SignIn, people: dict[str, User], sessions: sessionmaker[Session]
) -> None:
    sign_in(client, ADMIN)
    staff, path = people[STAFF], f"/administration/people/{people[STAFF].id}"
    page = client.get(path)
    assert send(client, page, path, name="Amina Karimi", email=STAFF).status_code == 303
    stale = send(client, page, path, name="Somebody", email=STAFF)
    assert stale.status_code == 409
    assert 'value="Somebody"' in stale.text
    assert send(client, client.get(path), path, email=ADMIN).status_code == 422
    assert send(client, client.get(path), path, email="amina@demo.example").status_code == 303
    with sessions() as session:
        assert session.get_one(User, staff.id).email == "amina@demo.example"
    told = [(mail["To"].partition("<")[2], mail["Subject"][:20]) for mail in mails(sessions)]
    assert (f"{STAFF}>", "The email address of") in told  # the old address hears of it
    assert ("amina@demo.example>", "The name or the emai") in told


def test_a_lost_phone_and_a_lost_laptop(
    client: FlaskClient, app: Flask, sign_in: SignIn, people: dict[str, User], sessions: sessionmaker[Session]
) -> None:
    """ASVS 7.4.5, 6.5.6: an administrator ends every session, and takes a lost second factor away."""
    theirs = app.test_client()
    sign_in(theirs)
    sign_in(client, ADMIN)
    assert person(client, people[STAFF], "/sessions/end") == 303
    assert theirs.get("/me").status_code == 302
    enrol(sessions, people[STAFF].id)
    assert person(client, people[STAFF], "/second-factor/remove") == 303
    assert sign_in_as(theirs, STAFF).headers["Location"] == "/"


def test_the_list_of_who_can_see_and_sign_is_confirmed_with_a_day(
    client: FlaskClient, app: Flask, sign_in: SignIn, people: dict[str, User], sessions: sessionmaker[Session]
) -> None:
    """Who can see and sign for my office."""
    sign_in(client, "lead@demo.example")
    page = client.get("/people/access/0060")
    names = list(texts(page, "tbody th"))
    assert len(names) == 6  # lead; two staff, adviser, headquarters, administrator
    assert list(texts(page, "#signs tbody th")) == [people["lead@demo.example"].name]
    assert client.get("/people/access/0420").status_code == 403
    with unit_of_work(sessions) as session:
        make_person(session)
    assert send(client, page, "/0060").status_code == 409
    page, key = client.get("/people/access/0060"), new_client_id()
    for _ in range(2):
        assert send(client, page, "/0060", client_id=key).status_code == 303
    with sessions() as session:
        review = session.scalars(select(AccessReview)).one()
        assert (review.office, len(review.shown)) == ("0060", 7)
    assert "Last confirmed on" in client.get("/people/access/0060").text
    assert "never confirmed" not in client.get("/people/access").text
    sign_in(admin := app.test_client(), ADMIN)
    assert admin.get("/people/access/0420").status_code == 200
    other = app.test_client()
    sign_in(other, STAFF)
    assert other.get("/people/access").status_code == 403


def test_all_that_is_kept_about_a_person_and_no_secret(
    client: FlaskClient, sign_in: SignIn, people: dict[str, User], sessions: sessionmaker[Session]
) -> None:
    staff = people[STAFF]
    enrol(sessions, staff.id)
    with unit_of_work(sessions) as session:
        drafted(session, "0060", actor_for(session, staff.id))
        told = export_person(session, staff, to_themselves=True)
        hashed = session.get_one(User, staff.id).password
    assert {"user_session", "membership", "authenticator", "recovery_code"} - told["records"].keys() <= {"user_session"}
    assert told["account"]["email"] == STAFF
    assert any(row["named_as"] for rows in told["records"].values() for row in rows)
    text = json.dumps(told)
    assert hashed is not None
    assert hashed not in text
    for name in ("secret", "code_hash", "token_hash", "password", "fs_uniquifier"):
        assert f'"{name}"' not in text
    sign_in(client, ADMIN)
    answer = client.get(f"/administration/people/{staff.id}/export.json")
    assert answer.json is not None
    assert answer.json["account"]["name"] == staff.name
    assert "attachment" in answer.headers["Content-Disposition"]
    assert client.get("/me/export.json").json["account"]["email"] == ADMIN  # type: ignore[index]


def test_one_session_is_ended_and_never_anothers(
    client: FlaskClient, app: Flask, sign_in: SignIn, sessions: sessionmaker[Session]
) -> None:
    """ASVS 7.4.1, 7.5.2."""
    phone, other = app.test_client(), app.test_client()
    sign_in(client)
    sign_in(phone)
    sign_in(other, "victim@demo.example")
    with sessions() as session:
        keys = session.scalars(select(UserSession.id).order_by(UserSession.id)).all()
    sent = {"csrf_token": csrf_of(client.get("/me"))}
    assert client.post(f"/me/sessions/{keys[2]}/end", data=sent).status_code == 303
    assert other.get("/me").status_code == 200
    assert send(client, client.get("/me"), f"/sessions/{keys[1]}/end").status_code == 303
    assert phone.get("/me").status_code == 302
    assert client.get("/me").status_code == 200


@pytest.mark.both_engines
def test_days_that_overlap_are_refused_and_others_not(session: Session) -> None:
    user = create_user(session, email="amina@demo.example", name="Amina", password=None)
    first = NewMembership(user.id, Role.COUNTRY_STAFF, "0060", None, date(2025, 1, 1), date(2025, 6, 30))
    add_membership(session, SYSTEM, first)
    for start, end in (
        (date(2024, 1, 1), date(2025, 1, 1)),
        (date(2025, 6, 30), None),
        (date(2025, 2, 1), date(2025, 3, 1)),
    ):
        with pytest.raises(Invalid):
            add_membership(session, SYSTEM, NewMembership(user.id, Role.COUNTRY_STAFF, "0060", None, start, end))
    add_membership(session, SYSTEM, NewMembership(user.id, Role.COUNTRY_STAFF, "0060", None, date(2025, 7, 1), None))
    add_membership(session, SYSTEM, NewMembership(user.id, Role.COUNTRY_STAFF, "0420", None, date(2025, 1, 1), None))
    assert NOON


def test_all_that_is_wrong_with_an_invitation_is_told_at_once(client: FlaskClient, sign_in: SignIn) -> None:
    sign_in(client, ADMIN)
    page = client.get("/administration/people/new")
    nothing = send(client, page, "/new", name="", email="none", role="")
    assert len(list(texts(nothing, ".error-summary li"))) == 3
    half = {"valid_to-day": "31", "valid_to-month": "2", "valid_to-year": "2027"}
    wrong = send(client, page, "/new", name="", email=STAFF, role="country_lead", **half)
    assert wrong.status_code == 422
    assert len(list(texts(wrong, ".error-summary li"))) == 4, "name, address taken, no office, no such day"


def test_who_hands_over_what_is_kept_does_not_read_what_was_said_about_records(
    client: FlaskClient, app: Flask, sign_in: SignIn, people: dict[str, User], sessions: sessionmaker[Session]
) -> None:
    staff = people[STAFF]
    with unit_of_work(sessions) as session:
        me = actor_for(session, staff.id)
        made = submitted(session, "0060", me, sensitive=True)
        write_comment(session, me, made, NewComment("Between us: the minister", internal=True))
        told = {"kind": "questioned", "reason": "Was the judge named?", "made_at": clock.now(), "due_at": clock.now()}
        session.add(OutboxMessage(client_id=new_client_id(), user_id=staff.id, activity_id=made.id, **told))
    sign_in(client, ADMIN)
    sign_in(own := app.test_client(), STAFF)
    handed_over = client.get(f"/administration/people/{staff.id}/export.json")
    mine = own.get("/me/export.json")
    for said in ("Between us", "Was the judge named?"):
        assert said not in handed_over.text
        assert said in mine.text
    assert handed_over.json is not None
    assert len(handed_over.json["records"]["comment"]) == 1  # that there is one, and when, is told
    assert {"activity_id", "written_at", "named_as"} <= handed_over.json["records"]["comment"][0].keys()


def test_people_are_one_press_away_for_whoever_looks_after_them(app: Flask, sign_in: SignIn, people: object) -> None:
    for email, there in ((ADMIN, True), ("lead@demo.example", True), (STAFF, False)):
        sign_in(client := app.test_client(), email)
        assert ('href="/people">People</a>' in client.get("/me").text) == there, email
    sign_in(lead := app.test_client(), "lead@demo.example")
    told = lead.get("/people").text
    assert "Administrators invite people" in told
    assert "Invite somebody" not in told
    sign_in(admin := app.test_client(), ADMIN)
    assert 'href="/administration/people/new">Invite somebody</a>' in admin.get("/people").text
