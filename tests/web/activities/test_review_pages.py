"""The queue through its pages: in order, by keyboard, several at once, and telling what was not done."""

from __future__ import annotations

import csv
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from sqlalchemy.orm import Session, sessionmaker
from werkzeug.test import TestResponse

from app.activities.models import Activity
from app.activities.review import return_activity
from app.activities.services import find_activity, submit_activity
from app.core import clock
from app.core.db import unit_of_work
from app.core.permissions import SYSTEM
from app.offices.queries import actor_for
from app.offices.reviewers import set_self_approval
from tests.factories.activities import proposed, returned, submitted
from tests.web.activities.conftest import Browser, form_on, plain

Post = Callable[..., TestResponse]
Stored = Callable[[str], Activity]
Sessions = sessionmaker[Session]


@pytest.fixture
def waiting(sessions: Sessions) -> list[str]:
    """Three submitted records, the oldest first."""
    found = []
    for day in (1, 2, 3):
        with clock.pretending(datetime(2026, 5, day, 9, tzinfo=UTC)), unit_of_work(sessions) as session:
            found.append(submitted(session, title=f"Record {day}").reference)
    return found


def test_one_after_the_other(browser: Browser, waiting: list[str], post: Post, stored: Stored) -> None:
    adviser = browser("adviser")
    page = adviser.get("/review").text
    assert [page.index(reference) for reference in waiting] == sorted(page.index(r) for r in waiting)
    assert "3 records" in plain(page)
    one = adviser.get(f"/review/{waiting[0]}").text
    assert f'href="/review/{waiting[1]}"' in one
    assert 'accesskey="n"' in one
    assert 'accesskey="a"' in one
    sent = form_on(adviser.get(f"/review/{waiting[0]}"), f"/activities/{waiting[0]}/approve")
    assert adviser.post(f"/activities/{waiting[0]}/approve", data=sent).location == f"/review/{waiting[1]}"
    said = adviser.get(f"/review/{waiting[1]}")  # the message stands over the next record
    assert f"{waiting[0]} : Approved." in plain(said.text)
    assert f'<a href="/activities/{waiting[0]}">' in said.text
    bare = post(adviser, f"/activities/{waiting[1]}/return", {"version": "2", "then": f"/review/{waiting[2]}"})
    assert bare.status_code == 422  # said here, with the queue around it
    assert 'id="return_-error"' in bare.text
    assert f'href="/review/{waiting[2]}"' in bare.text
    returned = {"version": "2", "reason": "Which judges?", "then": f"/review/{waiting[2]}"}
    assert post(adviser, f"/activities/{waiting[1]}/return", returned).location == f"/review/{waiting[2]}"
    assert [stored(r).current.state for r in waiting] == ["approved", "returned", "submitted"]
    assert adviser.get(f"/review/{waiting[0]}").location == f"/activities/{waiting[0]}"


def test_it_never_leads_elsewhere(browser: Browser, waiting: list[str], post: Post) -> None:
    sent = {"version": "2", "then": "//evil.example/"}
    answer = post(browser("adviser"), f"/activities/{waiting[0]}/approve", sent)
    assert answer.location == f"/activities/{waiting[0]}"


def test_several_with_a_look_at_each(browser: Browser, waiting: list[str], sessions: Sessions, stored: Stored) -> None:
    adviser = browser("adviser")
    page = adviser.get("/review/batch")
    assert plain(page.text).count("A course of two days.") == 3
    sent = form_on(page, "/review/batch")
    assert "approve" not in sent  # nothing is ticked for anybody
    with unit_of_work(sessions) as session:
        changed = find_activity(session, waiting[1])
        return_activity(session, SYSTEM, changed, "Meanwhile.", changed.version)
    answer = adviser.post("/review/batch", data=sent | {"approve": waiting[:2]}, follow_redirects=True)
    said = plain(answer.text)
    assert "1 record is approved." in said
    assert f"{waiting[1]} was not approved: Somebody changed this record" in said
    assert [stored(r).current.state for r in waiting] == ["approved", "returned", "submitted"]
    refused = adviser.post("/review/batch", data=form_on(page, "/review/batch"))
    assert refused.status_code == 422
    assert "Tick the records" in refused.text


def test_claimed_through_the_page(browser: Browser, waiting: list[str], post: Post) -> None:
    adviser = browser("adviser")
    assert post(adviser, f"/review/{waiting[0]}/claim").status_code == 302
    assert "Put it back for others" in adviser.get(f"/review/{waiting[0]}").text
    assert "1" in plain(adviser.get("/review?show=yours").text)
    assert post(adviser, f"/review/{waiting[0]}/release").status_code == 302


def test_one_s_own_is_marked_where_it_is_allowed(
    browser: Browser, sessions: Sessions, people: dict[str, object], post: Post, stored: Stored
) -> None:
    with unit_of_work(sessions) as session:
        adviser = actor_for(session, people["adviser@demo.example"].id)  # type: ignore[attr-defined]
        assert adviser is not None
        reference = submitted(session, "297R", adviser, countries=("NPL",)).reference
        admin = actor_for(session, people["admin@demo.example"].id)  # type: ignore[attr-defined]
        assert admin is not None
    client = browser("adviser")
    assert post(client, f"/activities/{reference}/approve", {"version": "2"}).status_code == 403
    with unit_of_work(sessions) as session:
        set_self_approval(session, admin, ["ROSA"])
    assert post(client, f"/activities/{reference}/approve", {"version": "2"}).status_code == 302
    assert stored(reference).approved.self_approved  # type: ignore[union-attr]
    assert "Approved by somebody who wrote or submitted it" in client.get(f"/activities/{reference}").text
    assert reference in client.get("/activities?self_approved=yes").text
    note = "1 record that counts here was approved by its own author"
    assert note in plain(client.get("/coverage?year=2025").text)
    assert note not in plain(client.get("/coverage?year=2025&region=LACRO").text)
    assert note in plain(client.get("/coverage?year=2025&country=NPL").text)
    assert note not in plain(client.get("/coverage?year=2025&country=AFG").text)
    assert note not in plain(client.get("/coverage?year=2025&support_type=training&with_type=research").text)
    lines = client.get("/activities.csv").text.lstrip("\ufeff").splitlines()
    told = {row["reference"]: row for row in csv.DictReader(lines)}
    assert told[reference]["self_approved"] == "yes"


def test_why_it_was_returned_stands_there_until_it_is_handed_in_again(browser: Browser, sessions: Sessions) -> None:
    """Also over what the office has saved since; nobody else reads it."""
    with unit_of_work(sessions) as session:
        made = returned(session)
        key = made.reference
    staff, other = browser("staff"), browser("staff2")
    for act in ("returned", "saved"):
        assert "Who was the counterpart?" in staff.get(f"/activities/{key}").text, act
        assert "Who was the counterpart?" in staff.get(f"/activities/{key}/edit").text, act
        if act == "returned":
            with unit_of_work(sessions) as session:
                proposed(session, find_activity(session, key), submit=False, title="Mended")
    assert "Who was the counterpart?" not in other.get(f"/activities/{key}").text
    with unit_of_work(sessions) as session:
        again = find_activity(session, key)
        submit_activity(session, SYSTEM, again, again.version)
    assert "Returned by the adviser" not in staff.get(f"/activities/{key}").text
