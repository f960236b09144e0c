"""Every page, read strictly: valid HTML, one heading, names for all controls, nothing inline, every word translated."""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from html import unescape
from io import BytesIO
from itertools import pairwise
from json import loads

import pytest
import sqlalchemy as sa
from lxml.html import HtmlElement as Element
from sqlalchemy.orm import Session, sessionmaker
from werkzeug.test import TestResponse

from app.accounts.models import User
from app.core.db import Base, new_client_id
from app.core.i18n import LOCALES
from tests.house.crawl import Page, crawl, text_of
from tests.house.records import KINDS, OFFICE
from tests.house.world import NOBODY, World, email_of

READERS = ("staff", "adviser", "hq", "admin")
EVERY = os.environ.get("HYPOTHESIS_PROFILE") == "deep"
STRICTLY = 2
LONG_CODES = re.compile(r"\b[A-Z][A-Z0-9]{1,11}(?:-[A-Z0-9]+)+\b")


@pytest.fixture(scope="module")
def starts(world: World) -> list[str]:
    """Where the reading begins: at home, and at a record and a return of every kind."""
    further = ("/review", "/review/batch", "/people", f"/people?office={OFFICE}", "/people?office=2040", "/comments",
               "/next-steps", "/me/mail", f"/offices/{OFFICE}/reviewers", "/regions/self-approval",
               "/counterparts", "/imports", "/requests", "/requests?show=open&from=2020&country=AFG",
               "/requests/nothing-given", "/requests/given-not-asked?country=AFG", "/requests/import", "/requests/new",
               "/practices", "/practices?step=lesson&obstacle=law", "/countries/AFG/partners",
               "/me/password", "/me/second-factor", "/me/tokens", "/me/elsewhere", "/people/access",
               "/administration", "/administration/people", "/administration/people?q=nobody+at+all",
               "/administration/people/new", f"/people/access/{OFFICE}")  # fmt: skip
    return ["/", "/returns", "/rounds", *further, *dict.fromkeys(world.make(kind).page for kind in KINDS)]


def pages_of(world: World, who: str, starts: list[str]) -> Iterator[Page]:
    """What this person can reach, and what is answered to what is wrong. One after the other; keep none."""
    yield from crawl(world.app, world.browser(who), *starts)
    yield from refused_pages(world, who)


def pages_of_nobody(world: World) -> Iterator[Page]:
    """What is shown to somebody who is not signed in."""
    browser = world.browser(NOBODY)
    yield from crawl(
        world.app, browser, "/sign-in", "/activities/ROSA-2026-0001", "/sign-in/forgotten", "/account/link"
    )
    for path in ("/sign-in/forgotten", "/sign-in/passkey", "/account/password"):
        refused = world.post(NOBODY, path, {"email": "", "password": ""})
        yield Page(f"POST {path}", "", refused.status_code, refused.text)
    ended = world.browser(NOBODY).post("/activities/new", data={"title": "Signed out meanwhile"})
    yield Page("POST /activities/new", "", ended.status_code, ended.text)


def refused_pages(world: World, who: str) -> Iterator[Page]:
    """Pages that no link leads to: refusals, forms that come back, a stale edit, an ended token."""
    client = world.browser(who)
    record = world.make("draft")
    edit = f"{record.page}/edit"
    new = {"client_id": new_client_id(), "office": OFFICE}
    wrong = {**new, "title": "", "actual_start-day": "31", "actual_start-month": "2", "actual_start-year": "2025",
             "do": "submit", "counterparts-0-name": "Ministry", "funding_amount_usd": "a lot", "status": "closed",
             "partners-0-role": "donor", "milestones-0-law": "Act"}  # fmt: skip
    asked = [
        client.get("/nowhere"),
        client.get("/activities?year=abc&region=XX&workflow=odd"),
        client.get("/coverage?year=1066"),
        client.get(f"{edit}?check=yes"),
        world.post(who, "/activities/new", wrong),
        world.post(who, "/activities/new", {**new, "title": "Long", "do": "more-counterparts"}),
        world.post(who, edit, {**new, "title": "Stale", "version": "0", "do": "draft"}),
        world.post(who, f"{record.page}/withdraw", {**record.sent, "reason": ""}),
        world.post(who, f"{record.page}/withdraw", {"version": "0", "reason": "Twice."}),
        world.post(who, f"{record.page}/deliveries", {**new, "on-day": "1", "people-0-women": "many"}),
        world.post(who, f"{record.page}/next-steps", {**new, "what": ""}),
        world.post(who, f"{record.page}/links", {**new, "address": "ftp://x"}),
        world.post(who, f"{record.page}/comments", {**new, "text": ""}),
        world.post(who, "/review/batch"),
        world.post(who, "/me/mail", {"rhythm": "hourly"}),
        *refused_handovers(world, who),
        world.post(who, "/imports", {**new, "file": (BytesIO(b"%PDF"), "a.csv")}),
        world.post(who, "/imports", new),
        world.post(who, f"{world.make('import-sent').page}/take", {"seen": "1"}),
        world.post(who, f"{world.make('import-checked').page}/columns", {"seen": "0"}),
        *refused_accounts(world, who),
        *asked_of_administration(world, who),
        world.post(who, f"{record.page}/evidence", {**new, "title": "x" * 201}),
        world.post(who, f"{record.page}/evidence/{record.address['item']}/remove", {"reason": ""}),
        world.post(who, "/sign-in/resend"),
        client.get("/reports/nothing"),
        client.get("/reports/trend?region=XX"),
        world.post(who, "/figures/1/withdrawal", {"reason": ""}),
        world.post(who, "/saved-filters", {**new, "name": "", "address": "/coverage"}),
        client.post(edit, data={"title": "A token that ended", "version": "1"}),
        client.get(f"{edit}/nothing/here"),
        client.post("/activities"),
        *refused_returns(world, who),
        *refused_requests(world, who),
    ]
    for answer in asked:
        assert answer.mimetype == "text/html", (answer.request.path, answer.status_code)
        yield Page(f"{answer.request.method} {answer.request.path}", "", answer.status_code, answer.text)


def asked_of_administration(world: World, who: str) -> Iterator[TestResponse]:
    """What a change moves, and forms that come back."""
    day = {"day-day": "1", "day-month": "5", "day-year": "2024"}
    for path, data in (
        ("/administration/offices/0660/close", day),
        ("/administration/offices/0660/close", {**day, "day-day": "31", "day-month": "2"}),
        ("/administration/offices/0660/close", {**day, "seen": "old"}),
        ("/administration/offices/0660/move", {**day, "region": "NOWHERE"}),
        ("/administration/offices/new", {"code": "9"}),
        ("/administration/regions", {"code": "9"}),
        ("/administration/lists/modality", {"code": "Bad"}),
        ("/administration/lists/support_type", {"code": "Bad"}),
        ("/administration/lists/modality/consultant/merge", {"into": "nothing"}),
        ("/administration/names/office/0660", {"name_en": ""}),
        ("/administration/provisions/CRC-4/edit", {"summary": ""}),
    ):
        yield world.post(who, path, data)


def refused_handovers(world: World, who: str) -> Iterator[TestResponse]:
    """Memberships, handovers and reviewers with forms that come back."""
    membership, handover = world.make("membership").page, world.make("handover").page
    with world.sessions() as session:
        adviser = session.scalars(sa.select(User.id).where(User.email == email_of("adviser"))).one()
    for path, data in (
        (membership, {"ends_on-day": "31", "ends_on-month": "2"}),
        (membership, {"ends_on-day": "3", "ends_on-month": "2", "ends_on-year": "2026", "seen": "2020-01-01"}),
        (f"{handover}/drafts", {"person": "999999"}),
        (f"/offices/{OFFICE}/reviewers", {"reviewer": "999999", "seen": ""}),
        (f"/offices/{OFFICE}/reviewers", {"seen": "1:2", "reviewer": str(adviser)}),
        ("/regions/self-approval", {"regions": "NOWHERE", "seen": ""}),
        ("/regions/self-approval", {"seen": "OLD"}),
        ("/offices/2040/acting", {"person": "", "until-year": "soon"}),
    ):
        yield world.post(who, path, data)


def refused_requests(world: World, who: str) -> Iterator[TestResponse]:
    """Requests and practice cards with forms that come back."""
    request, accepted, card = (world.make(kind).page for kind in ("request-open", "request-accepted", "card-submitted"))
    for path, data in (
        ("/requests/new", {"kind": "need", "received_on-month": "13"}),
        ("/requests/import", {"source": "upr"}),
        (f"{request}/edit", {"kind": "need", "country": "AFG", "source": "upr", "asked": "Mine.", "version": "0"}),
        (f"{request}/answer", {"answer": "declined", "version": "1"}),
        (f"{request}/withdraw", {"reason": "", "version": "1"}),
        (f"{accepted}/met", {"met": "", "version": "2"}),
        (f"{request}/activities", {"activity": "ROSA-1999-9999"}),
        (f"{request}/comments", {"text": ""}),
        (f"{request}/next-steps", {"what": ""}),
        (f"{card}/review", {"do": "return", "version": "2"}),
        (f"{card}/edit", {"step": "lesson", "title": "Stale", "version": "0"}),
        (f"{card}/reuses", {"office": OFFICE, "words": ""}),
        (f"{card}/withdraw", {"reason": "", "version": "2"}),
    ):
        yield world.post(who, path, {"client_id": new_client_id(), **data})


def refused_accounts(world: World, who: str) -> Iterator[TestResponse]:
    """One's own account and other people's, with forms that come back."""
    person = world.make("person")
    for path, data in (
        ("/me/password", {"current": "wrong"}),
        ("/me/tokens", {"client_id": new_client_id(), "last_day-day": "31", "last_day-month": "2"}),
        ("/me/passkeys", {"client_id": new_client_id(), "name": "", "answer": "{}"}),
        ("/administration/people/new", {"client_id": new_client_id(), "email": "none", "valid_from-month": "13"}),
        (person.page, {"name": "", "email": "none", "seen": person.sent["seen"]}),
        (person.page, {"name": "Stale", "email": "none", "seen": "long ago"}),
        (f"{person.page}/roles", {"client_id": new_client_id(), "role": "regional_adviser"}),
        (f"{person.page}/deactivate", {"reason": ""}),
        (f"{person.page}/invite", {}),
        (f"/people/access/{OFFICE}", {"client_id": new_client_id(), "seen": "1"}),
    ):
        yield world.post(who, path, data)


def refused_returns(world: World, who: str) -> Iterator[TestResponse]:
    """Returns, rounds and exemptions with forms that come back, each beside the state that it is about."""
    begun, signed, told = (world.make(kind).page for kind in ("begun", "signed", "told"))
    no_day = {"opens_on-day": "31", "opens_on-month": "2", "valid_from-month": "13"}
    for path, data in (
        (begun, {"do": "nil", "version": "1"}),
        (begun, {"do": "draft", "words": "Stale.", "version": "0"}),
        (begun, {"do": "support", "ticked": "ROSA-1999-9999", "version": "1"}),
        (f"{begun}/record", {"do": "nil", "words": "None.", "version": "1"}),
        (f"{begun}/record", {"do": "nil", "words": "None.", "evidence": "Stale.", "version": "0"}),
        (f"{signed}/reopen", {"version": "1", "reason": ""}),
        (f"{signed}/reopen", {"version": "0", "reason": "Stale."}),
        (f"{told}/confirm", {"version": "0"}),
        (f"{begun}/sentence", {"sentence": "x" * 301}),
        (f"{begun}/sentence", {"sentence": "Stale.", "seen": "long ago"}),
        (world.make("round").page, no_day),
        ("/exemptions", {**no_day, "client_id": new_client_id()}),
        (f"/exemptions/{world.make('exempt').address['key']}/end", no_day),
    ):
        yield world.post(who, path, data)


Question = Callable[[Page], Iterator[str]]
QUESTIONS: dict[str, Question] = {}
# For each question a page of which it must complain.
WRONG: dict[str, str] = {}


def question(wrong: str) -> Callable[[Question], Question]:
    """One question to every page: it yields the faults of a page. `wrong` is in the body of a page that has one."""

    def add(asked: Question) -> Question:
        QUESTIONS[asked.__name__] = asked
        WRONG[asked.__name__] = wrong
        return asked

    return add


@question("<p>One<div>two</p></div>")
def is_valid(page: Page) -> Iterator[str]:
    yield from page.errors()
    if not page.text.startswith("<!DOCTYPE html>"):
        yield "no doctype"


@question("<h2>Before</h2><h4>A level left out</h4>")
def has_a_title_a_language_and_one_heading(page: Page) -> Iterator[str]:
    html = page.tree if page.tree.tag == "html" else next(page.all("html"))
    if not html.get("lang") or html.get("dir") not in ("ltr", "rtl"):
        yield "no language or direction"
    titles = [text_of(each) for each in page.all("title") if each.get("id") is None]
    if len(titles) != 1 or titles[0].startswith("–"):
        yield f"title {titles}"
    headings = [text_of(each) for each in page.all("h1")]
    if len(headings) != 1 or not headings[0]:
        yield f"h1 {headings}"
    if len(list(page.all("main"))) != 1:
        yield "not one main"
    levels = [int(each.tag[1]) for each in page.all("h1", "h2", "h3", "h4", "h5", "h6")]
    if any(after > before + 1 for before, after in pairwise(levels)):
        yield f"a level of headings is left out: {levels}"


@question("<input name='a'>")
def names_every_control(page: Page) -> Iterator[str]:
    labels = [label for label in page.all("label") if text_of(label)]
    named = {label.get("for") for label in labels}
    inside = {id(control) for label in labels for control in label.iter()}
    for control in page.all("input", "select", "textarea"):
        known = control.get("id") in named or id(control) in inside or control.get("aria-label")
        if not known and control.get("type") != "hidden":
            yield f"no label: {control.tag} {control.get('name')}"
    for button in page.all("button", "a", "summary"):
        if not text_of(button) and not button.get("aria-label") and button.get("aria-hidden") != "true":
            yield f"no words: {button.tag} {dict(button.attrib)}"
    for group in page.all("fieldset"):
        first = next(iter(group), None)
        if first is None or first.tag != "legend" or not text_of(first):
            yield f"no legend: {group.get('id')}"


@question("<p id='a'>One</p><p id='a'>Two</p>")
def has_each_id_once(page: Page) -> Iterator[str]:
    ids = Counter(each.get("id") for each in page.tree.iter() if each.get("id"))
    yield from (f"id {each} {count} times" for each, count in ids.items() if count > 1)


@question("<p aria-describedby='b'>One</p>")
def has_a_target_for_every_reference(page: Page) -> Iterator[str]:
    ids = {each.get("id") for each in page.tree.iter()}
    for each in page.tree.iter():
        for name in ("for", "aria-labelledby", "aria-describedby", "aria-controls", "list"):
            for wanted in set(each.get(name, "").split()) - ids:
                yield f"{each.tag} {name}={wanted} leads nowhere"
        if each.tag == "a" and each.get("href", "").startswith("#") and each.get("href", "")[1:] not in ids:
            yield f"anchor {each.get('href')} leads nowhere"


# Addresses that are fetched at once, and what they may be: our own, or a picture in the text.
FETCHED = frozenset({"src", "srcset", "action", "formaction", "poster", "data"})
OWN = re.compile(r"/(?!/)|#|data:image/svg|\?|$")
LINKS = frozenset({"a"})


@question("<p style='color: red'>One</p>")
def has_nothing_inline(page: Page) -> Iterator[str]:
    for each in page.tree.iter():
        if each.tag == "style" or (each.tag == "script" and not each.get("src")):
            yield f"inline {each.tag}"
        yield from (f"{each.tag} {name}" for name in each.attrib if name == "style" or name.startswith("on"))


@question("<img alt='' src='https://example.org/a.png'>")
def fetches_nothing_from_elsewhere(page: Page) -> Iterator[str]:
    for each in page.tree.iter():
        for name, value in each.attrib.items():
            fetched = name in FETCHED or (name == "href" and each.tag not in LINKS)
            script = each.tag in LINKS and re.match(r"\s*(javascript|data|vbscript):", value, re.IGNORECASE)
            if (name == "href" and script) or (fetched and not OWN.match(value)):
                yield f"{each.tag} {name}={value[:80]}"


# What a form that creates or changes must carry, by the last word of its address; the rest needs the token only.
CREATES = re.compile(
    r"/(activities|figures|requests|practices)/new$|/activities/typed/forget$"
    r"|/(deliveries|deliveries/\d+/correct|next-steps|links|evidence|comments|saved-filters|reuses)$|^/exemptions$|^/imports$"
    r"|^/me/(tokens|passkeys)$|^/administration/people/(new|\d+/roles)$|^/people/access/\w+$"
)
CHANGES = re.compile(
    r"^(?!/administration/).*/(edit|submit|approve|return|question|settle-question|set-aside|count-again|withdraw|undo-withdrawal)$"
    r"|/returns/\d+(/record|/confirm|/reopen)?$|^/requests/[^/]+/(answer|met)$|^/practices/[^/]+/review$"
)
# Rows without a version: the form says what it showed, which is nothing where there was nothing; the page before a
# change of administration says which figures it showed to move.
SEES = re.compile(
    r"^/rounds/\d+$|/returns/\d+/sentence$|^/exemptions/\d+/end$|^/people/(\d+/end|handovers/\d+/\w+)$"
    r"|^/imports/[^/]+/(columns|take|again|undo)$|^/administration/(people/\d+$|(?!people)\w)"
    r"|^/offices/\w+/(reviewers|acting)$|^/regions/self-approval$|^/review/batch$"
)
NEITHER = re.compile(
    r"^/(language|sign-in|sign-in/resend|sign-out|me/sign-out-everywhere|me/mail)$|^/provisions/[^/]+/confirm$"
    r"|/comments/\d+/(resolve|reopen)$|^/review/[^/]+/(claim|release)$"
    r"|^/figures/\d+/withdrawal$|^/saved-filters/\d+/remove$"
    r"|^/activities/[^/]+/(offices/\w+|deliveries/\d+/remove|next-steps/\d+/done|evidence/\d+/(remove|restore))$"
    r"|^/counterparts/\d+/(verify|merge|undo)$|^/activities/[^/]+/requests$|^/requests/import(/[^/]+/undo)?$"
    r"|^/requests/[^/]+/(activities(/[^/]+/unlink)?|next-steps/\d+/done)$"
    r"|^/sign-in/(second|passkey|forgotten)$|^/account/password$"
    r"|^/me/(password|elsewhere|elsewhere/remove|recovery-codes|second-factor/app|second-factor/app/(confirm|remove))$"
    r"|^/me/(passkeys/\d+/remove|tokens/\d+/revoke|sessions/\d+/end)$"
    r"|^/administration/people/\d+/(home/\d+|invite|deactivate|activate|sessions/end|second-factor/remove)$"
)
UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


MUST: tuple[tuple[str, re.Pattern[str], Callable[[dict[str, str]], object]], ...] = (
    ("client id", CREATES, lambda fields: UUID.fullmatch(fields.get("client_id", ""))),
    ("version", CHANGES, lambda fields: fields.get("version", "").isdecimal()),
    ("word of what it showed", SEES, lambda fields: any(name.endswith(("seen", "moves")) for name in fields)),
    ("place in this test", NEITHER, lambda fields: True),
    ("place in this test", re.compile(""), lambda fields: False),
)


@question("<form method='post' action='/activities/new'></form>")
def has_in_every_unsafe_form_a_token_and_an_id_or_version(page: Page) -> Iterator[str]:
    for form in page.all("form"):
        if form.get("method", "get").lower() == "get":
            continue
        where = form.get("action", "").split("?")[0]
        fields = {each.get("name", ""): each.get("value", "") for each in form.iter("input")}
        if not any(name.endswith("csrf_token") and len(value) > 20 for name, value in fields.items()):
            yield f"{where}: no token"
        # A page of ours that only hands back what was typed says no more than was sent.
        kept = any(name.startswith("kept") for name in fields) or page.status in (400, 401)
        needed, pattern, carries = next(must for must in MUST if must[1].search(where))
        if not carries(fields) and not (kept and pattern in (CREATES, CHANGES, SEES)):
            yield f"{where}: no {needed}"


@question("<form><label>Word <input></label></form>")
def names_what_each_search_and_filter_sends(page: Page) -> Iterator[str]:
    for form in page.all("form"):
        if form.get("method", "get").lower() == "get":
            names = [each.get("name") for each in form.iter() if each.tag in ("input", "select", "textarea")]
            if None in names or any(name.startswith("csrf") for name in names if name):
                yield f"{form.get('action')}: {names}"


@dataclass
class Reading:
    """What was found in all pages: each fault and each text once, with the first page that has it."""

    faults: dict[str, dict[str, str]]
    texts: dict[str, str]
    strictly: Counter[tuple[str, int]]


def questions_to(page: Page, read: Counter[tuple[str, int]]) -> list[str]:
    """The questions to this page. The strict reader takes longer than all else together: each kind of page twice."""
    kind = (page.endpoint or page.path, page.status)
    read[kind] += 1
    return [name for name in QUESTIONS if name != is_valid.__name__ or EVERY or read[kind] <= STRICTLY]


@pytest.fixture(scope="module")
def reading(world: World, starts: list[str]) -> Reading:
    """Every page, read once: in the pseudo-locale by those who may see much, in English by nobody."""
    read = Reading({name: {} for name in QUESTIONS}, {}, Counter())
    statuses = set()
    for who in (NOBODY, *READERS):
        if who != NOBODY:
            assert world.post(who, "/language", {"language": "qps", "next": "/"}).status_code == 303
        count = 0
        for page in pages_of_nobody(world) if who == NOBODY else pages_of(world, who, starts):
            count += 1
            statuses.add(page.status)
            for name in questions_to(page, read.strictly):
                for said in QUESTIONS[name](page):
                    read.faults[name].setdefault(said, f"{page.path} ({page.status}, {who}): {said}")
            if who != NOBODY:
                assert 'lang="en-XA" dir="rtl"' in " ".join(page.text[:200].split()), page.path
                for said in shown_texts(page):
                    read.texts.setdefault(said, page.path)
        assert count > (1 if who == NOBODY else 50), (who, count)
    assert statuses >= {200, 400, 401, 404, 405, 409, 422}
    return read


@pytest.mark.parametrize("name", QUESTIONS)
def test_every_page(reading: Reading, name: str) -> None:
    assert not reading.faults[name], "\n".join(reading.faults[name].values())


BARE = (
    '<!DOCTYPE html><html lang="en" dir="ltr"><head><title>A page</title></head><body><main><h1>A page</h1>{}</main>'
    "</body></html>"
)


@pytest.mark.parametrize("name", QUESTIONS)
def test_each_question_finds_its_fault(name: str) -> None:
    assert list(QUESTIONS[name](Page("/", "", 200, BARE.format(WRONG[name]))))
    assert not list(QUESTIONS[name](Page("/", "", 200, BARE.format("<p>Words.</p>"))))


# The pseudo-locale: what does not stand in marks is data, or missed gettext.
INNERMOST = re.compile(r"\[[^\[\]]*·+\]")
WORD = re.compile(r"[A-Za-z]{3,}")
SHOWN = ("title", "alt", "placeholder", "aria-label", "label")
# Written the same in every language, or told by Babel in the language of the dates.
SAME = frozenset({"English", "Pseudo (right to left)", "CSV", "UTF-8", "UTC", "HXL", "IATI", "URL", "https", "http"})
ADDRESS = re.compile(r"https?://\S+|\S+@\S+")
DATES = re.compile(
    r"\b(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*\b|\b\d{1,2}:\d{2}(?::\d{2})?\s?[AP]M\b|\b[AP]M\b"
)


def test_the_pseudo_locale_leaves_no_plain_word(world: World, reading: Reading) -> None:
    """Every word is marked, or is in the database (labels, names, what people typed), or is a code."""
    known = known_texts(world.sessions)
    left = {said: plain_words(said, known) for said in reading.texts}
    assert not any(left.values()), "\n".join(f"{reading.texts[said]}: “{words}” of “{said[:150]}”"
                                            for said, words in left.items() if words)  # fmt: skip


def test_a_plain_word_is_found_in_a_marked_page() -> None:
    assert plain_words("[Ñàmé···] Jane Doe, in Kabul", ["Jane Doe"]) == "| |, in Kabul"
    assert plain_words("[Ñàmé···] Jane Doe", ["Jane Doe"]) == ""


def shown_texts(page: Page) -> Iterator[str]:
    """What a person reads or hears, an element at a time: a sentence with a name in it is one text."""
    body = next(page.all("body"))
    yield from (str(each) for each in loads(body.get("data-words", "{}")).values())
    yield from (text_of(each) for each in page.all("title") if each.get("id") is None)
    for each in body.iter():
        if each.tag in ("script", "style", "textarea", "pre"):
            continue
        yield from (each.get(name, "") for name in SHOWN if each.get(name))
        if each.tag not in ("option", "bdi"):
            yield from own_texts(each)


def own_texts(element: Element) -> Iterator[str]:
    """The texts directly inside an element."""
    yield element.text or ""
    for child in element:
        yield child.tail or ""


def plain_words(text: str, known: list[str]) -> str:
    """What is left of `text` without what is marked, known, a code, a date or an address; "" if no word is."""
    left = " ".join(unescape(text).split())
    while INNERMOST.search(left):
        left = INNERMOST.sub("|", left)
    left = ADDRESS.sub("", left)
    for each in known:
        if not WORD.search(left):
            return ""
        left = left.replace(each, "|")
    left = DATES.sub("", LONG_CODES.sub("", left))
    return left if WORD.search(left) else ""


def known_texts(sessions: sessionmaker[Session]) -> list[str]:
    """Every name and sentence in the database, the longest first. Bare codes are none: “draft” must be translated."""
    known: set[str] = set(SAME) | {each.name for each in LOCALES.values()}
    with sessions() as session:
        for table in Base.metadata.sorted_tables:
            columns = [c for c in table.columns if isinstance(c.type, sa.String)]
            for row in session.execute(sa.select(*columns)) if columns else ():
                for value in row:
                    if isinstance(value, str) and WORD.search(value):
                        known |= {" ".join(each.split()).strip(" .") for each in (value, *value.split(";"))}
    return sorted((each for each in known if re.search(r"[A-Z]| ", each)), key=len, reverse=True)
