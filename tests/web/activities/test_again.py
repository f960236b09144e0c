"""Logging what was logged before: like an earlier record, another delivery, possible duplicates, a child's case."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from app.activities.models import Activity
from tests.web.activities.conftest import QUICK, Browser, Sent, form_on, plain

Fill = Callable[..., Sent]
Log = Callable[..., str]
Stored = Callable[[str], Activity]
NEW = "/activities/new"


def test_log_another_like_it(browser: Browser, log: Log) -> None:
    reference = log("staff", lessons="Begin early", **{"milestones-0-law": "Act", "milestones-0-kind": "drafted"})
    client = browser("staff")
    assert f'href="/activities/new?like={reference}"' in client.get(f"/activities/{reference}").text
    form = form_on(client.get(f"{NEW}?like={reference}"), NEW)
    for name in ("title", "how", "request_source", "mandate", "status", "concerns", "counterparts-0-name"):
        assert form[name] == QUICK[name]
    for name in ("actual_start-month", "actual_start-year", "delivered", "lessons", "milestones-0-law", "version"):
        assert form[name] == ""
    answer = client.post(NEW, data=form | {"actual_start-year": "2019", "delivered": "Once more", "do": "submit"})
    assert answer.status_code == 302
    assert reference not in answer.location


def test_like_a_record_of_somebody_else(browser: Browser, log: Log) -> None:
    reference = log("staff")
    assert browser("staff2").get(f"{NEW}?like={reference}").status_code == 404
    assert browser("adviser").get(f"{NEW}?like={reference}").status_code == 403
    assert browser("staff").get(f"{NEW}?like=ROSA-1999-9999").status_code == 404


def test_a_session_held_again_takes_a_date_and_a_press(browser: Browser, log: Log, stored: Stored) -> None:
    reference = log("staff")
    client = browser("staff")
    path = f"/activities/{reference}/deliveries"
    first = form_on(client.get(f"{path}/new"), path)
    sent = {"what": "Session", "place": "Kabul", "hours": "6.5", "on-year": "2024", "on-month": "3",
            "people-0-profession": "judges", "people-0-women": "12"}  # fmt: skip
    assert client.post(path, data=first | sent | {"do": "save"}).status_code == 302
    line = stored(reference).deliveries[0]
    assert f"{path}/new?again={line.id}" in client.get(f"/activities/{reference}").text
    form = form_on(client.get(f"{path}/new?again={line.id}"), path)
    assert (form["what"], form["place"], form["hours"]) == ("Session", "Kabul", "6.5")
    assert form["people-0-profession"] == "judges"
    assert form["people-0-women"] == ""  # who came is counted anew
    assert form["client_id"] != first["client_id"]
    assert f"{path}/new?again={line.id}" in client.get("/").text
    assert f"{path}/new?again={line.id}" not in browser("staff2").get("/").text
    assert client.post(path, data=form | {"do": "save"}).status_code == 302
    again = stored(reference).deliveries[1]
    assert (again.what, len(again.on)) == ("Session", 10)


@pytest.mark.parametrize(
    ("changes", "asked"),
    [
        ({}, True),
        ({"title": "Judges’ training"}, True),
        ({"title": "TRAINING of júdges", "actual_start-month": "5"}, True),
        ({"title": "Rules for children’s courts"}, False),
        ({"actual_start-year": "2021"}, False),
    ],
)
def test_a_likely_duplicate_is_asked_about_before_it_is_submitted(
    browser: Browser, fill: Fill, log: Log, stored: Stored, changes: Sent, asked: bool
) -> None:
    earlier = log("staff")
    client = browser("staff")
    answer = client.post(NEW, data=fill(client, **QUICK | changes, do="submit"))
    assert answer.status_code == 302
    if not asked:
        assert stored(answer.location.rsplit("/", 1)[1]).current.state == "submitted"
        return
    reference = answer.location.split("/")[2]
    assert stored(reference).current.state == "draft"  # saved, so that nothing is lost
    page = client.get(answer.location)
    assert earlier in page.text
    submit = f"/activities/{reference}/submit"
    done = client.post(submit, data=form_on(page, submit) | {"not_duplicate": "yes"})
    assert done.location == f"/activities/{reference}"
    assert stored(reference).current.state == "submitted"


def test_the_records_own_button_asks_as_well(browser: Browser, log: Log, stored: Stored) -> None:
    log("staff")
    reference = log("staff", do="draft")
    client, submit = browser("staff"), f"/activities/{reference}/submit"
    sent = form_on(client.get(f"/activities/{reference}"), submit)
    assert client.post(submit, data=sent).location == f"/activities/{reference}/duplicates"
    assert stored(reference).current.state == "draft"


def test_what_is_missing_is_said_before_the_question(browser: Browser, fill: Fill, log: Log) -> None:
    log("staff")
    client = browser("staff")
    refused = client.post(NEW, data=fill(client, **QUICK | {"delivered": ""}, do="submit"))
    assert refused.status_code == 422
    assert 'id="delivered-error"' in refused.text


def test_other_offices_and_withdrawn_ones_are_no_duplicates(
    browser: Browser, fill: Fill, log: Log, stored: Stored
) -> None:
    log("staff2", countries=["BRB"])
    mine = log("staff")
    client, withdraw = browser("staff"), f"/activities/{mine}/withdraw"
    client.post(withdraw, data=form_on(client.get(f"/activities/{mine}"), withdraw) | {"reason": "Logged twice"})
    answer = client.post(NEW, data=fill(client, **QUICK, do="submit"))
    assert stored(answer.location.rsplit("/", 1)[1]).current.state == "submitted"


def test_a_childs_case_is_warned_of_and_saved(browser: Browser, fill: Fill, stored: Stored) -> None:
    client = browser("staff")
    typed = "Case no. 12/2024 of Amina Diallo was appealed"
    answer = client.post(NEW, data=fill(client, **QUICK | {"delivered": typed}, do="submit"))
    page = plain(client.get(answer.location).text)
    assert "looks like the case of one child" in page
    assert "What was delivered" in page.split("Look at:")[1][:60]
    assert stored(answer.location.rsplit("/", 1)[1]).current.state == "submitted"
