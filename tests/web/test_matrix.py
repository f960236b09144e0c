"""Every role against every address, on its own office's record and on another's: one table, both engines."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from flask import Flask

from app.activities.models import Activity
from app.activities.review import approve_activity
from app.activities.services import record_activity, submit_activity
from app.core.db import unit_of_work
from app.core.permissions import SYSTEM, Permission, Role
from app.core.web.guard import marks
from tests.factories.activities import quick
from tests.factories.people import make_person
from tests.web.conftest import ROLES, csrf_of, sign_in_as

pytestmark = pytest.mark.both_engines

NOBODY = "-"
WHO = ("staff", "lead", "staff2", "adviser", "adviser2", "hq", "admin", NOBODY)
PUBLIC = {"static", "healthz", "readyz", "accounts.sign_in", "accounts.sign_in_now", "accounts.sign_out",
          "resend.sign_in", "dashboards.set_language"}  # fmt: skip

# Who may open a record of office 0060 by its address; the rest must not even learn that there is one.
OPEN = {
    "draft": "staff lead",
    "submitted": "staff lead adviser hq admin",
    "office": "staff lead adviser hq admin",
    "everybody": "staff lead staff2 adviser adviser2 hq admin",
}
# Who may do what to the submitted record.
ACTS = {
    "submit": "",
    "approve": "adviser",
    "return": "adviser",
    "withdraw": "staff lead",
    "next-steps": "staff lead",
    "links": "staff lead",
    "deliveries": "staff lead",
}
PAGES = ("/", "/activities", "/activities.csv", "/coverage", "/coverage/behind", "/coverage.csv", "/offices",
         "/offices.csv", "/offices/0060", "/provisions", "/provisions/CRC-4", "/support-types",
         "/support-types/training", "/returns.csv", "/reports", "/me")  # fmt: skip
LOGS = {"staff", "lead", "staff2", "adviser", "adviser2", "hq"}  # advisers and headquarters for their own offices
FIELDS = {"reason": "Because.", "what": "Ask again", "address": "https://example.org/", "title": "A link",
          "on-year": "2025", "client_id": "11111111-1111-4111-8111-111111111111"}  # fmt: skip


@pytest.fixture
def records(app, sessions, people):
    with unit_of_work(sessions) as session:
        make_person(session, "adviser2@demo.example", role=Role.REGIONAL_ADVISER, region="LACRO")
        made = {
            "draft": record_activity(session, SYSTEM, "0060", quick(title="A draft")),
            "submitted": _submitted(session, quick(title="Handed in")),
            "office": _approved(session, quick(title="Ours only", visibility="office")),
            "everybody": _approved(session, quick(title="For all", visibility="all_staff")),
        }
        return {name: activity.reference for name, activity in made.items()}


def _submitted(session, content) -> Activity:
    made = record_activity(session, SYSTEM, "0060", replace(content))
    return submit_activity(session, SYSTEM, made, made.version)


def _approved(session, content) -> Activity:
    made = _submitted(session, content)
    return approve_activity(session, SYSTEM, made, made.version)


def browser(app: Flask, who: str):
    client = app.test_client()
    if who != NOBODY:
        assert sign_in_as(client, f"{who}@demo.example").status_code == 302
    return client


def test_every_address_says_who_may(app):
    unmarked = {rule.endpoint for rule in app.url_map.iter_rules() if not marks(app, rule.endpoint)}
    assert {e for e in unmarked if not e.startswith("probe.")} <= {"static"}  # probes are the tests' own pages
    public = {e for e in app.view_functions if Permission.PUBLIC in marks(app, e)} | {"static"}
    assert {e for e in public if not e.startswith("probe.")} <= PUBLIC


def test_pages_for_everybody_signed_in(app, records):
    for who in WHO:
        client = browser(app, who)
        for path in PAGES:
            answer = client.get(path)
            assert answer.status_code == (200 if who != NOBODY else answer.status_code), (who, path)
            assert who != NOBODY or answer.status_code in (302, 401), path


def test_records_by_their_address(app, records):
    for who in WHO:
        client = browser(app, who)
        for name, reference in records.items():
            answer = client.get(f"/activities/{reference}")
            expected = 302 if who == NOBODY else 200 if who in OPEN[name].split() else 404
            assert answer.status_code == expected, (who, name)
            change = client.get(f"/activities/{reference}/edit")
            if who in ("staff", "lead"):
                assert change.status_code == 200, (who, name)
            else:
                assert change.status_code in (302, 403, 404), (who, name)
            listed = client.get("/activities.csv").text
            assert (reference in listed) == (who in OPEN[name].split()), (who, name)


def test_new_records(app, records):
    for who in WHO:
        answer = browser(app, who).get("/activities/new")
        assert answer.status_code == (302 if who == NOBODY else 200 if who in LOGS else 403), who


@pytest.mark.parametrize("act", ACTS)
def test_acts(app, sessions, records, act):
    """Only the entitled change anything, each with a good token and the right version."""
    path = f"/activities/{records['submitted']}/{act}"
    for who in (w for w in WHO if w not in ACTS[act].split()):
        client = browser(app, who)
        before = _state(sessions, records["submitted"])
        token = csrf_of(client.get("/me" if who != NOBODY else "/sign-in"))
        answer = client.post(path, data={**FIELDS, "csrf_token": token, "version": str(before[0])})
        assert answer.status_code in (401, 403, 404, 409, 302), (who, act, answer.status_code)
        assert _state(sessions, records["submitted"]) == before, (who, act)
    for who in ACTS[act].split()[:1]:
        client = browser(app, who)
        before = _state(sessions, records["submitted"])
        data = {**FIELDS, "csrf_token": csrf_of(client.get("/me")), "version": str(before[0])}
        assert client.get(path).status_code in (404, 405)
        assert client.post(path, data={**data, "csrf_token": ""}).status_code == 400
        assert _state(sessions, records["submitted"]) == before
        assert client.post(path, data=data).status_code == 302, (who, act)
        assert _state(sessions, records["submitted"]) != before, (who, act)


def _state(sessions, reference: str):
    with sessions() as session:
        activity = session.query(Activity).filter_by(reference=reference).one()
        counts = (len(activity.next_steps), len(activity.evidence), len(activity.deliveries))
        return (activity.version, activity.current.state, activity.withdrawn_at, *counts)


def test_nothing_else_can_be_set_by_sending_it(app, sessions, records):
    """Mass assignment: workflow, origin, approval and another office do not come from a form."""
    client = browser(app, "staff")
    page = client.get("/activities/new")
    token = csrf_of(page)
    client_id = re.search(r'name="client_id"[^>]*value="([^"]+)"', page.text)[1]
    sent = {"csrf_token": token, "client_id": client_id, "office": "0060", "title": "Sent", "workflow": "approved",
            "state": "approved", "origin": "demo", "approved_revision_id": "1", "reference": "X-1", "do": "draft",
            "created_by": "1", "lead_office": "0420"}  # fmt: skip
    assert client.post("/activities/new", data=sent).status_code == 302
    with sessions() as session:
        made = session.query(Activity).filter_by(client_id=client_id).one()
        found = (made.origin, made.current.state, made.approved_revision_id, made.lead_office)
        assert found == ("form", "draft", None, "0060")
        assert made.reference.startswith("ROSA-")
    other = client.post("/activities/new", data={**sent, "office": "0420", "client_id": FIELDS["client_id"]})
    assert other.status_code == 403


def test_roles_are_those_of_the_table():
    assert {address.split("@")[0] for address in ROLES} | {"adviser2"} >= set(WHO) - {NOBODY}
