"""A region office by office: whom each waits for, and what the reader may know; what changed since the last visit."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from lxml import html
from sqlalchemy.orm import Session, sessionmaker

from app.accounts.models import User
from app.activities.facts import Step, add_next_step
from app.activities.rules import MilestoneTag, PartnerTag
from app.core import clock
from app.core.db import unit_of_work
from app.core.permissions import SYSTEM
from tests.factories.activities import approved, drafted
from tests.web.conftest import SignIn, sign_in_as
from tests.web.dashboards.conftest import TODAY, UNANSWERED, YEAR, See
from tests.web.dashboards.conftest import words as text

pytestmark = pytest.mark.usefixtures("world")
LATE = "296"  # from 31 January to 23 November 2026


def rows_of(page: html.HtmlElement) -> dict[str, list[str]]:
    """{office: the texts of its cells}."""
    rows = page.xpath("//*[@id='offices']//tbody/tr")
    return {
        row.xpath("./th/a/@href")[0][-4:]: [" ".join(td.text_content().split()) for td in row.xpath("./td")]
        for row in rows
    }


def test_each_office_says_whom_it_waits_for(client: FlaskClient, sign_in: SignIn, see: See) -> None:
    sign_in(client, "adviser@demo.example")
    page = see("/regions/ROSA")  # without a year: the one whose round is collected
    assert text(page, "//h1") == f"South Asia in {YEAR}"
    assert "3 of 7 offices in South Asia provided support in 2025 (42.9%)" in text(page)
    rows = rows_of(page)
    assert rows["0060"][:5] == ["Provided support", "2025", "1", "0", LATE]
    assert rows["3300"][3] == "1"
    assert rows["3300"][5].startswith("You: 1 record to review")
    assert "The office: return of 2025 not signed" in rows["3300"][5]
    assert rows["0780"][:2] == ["No return received", "none on record"]
    assert rows["0490"][4:] == ["–", "nobody"]
    assert "nil return beside an activity" in rows["2970"][5]
    assert rows["2740"][0] == "Not expected"
    reminders = page.xpath("//a[contains(@href, '/reminder')]/@href")
    assert {link.split("/")[2] for link in reminders} == {"0060", "2040", "3300"} | UNANSWERED
    assert "Nothing is sent from here" in text(see(reminders[0]))
    tasks = {text(each, "./h2"): text(each, ".//strong") for each in page.xpath("//section[@class='figures']/div")}
    assert tasks == {"Awaiting review": "1", "No return received": "1", "Returns late": "4", "Contradictions": "1"}


def test_others_see_who_provided_and_no_desk(client: FlaskClient, sign_in: SignIn, see: See) -> None:
    sign_in(client, "staff2@demo.example")
    page = see(f"/regions/ROSA?year={YEAR}")
    rows = rows_of(page)
    assert {code for code, cells in rows.items() if cells[0] == "not open to you"} == {"3300", "5070", "0490", "0780"}
    assert all(len(cells) == 2 for cells in rows.values())
    assert not page.xpath("//a[contains(@href, '/reminder')]")
    file = client.get(f"/regions/ROSA.csv?year={YEAR}").text
    assert "not signed" not in file
    assert "unanswered" not in file


def test_the_list_of_regions_adds_up(client: FlaskClient, sign_in: SignIn, see: See) -> None:
    sign_in(client, "adviser@demo.example")
    page = see(f"/regions?year={YEAR}")
    assert "South Asia (yours)" in text(page, "//tbody/tr[1]/th")
    *regions, whole = [cell.text_content().split(" of ") for cell in page.xpath("//tr/td[3]//a")]
    assert [sum(int(each[i]) for each in regions) for i in (0, 1)] == [int(n) for n in whole]


def test_a_country_before_a_mission(client: FlaskClient, sign_in: SignIn, see: See) -> None:
    sign_in(client)
    page = see("/countries/AFG")
    said = text(page)
    assert "Support reached Afghanistan in 2 years on record, last in 2025" in said
    assert "Ministry of Justice" in said
    assert "Open to its office" in said
    assert len(page.xpath("//*[@id='years']//tbody/tr")) == 10
    assert "Afghanistan" in text(see(f"/countries?year={YEAR}"), "//*[@id='ROSA']")


def test_each_list_of_a_country_is_a_report(
    sessions: sessionmaker[Session], client: FlaskClient, sign_in: SignIn, see: See
) -> None:
    """From each panel to the rows it is cut from, and their file."""
    law = MilestoneTag("adopted", "Child Justice Act", "2025-05", "", "contributed")
    with unit_of_work(sessions) as session:
        made = approved(session, milestones=(law,), partners=(PartnerTag("undp", "funds"),), obstacles=("funds",))
        add_next_step(session, SYSTEM, made, Step("Print the act"))
    sign_in(client)
    links = [str(url) for url in see("/countries/AFG").xpath("//section//a[starts-with(@href, '/reports/')]/@href")]
    named = {urlsplit(link).path.removeprefix("/reports/"): link for link in links}
    assert list(named) == [
        "trend", "activity-milestones", "activity-counterparts", "activity-partners", "activity-obstacles",
        "activity-next-steps",
    ]  # fmt: skip
    there = {
        "activity-milestones": "Child Justice Act",
        "activity-counterparts": "Ministry of Justice",
        "activity-partners": "undp",
        "activity-obstacles": "funds",
        "activity-next-steps": "Print the act",
    }
    for key, word in there.items():
        assert "Country: Afghanistan" in text(see(named[key]))
        path, _mark, query = named[key].partition("?")
        assert word in client.get(f"{path}.csv?{query}").text


def test_changes_are_told_since_the_last_visit(
    app: Flask, sessions: sessionmaker[Session], people: dict[str, User]
) -> None:
    first = app.test_client()
    sign_in_as(first, "adviser@demo.example")
    first.get("/")
    with clock.pretending(TODAY + timedelta(hours=2)), unit_of_work(sessions) as session:
        approved(session, "0060", title="News of the day", actual_start="2026-02-01")
        approved(session, "0420", title="News from elsewhere", actual_start="2026-02-01", countries=("BRB",))
        drafted(session, "0060", title="Not handed in")
    with clock.pretending(TODAY + timedelta(hours=4)):
        second = app.test_client()
        sign_in_as(second, "adviser@demo.example")
        page = html.document_fromstring(second.get("/changes").text)
    said = text(page)
    assert "Since your last visit, 23 Nov 2026, 12:00 UTC." in said
    assert "News of the day" in said
    assert "Not handed in" not in said
    assert "News from elsewhere" not in said  # another region
    assert "Together" not in said  # before the last visit
    assert page.xpath("//*[@data-n]")[0].get("data-n") == "2"  # handed in, approved
