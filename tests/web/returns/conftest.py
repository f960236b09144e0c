"""A round that is twelve days late, one ongoing activity, one joint one; and a browser that sends forms as they are."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from flask.testing import FlaskClient
from lxml import html
from sqlalchemy.orm import Session, sessionmaker
from werkzeug.test import TestResponse

from app.core import clock
from app.core.db import unit_of_work
from app.returns.services import open_round
from tests.factories.activities import approved, country_of

NOW = datetime(2026, 2, 12, 9, tzinfo=UTC)
YEAR = 2025
PAGE = f"/offices/0060/returns/{YEAR}"
LEAD, STAFF, ADVISER = "lead@demo.example", "staff@demo.example", "adviser@demo.example"
HQ, ADMIN, STRANGER = "hq@demo.example", "admin@demo.example", "staff2@demo.example"

Send = Callable[..., TestResponse]


@pytest.fixture(autouse=True)
def _frozen() -> Iterator[None]:
    with clock.pretending(NOW):
        yield


@pytest.fixture
def world(sessions: sessionmaker[Session], people: dict[str, Any]) -> dict[str, str]:
    """References by name."""
    with unit_of_work(sessions) as session:
        open_round(session, YEAR)
        ongoing = approved(session, title="Mentoring of judges", actual_start="2024-03-10")
        joint = approved(
            session,
            "0420",
            title="Joint study",
            actual_start="2024-05-01",
            countries=(country_of(session, "0420"),),
            co_offices=("0060",),
        )
        return {"ongoing": ongoing.reference, "joint": joint.reference}


def tree(answer: TestResponse) -> html.HtmlElement:
    """The page, read as a browser reads it."""
    found = html.document_fromstring(answer.text)
    assert len(found.xpath("//h1")) == 1
    ids = found.xpath("//@id")
    assert len(ids) == len(set(ids)), sorted(i for i in ids if ids.count(i) > 1)
    for control in found.xpath("//main//input[not(@type='hidden')] | //main//select | //main//textarea"):
        assert found.xpath(f"//label[@for='{control.get('id')}']"), html.tostring(control)
    return found


def words(page: html.HtmlElement, path: str = "//main") -> str:
    """The text of the first element at `path`."""
    return " ".join(page.xpath(path)[0].text_content().split())


@pytest.fixture
def send(client: FlaskClient) -> Send:
    """`send(path, page, do="nil", words="…")`: the form of `page` that goes to `path`, with these answers."""

    def run(path: str, page: str = PAGE, /, **answers: Any) -> TestResponse:
        found = tree(client.get(page))
        forms = found.xpath(f"//form[@action='{path}'] | //form[.//button[@formaction='{path}']]")
        assert forms, f"no form for {path}"
        hidden = {i.get("name"): i.get("value") for i in forms[0].xpath(".//input[@type='hidden']")}
        return client.post(path, data={**hidden, **answers})

    return run


@pytest.fixture
def see(client: FlaskClient) -> Callable[[str], html.HtmlElement]:
    """The page as a tree."""

    def run(path: str = PAGE) -> html.HtmlElement:
        answer = client.get(path)
        assert answer.status_code == 200, (path, answer.status_code)
        return tree(answer)

    return run
