"""The quick log can be submitted as it stands: every field that a submission needs is in the form's first group."""

from __future__ import annotations

from dataclasses import fields
from html.parser import HTMLParser
from itertools import product

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from app.activities import form_offer
from app.activities.checks import submit_problems
from app.activities.forms import QUICK_LOG, ActivityForm
from app.activities.models import Activity
from app.activities.reference import reference_data, surroundings
from app.activities.rules import (
    CONTENT_FIELDS,
    REQUIRED_BY_STATUS,
    REQUIRED_TO_SUBMIT,
    Content,
    CounterpartTag,
    ProvisionTag,
    Status,
    TypeTag,
)
from app.core import clock
from tests.factories.people import make_person
from tests.web.conftest import sign_in_as

# What the quick log can say, and nothing that only the folded rest can.
FROM_QUICK_LOG = {
    "title", "language", "types", "request_source", "provisions", "status", "status_reason", "actual_start",
    "actual_end", "planned_start", "planned_end", "delivered", "counterparts", "concerns", "countries",
    "countries_reason",
}  # fmt: skip


def quick(status: Status, countries: tuple[str, ...]) -> Content:
    """A quick log as somebody in a hurry fills it in."""
    begun = status in (Status.ACTIVE, Status.FINALISING, Status.CLOSED, Status.SUSPENDED)
    return Content(
        title="Training of judges",
        types=(TypeTag("training"),),
        request_source="government_request",
        provisions=(ProvisionTag("E1997-30-3", "mandated_by"),),
        status=status,
        status_reason="Elections" if status in (Status.SUSPENDED, Status.CANCELLED) else "",
        actual_start="2024" if begun else None,
        actual_end="2024" if status is Status.CLOSED else None,
        delivered="A course" if begun else "",
        counterparts=(CounterpartTag("Ministry of Justice", "government"),),
        concerns="mainly",
        countries=countries,
    )


def office_with(session: Session, many: bool) -> str:
    today = clock.today()
    offices = reference_data(session).offices.values()
    return next(o.code for o in offices if o.reports and (len(o.countries_between(today, today)) > 1) == many)


@pytest.mark.parametrize(("status", "many"), list(product(Status, (False, True))))
def test_the_quick_log_is_enough(session: Session, status: Status, many: bool) -> None:
    code = office_with(session, many)
    today = clock.today()
    served = sorted(reference_data(session).offices[code].countries_between(today, today))
    about = surroundings(session, Activity(lead_office=code, origin="form"))
    assert submit_problems(quick(status, tuple(served[:1])), about) == ()


@pytest.mark.parametrize("name", sorted(FROM_QUICK_LOG))
def test_what_is_required_is_known_to_this_test(session: Session, name: str) -> None:
    """Blanked one by one, every content field of the quick log that matters is missed at a field of the quick log."""
    code = office_with(session, many=True)
    today = clock.today()
    served = sorted(reference_data(session).offices[code].countries_between(today, today))
    about = surroundings(session, Activity(lead_office=code, origin="form"))
    defaults = {f.name: f.default for f in fields(Content)}
    for status in Status:
        full = vars(quick(status, (served[0],)))
        for problem in submit_problems(Content(**full | {name: defaults[name]}), about):
            assert problem.field.split("-")[0] in QUICK_LOG, (status, problem)


def test_the_lists_of_required_fields_lie_in_the_quick_log() -> None:
    assert set(REQUIRED_TO_SUBMIT) | set(REQUIRED_BY_STATUS) <= set(QUICK_LOG)
    assert set(CONTENT_FIELDS) >= FROM_QUICK_LOG


class _Group(HTMLParser):
    """Names of the fields inside <section class="quick">."""

    def __init__(self) -> None:
        super().__init__()
        self.inside = False
        self.names: set[str] = set()

    def handle_starttag(self, tag: str, given: list[tuple[str, str | None]]) -> None:
        attrs = dict(given)
        if tag == "section" and attrs.get("class") == "quick":
            self.inside = True
        if self.inside and attrs.get("name"):
            self.names.add(str(attrs["name"]).split("-")[0])

    def handle_endtag(self, tag: str) -> None:
        if tag == "section":
            self.inside = False


@pytest.mark.parametrize("many", [False, True])
def test_the_page_shows_them_in_its_first_group(app: Flask, session: Session, many: bool) -> None:
    with app.extensions["tracker.sessions"]() as own:
        code = office_with(own, many)
        make_person(own, "somebody@demo.example", office=code)
        own.commit()
    client = app.test_client()
    sign_in_as(client, "somebody@demo.example")
    reader = _Group()
    reader.feed(client.get("/activities/new").text)
    needed = (set(REQUIRED_TO_SUBMIT) | set(REQUIRED_BY_STATUS)) - (set() if many else {"countries"})
    assert needed - {"how"} <= reader.names | {"how"}
    assert "how" in reader.names
    shown = {name for name in reader.names if name not in ("do",)}
    assert shown <= set(QUICK_LOG)


def test_every_list_of_the_form_exists(session: Session, app: Flask) -> None:
    with app.test_request_context():
        offer = form_offer.make_offer(session, "0060", ["0060"])
        assert all(offer.lists.values())
        form = ActivityForm(formdata=None)
        form.take_offer(offer)
        assert [choice[0] for choice in form.status.iter_choices()] == list(Status)
