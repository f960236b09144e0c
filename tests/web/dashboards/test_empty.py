"""Pages of a database that holds nothing but the reference lists."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from app.core import clock
from tests.web.conftest import SignIn
from tests.web.dashboards.conftest import See
from tests.web.dashboards.conftest import words as text

PAGES = (
    "/", "/coverage", "/coverage?year=2008", "/coverage/behind", "/coverage/behind?year=2008&support_type=training",
    "/offices", "/offices/0060", "/provisions", "/provisions/CRC-45B", "/support-types", "/support-types/training",
    "/reports",
)  # fmt: skip


@pytest.mark.parametrize("email", ["staff@demo.example", "adviser@demo.example", "hq@demo.example"])
def test_every_page_shows_itself(client: FlaskClient, sign_in: SignIn, see: See, email: str) -> None:
    sign_in(client, email)
    for path in PAGES:
        page = see(path)
        assert len(page.xpath("//h1")) == 1, path
        assert text(page, "//title").strip(" –")


def test_nothing_is_zero_of_those_who_are_asked_and_not_known_of_the_others(
    client: FlaskClient, sign_in: SignIn, see: See
) -> None:
    sign_in(client)
    running = text(see(f"/coverage?year={clock.today().year}"), "//*[@id='answer']")
    assert running.startswith("0 of ")
    assert "(0.0%)" in running
    never = see("/coverage?year=2008")
    assert text(never, "//*[@id='answer']").startswith("Not known for 2008: no returns were collected")
    assert "%" not in text(never, "//section[@class='answer']")
    assert not never.xpath("//*[@class='figures']//strong")
    shares = never.xpath("//*[@id='regions']//td[@data-label='Share']")
    assert {each.text_content() for each in shares} == {"–"}


def test_nobody_sees_anything_unless_signed_in(client: FlaskClient, people: object) -> None:
    for path in PAGES:
        assert client.get(path).status_code == 302, path


@pytest.mark.parametrize("path", ["/coverage?year=2008", "/regions?year=2008", "/regions/ROSA?year=2008"])
def test_no_page_draws_or_writes_a_share_of_what_is_not_known(
    client: FlaskClient, sign_in: SignIn, see: See, path: str
) -> None:
    sign_in(client, "adviser@demo.example")
    page = see(path)
    assert not page.xpath("//main//*[@class='bar-fill' or @class='whisker']")
    of_that_year = "//tr[not(contains(., 'so far'))]/td[@data-label='Coverage' or @data-label='Range']"
    for told in page.xpath(f"//section[@class='answer']|{of_that_year}"):
        assert "%" not in told.text_content(), told.text_content()
