"""Every page that one person can reach by links, read strictly."""

from __future__ import annotations

import os
import re
from collections import Counter, deque
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from urllib.parse import urljoin, urlsplit

import html5lib
import lxml.html
from flask import Flask
from flask.testing import FlaskClient
from lxml.html import HtmlElement as Element
from werkzeug.exceptions import HTTPException

# So many pages with the same filters, and at one address at all: two hundred records are not two hundred kinds of page.
OF_ONE_KIND = 1
OF_ONE_ADDRESS = 6 if os.environ.get("HYPOTHESIS_PROFILE") == "deep" else 2
# Downloads: no pages, and pictures take long to draw.
FILE = re.compile(r"\.(csv|json|svg|png|xlsx|xml|zip|docx|txt)$")


@dataclass(frozen=True)
class Page:
    """One answer: where it stands, its status, its text as sent."""

    path: str
    endpoint: str
    status: int
    text: str

    @cached_property
    def tree(self) -> Element:
        """The page as a tree. Made thirty times as fast as by the strict reader below, and the same where that finds
        nothing wrong."""
        parser = lxml.html.HTMLParser(remove_comments=True, encoding="utf-8")
        return lxml.html.document_fromstring(self.text.encode(), parser)

    def errors(self) -> list[str]:
        """What is wrong with its HTML, read as the standard says."""
        parser, lines = html5lib.HTMLParser(), self.text.splitlines()
        parser.parse(self.text)
        errors = html5lib.constants.E
        return [f"{errors[code] % given} {lines[at[0] - 1].strip()[:80]}" for at, code, given in parser.errors]

    def all(self, *tags: str) -> Iterator[Element]:
        """The elements of these names, in order."""
        return (element for element in self.tree.iter() if element.tag in tags)


def crawl(app: Flask, client: FlaskClient, *starts: str) -> Iterator[Page]:
    """The HTML pages reached from `starts`: all of these, and one of each kind that links lead to.

    One page at a time: whoever asks keeps what is found, not the page, for the trees of all would fill the memory.
    """
    seen: set[str] = set()
    kinds: Counter[object] = Counter()
    queue = deque(starts)
    while queue:
        path = queue.popleft()
        kind = _kind(app, path)
        enough = kind is None or kinds[kind] >= OF_ONE_KIND or kinds[kind[0]] >= OF_ONE_ADDRESS
        if path in seen or kind is None or (enough and path not in starts):
            continue
        seen.add(path)
        kinds.update((kind, kind[0]))
        with client.get(path) as answer:
            if answer.mimetype != "text/html" or answer.status_code in (301, 302, 303):
                continue
            page = Page(path, kind[0], answer.status_code, answer.text)
        queue.extend(_links(page))
        yield page


def _kind(app: Flask, path: str) -> tuple[str, frozenset[str]] | None:
    """The endpoint and the names of the filters in use; None for what is not a page of ours."""
    parts = urlsplit(path)
    try:
        endpoint, _values = app.url_map.bind("localhost").match(parts.path, "GET")
    except HTTPException:
        return None
    if endpoint == "static" or FILE.search(parts.path):
        return None
    names = frozenset(pair.split("=")[0] for pair in parts.query.split("&") if pair)
    return str(endpoint), names


def _links(page: Page) -> Iterator[str]:
    for link in page.all("a"):
        href = link.get("href", "")
        target = urlsplit(urljoin(page.path, href))
        if not target.scheme and not target.netloc and not href.startswith("#"):
            yield target.path + (f"?{target.query}" if target.query else "")


def text_of(element: Element) -> str:
    """All text inside, white space single."""
    return " ".join("".join(element.itertext()).split())
