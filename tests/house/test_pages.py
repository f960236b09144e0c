"""Every page, read strictly: valid HTML, one heading, names for all controls, nothing inline, every word translated."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from json import loads
from xml.etree.ElementTree import Element

import pytest
import sqlalchemy as sa
from html5lib.html5parser import ParseError
from sqlalchemy.orm import Session, sessionmaker

from app.core.db import Base, new_client_id
from app.core.i18n import LOCALES
from tests.house.crawl import Page, crawl, text_of
from tests.house.world import KINDS, NOBODY, OFFICE, World

READERS = ("staff", "adviser", "elsewhere", "hq", "admin")
LONG_CODES = re.compile(r"\b[A-Z][A-Z0-9]{1,11}(?:-[A-Z0-9]+)+\b")


def pages_of(world: World, who: str) -> list[Page]:
    """What this person can reach, and what is answered to what is wrong."""
    found = crawl(world.app, world.browser(who))
    assert len(found) > 30, [page.path for page in found]
    return found + list(refused_pages(world, who))


def refused_pages(world: World, who: str) -> Iterator[Page]:
    """Pages that no link leads to: refusals, forms that come back, a stale edit, an ended token."""
    client = world.browser(who)
    record = world.make("draft")
    edit = f"/activities/{record.reference}/edit"
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
        world.post(who, f"/activities/{record.reference}/withdraw", {"version": str(record.version), "reason": ""}),
        world.post(who, f"/activities/{record.reference}/withdraw", {"version": "0", "reason": "Twice."}),
        world.post(who, f"/activities/{record.reference}/deliveries", {**new, "on-day": "1", "people-0-women": "many"}),
        world.post(who, f"/activities/{record.reference}/next-steps", {**new, "what": ""}),
        world.post(who, f"/activities/{record.reference}/links", {**new, "address": "ftp://x"}),
        world.post(who, "/sign-in/resend"),
        client.get("/reports/nothing"),
        client.get("/reports/trend?region=XX"),
        world.post(who, "/figures/1/withdrawal", {"reason": ""}),
        world.post(who, "/saved-filters", {**new, "name": "", "address": "/coverage"}),
        client.post(edit, data={"title": "A token that ended", "version": "1"}),
        client.get(f"{edit}/nothing/here"),
        client.post("/activities"),
    ]
    for answer in asked:
        assert answer.mimetype == "text/html", (answer.request.path, answer.status_code)
        yield Page(f"{answer.request.method} {answer.request.path}", "", answer.status_code, answer.text)


@pytest.fixture(scope="module")
def pages(world: World) -> list[Page]:
    """Every page that anybody sees, in English."""
    for kind in KINDS:
        world.make(kind)
    signed_out = crawl(world.app, world.browser(NOBODY), "/sign-in", "/activities/ROSA-2026-0001")
    ended = world.browser(NOBODY).post("/activities/new", data={"title": "Signed out meanwhile"})
    found = [Page("POST /activities/new", "", ended.status_code, ended.text), *signed_out]
    for who in READERS:
        found += pages_of(world, who)
    assert {page.status for page in found} >= {200, 400, 401, 404, 405, 409, 422}
    return found


def faults(pages: list[Page], find: object) -> list[str]:
    """What `find` says of each page, each sentence once, with the first page it was said of."""
    assert callable(find)
    found: dict[str, str] = {}
    for page in pages:
        for said in find(page):
            found.setdefault(said, f"{page.path} ({page.status}): {said}")
    return list(found.values())


def test_every_page_is_valid(pages: list[Page]) -> None:
    def find(page: Page) -> Iterator[str]:
        try:
            assert page.tree is not None
        except ParseError as error:
            yield str(error)
        if not page.text.startswith("<!DOCTYPE html>"):
            yield "no doctype"

    assert not faults(pages, find)


def test_every_page_has_a_title_a_language_and_one_heading(pages: list[Page]) -> None:
    def find(page: Page) -> Iterator[str]:
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
        if any(after > before + 1 for before, after in zip(levels, levels[1:], strict=False)):
            yield f"a level of headings is left out: {levels}"

    assert not faults(pages, find)


def test_every_control_has_a_name_and_every_reference_a_target(pages: list[Page]) -> None:
    def find(page: Page) -> Iterator[str]:
        ids = [each.get("id", "") for each in page.tree.iter() if each.get("id")]
        yield from (f"id {each} twice" for each in {one for one in ids if ids.count(one) > 1})
        labelled = {each.get("for") for each in page.all("label") if text_of(each)}
        inside = {id(control) for label in page.all("label") for control in label.iter() if text_of(label)}
        for control in page.all("input", "select", "textarea"):
            if control.get("type") == "hidden" or id(control) in inside:
                continue
            if control.get("id") not in labelled and not control.get("aria-label"):
                yield f"no label: {control.tag} {control.get('name')}"
        for button in page.all("button", "a", "summary"):
            hidden = button.get("aria-hidden") == "true"
            if not text_of(button) and not button.get("aria-label") and not hidden:
                yield f"no words: {button.tag} {dict(button.attrib)}"
        for group in page.all("fieldset"):
            first = next(iter(group), None)
            if first is None or first.tag != "legend" or not text_of(first):
                yield f"no legend: {group.get('id')}"
        for each in page.tree.iter():
            for name in ("for", "aria-labelledby", "aria-describedby", "aria-controls", "list"):
                for wanted in each.get(name, "").split():
                    if wanted not in ids:
                        yield f"{each.tag} {name}={wanted} leads nowhere"
            if (each.tag == "a" and each.get("href", "").startswith("#")) and each.get("href", "#")[1:] not in ids:
                yield f"anchor {each.get('href')} leads nowhere"

    assert not faults(pages, find)


def test_nothing_inline_nothing_from_elsewhere(pages: list[Page]) -> None:
    def find(page: Page) -> Iterator[str]:
        for each in page.tree.iter():
            if each.tag == "style" or (each.tag == "script" and not each.get("src")):
                yield f"inline {each.tag}"
            for name, value in each.attrib.items():
                if name == "style" or name.startswith("on"):
                    yield f"{each.tag} {name}={value}"
                if name in ("src", "srcset", "action", "formaction", "poster", "data") or (
                    name == "href" and each.tag not in ("a", "{http://www.w3.org/2000/svg}a")
                ):
                    fine = re.match(r"/(?!/)|#|data:image/svg|\?|$", value)
                    if not fine:
                        yield f"{each.tag} {name}={value[:80]}"
                if name == "href" and re.match(r"\s*(javascript|data|vbscript):", value, re.IGNORECASE):
                    if each.tag == "a":
                        yield f"link {value[:80]}"

    assert not faults(pages, find)


# What a form that creates or changes must carry, by the last word of its address; the rest needs the token only.
CREATES = re.compile(r"/(activities|figures)/new$|/(deliveries|next-steps|links|saved-filters)$")
CHANGES = re.compile(
    r"/(edit|submit|approve|return|question|settle-question|set-aside|count-again|withdraw|undo-withdrawal)$"
)
NEITHER = re.compile(
    r"^/(language|sign-in|sign-in/resend|sign-out|me/sign-out-everywhere)$|^/provisions/[^/]+/confirm$"
    r"|^/figures/\d+/withdrawal$|^/saved-filters/\d+/remove$|^/activities/[^/]+/(offices/\w+|deliveries/\d+/remove|next-steps/\d+/done)$"
)
UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def test_every_unsafe_form_has_its_token_and_its_id_or_version(pages: list[Page]) -> None:
    def find(page: Page) -> Iterator[str]:
        for form in page.all("form"):
            if form.get("method", "get").lower() == "get":
                continue
            where = form.get("action", "").split("?")[0]
            fields = {each.get("name"): each.get("value", "") for each in form.iter("input")}
            if len(fields.get("csrf_token", "")) < 20:
                yield f"{where}: no token"
            kept = any(name and name.startswith("kept") for name in fields) or page.status in (400, 401)
            if CREATES.search(where):
                if not kept and not UUID.fullmatch(fields.get("client_id", "")):
                    yield f"{where}: no client id"
            elif CHANGES.search(where):
                if not kept and not re.fullmatch(r"\d+", fields.get("version", "")):
                    yield f"{where}: no version"
            elif not NEITHER.match(where):
                yield f"{where}: say in this test what it must carry"

    assert not faults(pages, find)


def test_each_search_and_filter_form_names_what_it_sends(pages: list[Page]) -> None:
    def find(page: Page) -> Iterator[str]:
        for form in page.all("form"):
            if form.get("method", "get").lower() == "get":
                names = [each.get("name") for each in form.iter() if each.tag in ("input", "select", "textarea")]
                if None in names or any(name.startswith("csrf") for name in names if name):
                    yield f"{form.get('action')}: {names}"

    assert not faults(pages, find)


# The pseudo-locale: what does not stand in marks is data, or missed gettext.
INNERMOST = re.compile(r"\[[^\[\]]*·+\]")
WORD = re.compile(r"[A-Za-z]{3,}")
SHOWN = ("title", "alt", "placeholder", "aria-label", "label")
# Written the same in every language, or told by Babel in the language of the dates.
SAME = frozenset({"English", "Pseudo (right to left)", "CSV", "UTF-8", "UTC", "HXL", "IATI", "URL", "https", "http"})
ADDRESS = re.compile(r"https?://\S+")
DATES = re.compile(
    r"\b(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*\b|\b\d{1,2}:\d{2}(?::\d{2})?\s?[AP]M\b|\b[AP]M\b"
)


def test_the_pseudo_locale_leaves_no_plain_word(world: World, pages: list[Page]) -> None:
    """Every word is marked, or is in the database (labels, names, what people typed), or is a code."""
    found: dict[str, str] = {}
    seen: set[str] = set()
    for who in READERS:
        assert world.post(who, "/language", {"language": "qps", "next": "/"}).status_code == 303
        shown = pages_of(world, who)
        known = known_texts(world.sessions)
        for page in shown:
            assert 'lang="en-XA" dir="rtl"' in " ".join(page.text[:200].split()), page.path
            for said in set(shown_texts(page)) - seen:
                seen.add(said)
                if left := plain_words(said, known):
                    found.setdefault(left, f"{page.path}: “{left}” of “{said[:150]}”")
        assert world.post(who, "/language", {"language": "en", "next": "/"}).status_code == 303
    assert not found, "\n".join(found.values())


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
    if not WORD.search(left):
        return ""
    for each in known:
        if each in left:
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
