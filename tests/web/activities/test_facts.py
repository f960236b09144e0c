"""Deliveries, next steps and links, on the record's page."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from werkzeug.test import TestResponse

from app.activities.models import Activity
from tests.web.activities.conftest import Browser, Sent, form_on, plain

Fill = Callable[..., Sent]
Log = Callable[..., str]
Stored = Callable[[str], Activity]
Post = Callable[..., TestResponse]

PEOPLE = {
    "on-day": "3", "on-month": "4", "on-year": "2025", "what": "Second session", "hours": "6,5",
    "people-0-profession": "judges", "people-0-women": "1 200", "people-0-men": "0", "people_basis": "counted",
}  # fmt: skip


def test_a_delivery_confirms_its_year(browser: Browser, fill: Fill, log: Log, stored: Stored, post: Post) -> None:
    reference = log("staff")
    staff, adviser = browser("staff"), browser("adviser")
    post(adviser, f"/activities/{reference}/approve", {"version": "2"})
    path = f"/activities/{reference}/deliveries/new"
    form = fill(staff, path, **PEOPLE)
    answers = [staff.post(path.removesuffix("/new"), data=form) for _ in range(3)]
    assert {a.status_code for a in answers} == {302}
    activity = stored(reference)
    assert len(activity.deliveries) == 1
    assert str(activity.deliveries[0].hours) == "6.5"
    page = plain(staff.get(f"/activities/{reference}").text)
    assert "Counts in 2025, because a delivery is recorded." in page
    assert "Participations, not persons 1,200 0 not recorded" in page
    assert "Judges and magistrates (Counted)" in page
    answer = post(staff, f"/activities/{reference}/deliveries/{activity.deliveries[0].id}/remove")
    assert answer.status_code == 302
    assert "None recorded." in staff.get(f"/activities/{reference}").text


def test_blank_is_not_zero(browser: Browser, fill: Fill, log: Log) -> None:
    reference = log("staff")
    client, path = browser("staff"), f"/activities/{reference}/deliveries/new"
    client.post(path.removesuffix("/new"), data=fill(client, path, **{"on-year": "2025"}))
    page = plain(client.get(f"/activities/{reference}").text)
    assert "Participations, not persons not recorded not recorded not recorded" in page
    assert "1 delivery says nothing about who took part" in page


def test_a_delivery_is_corrected(browser: Browser, fill: Fill, log: Log, stored: Stored, post: Post) -> None:
    reference = log("staff")
    client, new = browser("staff"), f"/activities/{reference}/deliveries/new"
    client.post(new.removesuffix("/new"), data=fill(client, new, **PEOPLE, place="Herat"))
    wrong = stored(reference).deliveries[0].id
    path = f"/activities/{reference}/deliveries/{wrong}/correct"
    assert path in client.get(f"/activities/{reference}").text
    shown = form_on(client.get(path), path)
    said = {name: shown[name] for name in (*PEOPLE, "place")}
    assert said == PEOPLE | {"on-day": "3", "hours": "6.5", "people-0-women": "1200", "place": "Herat"}
    form = fill(client, path, **{"on-year": "2024", "people-0-women": "120", "people-0-men": ""})
    assert [client.post(path, data=form).status_code for _ in range(3)] == [302, 302, 302]
    before, after = sorted(stored(reference).deliveries, key=lambda line: line.id)
    assert (before.removed_at is not None, after.removed_at, after.on, after.place) == (
        True,
        None,
        "2024-04-03",
        "Herat",
    )
    record = plain(client.get(f"/activities/{reference}").text)
    assert "Participations, not persons 120 not recorded not recorded" in record
    assert "3 April 2024" in record
    assert "Delivery corrected" in record
    # Whoever opened the wrong one too keeps what was typed.
    late = client.post(path, data=form | {"client_id": "00000000-0000-4000-8000-000000000001", "what": "Mine"})
    assert late.status_code == 409
    assert form_on(late, path)["what"] == "Mine"
    assert "was corrected or removed after you opened it" in plain(late.text)
    assert client.get(path).status_code == 404


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"on-year": ""}, "on"),
        ({"on-year": "2094"}, "on"),
        ({"on-year": "1999"}, "on"),
        ({"hours": "many"}, "hours"),
        ({"hours": "-2"}, "hours"),
        ({"hours": "1e999"}, "hours"),
        ({"hours": "NaN"}, "hours"),
        ({"hours": "1.25"}, "hours"),
        ({"people-0-women": "some"}, "people-0-women"),
        ({"people-0-women": "-1"}, "people-0-women"),
        ({"people-0-men": "9" * 30}, "people-0-men"),
        ({"people-0-men": "99999999"}, "people-0-men"),
        ({"people-0-profession": "wizard"}, "people-0-profession"),
        ({"people_basis": "guessed"}, "people_basis"),
        ({"what": "x" * 301}, "what"),
        ({"place": "x" * 151}, "place"),
    ],
)
def test_what_cannot_be_is_said_at_its_field(
    browser: Browser, fill: Fill, log: Log, stored: Stored, changes: dict[str, str], field: str
) -> None:
    reference = log("staff")
    client, path = browser("staff"), f"/activities/{reference}/deliveries/new"
    refused = client.post(
        path.removesuffix("/new"), data=fill(client, path, **{"on-year": "2025", "people-0-women": "3"} | changes)
    )
    assert refused.status_code == 422
    assert f'id="{field}-error"' in refused.text
    assert stored(reference).deliveries == []


def test_the_date_is_told_in_the_same_round(browser: Browser, fill: Fill, log: Log) -> None:
    reference = log("staff")
    client, path = browser("staff"), f"/activities/{reference}/deliveries/new"
    bad = fill(client, path, **{"on-year": "2094", "hours": "many"})
    refused = client.post(path.removesuffix("/new"), data=bad)
    assert 'id="on-error"' in refused.text
    assert 'id="hours-error"' in refused.text


def test_more_rows_of_people(browser: Browser, fill: Fill, log: Log) -> None:
    reference = log("staff")
    client, path = browser("staff"), f"/activities/{reference}/deliveries/new"
    page = client.post(path.removesuffix("/new"), data=fill(client, path, **PEOPLE, do="more-people"))
    assert page.status_code == 200
    form = form_on(page, path.removesuffix("/new"))
    assert (form["people-0-women"], form["people-3-women"]) == ("1 200", "")  # as it was typed


def test_nothing_is_delivered_before_it_began(browser: Browser, log: Log, post: Post) -> None:
    empty = {"actual_start-month": "", "actual_start-year": "", "delivered": ""}
    reference = log("staff", status="planned", **empty)
    client = browser("staff")
    assert "Add a delivery" not in client.get(f"/activities/{reference}").text
    data = {"on-year": "2025", "client_id": "00000000-0000-4000-8000-000000000001"}
    refused = post(client, f"/activities/{reference}/deliveries", data)
    assert refused.status_code == 409
    assert "has not begun" in refused.text


def test_next_steps_and_links(browser: Browser, fill: Fill, log: Log, stored: Stored, post: Post) -> None:
    reference = log("staff")
    client = browser("staff")
    record = client.get(f"/activities/{reference}")
    step = form_on(record, f"/activities/{reference}/next-steps")
    bad = client.post(f"/activities/{reference}/next-steps", data=step | {"what": "Call", "due_on-year": "2027"})
    assert bad.status_code == 422
    assert "Write the whole date" in bad.text
    assert form_on(bad, f"/activities/{reference}/next-steps")["what"] == "Call"
    whole = {"what": "Call <b>", "owner_name": "Demo", "due_on-day": "1", "due_on-month": "2", "due_on-year": "2027"}
    for _ in range(2):
        assert client.post(f"/activities/{reference}/next-steps", data=step | whole).status_code == 302
    assert len(stored(reference).next_steps) == 1
    assert "by 1 February 2027" in client.get(f"/activities/{reference}").text
    step_id = stored(reference).next_steps[0].id
    assert post(client, f"/activities/{reference}/next-steps/{step_id}/done").status_code == 302
    assert post(client, f"/activities/{reference}/next-steps/{step_id}/done").status_code == 404

    link = form_on(record, f"/activities/{reference}/links")
    for address in ("javascript:alert(1)", "ftp://x", "https://x y", "", "https://" + "x" * 600):
        bad = client.post(f"/activities/{reference}/links", data=link | {"address": address, "title": "Report"})
        assert bad.status_code == 422, address
        assert 'id="address-error"' in bad.text
    good = {"address": "https://example.org/report?a=1&b=2", "title": "Report"}
    for _ in range(2):
        assert client.post(f"/activities/{reference}/links", data=link | good).status_code == 302
    page = client.get(f"/activities/{reference}").text
    assert page.count('href="https://example.org/report?a=1&amp;b=2"') == 1
