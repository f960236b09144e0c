"""What a page costs a country office's line: requests and compressed bytes, at the first visit and at the next.

The house's limit: 3 requests and 30 kB at the first visit, 12 kB at the next. It allows a full matrix page 20 kB, which
none needs.
"""

from __future__ import annotations

import re
from typing import Any

import pytest
from flask import Flask
from sqlalchemy.orm import Session, sessionmaker

from app.accounts.models import User
from app.activities.form_offer import MOST_SUGGESTED
from app.activities.reference import reference_data
from app.activities.rules import CounterpartTag
from app.core import clock
from app.core.db import unit_of_work
from tests.bench.browser import Browser, weigh
from tests.factories.activities import approved
from tests.factories.people import PASSWORD, make_person
from tests.factories.requests import asked

PAGE = 12_000
MATRIX = 20_000  # a full matrix
MUCH: dict[str, Any] = {
    "countries_reason": "Each by a course",
    "summary": "What was done, with whom, and what came of it. " * 6,
    "results": "The code was amended; four courts apply it. " * 6,
    "target_groups": ("judges", "police"),
    "co_offices": ("0420",),
}
RECORDS = 60  # more than a page of the list holds
PAGES = {
    "/": PAGE,
    "/activities": PAGE,
    "/activities?q=judges&office=0060": PAGE,
    "/activities/new": PAGE,
    "/coverage": PAGE,
    "/coverage?year=2025": PAGE,
    "/coverage/behind?year=2025": PAGE,
    "/coverage/trend": PAGE,
    "/coverage/matrix/provision-region?year=2025": MATRIX,
    "/coverage/matrix/how-about?year=2025": PAGE,
    "/coverage/map/countries?year=2025": PAGE,
    "/coverage/map/offices?year=2025": PAGE,
    "/coverage/gaps?year=2025": MATRIX,
    "/coverage/work?year=2025": PAGE,
    "/regions": PAGE,
    "/regions/ROSA?year=2025": PAGE,
    "/countries?year=2025": PAGE,
    "/countries/AFG": PAGE,
    "/changes?since=2025-01-01&region=all": PAGE,
    "/offices": PAGE,
    "/offices/0060": PAGE,
    "/provisions": PAGE,
    "/provisions/CRC-4": PAGE,
    "/support-types": PAGE,
    "/support-types/training": PAGE,
    "/reports": PAGE,
    "/returns": PAGE,
    "/review": PAGE,
    "/reports/trend": PAGE,
    "/reports/how-by-region": PAGE,
    "/reports/activities": PAGE,
    "/figures": PAGE,
    "/requests": PAGE,
    "/requests/new": PAGE,
    "/requests/nothing-given": PAGE,
    "/practices": PAGE,
    "/reports/request-figures": PAGE,
    "/countries/AFG/partners": PAGE,
    "/me": PAGE,
}


@pytest.fixture
def browser(app: Flask, people: dict[str, User], sessions: sessionmaker[Session]) -> Browser:
    """Headquarters' browser, on a database where the list has more than one page."""
    with unit_of_work(sessions) as session:
        for number in range(RECORDS):
            approved(session, title=f"Course for judges, number {number}")
            asked(session, asked=f"Recommendation number {number}. " + "Raise the minimum age. " * 6)
    found = Browser(app)
    found.sign_in("hq@demo.example", PASSWORD)
    return found


def test_every_page_is_light(browser: Browser) -> None:
    record = re.search(r'href="(/activities/\w+-\d{4}-\d{4,})"', browser.text("/activities"))
    assert record
    heavy = []
    for path, most in {**PAGES, record[1]: PAGE}.items():
        found = weigh(browser, path)
        if found.requests > 3 or found.cold > 30_000 or found.warm > most:
            heavy.append(found)
    assert heavy == []


def test_the_form_is_light_for_everybody(app: Flask, people: dict[str, User], sessions: sessionmaker[Session]) -> None:
    """Also for an office of many countries that worked with many bodies, and for a record that says much."""
    with unit_of_work(sessions) as session:
        today = clock.today()
        offices = reference_data(session).offices.values()
        served = {o.code: o.countries_between(today, today) for o in offices if o.reports}
        many = max(served, key=lambda code: len(served[code]))
        make_person(session, "many@demo.example", office=many)
        for number in range(MOST_SUGGESTED):
            name = f"Ministry of Justice and Legal Affairs, directorate {number}"
            tags = (CounterpartTag(name, "government"),)
            full = approved(session, many, counterparts=tags, countries=tuple(served[many]), **MUCH)
        paths = ["/activities/new", f"/activities/{full.reference}/edit", f"/activities/new?like={full.reference}"]
    heavy = []
    for who in ("staff", "lead", "adviser", "many"):
        browser = Browser(app)
        browser.sign_in(f"{who}@demo.example", PASSWORD)
        found = [weigh(browser, path) for path in (paths if who == "many" else paths[:1])]
        heavy += [(who, each) for each in found if each.warm > PAGE or each.cold > 30_000]
    assert heavy == []


def test_the_sign_in_page_is_light(app: Flask) -> None:
    found = weigh(Browser(app), "/sign-in")
    assert found.requests <= 3
    assert found.cold <= 30_000
    assert found.warm <= PAGE
    assert all("?v=" in file for file in found.files)  # kept for a year, so not asked for again
