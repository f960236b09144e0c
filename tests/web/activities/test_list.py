"""The list: filters in words, chips, pages, odd addresses."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from lxml import html
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from app.activities.filters import CODED, MARKS
from app.activities.models import Activity
from app.activities.services import record_activity, submit_activity
from app.core.permissions import SYSTEM
from tests.databases import Prepared
from tests.house.test_quick_log import quick
from tests.web.activities.conftest import Browser, plain
from tests.web.conftest import PEOPLE

Log = Callable[..., str]


def references(text: str) -> list[str]:
    """The records of a page, in order."""
    return re.findall(r'href="/activities/([A-Z]+-\d{4}-\d+)"', text)


def make_many(session: Session) -> None:
    """120 records of one office, half of them submitted."""
    for number in range(120):
        content = quick("active", ("AFG",))  # type: ignore[arg-type]
        activity = record_activity(session, SYSTEM, "0060", content)
        if number % 2:
            submit_activity(session, SYSTEM, activity, activity.version)


MANY = Prepared("many", make_many, on=PEOPLE)


@pytest.fixture
def prepared(request: pytest.FixtureRequest) -> Prepared:
    """Many records, where the test asks for them."""
    return MANY if "many" in request.fixturenames else PEOPLE


@pytest.fixture
def many(sessions: sessionmaker[Session]) -> list[str]:
    """The references of 120 records."""
    with sessions() as session:
        return list(session.scalars(select(Activity.reference)))


@pytest.mark.both_engines
@pytest.mark.parametrize("sort", ["changed", "reference", "office", "start", "title"])
def test_pages_hold_every_record_once(browser: Browser, many: list[str], sort: str) -> None:
    client, seen, address = browser("staff"), [], f"/activities?sort={sort}"
    while address:
        page = client.get(address)
        assert page.status_code == 200
        assert "120 activities" in page.text
        seen += references(page.text)
        following = re.search(r'rel="next" href="([^"]+)"', page.text)
        address = following.group(1).replace("&amp;", "&") if following else ""
    assert sorted(seen) == sorted(many)
    back = re.search(r'rel="prev" href="([^"]+)"', page.text)
    assert back
    assert references(client.get(back.group(1).replace("&amp;", "&")).text) == seen[50:100]


def test_filters_are_said_and_taken_off_one_by_one(browser: Browser, log: Log) -> None:
    reference = log("staff")
    other = log("lead", how="law_reform")
    client = browser("staff")
    page = client.get("/activities?how=training&region=ROSA&year=2024&q=judges&sort=title&basis=provisional")
    assert references(page.text) == [reference]
    words = plain(page.text)
    for chip in (
        "How the office helped: Training",
        "Region: South Asia",
        "Confirmed in the year: 2024",
        "Words: judges",
    ):
        assert chip in words
    off = re.search(r'href="([^"]+)"\s+aria-label="Remove the filter: How the office helped: Training"', page.text)
    assert off
    rest = client.get(off.group(1).replace("&amp;", "&"))
    assert set(references(rest.text)) == {reference, other}
    assert (
        '/activities.csv?q=judges&amp;year=2024&amp;region=ROSA&amp;how=training&amp;basis=provisional&amp;sort=title"'
        in page.text
    )
    assert "2 activities" in plain(rest.text)


def test_several_values_of_one_filter_travel_through_the_form(browser: Browser) -> None:
    page = browser("staff").get("/activities?how=training&how=law_reform&support_type=diversion&sensitive=yes").text
    page = re.sub(r"\s+", " ", page)
    assert '<option value="training" selected>' in page
    for name, value in (("how", "law_reform"), ("support_type", "diversion"), ("sensitive", "yes")):
        assert f'<input type="hidden" name="{name}" value="{value}" />' in page


@pytest.mark.both_engines
def test_unknown_codes_find_nothing_and_say_so(browser: Browser, log: Log) -> None:
    log("staff")
    client = browser("staff")
    odd = ("nonsense", "x" * 500, "' OR 1=1 --", "<script>", "\u202e", "%", "_")
    for number, name in enumerate(CODED):
        # Each filter meets two of the values, each value many filters: what is no code is told from codes in one place.
        for value in (odd[number % len(odd)], odd[(number + 3) % len(odd)]):
            page = client.get("/activities", query_string={name: value})
            assert page.status_code == 200, name
            assert "0 activities" in page.text, (name, value)
            assert "so nothing can be found under it" in page.text
            assert "<script>alert" not in page.text


@pytest.mark.both_engines
@pytest.mark.parametrize(
    "query",
    ["year=20", "year=²⁰²⁴", "year=99999", "basis=x", "sort=x", "direction=up", "withdrawn=perhaps", "after=x",
     "after=MQ", "after=bnVsbA", "after=WyJcdWQ4MDAiLCAxXQ", "before=W10", "after=" + "W1tb" * 400,
     "after=WyIyMDI0IiwgLTFd", "after=WyIwMDAxLTAxLTAxVDAwOjAwOjAwKzIzOjAwIiwgMV0", "sort=start&after=é"],
)  # fmt: skip
def test_broken_addresses_say_what_and_show_the_list(browser: Browser, log: Log, query: str) -> None:
    reference = log("staff")
    page = browser("staff").get(f"/activities?{query}")
    assert page.status_code == 422
    assert 'role="alert"' in page.text
    assert references(page.text) == [reference]


def test_a_reference_alone_leads_to_its_record(browser: Browser, log: Log) -> None:
    client, reference = browser("staff"), log()
    answer = client.get(f"/activities?q=+{reference.lower()}+")
    assert (answer.status_code, answer.headers["Location"]) == (302, f"/activities/{reference}")
    for listed in (f"q={reference}&sort=title", f"q={reference}x", f"q={reference}+course", f"q={reference}9"):
        assert client.get(f"/activities?{listed}").status_code == 200, listed
    stranger = browser("staff2").get(f"/activities?q={reference}")
    assert stranger.status_code == 200, "what is not open to them is not given away"


def test_empty_lists_say_what_to_do(browser: Browser) -> None:
    assert "The first activity takes a minute." in browser("staff").get("/activities").text
    assert "Clear all filters" in browser("staff").get("/activities?q=nothing").text
    assert "open to you" in browser("admin").get("/activities").text


def test_the_basis_is_said(browser: Browser) -> None:
    client = browser("staff")
    assert "Approved basis:" in client.get("/activities").text
    provisional = client.get("/activities?basis=provisional&q=x")
    assert "Provisional basis:" in provisional.text
    assert 'href="/activities?q=x"' in provisional.text


def test_every_filter_has_a_place_in_the_fold(browser: Browser) -> None:
    client = browser("staff")
    plain = html.document_fromstring(client.get("/activities?q=course&country=AFG&country=ALB").text)
    apply, more = plain.xpath("//main//form[.//select[@name='office']]//button")  # Enter presses the first
    assert (apply.text_content(), more.get("name"), more.get("value")) == ("Apply", "more", "yes")
    page = html.document_fromstring(client.get("/activities?q=course&country=AFG&country=ALB&more=yes").text)
    for name in {*CODED, *MARKS} - {"support_type", "partner_role", "sensitive"}:
        assert page.xpath(f"//details[@open]//select[@name='{name}']"), name
    # What is chosen there travels along where the choices are not shown, and is shown where they are.
    assert plain.xpath("//form//input[@name='country']/@value") == ["AFG", "ALB"]
    assert page.xpath("//select[@name='country']/option[@selected]/@value") == ["AFG"]
    assert page.xpath("//input[@name='country']/@value") == ["ALB"]
    assert page.xpath("//main//input[@name='q']/@value") == ["course"]


def test_a_wrong_value_among_the_further_filters_is_marked_at_its_place(browser: Browser) -> None:
    page = html.document_fromstring(browser("staff").get("/activities?withdrawn=perhaps").text)
    assert page.xpath("//details[@open]//*[@id='more']//*[contains(@class, 'field-bad')]//select/@name") == [
        "withdrawn"
    ]


def test_the_list_is_light(browser: Browser, many: list[str]) -> None:
    import gzip

    assert len(gzip.compress(browser("staff").get("/activities").data)) < 16_000
    assert len(gzip.compress(browser("staff").get("/activities/new").data)) < 20_000
