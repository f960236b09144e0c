"""A frozen figure is quoted with one press."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.browser


def test_the_citation_is_copied(open_as):
    page = open_as("hq")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto("/reports/trend?year=2025")
    page.locator("tbody tr a[href*='/figures/new']").first.click()
    page.get_by_label("Title").fill("For the report")
    page.locator("main form button[type=submit]").first.click()
    page.locator("#citation + button").click()
    page.get_by_text("Copied").wait_for()
    taken = page.evaluate("navigator.clipboard.readText()")
    assert taken == page.locator("#citation").inner_text()
    assert taken.startswith("For the report: ")
    assert taken.endswith(page.url)
