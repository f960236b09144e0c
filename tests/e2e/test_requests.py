"""Which States asked and got nothing, in three clicks and on one sheet; a card of what was learned, on a phone."""

from __future__ import annotations

import re

import pytest

pytestmark = pytest.mark.browser
STEPS = {"innovation": (), "lesson": ("learned",), "good_practice": ("conditions", "evidence")}


def test_who_asked_and_got_nothing_in_three_clicks_and_on_one_sheet(open_as):
    page = open_as("adviser")
    page.goto("/")
    page.locator("header a:visible", has_text="Requests").first.click()
    page.locator("main a", has_text="got nothing").first.click()
    said = page.inner_text("main")
    assert re.search(r"\d+ of \d+ States that asked have no support for any of their requests \(\d+\.\d%\)", said)
    why = page.locator("main .panel li").first
    assert "REQ-" in why.inner_text()
    why.locator("a").first.click()  # the third: what one of them asked
    assert page.url.rpartition("/")[2].startswith("REQ-")
    page.go_back()
    printed = page.pdf(format="A4", prefer_css_page_size=True)
    assert len(re.findall(rb"/Type\s*/Page[^s]", printed)) == 1


def test_a_card_in_three_steps_on_a_phone(open_as):
    page = open_as("staff", width=390)
    page.goto("/activities/ROSA-2026-0001")
    page.locator("a", has_text="Make a card of what was learned").click()
    page.fill("[name=title]", "Ask the police first")
    page.fill("[name=problem]", "Files came late.")
    page.fill("[name=done]", "A weekly meeting.")
    for step, asked in STEPS.items():
        page.check(f"[name=step][value={step}]")
        for name in asked:
            page.fill(f"[name={name}]", "What we know of it.")
        with page.expect_navigation():  # the address is the same from the second step on
            page.locator("main form .form-actions button").first.click()
        assert re.search(r"/practices/[A-Z]+-\d{4}-\d+$", page.url), page.inner_text("main")
        wide = page.evaluate("() => document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 1
        if step != "good_practice":
            page.locator("main a", has_text="Edit").first.click()
    assert "Good practice" in page.inner_text("main")
