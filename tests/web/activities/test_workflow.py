"""From the empty form to an approved record and on, through the pages."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.activities.models import Activity
from tests.web.activities.conftest import QUICK, Browser, Sent, form_on, plain

Fill = Callable[..., Sent]
Log = Callable[..., str]
Stored = Callable[[str], Activity]
Post = Callable[..., TestResponse]


def decide(client: FlaskClient, reference: str, act: str, version: int, post: Post, **data: str) -> TestResponse:
    """Press a button of the record's page."""
    return post(client, f"/activities/{reference}/{act}", {"version": str(version), **data})


@pytest.mark.both_engines
def test_draft_submit_approve(browser: Browser, fill: Fill, log: Log, stored: Stored, post: Post) -> None:
    reference = log("staff", do="draft")
    assert stored(reference).current.state == "draft"
    staff, adviser = browser("staff"), browser("adviser")
    assert adviser.get(f"/activities/{reference}").status_code == 404  # a draft is the office's own affair

    record = staff.get(f"/activities/{reference}")
    assert "Training of judges" in record.text
    assert "only your office sees this draft" in record.text
    assert decide(staff, reference, "submit", 1, post).status_code == 302

    waiting = plain(adviser.get(f"/activities/{reference}").text)
    assert "Waits for the adviser of South Asia" in waiting
    assert "Will count in 2024 once approved, because it began in that year." in waiting
    assert decide(adviser, reference, "approve", 2, post).status_code == 302
    assert "Counts in 2024, because it began in that year." in plain(staff.get(f"/activities/{reference}").text)
    assert stored(reference).approved is not None


@pytest.mark.both_engines
def test_one_screen_is_enough_to_submit(log: Log, stored: Stored) -> None:
    activity = stored(log("staff"))
    assert activity.current.state == "submitted"
    assert [c.counterpart.name for c in activity.current.counterparts] == ["Ministry of Justice"]
    assert [c.country for c in activity.current.countries] == ["AFG"]


def test_a_draft_needs_a_title_only(log: Log, browser: Browser, fill: Fill, how_many: Callable[[], int]) -> None:
    client = browser("staff")
    bare = fill(client)
    refused = client.post("/activities/new", data=bare | {"do": "draft"})
    assert refused.status_code == 422
    assert "Give it a title." in refused.text
    assert 'href="#title"' in refused.text
    assert how_many() == 0
    assert client.post("/activities/new", data=bare | {"do": "draft", "title": "Only this"}).status_code == 302


def test_a_submission_that_lacks_something_keeps_all_that_was_typed(
    browser: Browser, fill: Fill, how_many: Callable[[], int]
) -> None:
    client = browser("staff")
    typed = {"title": "Half of it", "delivered": "Typed with care", "summary": "And this", "lessons": "And that",
             "milestones-0-law": "Child Justice Act", "milestones-0-kind": "drafted"}  # fmt: skip
    refused = client.post("/activities/new", data=fill(client, **typed, do="submit"))
    assert refused.status_code == 422
    again = form_on(refused, "/activities/new")
    assert {name: again[name] for name in typed} == typed
    for field in ("how", "request_source", "mandate", "status", "counterparts"):
        assert f'href="#{field}"' in refused.text
        assert f'id="{field}"' in refused.text
        assert f'id="{field}-error"' in refused.text
    assert how_many() == 0
    # The same form, corrected, is stored.
    answer = client.post("/activities/new", data=again | QUICK | {"do": "submit"})
    assert answer.status_code == 302, plain(answer.text)[:3000]


def test_returned_with_a_reason_and_submitted_again(
    browser: Browser, fill: Fill, log: Log, stored: Stored, post: Post
) -> None:
    reference = log("staff")
    adviser, staff = browser("adviser"), browser("staff")
    refused = decide(adviser, reference, "return", 2, post, reason=" ")
    assert refused.status_code == 422
    assert "Give a reason in a sentence" in refused.text
    assert 'id="return_-reason"' in refused.text
    decide(adviser, reference, "return", 2, post, reason="Which judges? <b>say</b>")
    page = staff.get(f"/activities/{reference}").text
    assert "Which judges? &lt;b&gt;say&lt;/b&gt;" in page
    assert "Waits for the office" in page
    path = f"/activities/{reference}/edit"
    assert "Which judges? &lt;b&gt;say&lt;/b&gt;" in staff.get(path).text, "over the form in which it is to be mended"
    answer = staff.post(path, data=fill(staff, path, title="Training of appeal judges", do="submit"))
    assert answer.status_code == 302, plain(answer.text)[:2000]
    assert stored(reference).current.number == 2
    assert stored(reference).submitted is not None


def test_editing_an_approved_record_proposes(
    browser: Browser, fill: Fill, log: Log, stored: Stored, post: Post
) -> None:
    reference = log("staff")
    staff, adviser, hq = browser("staff"), browser("adviser"), browser("hq")
    decide(adviser, reference, "approve", 2, post)
    path = f"/activities/{reference}/edit"
    staff.post(path, data=fill(staff, path, title="Training of all judges", do="draft"))
    assert "Training of all judges" not in adviser.get(f"/activities/{reference}").text
    assert "Training of all judges" in staff.get(f"/activities/{reference}").text
    staff.post(path, data=fill(staff, path, do="submit"))
    for reader in (staff, adviser, hq):
        page = plain(reader.get(f"/activities/{reference}").text)
        assert "What the proposed version changes" in page
        assert "Title Training of judges Training of all judges" in page
    activity = stored(reference)
    assert activity.approved is not None
    assert (activity.approved.number, activity.current.number) == (1, 2)


@pytest.mark.parametrize(
    ("act", "undo", "shown"),
    [("set-aside", "count-again", "Set aside"), ("question", "settle-question", "Questioned")],
)
def test_review_of_an_approved_record(browser: Browser, log: Log, post: Post, act: str, undo: str, shown: str) -> None:
    reference = log("staff")
    adviser = browser("adviser")
    decide(adviser, reference, "approve", 2, post)
    assert decide(adviser, reference, act, 3, post).status_code == 422
    assert decide(adviser, reference, act, 3, post, reason="Not technical help").status_code == 302
    page = browser("lead").get(f"/activities/{reference}").text
    assert "Not technical help" in page
    assert f"<span>{shown}</span>" in page
    assert decide(adviser, reference, undo, 4, post).status_code == 302
    assert f"<span>{shown}</span>" not in adviser.get(f"/activities/{reference}").text


def test_withdraw_and_undo(browser: Browser, log: Log, post: Post) -> None:
    reference = log("staff")
    staff = browser("staff")
    assert decide(staff, reference, "withdraw", 2, post).status_code == 422
    assert decide(staff, reference, "withdraw", 2, post, reason="Recorded twice").status_code == 302
    page = plain(staff.get(f"/activities/{reference}").text)
    assert "Withdrawn: Recorded twice" in page
    assert "Counts in no year, because it is withdrawn." in page
    assert staff.get(f"/activities/{reference}/edit").status_code == 409
    assert decide(staff, reference, "undo-withdrawal", 3, post).status_code == 302


def test_nobody_approves_their_own(browser: Browser, log: Log, post: Post) -> None:
    reference = log("adviser")  # for the regional office
    adviser = browser("adviser")
    assert 'approve"' not in adviser.get(f"/activities/{reference}").text
    assert decide(adviser, reference, "approve", 2, post).status_code == 403


def test_a_decision_on_something_that_changed_is_not_taken(
    browser: Browser, log: Log, stored: Stored, post: Post
) -> None:
    reference = log("staff")
    answer = decide(browser("adviser"), reference, "return", 1, post, reason="Typed with care")
    assert answer.status_code == 409
    assert "Look at it again" in answer.text
    assert "Typed with care</textarea>" in answer.text
    assert stored(reference).current.state == "submitted"


def test_the_same_edit_sent_twice_is_done_once(browser: Browser, fill: Fill, log: Log, stored: Stored) -> None:
    reference = log("staff", do="draft")
    path = f"/activities/{reference}/edit"
    client = browser("staff")
    form = fill(client, path, title="Sent twice", do="submit")
    assert [client.post(path, data=form).status_code for _ in range(2)] == [302, 302]
    assert len(stored(reference).revisions) == 1


@pytest.mark.both_engines
def test_six_sends_make_one_record(
    app: Flask, browser: Browser, fill: Fill, how_many: Callable[[], int], stored: Stored
) -> None:
    client = browser("staff")
    form = fill(client, **QUICK, do="submit")

    def send(_: int) -> TestResponse:
        other = app.test_client()
        for cookie in client._cookies.values():
            other._cookies[cookie._storage_key] = cookie
        return other.post("/activities/new", data=form)

    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(send, range(6)))
    assert {a.status_code for a in answers} == {302}, [plain(a.text)[:300] for a in answers]
    assert len({a.location for a in answers}) == 1
    assert how_many() == 1
    assert stored(answers[0].location.rsplit("/", 1)[1]).current.state == "submitted"


def test_submitting_an_unfinished_draft_from_its_page_opens_the_form(browser: Browser, log: Log, post: Post) -> None:
    reference = log("staff", do="draft", delivered="")
    answer = decide(browser("staff"), reference, "submit", 1, post)
    assert answer.status_code == 422
    assert 'href="#delivered"' in answer.text
    assert form_on(answer, f"/activities/{reference}/edit")["version"] == "1"


def test_the_state_of_the_form_is_named(browser: Browser, fill: Fill, log: Log) -> None:
    client = browser("staff")
    assert "Not saved yet" in client.get("/activities/new").text
    assert "Last saved" in client.get(f"/activities/{log('staff')}/edit").text
