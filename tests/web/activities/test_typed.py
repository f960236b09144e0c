"""Text is kept while it is typed: no version, no history, no status; for the person alone; offered until saved."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session, sessionmaker
from werkzeug.test import TestResponse

from app.activities.models import Activity
from app.activities.models_review import TypedText
from app.core.audit import AuditEvent
from tests.web.activities.conftest import QUICK, Browser, Sent, form_on, plain

Fill = Callable[..., Sent]
Log = Callable[..., str]
Stored = Callable[[str], Activity]
NEW = "/activities/new"
LONG = "Typed with care. " * 117


def keep(client: FlaskClient, form: Sent, reference: str = "") -> TestResponse:
    """What the script sends every few seconds."""
    to = f"/activities/{reference}/typed.json" if reference else "/activities/typed.json"
    return client.post(to, data={name: value for name, value in form.items() if name != "do"})


@pytest.fixture
def count(sessions: sessionmaker[Session]) -> Callable[[Any], int]:
    """The number of rows of a table; of audit events those about activities."""

    def run(table: Any) -> int:
        with sessions() as session:
            rows = select(func.count()).select_from(table)
            told = rows.where(AuditEvent.subject_kind == "activity") if table is AuditEvent else rows
            return session.scalar(told) or 0

    return run


Count = Callable[[Any], int]


@pytest.mark.both_engines
def test_typing_about_a_record_makes_no_version_no_history_no_status(
    browser: Browser, fill: Fill, log: Log, stored: Stored, count: Count
) -> None:
    reference = log("staff")
    client, path = browser("staff"), f"/activities/{reference}/edit"
    form = fill(client, path, title="Half a ti", delivered=LONG)
    before = stored(reference), count(AuditEvent)
    for _ in range(3):
        answer = keep(client, form, reference)
        assert (answer.status_code, answer.json["kept"]) == (200, True)
    now = stored(reference)
    assert (now.version, now.current.state, now.changed_at) == (2, "submitted", before[0].changed_at)
    assert (now.current.title, count(AuditEvent), count(TypedText)) == ("Training of judges", before[1], 1)
    # A colleague's save is not made stale by it.
    other = browser("lead")
    assert other.post(path, data=fill(other, path, lessons="Theirs", do="draft")).status_code == 302


def test_it_is_offered_taken_up_and_gone_once_saved(
    browser: Browser, fill: Fill, log: Log, stored: Stored, count: Count
) -> None:
    reference = log("staff", do="draft")
    client, path = browser("staff"), f"/activities/{reference}/edit"
    typed = fill(client, path, delivered=LONG, **{"actual_start-month": "13", "milestones-3-law": "Act"})
    keep(client, typed, reference)
    page = browser("staff").get(path)
    assert "you typed this and did not save it: Training of judges" in plain(page.text)
    taken = client.get(f"{path}?typed={typed['client_id']}")
    again = form_on(taken, path)
    # What does not pass the checks is there as well.
    assert (again["delivered"], again["actual_start-month"], again["milestones-0-law"]) == (LONG.strip(), "13", "Act")
    assert again["client_id"] == typed["client_id"]
    assert "did not save it:" not in plain(taken.text)
    mended = again | {"actual_start-month": "3", "milestones-0-kind": "drafted", "do": "draft"}
    assert client.post(path, data=mended).status_code == 302
    assert stored(reference).current.delivered == LONG.strip()
    assert count(TypedText) == 0
    assert "did not save it" not in client.get(path).text


def test_taken_up_over_a_colleagues_save_both_are_shown(browser: Browser, fill: Fill, log: Log) -> None:
    reference = log("staff", do="draft")
    client, other, path = browser("staff"), browser("lead"), f"/activities/{reference}/edit"
    typed = fill(client, path, title="My title")
    keep(client, typed, reference)
    other.post(path, data=fill(other, path, title="Their title", do="draft"))
    again = form_on(client.get(f"{path}?typed={typed['client_id']}"), path)
    stale = client.post(path, data=again | {"do": "draft"})
    assert stale.status_code == 409
    assert "My title" in stale.text
    assert "Their title" in stale.text


def test_two_tabs_never_overwrite_each_other(browser: Browser, fill: Fill, log: Log) -> None:
    reference = log("staff", do="draft")
    client, path = browser("staff"), f"/activities/{reference}/edit"
    for title in ("In one tab", "In the other"):
        keep(client, fill(client, path, title=title), reference)
    page = client.get(path).text
    assert "In one tab" in page
    assert "In the other" in page


def test_only_the_person_sees_it(browser: Browser, fill: Fill, log: Log) -> None:
    reference = log("staff", do="draft")
    path = f"/activities/{reference}/edit"
    typed = fill(browser("staff"), path, title="Mine alone")
    staff = browser("staff")
    keep(staff, fill(staff, path) | {"title": "Mine alone", "client_id": typed["client_id"]}, reference)
    other = browser("victim")  # of the same office
    for address in (path, f"{path}?typed={typed['client_id']}", NEW, f"{NEW}?typed={typed['client_id']}"):
        assert "Mine alone" not in other.get(address).text
    # And cannot write over it, nor throw it away.
    stolen = fill(other, path) | {"title": "Stolen", "client_id": typed["client_id"]}
    assert keep(other, stolen, reference).status_code == 404
    other.post("/activities/typed/forget", data=stolen | {"reference": reference})
    assert "Mine alone" in staff.get(path).text


def test_thrown_away_it_is_gone(browser: Browser, fill: Fill, log: Log, count: Count) -> None:
    reference = log("staff", do="draft")
    client, path = browser("staff"), f"/activities/{reference}/edit"
    keep(client, fill(client, path, title="Never mind"), reference)
    action = form_on(client.get(path), "/activities/typed/forget")
    answer = client.post("/activities/typed/forget", data=action)
    assert answer.location == path
    assert count(TypedText) == 0


def test_a_title_alone_is_kept_and_makes_no_record(
    browser: Browser, fill: Fill, how_many: Callable[[], int], count: Count
) -> None:
    client = browser("staff")
    typed = fill(client, title="Trai")
    assert keep(client, typed).json["reference"] == ""
    assert (how_many(), count(AuditEvent)) == (0, 0)
    assert "Trai" in plain(client.get(NEW).text)
    assert f"/activities/new?typed={typed['client_id']}" in client.get("/").text
    assert "Trai" not in plain(browser("lead").get("/").text)
    again = form_on(client.get(f"{NEW}?typed={typed['client_id']}"), NEW)
    assert (again["title"], again["client_id"]) == ("Trai", typed["client_id"])


@pytest.mark.both_engines
def test_with_one_more_answer_it_is_a_draft_and_the_form_saves_that_same_record(
    browser: Browser, fill: Fill, how_many: Callable[[], int], stored: Stored, count: Count
) -> None:
    client = browser("staff")
    form = fill(client, title="Course", delivered="Half")
    first = keep(client, form)
    reference = first.json["reference"]
    assert reference
    assert (stored(reference).current.state, count(AuditEvent)) == ("draft", 1)
    keep(client, form | {"delivered": "Half of it"})
    assert (stored(reference).version, stored(reference).current.delivered, count(AuditEvent)) == (1, "Half", 1)
    assert "Half of it" in client.get(f"/activities/{reference}/edit?typed={form['client_id']}").text
    answer = client.post(NEW, data=form | QUICK | {"delivered": LONG, "do": "submit"})
    assert answer.location.endswith(reference)
    now = stored(reference)
    assert (now.current.state, now.current.delivered, how_many()) == ("submitted", LONG.strip(), 1)
    assert count(TypedText) == 0
    # What the script had still on its way says nothing new, and is not kept.
    assert keep(client, form | QUICK | {"delivered": LONG}).json["kept"] is False
    assert count(TypedText) == 0


def test_the_back_button_and_another_save_keep_the_second_text(
    browser: Browser, fill: Fill, how_many: Callable[[], int], stored: Stored
) -> None:
    client = browser("staff")
    form = fill(client, **QUICK, do="draft")
    reference = client.post(NEW, data=form).location.rsplit("/", 1)[1]
    assert client.post(NEW, data=form | {"lessons": "Added after going back"}).status_code == 302
    assert (stored(reference).current.lessons, how_many()) == ("Added after going back", 1)
    # Back again to the first text: it is older than what is saved now, so both are shown.
    stale = client.post(NEW, data=form | {"title": "A second thought"})
    assert stale.status_code == 409
    again = form_on(stale, f"/activities/{reference}/edit")
    assert client.post(f"/activities/{reference}/edit", data=again | {"do": "draft"}).status_code == 302
    now = stored(reference).current
    assert (now.title, now.lessons) == ("A second thought", "Added after going back")


def test_a_form_saved_for_one_office_is_not_saved_for_another(browser: Browser, fill: Fill, stored: Stored) -> None:
    client = browser("hq")
    offices = sorted(set(form_on(client.get(NEW), NEW)) & {"office"})
    assert offices
    form = fill(client, **QUICK, do="draft", countries=["AFG"], scope="global")
    reference = client.post(NEW, data=form).location.rsplit("/", 1)[1]
    sent = form | {"office": "0060" if stored(reference).lead_office != "0060" else "0420"}
    assert client.post(NEW, data=sent).status_code in (403, 422)


def test_signed_out_the_script_is_told_so(browser: Browser, fill: Fill) -> None:
    client = browser("staff")
    form = fill(client, title="Typed")
    client.delete_cookie("session")
    answer = keep(client, form)
    assert answer.status_code == 401
    assert answer.mimetype == "application/json"


def test_a_damaged_id_is_refused(browser: Browser, fill: Fill, count: Count) -> None:
    client = browser("staff")
    for wrong in ("", "x" * 36, "1" * 400):
        assert keep(client, fill(client, title="Typed") | {"client_id": wrong}).status_code == 422
    assert count(TypedText) == 0


def test_what_is_missing_is_listed_with_links_to_its_fields(browser: Browser, fill: Fill, log: Log) -> None:
    reference = log("staff", do="draft", delivered="", **{"counterparts-0-name": "", "counterparts-0-kind": ""})
    page = browser("staff").get(f"/activities/{reference}/edit").text
    assert "2 answers are missing to submit it" in page
    for field in ("delivered", "counterparts"):
        assert f'<a href="#{field}">' in page
        assert f'id="{field}"' in page
    assert "missing to submit" not in browser("staff").get(f"/activities/{log('staff', do='draft')}/edit").text
