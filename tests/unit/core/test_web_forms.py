"""Clean text, date boxes, and problems at their fields."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict
from wtforms import FieldList, FormField, IntegerField, StringField
from wtforms.validators import InputRequired, Length

from app.core.errors import Invalid, Problem
from app.core.web import dates, guard, locale
from app.core.web.forms import BaseForm, ClientMadeMixin, PartForm, PartialDateField, VersionedMixin, clean_text
from app.core.web.locale import lazy


@pytest.fixture(scope="module")
def app() -> Flask:
    made = Flask(__name__)
    made.config.update(SECRET_KEY="x" * 40, WTF_CSRF_ENABLED=False, PSEUDO_LOCALE=True)
    locale.install(made)
    guard.install(made, lambda: None)
    return made


@pytest.fixture(autouse=True)
def _request(app: Flask) -> Iterator[None]:
    with app.test_request_context("/", method="POST"):
        yield


class Part(PartForm):
    name = StringField("Name", validators=[InputRequired(lazy("Write a name."))])
    size = IntegerField("Size")


class Example(ClientMadeMixin, VersionedMixin, BaseForm):
    title = StringField("Title", validators=[Length(max=5)])
    start = PartialDateField("Start")
    counterparts = FieldList(FormField(Part), min_entries=1)


def sent(**fields: str) -> Example:
    return Example(formdata=MultiDict({name.replace("__", "-"): value for name, value in fields.items()}))


def test_text_arrives_clean() -> None:
    assert sent(title=" a\x00\x07e\u0301\r\n ").title.data == "aé"
    assert clean_text("a\tb\r\nc\rd\x85") == "a\tb\nc\nd"
    assert clean_text(None) is None


@given(st.text())
def test_clean_text_is_stable_and_without_control_characters(text: str) -> None:
    once = clean_text(text)
    assert clean_text(once) == once
    assert not any(unicodedata.category(c) in ("Cc", "Cs") and c not in "\n\t" for c in once)


@pytest.mark.parametrize(
    ("boxes", "text"),
    [
        (("", "", ""), None),
        (("", "", "2024"), "2024"),
        (("", "2", "2024"), "2024-02"),
        (("29", "02", "2024"), "2024-02-29"),
        (("٢٧", "٣", "٢٠٢٤"), "2024-03-27"),
        ((" 1 ", "1", " 2024 "), "2024-01-01"),
        ((None, None, None), None),
    ],
)
def test_boxes_join_to_iso_text(boxes: tuple[str, str, str], text: str | None) -> None:
    assert dates.join_boxes(*boxes) == text


@pytest.mark.parametrize(
    ("boxes", "box", "message"),
    [
        (("31", "2", "2024"), "day", "31 February does not exist."),
        (("29", "2", "2023"), "day", "29 February 2023 does not exist."),
        (("31", "4", "2024"), "day", "31 April does not exist."),
        (("32", "1", "2024"), "day", "Write the day as a number from 1 to 31."),
        (("0", "1", "2024"), "day", "Write the day as a number from 1 to 31."),
        (("", "13", "2024"), "month", "Write the month as a number from 1 to 12."),
        (("5", "", "2024"), "month", "Write the month, too, or leave the day empty."),
        (("5", "3", ""), "year", "Write the year, too."),
        (("5", "3", "24"), "year", "Write the year in four digits, for example 2024."),
        (("5", "3", "0024"), "year", "Write a year from 1900 to 2100."),
        (("5", "3", "20244"), "year", "Write the day, month and year as numbers, for example 27 3 2024."),
        (("x", "3", "2024"), "day", "Write the day, month and year as numbers, for example 27 3 2024."),
        (("²", "3", "2024"), "day", "Write the day, month and year as numbers, for example 27 3 2024."),
        (("-1", "3", "2024"), "day", "Write the day, month and year as numbers, for example 27 3 2024."),
        (("9" * 5000, "3", "2024"), "day", "Write the day, month and year as numbers, for example 27 3 2024."),
    ],
)
def test_wrong_boxes_say_what_is_wrong_at_the_box(boxes: tuple[str, str, str], box: str, message: str) -> None:
    day, month, year = boxes
    form = sent(start__day=day, start__month=month, start__year=year, counterparts__0__name="x")
    assert not form.validate()
    assert form.start.data is None
    assert form.start.errors == {box: [message]}
    assert form.start.form[box]._value() == {"day": day, "month": month, "year": year}[box]


@given(st.dates(date(1900, 1, 1), date(2100, 12, 31)))
def test_a_day_comes_back_as_it_was(day: date) -> None:
    boxes = dates.split_boxes(day.isoformat())
    assert dates.join_boxes(boxes["day"], boxes["month"], boxes["year"]) == day.isoformat()


@given(st.text(max_size=6), st.text(max_size=6), st.text(max_size=6))
def test_any_boxes_make_a_date_or_a_sentence(day: str, month: str, year: str) -> None:
    try:
        text = dates.join_boxes(day, month, year)
    except dates.DateProblem as problem:
        text = None if problem.box in ("day", "month", "year") else "wrong"
    assert text is None or date.fromisoformat((text + "-01-01")[:10])


def test_a_date_is_shown_in_its_boxes() -> None:
    form = Example(formdata=None, data={"start": "2024-03"})
    assert [form.start.form[box]._value() for box in ("day", "month", "year")] == ["", "3", "2024"]
    assert form.start.data == "2024-03"
    assert Example(formdata=None).start.data is None


def test_problems_land_at_their_fields() -> None:
    form = sent(title="abc", counterparts__0__name="Ministry")
    problems = [
        Problem("title", "A"),
        Problem("counterparts-0-name", "B"),
        Problem("counterparts", "C"),
        Problem("start", "D"),
        Problem("", "E"),
        Problem("nowhere", "F"),
    ]
    form.validate()
    form.add_problems(Invalid(problems))
    assert form.title.errors == ["A"]
    assert form.counterparts[0].form["name"].errors == ["B"]
    assert "C" in form.counterparts.errors
    assert form.start.errors == {"": ["D"]}
    assert form.form_errors == ["E", "F"]
    assert set(form.errors) >= {"title", "counterparts", "start", ""}


def test_errors_are_plain_text_even_inside_lists() -> None:
    form = sent(counterparts__0__size="many")
    assert not form.validate()
    (texts,) = [entry for entry in form.counterparts.errors if entry]
    assert all(type(text) is str for errors in texts.values() for text in errors)
    assert texts["name"] == ["Write a name."]


def test_a_new_form_has_a_fresh_id_and_keeps_it_when_sent() -> None:
    first, second = Example(formdata=None), Example(formdata=None)
    assert first.client_id.data != second.client_id.data
    assert sent(client_id=first.client_id.data).client_id.data == first.client_id.data
    damaged = sent(client_id="'; DROP TABLE", counterparts__0__name="x")
    assert not damaged.validate()
    assert "client_id" in damaged.errors


@pytest.mark.parametrize(("text", "version"), [("3", 3), ("", 0), ("x", 0), ("9" * 40, 0), ("-1", 0)])
def test_the_version_seen_is_a_number_or_stale(text: str, version: int) -> None:
    assert sent(version=text).seen_version() == version


def test_messages_of_the_form_library_go_through_the_pseudo_language(app: Flask) -> None:
    with app.test_request_context("/", method="POST", headers={"Cookie": "language=qps"}):
        form = sent(title="too long", counterparts__0__name="x")
        form.validate()
        (message,) = form.title.errors
        assert message.startswith("[")
        assert "longer" not in message


def test_unknown_languages_fall_back_to_english(app: Flask) -> None:
    for header in ({"Cookie": "language=tlh"}, {"Accept-Language": "xx,tlh;q=0.5"}, {"Accept-Language": "\x00;q=z"}):
        with app.test_request_context("/", headers=header):
            assert locale.current_locale().code == "en"


def test_numbers_are_shown_in_the_readers_way(app: Flask) -> None:
    with app.test_request_context("/"):
        assert locale.number(1234567) == "1,234,567"
        assert locale.number(None, "not recorded") == "not recorded"
        assert locale.ngettext("%(num)s record", "%(num)s records", 1200) == "1,200 records"
        assert locale.ngettext("%(num)d record", "%(num)d records", 1) == "1 record"


def test_a_form_says_what_any_view_needs_of_it() -> None:
    form: Any = sent(title="abcdef", counterparts__0__name="x")
    assert not form.validate()
    assert form.title.errors == ["Field cannot be longer than 5 characters."]
