"""The history field by field: who, when, from what, to what, why; and what it does not tell to whom."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy.orm import Session, sessionmaker
from werkzeug.test import TestResponse

from app.activities.review import approve_activity, question_activity, return_activity
from app.activities.services import find_activity, save_activity, submit_activity
from app.core.db import unit_of_work
from app.core.permissions import SYSTEM
from tests.factories.activities import drafted, quick
from tests.web.activities.conftest import Browser, plain

Sessions = sessionmaker[Session]


def recorded(sessions: Sessions, **changes: object) -> str:
    """Drafted, saved, submitted, returned, corrected, approved, then drafted over and questioned."""
    with unit_of_work(sessions) as session:
        made = drafted(session, **changes)
        save_activity(session, SYSTEM, made, quick(**changes | {"title": "Course for 40 judges"}), made.version)
        submit_activity(session, SYSTEM, made, made.version)
        return_activity(session, SYSTEM, made, "Which judges?", made.version)
        save_activity(session, SYSTEM, made, quick(**changes | {"title": "Course for appeal judges"}), made.version)
        submit_activity(session, SYSTEM, made, made.version)
        approve_activity(session, SYSTEM, made, made.version)
        save_activity(session, SYSTEM, made, quick(**changes | {"title": "Hidden until submitted"}), made.version)
        question_activity(session, SYSTEM, made, "Are you sure?", made.version)
        return made.reference


def history(browser: Browser, who: str, reference: str) -> str:
    return plain(browser(who).get(f"/activities/{reference}/history").text)


def test_from_to_and_why(browser: Browser, sessions: Sessions) -> None:
    reference = recorded(sessions)
    inside = history(browser, "staff", reference)
    assert "Title: Course for judges → now Course for 40 judges" in inside
    assert "Title: Course for 40 judges → now Course for appeal judges" in inside
    assert "Returned for a change · The system · version 1 Which judges?" in inside
    assert "Hidden until submitted" in inside
    assert "9 events" in inside


def test_others_see_no_drafts(browser: Browser, sessions: Sessions) -> None:
    reference = recorded(sessions)
    for who in ("adviser", "hq"):
        outside = history(browser, who, reference)
        assert "Title: Course for 40 judges → now Course for appeal judges" in outside
        assert "Hidden until submitted" not in outside
        assert "Course for judges" not in outside
        assert "Hidden until submitted" not in browser(who).get(f"/activities/{reference}").text


def test_what_was_sensitive_once_stays_so(browser: Browser, sessions: Sessions) -> None:
    reference = recorded(sessions, sensitive=True, visibility="all_staff")
    with unit_of_work(sessions) as session:
        made = find_activity(session, reference)
        save_activity(session, SYSTEM, made, quick(title="Open now", visibility="all_staff"), made.version)
        submit_activity(session, SYSTEM, made, made.version)
        approve_activity(session, SYSTEM, made, made.version)
    outside = history(browser, "hq", reference)
    assert "Open now" in outside
    assert "appeal judges" not in outside
    assert "Which judges?" not in outside
    assert "appeal judges" in history(browser, "adviser", reference)


def test_the_record_has_it_folded(browser: Browser, sessions: Sessions) -> None:
    reference = recorded(sessions)
    page = browser("staff").get(f"/activities/{reference}").text
    assert f'href="/activities/{reference}/history"' in page
    assert "<del>" in page


def test_a_comment_through_the_page(
    browser: Browser, sessions: Sessions, people: dict[str, object], post: Callable[..., TestResponse]
) -> None:
    reference = recorded(sessions)
    staff, adviser = browser("staff"), browser("adviser")
    me = people["adviser@demo.example"].id  # type: ignore[attr-defined]
    client_id = "6f6f6f6f-0000-4000-8000-000000000001"
    sent = {"client_id": client_id, "text": "Please look <b>", "mentions": str(me)}
    refused = post(staff, f"/activities/{reference}/comments", sent | {"text": ""})
    assert refused.status_code == 422
    assert "Write what you want to say." in refused.text
    for _time in range(2):
        assert post(staff, f"/activities/{reference}/comments", sent).status_code == 302
    page = adviser.get("/comments").text
    assert page.count("Please look &lt;b&gt;") == 1
    assert "1 comment" in plain(page)
    key = page.split('id="comment-')[1].split('"')[0]
    assert post(adviser, f"/activities/{reference}/comments/{key}/resolve").status_code == 302
    assert "Nobody waits for your word." in adviser.get("/comments").text
    assert "Resolved" in staff.get(f"/activities/{reference}").text
