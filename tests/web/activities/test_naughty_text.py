"""Whatever is typed into whatever field: kept and shown as typed, or refused at its field. Never a crash."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from html import unescape

import pytest

from app.activities.forms import ActivityForm
from app.core.db import new_client_id
from tests.web.activities.conftest import QUICK, Browser, Sent, form_on, plain

Fill = Callable[..., Sent]

NAUGHTY = {
    "script": "<script>alert(1)</script>",
    "attribute": '" onmouseover="alert(1)" x=\'',
    "template": "{{ 7 * 7 }} {% raw %} %(name)s %s ${x}",
    "right to left": "\u202egnirts\u202c \u2067abc",
    "arabic": "تدريب القضاة على عدالة الأطفال",
    "emoji": "👩🏽\u200d⚖️ training 🇳🇵",
    "four bytes": "𠜎𠜱𝒳",
    "nul": "a\x00b\x07c",
    "long": "x" * 50_000,
    "ligature": "ﷺ" * 150,
    "formula": "=1+1",
    "formula with a command": "@SUM(1)|cmd",
    "sql": "'; DROP TABLE activity; --",
    "zalgo": "Z\u0300\u0301\u0302\u0303\u0304a\u0316\u0317l\u0318g\u0319o",
    "newline": "two\r\nlines",
    "backslash": "\\..\\..//%00%2e%2e/etc/passwd",
    "lone percent": "100 % %",
    "space only": "\u3000\u00a0 ",
    "not a number": "NaN",
    "superscript": "²",
    "huge number": "9" * 400,
    "minus": "-1",
}
FREE = (
    "title", "other_words", "source_symbol", "status_reason", "delivered", "counterparts-0-name", "countries_reason",
    "term_reason", "summary", "milestones-0-law", "guidance_used", "results", "lessons",
)  # fmt: skip
NAMES = [
    *FREE, "asked_by", "client_id", "version", "office",
    "language", "how", "about", "main_type", "request_source", "mandate",
    "role-E1997-30-3", "standards", "status", "concerns", "scope", "countries", "term_override", "modalities",
    "target_groups", "co_offices-0", "partners-0-partner", "partners-0-role", "coordinator_involved",
    "government_agreement", "partners_agreement", "in_country_plan", "milestones-0-kind", "milestones-0-on-day",
    "milestones-0-on-month", "milestones-0-on-year", "milestones-0-link", "milestones-0-contribution", "obstacles",
    "funding", "funding_amount_usd", "quality", "visibility", "sensitive", "do", "counterparts-0-kind",
    "actual_start-day", "actual_start-month", "actual_start-year", "planned_end-year", "source_date-year",
]  # fmt: skip


def test_every_field_is_tried(app: object) -> None:
    tried = {re.split(r"-", name)[0] for name in NAMES} | {"actual_end", "planned_start", "do"}
    with app.test_request_context():  # type: ignore[attr-defined]
        assert {field.name for field in ActivityForm(formdata=None)} - {"csrf_token"} <= tried


@pytest.mark.both_engines
def test_naughty_text_in_every_field(browser: Browser, fill: Fill) -> None:
    client = browser("staff")
    form = fill(client, **QUICK, do="draft") | {"milestones-0-law": "Act", "milestones-0-kind": "drafted"}
    del form["client_id"]
    keys = list(NAUGHTY)
    for index, name in enumerate(NAMES):
        # Each field meets a few of the texts, each text many fields; NUL, length and size are the engines' own traps.
        for key in {"nul", keys[index % len(keys)], keys[(7 * index + 3) % len(keys)]}:
            sent = form | {"client_id": new_client_id()} | {name: NAUGHTY[key]}
            answer = client.post("/activities/new", data=sent)
            assert answer.status_code in (302, 200, 403, 422), (name, key, answer.status_code, plain(answer.text)[:500])
            assert "<script>alert" not in answer.text
            assert answer.status_code != 422 or "error-summary" in answer.text, (name, key)


@pytest.mark.both_engines
def test_what_is_kept_is_shown_as_it_was_typed(browser: Browser, fill: Fill) -> None:
    client = browser("staff")
    form = fill(client, **QUICK, do="draft") | {"milestones-0-kind": "drafted", "how": ["training", "other"]}
    for key, text in NAUGHTY.items():
        answer = client.post("/activities/new", data=form | dict.fromkeys(FREE, text) | {"client_id": new_client_id()})
        if len(text) > 150 or not text.strip():
            assert answer.status_code == 422, key
            continue
        assert answer.status_code == 302, (key, plain(answer.text)[:1500])
        page = client.get(answer.location)
        assert page.status_code == 200
        assert "<script>alert" not in page.text
        kept = text.replace("\r\n", "\n").replace("\x00", "").replace("\x07", "").strip()
        assert unescape(page.text).count(unicodedata.normalize("NFC", kept)) >= len(FREE) - 1, key
        again = form_on(client.get(f"{answer.location}/edit"), f"{answer.location}/edit")
        assert {name: again[name] for name in FREE} == dict.fromkeys(FREE, unicodedata.normalize("NFC", kept)), key
        listed = client.get("/activities", query_string={"q": kept[:20]})
        assert listed.status_code == 200
        assert "<script>alert" not in listed.text


def test_naughty_names_of_fields(browser: Browser, fill: Fill) -> None:
    client = browser("staff")
    sent = fill(client, **QUICK, do="draft")
    for name in ("counterparts-²-name", f"counterparts-{'9' * 5000}-name", "partners--1-role", "co_offices-", "role-",
                 "role-\x00", "counterparts-0-name-0", "milestones-99-on"):  # fmt: skip
        answer = client.post("/activities/new", data=sent | {name: "x", "client_id": new_client_id()})
        assert answer.status_code in (302, 422), name


def test_too_many_rows_are_cut_not_a_crash(browser: Browser, fill: Fill) -> None:
    client = browser("staff")
    rows = {f"counterparts-{n}-name": f"Body {n}" for n in range(80)} | {
        f"counterparts-{n}-kind": "un" for n in range(80)
    }
    answer = client.post("/activities/new", data=fill(client, **QUICK, do="more-counterparts") | rows)
    assert answer.status_code == 200
    assert client.post("/activities/new", data=fill(client, **QUICK, do="draft") | rows).status_code == 302
