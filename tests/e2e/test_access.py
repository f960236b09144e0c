"""Every main page at WCAG 2.2 AA by axe: phones and desks, light and dark, right to left; nothing scrolls sideways.

Each look has every other page; every look has all of them with HYPOTHESIS_PROFILE=deep.
"""

from __future__ import annotations

import os

import pytest
from axe_playwright_python.sync_playwright import Axe

pytestmark = pytest.mark.browser

PAGES = ("/", "/activities", "/activities/new", "/activities/ROSA-2026-0001", "/coverage?year=2008",
         "/coverage/behind?year=2025", "/offices", "/offices/0060", "/provisions", "/provisions/VG-35",
         "/support-types/training", "/reports", "/returns", "/offices/0060/returns/2025", "/me", "/review",
         "/review/batch", "/review/ROSA-2026-0014", "/activities/ROSA-2026-0001/evidence",
         "/activities/ROSA-2026-0001/history", "/next-steps", "/people", "/me/mail",
         "/figures?changed=yes")  # fmt: skip
WCAG = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}}
LOOKS = ((390, "light", "qps"), (1280, "dark", "en"))
EVERY = os.environ.get("HYPOTHESIS_PROFILE") == "deep"


@pytest.mark.parametrize(("width", "scheme", "language"), LOOKS)
def test_pages_are_accessible(open_as, width, scheme, language):
    page = open_as("adviser", width, scheme=scheme, language=language)
    for path in PAGES if EVERY else PAGES[LOOKS.index((width, scheme, language)) :: len(LOOKS)]:
        page.goto(path)
        found = Axe().run(page, options=WCAG)
        assert found.violations_count == 0, f"{path}: {found.generate_report()}"
        wide = page.evaluate("() => document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 1, path
