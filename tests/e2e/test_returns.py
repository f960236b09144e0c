"""The annual return in a real browser: ticked and signed on a phone without script, reopened, seen in the figures."""

from __future__ import annotations

import pytest

from tests.e2e.test_journey import downloaded

pytestmark = pytest.mark.browser

PAGE = "/offices/0060/returns/2025"


def return_of_0060(page):
    return next(r for r in downloaded(page, "/returns.csv") if (r["office"], r["year"]) == ("0060", "2025"))


def test_signed_reopened_and_signed_again(open_as):
    lead, adviser, hq = open_as("lead", 390, script=False), open_as("adviser"), open_as("hq")
    lead.goto("/")
    lead.get_by_role("link", name="2025, Afghanistan Country Office").click()
    assert lead.url.endswith(PAGE)
    ticked = lead.locator("input[type=checkbox]").first
    ticked.check()
    reference = ticked.get_attribute("value")
    lead.get_by_role("button", name="We provided support: sign").click()
    assert "The 2025 return is signed: support was given." in lead.inner_text("main")
    signed = return_of_0060(hq)
    assert (signed["answer"], signed["state"], signed["activities_ticked"]) == ("support", "signed", reference)
    assert signed["on_time"] == "no"  # it was due in January 2026
    confirmed = next(r for r in downloaded(hq, "/activities.csv") if r["reference"] == reference)
    assert "2025:return" in confirmed["confirmations"].split(";")

    lead.goto(PAGE)
    lead.locator("#reopen summary, summary:has-text('Reopen')").first.click()
    lead.get_by_role("button", name="Reopen", exact=True).click()
    assert lead.locator(".error-summary").count() == 1  # a reason is missing
    lead.fill("textarea#reason", "One activity was forgotten.")
    lead.get_by_role("button", name="Reopen", exact=True).click()
    assert return_of_0060(hq)["state"] == "reopened"
    adviser.goto(PAGE)
    assert "One activity was forgotten." in adviser.inner_text("main")
    confirmed = next(r for r in downloaded(hq, "/activities.csv") if r["reference"] == reference)
    assert "2025:return" not in confirmed["confirmations"].split(";")

    lead.goto(PAGE)
    lead.fill("textarea[name=words]", "Nothing was delivered.")
    lead.get_by_role("button", name="Nil return: sign").click()
    assert lead.locator(".error-summary").count() == 1  # a nil return beside a tick says two things
    assert lead.input_value("textarea[name=words]") == "Nothing was delivered."
    lead.locator("input[type=checkbox]:checked").uncheck()
    lead.get_by_role("button", name="Nil return: sign").click()
    assert return_of_0060(hq)["answer"] == "nil"
    assert "contradiction" in lead.inner_text("main")
