"""Pages of a database that holds nothing but the reference lists."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

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


def test_nothing_is_zero_and_not_blank(client: FlaskClient, sign_in: SignIn, see: See) -> None:
    sign_in(client)
    page = see("/coverage?year=2008")
    assert text(page, "//*[@id='answer']").startswith("0 of ")
    assert "(0.0%)" in text(page, "//*[@id='answer']")


def test_nobody_sees_anything_unless_signed_in(client: FlaskClient, people: object) -> None:
    for path in PAGES:
        assert client.get(path).status_code == 302, path
