"""The main job in a real browser: logged on a phone, approved, counted, opened, downloaded."""

from __future__ import annotations

import csv
import io
import re
import time

import pytest
from playwright.sync_api import Page

pytestmark = pytest.mark.browser


def fill_quick_log(page: Page, title: str) -> None:
    page.goto("/activities/new")
    page.fill("#title", title)
    page.check("input[name=how][value=training]")
    page.select_option("#request_source", "government_request")
    page.check('input[name=mandate][value="VG-35"]')
    page.check("input[name=status][value=active]")
    page.fill("#actual_start-year", "2026")
    page.fill("#delivered", "A course of five days")
    page.fill("#counterparts-0-name", "Ministry of Justice")
    page.select_option("#counterparts-0-kind", "government")


def numbers(page: Page, address: str) -> tuple[int, int]:
    page.goto(address)
    found = re.search(r"(\d+) of (\d+) offices", page.inner_text("main"))
    assert found
    return int(found[1]), int(found[2])


def downloaded(page: Page, path: str) -> list[dict[str, str]]:
    text = page.request.get(path).text()
    return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))


@pytest.mark.parametrize("script", [True, False], ids=["script", "no-script"])
def test_logged_approved_counted_opened_downloaded(open_as, script):
    staff, adviser = (open_as(who, width, script=script) for who, width in (("staff", 390), ("adviser", 1280)))
    hq = open_as("hq")
    year = "/coverage?year=2026"
    states = {o["code"]: o["state"] for o in downloaded(hq, "/offices.csv?year=2026")}
    covered = 0 if states["0060"] == "provided" else 1  # a test before this one may have covered it
    before = numbers(hq, year)
    provisional = numbers(hq, year + "&basis=provisional")
    title = "Course for judges" if script else "Visit to the police"  # alike, they would be asked about
    fill_quick_log(staff, title)
    staff.click("button.primary[value=submit]")
    assert staff.inner_text("h1") == title
    reference = staff.url.rsplit("/", 1)[1]
    assert numbers(hq, year) == before
    assert numbers(hq, year + "&basis=provisional") == (provisional[0] + covered, provisional[1])
    adviser.goto(f"/activities/{reference}")
    adviser.get_by_role("button", name="Approve").first.click()
    assert "Approved" in adviser.inner_text("main")
    after = numbers(hq, year)
    assert after == (before[0] + covered, before[1])
    adviser.goto("/coverage/behind?year=2026")
    assert adviser.get_by_role("link", name=title).count() >= 1
    row = next(r for r in downloaded(hq, "/activities.csv") if r["reference"] == reference)
    assert (row["workflow"], row["confirmations"], row["lead_office"]) == ("approved", "2026:start", "0060")
    offices = downloaded(hq, "/offices.csv?year=2026")
    assert sum(o["state"] == "provided" for o in offices) == after[0]
    world = next(r for r in downloaded(hq, "/coverage.csv?year=2026&basis=approved") if r["dimension"] == "world")
    assert (int(world["numerator"]), int(world["denominator"])) == after


def test_by_keyboard_only(open_as):
    """Tab and space and typing reach everything that the quick log needs."""
    page = open_as("staff", 390)
    page.goto("/activities/new")
    page.focus("#title")
    page.keyboard.type("Typed without a mouse")
    wanted = {("how", "training"): "Space", ("mandate", "VG-35"): "Space", ("concerns", "mainly"): ""}
    for _ in range(60):
        page.keyboard.press("Tab")
        at = page.evaluate("() => [document.activeElement.name, document.activeElement.value]")
        if tuple(at) in wanted and wanted[tuple(at)]:
            page.keyboard.press(wanted.pop(tuple(at)))
    assert ("how", "training") not in wanted
    assert ("mandate", "VG-35") not in wanted
    page.focus("button.primary[value=submit]")
    page.keyboard.press("Enter")
    page.wait_for_selector(".error-summary")
    assert page.locator(".error-summary a").count() >= 3
    assert page.input_value("#title") == "Typed without a mouse"


def test_the_quick_log_by_keyboard_on_a_phone_in_under_a_minute(open_as):
    """Every key that a person presses, from the empty form to the submitted record."""
    page = open_as("staff", 390)
    page.goto("/activities/new")
    began = time.monotonic()
    answers = {
        "title": "Logged by keyboard", "request_source": "Request", "actual_start-year": "2026",
        "delivered": "Five days for forty judges", "counterparts-0-name": "Supreme Court", "counterparts-0-kind": "G",
    }  # fmt: skip
    ticks = {("how", "training"), ("mandate", "VG-35")}
    for _ in range(120):
        page.keyboard.press("Tab")
        name, value, kind = page.evaluate("() => ['name', 'value', 'type'].map(each => document.activeElement[each])")
        if name in answers:
            page.keyboard.type(answers.pop(name))
        elif (name, value) in ticks:
            ticks.remove((name, value))
            page.keyboard.press("Space")
        elif name == "status":  # one of a group: the arrows choose
            while page.evaluate("() => document.activeElement.value") != "active":
                page.keyboard.press("ArrowDown")
        elif (name, value, kind) == ("do", "submit", "submit"):
            break
    assert not answers
    assert not ticks
    page.keyboard.press("Enter")
    page.wait_for_url("**/activities/ROSA*")
    assert time.monotonic() - began < 60
    assert page.inner_text("h1") == "Logged by keyboard"
    assert "Submitted" in page.inner_text("main")


def test_two_people_at_one_record(open_as):
    """The later save sees both versions and loses neither."""
    one, two = open_as("staff"), open_as("victim")
    one.goto("/activities/new")
    one.fill("#title", "Shared draft")
    one.locator("button[value=draft]").last.click()
    path = one.url.removesuffix("/") + "/edit"
    for page in (one, two):
        page.goto(path)
    one.fill("#title", "The first change")
    one.locator("button[value=draft]").last.click()
    two.fill("#title", "The second change")
    two.locator("button[value=draft]").last.click()
    text = two.inner_text("main")
    assert "The first change" in text
    assert "The second change" in text
    two.locator("button[value=draft]").last.click()
    two.wait_for_url("**/activities/ROSA*")
    assert two.inner_text("h1") == "The second change"
