"""Who may open what, and what they see of it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy.orm import Session, sessionmaker
from werkzeug.test import TestResponse

from app.activities.models import Activity, ImportedOriginal
from app.activities.services import find_activity
from app.core.db import unit_of_work
from tests.web.activities.conftest import QUICK, Browser, Sent, plain

Fill = Callable[..., Sent]
Log = Callable[..., str]
Stored = Callable[[str], Activity]
Post = Callable[..., TestResponse]

SECRETS = {
    "title": "SECRET-title", "summary": "SECRET-summary", "delivered": "SECRET-delivered",
    "counterparts-0-name": "SECRET-body", "how": ["training", "other"], "other_words": "SECRET-words",
    "source_symbol": "SECRET-symbol", "milestones-0-law": "SECRET-law", "milestones-0-kind": "drafted",
    "lessons": "SECRET-lessons", "results": "SECRET-results", "guidance_used": "SECRET-guidance",
    "term_override": "short", "term_reason": "SECRET-term", "sensitive": "y", "visibility": "all_staff",
}  # fmt: skip
ACTS = ("submit", "withdraw", "undo-withdrawal", "approve", "return", "question", "settle-question", "set-aside",
        "count-again", "offices/0420", "deliveries", "deliveries/1/remove", "next-steps", "next-steps/1/done",
        "links", "edit")  # fmt: skip


def test_another_offices_record_is_not_there(browser: Browser, log: Log, post: Post) -> None:
    draft = log("staff", do="draft")
    private = log("staff", visibility="office")
    stranger = browser("staff2")
    missing = plain(stranger.get("/activities/NOWHERE-2026-0001").text)
    for reference in (draft, private):
        page = stranger.get(f"/activities/{reference}")
        assert page.status_code == 404
        assert plain(page.text) == missing.replace("NOWHERE-2026-0001", reference)
        assert stranger.get(f"/activities/{reference}/edit").status_code == 404
        for act in ACTS:
            answer = post(
                stranger, f"/activities/{reference}/{act}", {"version": "1", "reason": "x", "answer": "accept"}
            )
            assert answer.status_code in (403, 404), act
        assert reference not in stranger.get("/activities").text


def test_who_may_read_may_not_therefore_write(browser: Browser, log: Log, post: Post, stored: Stored) -> None:
    reference = log("staff", visibility="all_staff")
    before = stored(reference).version
    for reader in ("staff2", "hq", "admin", "adviser"):
        client = browser(reader)
        assert client.get(f"/activities/{reference}").status_code == 200, reader
        assert client.get(f"/activities/{reference}/edit").status_code == 403
        for act in ("submit", "withdraw", "deliveries", "next-steps", "links", "edit"):
            data = {
                "version": "2",
                "reason": "x",
                "title": "x",
                "what": "x",
                "address": "https://x.example",
                "do": "draft",
            }
            assert post(client, f"/activities/{reference}/{act}", data).status_code == 403, (reader, act)
    for reader in ("staff", "staff2", "lead", "hq", "admin"):
        client = browser(reader)
        for act in ("approve", "return", "question", "set-aside"):
            answer = post(client, f"/activities/{reference}/{act}", {"version": "2", "reason": "x"})
            assert answer.status_code == 403, (reader, act)
    assert stored(reference).version == before


def test_the_text_of_a_sensitive_record_is_withheld(browser: Browser, log: Log, post: Post) -> None:
    reference = log("staff", **SECRETS)
    staff, adviser = browser("staff"), browser("adviser")
    delivery = {"on-year": "2025", "what": "SECRET-session", "place": "SECRET-place"}
    form = {"client_id": "00000000-0000-4000-8000-000000000001"}
    assert post(staff, f"/activities/{reference}/deliveries", delivery | form).status_code == 302
    step = {"what": "SECRET-step", "owner_name": "SECRET-owner", "client_id": "00000000-0000-4000-8000-000000000002"}
    assert post(staff, f"/activities/{reference}/next-steps", step).status_code == 302
    link = {
        "title": "SECRET-link",
        "address": "https://secret.example/SECRET",
        "client_id": form["client_id"][:-1] + "3",
    }
    assert post(staff, f"/activities/{reference}/links", link).status_code == 302
    post(adviser, f"/activities/{reference}/approve", {"version": "2"})
    post(adviser, f"/activities/{reference}/question", {"version": "3", "reason": "SECRET-reason"})
    for reader in ("hq", "admin", "staff2"):
        client = browser(reader)
        page = client.get(f"/activities/{reference}")
        assert page.status_code == 200
        assert "SECRET" not in page.text, reader
        assert "Title withheld (sensitive)" in page.text
        listed = client.get("/activities").text
        assert "Title withheld (sensitive)" in listed
        assert "SECRET" not in listed
        assert "0 activities" in client.get("/activities?q=SECRET").text
    for reader in ("staff", "adviser"):
        page = browser(reader).get(f"/activities/{reference}").text
        for secret in ("title", "body", "words", "symbol", "law", "session", "place", "step", "link", "reason"):
            assert f"SECRET-{secret}" in page, (reader, secret)


def test_a_proposed_sensitive_version_hides_both(browser: Browser, fill: Fill, log: Log, post: Post) -> None:
    reference = log("staff", visibility="all_staff", title="SECRET-title")
    post(browser("adviser"), f"/activities/{reference}/approve", {"version": "2"})
    staff, path = browser("staff"), f"/activities/{reference}/edit"
    staff.post(path, data=fill(staff, path, sensitive="y", summary="SECRET-summary", do="submit"))
    assert "SECRET" not in browser("hq").get(f"/activities/{reference}").text


def test_a_co_office_answers_for_itself(browser: Browser, log: Log, post: Post, stored: Stored) -> None:
    reference = log("staff", **{"co_offices-0": "0420"}, visibility="office")
    named = browser("staff2")
    assert "Named, not yet accepted" in named.get(f"/activities/{reference}").text
    path = f"/activities/{reference}/offices/0420"
    assert post(named, path, {"answer": "perhaps"}).status_code == 422
    assert post(browser("staff"), path, {"answer": "accept"}).status_code == 403
    assert post(named, path, {"answer": "accept"}).status_code == 302
    assert stored(reference).co_offices[0].answer == "accepted"
    assert post(named, path, {"answer": "decline"}).status_code == 302
    assert stored(reference).co_offices[0].answer == "declined"
    assert post(named, f"/activities/{reference}/offices/0600", {"answer": "accept"}).status_code == 403


@pytest.mark.parametrize("address", ["/activities/%00", "/activities/..%2f", "/activities/x%0ay", "/activities/é"])
def test_odd_references(browser: Browser, address: str) -> None:
    assert browser("staff").get(address).status_code == 404


def test_the_original_of_an_import(browser: Browser, log: Log, sessions: sessionmaker[Session]) -> None:
    reference = log("staff", **QUICK | {"visibility": "all_staff", "sensitive": "y"})
    with unit_of_work(sessions) as session:
        activity = find_activity(session, reference)
        activity.origin, activity.original_identifier = "iati", "XM-1"
        faults = '[{"severity": "error", "message": "No <date> here"}, "plain words"]'
        session.add(ImportedOriginal(activity_id=activity.id, sha256="0" * 64, text="<iati-activity/>", faults=faults))
    page = browser("staff").get(f"/activities/{reference}").text
    assert "As imported: IATI file" in page
    assert "No &lt;date&gt; here" in page
    assert "&lt;iati-activity/&gt;" in page
    hidden = browser("hq").get(f"/activities/{reference}").text
    assert "iati-activity" not in hidden
    assert "No &lt;date&gt;" not in hidden
