"""The pages of administration: what moves is shown first, then the change; nobody else gets in; no text is lost."""

from __future__ import annotations

import json
import re

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session, sessionmaker
from werkzeug.test import TestResponse

from app.accounts.models import User
from app.administration.words import AUDITED
from app.codelists.queries import labels
from app.core.audit import AuditEvent
from app.core.db import unit_of_work
from app.offices.models import RosterInterval
from config import ROOT
from tests.factories.activities import approved
from tests.web.conftest import SignIn

DAY = {"day-day": "1", "day-month": "5", "day-year": "2024"}
NAMES = {"name_en": "Kabul Office", "name_fr": "Bureau de Kaboul", "name_es": "", "name_ar": "مكتب كابول"}


@pytest.fixture
def admin(client: FlaskClient, sign_in: SignIn) -> FlaskClient:
    sign_in(client, "admin@demo.example")
    return client


def hidden(page: TestResponse) -> dict[str, str]:
    """The hidden fields of the page's own form."""
    main = page.text.partition("<main")[2]
    return dict(re.findall(r'<input type="hidden"\s+name="([^"]+)"\s+value="([^"]*)"', main))


def shown(page: TestResponse) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", page.text.partition("<main")[2]).split())


def looked_and_made(client: FlaskClient, path: str, data: dict[str, str]) -> tuple[TestResponse, TestResponse]:
    """First what it moves, then the change."""
    opened = client.get(path)
    look = client.post(path, data={**hidden(opened), **data})
    made = client.post(path, data=hidden(look))
    return look, made


def test_an_office_is_closed_in_two_steps(admin: FlaskClient, sessions: sessionmaker[Session]) -> None:
    with unit_of_work(sessions) as session:
        approved(session, "0060")
    look, made = looked_and_made(admin, "/administration/offices/0060/close", DAY | {"reason": "Evacuated"})
    assert look.status_code == 200
    assert "Nothing is changed yet" in shown(look)
    assert re.search(r"Why Evacuated", shown(look))
    assert re.search(r"2025 All offices 1 of 129 0 of 128", shown(look)), shown(look)[:1500]
    assert "Afghanistan Country Office provided not expected" in shown(look)
    assert made.status_code == 303
    page = shown(admin.get("/administration/offices/0060"))
    assert "Office closed" in page
    assert "Evacuated" in page
    with sessions() as session:
        assert str(session.scalars(select(RosterInterval).where(RosterInterval.office == "0060")).one().valid_to) == (
            "2024-12-31"
        )


def test_looking_changes_nothing_and_what_moved_meanwhile_is_shown_again(
    admin: FlaskClient, sessions: sessionmaker[Session]
) -> None:
    path = "/administration/offices/0060/close"
    look = admin.post(path, data={**hidden(admin.get(path)), **DAY})
    with sessions() as session:
        assert session.scalars(select(RosterInterval).where(RosterInterval.office == "0060")).one().valid_to is None
    with unit_of_work(sessions) as session:
        approved(session, "0060")
    again = admin.post(path, data=hidden(look))
    assert again.status_code == 409
    assert "The figures moved while you looked" in shown(again)
    assert admin.post(path, data=hidden(again)).status_code == 303
    stale = admin.post(path, data=hidden(again))
    assert stale.status_code == 409
    assert "Somebody else changed this" in shown(stale)


def test_a_refused_form_keeps_what_was_typed(admin: FlaskClient) -> None:
    path = "/administration/names/office/0060"
    opened = admin.get(path)
    answer = admin.post(path, data={**hidden(opened), **NAMES, "name_en": "", "reason": "Because"})
    assert answer.status_code == 422
    assert "Give the English name" in shown(answer)
    assert 'value="Bureau de Kaboul"' in answer.text
    assert "Because" in answer.text


def test_a_thing_is_renamed_in_four_languages(admin: FlaskClient, sessions: sessionmaker[Session]) -> None:
    look, made = looked_and_made(admin, "/administration/names/office/0060", NAMES)
    assert "No figure moves" in shown(look)
    assert made.status_code == 303
    with sessions() as session:
        names = labels(session)
        assert [names.of("office", "0060", lang) for lang in ("en", "fr", "es", "ar")] == [
            "Kabul Office", "Bureau de Kaboul", "Kabul Office", "مكتب كابول",
        ]  # fmt: skip
    assert "Afghanistan Country Office" in shown(admin.get("/administration/names/office/0060"))


def test_lists_and_provisions(admin: FlaskClient) -> None:
    new = {"code": "remote", "name_en": "Remote", "name_fr": "À distance"}
    look, made = looked_and_made(admin, "/administration/lists/modality", new)
    assert made.status_code == 303, shown(look)
    assert "Remote" in shown(admin.get("/administration/lists/modality"))
    for path, data in (
        ("/administration/lists/modality/remote/retire", {}),
        ("/administration/lists/modality/remote/bring-back", {}),
        ("/administration/lists/modality/remote/merge", {"into": "consultant"}),
        ("/administration/provisions/RIYADH-58/confirm", {}),
        ("/administration/provisions/CRC-4/edit", {"summary": "Shorter.", "source_address": "https://example.org"}),
        ("/administration/names/provision_summary/CRC-4", {"name_fr": "Plus court."}),
        ("/administration/instruments/RIYADH", {"reason": "Replaced"}),
        ("/administration/offices/new", {
            "code": "9X01", "type": "country", "short_name": "Kabul two", "host": "AFG", "region": "ROSA",
            "time_zone": "Asia/Kabul", "opened_on-day": "1", "opened_on-month": "6", "opened_on-year": "2025",
            "name_en": "Second office"}),
        ("/administration/regions", {"code": "SAPRO", "seat": "Bangkok", "name_en": "South Asia and the Pacific"}),
    ):  # fmt: skip
        look, made = looked_and_made(admin, path, data)
        assert made.status_code == 303, (path, shown(look)[:800])
    assert "It became: Consultant" in shown(admin.get("/administration/lists/modality/remote"))
    assert "Shorter." in shown(admin.get("/administration/provisions/CRC-4"))


TREATY = {
    "code": "optional-4", "name_en": "A fourth protocol", "name_fr": "Un quatrième protocole", "kind": "treaty",
    "adopting_body": "UN General Assembly", "symbol": "A/RES/1", "source_address": "https://example.org/4",
    "adopted-day": "3", "adopted-month": "2", "adopted-year": "2026",
}  # fmt: skip
ARTICLE = {
    "code": "optional-4-7", "name_en": "Protocol art. 7", "place": "article 7", "summary": "States may ask for help.",
    "kind": "obligation", "mandating": "yes",
}  # fmt: skip


def test_an_instrument_and_its_provision_are_added_and_offered_once_confirmed(admin: FlaskClient) -> None:
    lists, instruments = "/administration/provisions", "/administration/instruments"
    look = admin.post(instruments, data={**hidden(admin.get(lists)), **TREATY})
    assert "No figure moves" in shown(look), shown(look)
    assert admin.post(instruments, data=hidden(look)).headers["Location"] == f"{instruments}/OPTIONAL-4"
    assert "A fourth protocol" in shown(admin.get(lists))
    page = f"{instruments}/OPTIONAL-4/provisions"
    assert 'value="https://example.org/4"' in admin.get(page).text  # its source begins as the instrument's
    given = {"status": "in force", "source_address": "https://example.org/4#7"}
    _look, made = looked_and_made(admin, page, ARTICLE | given)
    assert made.headers["Location"] == "/administration/provisions/OPTIONAL-4-7"
    assert "Unchecked: nobody" in shown(admin.get("/provisions/OPTIONAL-4-7"))
    looked_and_made(admin, "/administration/provisions/OPTIONAL-4-7/confirm", {})
    public = shown(admin.get("/provisions/OPTIONAL-4-7"))
    assert "States may ask for help." in public
    assert "Unchecked: nobody" not in public
    history = shown(admin.get("/administration/provisions/OPTIONAL-4-7"))
    assert "Provision added" in history
    assert "Provision confirmed" in history


def test_what_is_missing_of_an_instrument_or_provision_is_said_and_nothing_is_lost(admin: FlaskClient) -> None:
    instruments = "/administration/instruments"
    bad = TREATY | {"code": "an act", "adopted-day": ""}
    refused = admin.post(instruments, data={**hidden(admin.get("/administration/provisions")), **bad})
    assert refused.status_code == 422
    assert "Write the whole date" in shown(refused)
    assert 'value="A fourth protocol"' in refused.text
    for code, words in (("an act", "capital letters, digits and hyphens"), ("CRC", "given already")):
        again = admin.post(
            instruments, data={**hidden(refused), **TREATY, "code": code, "kind": "", "source_address": "page 4"}
        )
        assert again.status_code == 422
        for each in (words, "Say what it is", "begins with https://"):
            assert each in shown(again)
    page = f"{instruments}/CRC/provisions"
    refused = admin.post(page, data={**hidden(admin.get(page)), **ARTICLE, "place": "", "summary": "", "status": "x"})
    assert refused.status_code == 422
    for words in ("Say where in the instrument", "Say in plain words", "begins with https://"):
        assert words in shown(refused)
    assert admin.get(f"{instruments}/NONE").status_code == 404
    assert admin.get(f"{instruments}/NONE/provisions").status_code == 404
    assert admin.post(f"{instruments}/NONE/provisions", data={**hidden(refused), **ARTICLE}).status_code == 404


LONG = {"reason": "x" * 2001}
MORE_THAN = "This text has more than 2,000 characters."
EVERY_MISTAKE: tuple[tuple[str, str, dict[str, str], tuple[str, ...]], ...] = (
    ("/administration/offices/new", "/administration/offices/new",
     {"code": "nine lives", "type": "", "short_name": "", "host": "", "region": "", "time_zone": "Mars/Base",
      "opened_on-year": "2024", "name_en": ""} | LONG,
     ("four digits or capital letters", "Choose what kind of office", "Give the short name", "Choose a time zone",
      "Write the whole date", "Give the English name", MORE_THAN)),
    ("/administration/offices/0060/move", "/administration/offices/0060/move",
     {"region": "NOWHERE", "day-day": "31", "day-month": "2", "day-year": "2026"} | LONG,
     ("Choose a region", "February", MORE_THAN)),
    ("/administration/offices/0060/move", "/administration/offices/0060/move", {"region": ""},
     ("Choose a region", "Give the day")),
    ("/administration/offices/0060/serve", "/administration/offices/0060/serve",
     {"country": "", "valid_from-day": "2", "valid_from-month": "5", "valid_from-year": "2024", "valid_to-day": "1",
      "valid_to-month": "5", "valid_to-year": "2024"} | LONG,
     ("Choose a country", "before the first", MORE_THAN)),
    ("/administration/regions", "/administration/regions", {"code": "a region", "name_en": ""} | LONG,
     ("two to ten capital letters", "Give the English name", MORE_THAN)),
    ("/administration/provisions", "/administration/instruments",
     {"code": "an act", "kind": "", "source_address": "page 4", "adopted-year": "1989", "name_en": ""} | LONG,
     ("capital letters, digits and hyphens", "Say what it is", "begins with https://", "Write the whole date",
      "Give the English name", MORE_THAN)),
    ("/administration/instruments/CRC/provisions", "/administration/instruments/CRC/provisions",
     {"code": "art 4", "place": "", "kind": "x", "summary": "", "source_address": "page 4", "name_en": ""} | LONG,
     ("capital letters, digits and hyphens", "Say where in the instrument", "Say in plain words",
      "begins with https://", "Give the English name", MORE_THAN)),
    ("/administration/lists/support_type", "/administration/lists/support_type",
     {"code": "A B", "facet": "", "definition": "", "name_en": "y" * 500} | LONG,
     ("A code has small letters", "Say whether it tells how", "Say in a sentence what belongs",  MORE_THAN)),
)  # fmt: skip


@pytest.mark.parametrize(
    ("page", "path", "typed", "told"), EVERY_MISTAKE, ids=[f"{p}{len(t)}" for _o, p, t, _s in EVERY_MISTAKE]
)
def test_every_mistake_of_a_form_is_told_at_once(
    admin: FlaskClient,
    sessions: sessionmaker[Session],
    page: str,
    path: str,
    typed: dict[str, str],
    told: tuple[str, ...],
) -> None:
    with sessions() as session:
        before = session.scalar(select(func.count()).select_from(AuditEvent))
    answer = admin.post(path, data={**hidden(admin.get(page)), **typed})
    assert answer.status_code == 422
    for words in told:
        assert words in shown(answer), words
    for field in typed.keys() & {"code", "source_address"}:
        assert f'value="{typed[field]}"' in answer.text
    with sessions() as session:
        assert session.scalar(select(func.count()).select_from(AuditEvent)) == before


def test_what_is_said_of_an_instrument_is_changed(admin: FlaskClient) -> None:
    path = "/administration/instruments/TOKYO/describe"
    opened = admin.get(path)
    told = {name: TREATY[name] for name in TREATY if name not in ("code", "name_en", "name_fr")}
    look, made = looked_and_made(admin, path, told)
    assert made.status_code == 303, shown(look)
    page = shown(admin.get("/administration/instruments/TOKYO"))
    assert "A/RES/1" in page
    assert "Instrument edited" in page
    stale = admin.post(path, data={**hidden(opened), **told, "symbol": "Other"})
    assert stale.status_code == 409


def test_the_audit_speaks_of_things_by_their_names(admin: FlaskClient, sessions: sessionmaker[Session]) -> None:
    with unit_of_work(sessions) as session:
        reference = approved(session, "0060").reference
        account = session.scalars(select(AuditEvent).where(AuditEvent.subject_kind == "account")).first()
        user = session.get(User, int(account.subject_key)) if account else None
    looked_and_made(admin, "/administration/names/office/0060", NAMES)
    page = admin.get("/administration/audit")
    assert f'<a href="/activities/{reference}"><bdi>{reference}</bdi></a>' in page.text
    assert "Name Kabul Office" in shown(page)
    assert "Activity: Approved" in page.text
    if user is not None:
        assert user.name in shown(admin.get("/administration/audit?kind=account"))
    wrong = admin.get("/administration/audit?first=31.1.2026")
    assert wrong.status_code in (400, 422)
    assert "Write the day as 2026-01-31." in wrong.text


ACTION = re.compile(rf'"((?:{"|".join(sorted({name.partition(".")[0] for name in AUDITED} - {"refused"}))})\.[a-z-]+)"')
NO_ACTIONS = {"code.code", "counterpart.id", "mail.choice"}
"""Names of fields and of letters that look like actions."""


def test_every_action_that_the_program_writes_has_words() -> None:
    """And every word is of an action that something writes."""
    written = {
        name
        for path in (ROOT / "app").rglob("*.py")
        if path.name not in ("words.py", "history_page.py", "history.py", "changes_page.py")
        for name in ACTION.findall(path.read_text(encoding="utf-8"))
    }
    made_up = {
        "account.invitation",
        "account.reset",
        "activity.imported",
        "activity.joint-accepted",
        "activity.joint-declined",
        "refused",
    }  # fmt: skip - put together from parts
    assert written - NO_ACTIONS - AUDITED.keys() == set()
    assert AUDITED.keys() - written - made_up == set()


def test_the_audit_is_filtered_and_exported(admin: FlaskClient, sessions: sessionmaker[Session]) -> None:
    with unit_of_work(sessions) as session:
        made = approved(session, "0060", title="Secret of the office", delivered="Only for the office")
        reference = made.reference
    looked_and_made(admin, "/administration/names/office/0060", NAMES | {"reason": "=1+1"})
    page = shown(admin.get("/administration/audit?kind=name&key=office/0060&who=admin@"))
    assert "Renamed" in page
    assert "Loaded with" not in page.partition("What happened Of what Why")[2]
    assert "Nothing of that kind happened" in shown(admin.get("/administration/audit?first=1999-01-01&last=1999-01-02"))
    lines = [json.loads(line) for line in admin.get(f"/administration/audit.jsonl?key={reference}").text.splitlines()]
    assert {line["action"] for line in lines} >= {"activity.recorded", "activity.approved"}
    assert {line["state"] for line in lines} == {None}
    file = admin.get("/administration/audit.csv").get_data(as_text=True)
    assert "Only for the office" not in file
    assert "'=1+1" in file
    older = admin.get("/administration/audit")
    assert 'rel="next"' in older.text
    with sessions() as session:
        assert session.scalar(select(AuditEvent.id).where(AuditEvent.action == "name.changed").limit(1))


@pytest.mark.parametrize(
    "email", ["staff@demo.example", "lead@demo.example", "adviser@demo.example", "hq@demo.example"]
)
def test_nobody_else_gets_in(client: FlaskClient, sign_in: SignIn, email: str) -> None:
    sign_in(client, email)
    assert 'href="/administration"' not in client.get("/").text
    for path in ("", "/offices", "/lists/modality", "/audit", "/audit.csv", "/names/office/0060"):
        assert client.get(f"/administration{path}").status_code == 403


@pytest.mark.parametrize(
    ("path", "data", "said"),
    [
        ("offices/0060/move", {"region": "EAPRO", **DAY}, ("Region East Asia and the Pacific", "1 May 2024")),
        ("lists/modality/consultant/merge", {"into": "scholarship"},
         ("Becomes Scholarship or study abroad", "0 records are written anew")),
        ("lists/modality/consultant/retire", {}, ("0 records have it and keep it",)),
        ("offices/0060/serve", {"country": "NPL", **{f"valid_from-{k[4:]}": v for k, v in DAY.items()}},
         ("Country Nepal", "First day 1 May 2024")),
    ],
)  # fmt: skip
def test_what_is_about_to_be_done_is_said_in_words(
    admin: FlaskClient, path: str, data: dict[str, str], said: tuple[str, ...]
) -> None:
    address = f"/administration/{path}"
    look = admin.post(address, data={**hidden(admin.get(address)), **data, "reason": "As agreed"})
    assert look.status_code == 200, shown(look)
    for words in (*said, "Why As agreed"):
        assert words in shown(look), shown(look)[:1500]
