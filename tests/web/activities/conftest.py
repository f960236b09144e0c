"""A form as a browser sends it, and people who send it."""

from __future__ import annotations

import re
from collections.abc import Callable
from html.parser import HTMLParser
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker
from werkzeug.test import TestResponse

from app.activities.models import Activity
from app.activities.services import find_activity
from tests.web.conftest import SignIn

Browser = Callable[[str], FlaskClient]


class FormReader(HTMLParser):
    """The fields of the page's main form with what they hold, as a browser would send them."""

    def __init__(self, action: str) -> None:
        super().__init__()
        self.action, self.inside = action, False
        self.pairs: list[tuple[str, str]] = []
        self._select: tuple[str, list[tuple[str, bool]]] | None = None
        self._text: str | None = None

    def handle_starttag(self, tag: str, given: list[tuple[str, str | None]]) -> None:
        attrs = {key: value or "" for key, value in given}
        if tag == "form":
            self.inside = attrs.get("action", "") == self.action
        if not self.inside:
            return
        if tag == "input" and attrs.get("name"):
            kind = attrs.get("type", "text")
            if kind not in ("checkbox", "radio") or "checked" in attrs:
                self.pairs.append((attrs["name"], attrs.get("value", "on" if kind == "checkbox" else "")))
        elif tag == "select":
            self._select = (attrs["name"], [])
        elif tag == "option" and self._select:
            self._select[1].append((attrs.get("value", ""), "selected" in attrs))
        elif tag == "textarea":
            self.pairs.append((attrs["name"], ""))
            self._text = ""

    def handle_data(self, data: str) -> None:
        if self._text is not None:
            self._text += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.inside = False
        elif tag == "select" and self._select:
            name, options = self._select
            chosen = [value for value, selected in options if selected] or [value for value, _ in options[:1]]
            self.pairs.append((name, chosen[-1]))
            self._select = None
        elif tag == "textarea" and self._text is not None:
            self.pairs[-1] = (self.pairs[-1][0], self._text.removeprefix("\n").removeprefix("\r\n"))
            self._text = None


Sent = dict[str, Any]


def form_on(page: TestResponse, action: str) -> Sent:
    """What the form with this action would send, unchanged: name → text, or a list of texts where there are several."""
    reader = FormReader(action)
    reader.feed(page.text)
    assert reader.pairs, page.text[:2000]
    sent: dict[str, list[str]] = {}
    for name, value in reader.pairs:
        sent.setdefault(name, []).append(value)
    return {name: values[0] if len(values) == 1 else values for name, values in sent.items()}


def plain(text: str) -> str:
    """The words of a page without its tags."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", text))


QUICK = {
    "title": "Training of judges",
    "how": "training",
    "request_source": "government_request",
    "mandate": "E1997-30-3",
    "status": "active",
    "actual_start-month": "3",
    "actual_start-year": "2024",
    "delivered": "A course for 40 judges",
    "counterparts-0-name": "Ministry of Justice",
    "counterparts-0-kind": "government",
    "concerns": "mainly",
}


@pytest.fixture
def browser(app: Flask, sign_in: SignIn) -> Browser:
    """`browser("staff")` is a fresh browser in which that person is signed in."""

    def run(who: str) -> FlaskClient:
        client = app.test_client()
        sign_in(client, f"{who}@demo.example")
        return client

    return run


@pytest.fixture
def fill() -> Callable[..., Sent]:
    """`fill(client, path, title="…")` opens the form at `path` and changes what is named."""

    def run(client: FlaskClient, path: str = "/activities/new", **changes: Any) -> Sent:
        page = client.get(path)
        assert page.status_code == 200, plain(page.text)[:500]
        action = path if path == "/activities/new" else path.removesuffix("/new")
        return form_on(page, action) | changes

    return run


@pytest.fixture
def log(browser: Browser, fill: Callable[..., Sent]) -> Callable[..., str]:
    """`log("staff", do="submit", title="…")` sends the quick log and gives the reference."""

    def run(who: str = "staff", do: str = "submit", **changes: Any) -> str:
        client = browser(who)
        answer = client.post("/activities/new", data=fill(client, **QUICK | changes, do=do))
        assert answer.status_code == 302, plain(answer.text)[:3000]
        if answer.location.endswith("/duplicates"):  # tests log the same thing many times
            submit = answer.location.replace("/duplicates", "/submit")
            answer = client.post(submit, data=form_on(client.get(answer.location), submit) | {"not_duplicate": "yes"})
        return answer.location.rsplit("/", 1)[1]

    return run


@pytest.fixture
def stored(sessions: sessionmaker[Session]) -> Callable[[str], Activity]:
    """`stored(reference)` reads the record anew."""

    def run(reference: str) -> Activity:
        with sessions() as session:
            activity = find_activity(session, reference)
            _ = activity.current, activity.submitted, activity.approved, activity.revisions, activity.deliveries
            _ = [c.counterpart.name for c in activity.current.counterparts], activity.current.types
            _ = activity.current.countries, activity.next_steps, activity.evidence, activity.co_offices
            return activity

    return run


@pytest.fixture
def how_many(sessions: sessionmaker[Session]) -> Callable[[], int]:
    """The number of records."""

    def run() -> int:
        with sessions() as session:
            return len(session.scalars(select(Activity)).all())

    return run
