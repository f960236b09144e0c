"""Requests to the application in this process, as a browser would send them, without a network between."""

from __future__ import annotations

import re
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

from flask import Flask
from werkzeug.http import parse_cookie
from werkzeug.test import EnvironBuilder, run_wsgi_app

ENCODINGS = "gzip, deflate, br, zstd"
LINKED = frozenset({"stylesheet", "icon", "modulepreload", "preload", "manifest"})
MODULE_IMPORT = re.compile(r"""\bfrom\s+["'](\.[^"']+)["']|\bimport\s*\(?\s*["'](\.[^"']+)["']""")


@dataclass(frozen=True)
class Answer:
    """What came back: status, headers, the body as sent (compressed)."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def weight(self) -> int:
        """Bytes of the body as sent. Headers are left out: connections compress them to next to nothing."""
        return len(self.body)


@dataclass
class Browser:
    """Keeps cookies and nothing else. Talks https to the application."""

    app: Flask
    cookies: dict[str, str] = field(default_factory=dict)
    encodings: str = ENCODINGS

    def environ(self, path: str, **more: Any) -> dict[str, Any]:
        """What the server would hand over for this address."""
        headers = {"Accept": "text/html", "Cookie": "; ".join(f"{k}={v}" for k, v in self.cookies.items())}
        if self.encodings:
            headers["Accept-Encoding"] = self.encodings
        headers.update(more.pop("headers", {}))
        return EnvironBuilder(path, base_url="https://localhost", headers=headers, **more).get_environ()

    def open(self, path: str, **more: Any) -> Answer:
        """The answer to one request, whole."""
        body, status, headers = run_wsgi_app(self.app.wsgi_app, self.environ(path, **more))
        with closing(body):
            data = b"".join(body)
        for cookie in headers.getlist("Set-Cookie"):
            self.cookies.update(parse_cookie(cookie.split(";", 1)[0]))
        return Answer(int(status.split()[0]), {k.lower(): v for k, v in headers}, data)

    def text(self, path: str) -> str:
        """A page's HTML, uncompressed."""
        return self.open(path, headers={"Accept-Encoding": "identity"}).body.decode()

    def sign_in(self, email: str, password: str) -> None:
        """Fill in the sign-in form. Raises AssertionError where it does not let us in."""
        found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', self.text("/sign-in"))
        assert found
        form = {"csrf_token": found[1], "email": email, "password": password}
        answer = self.open("/sign-in", method="POST", data=form, headers={"Referer": "https://localhost/sign-in"})
        assert answer.status == 302, answer.status

    def seconds(self, path: str, tag: str = "") -> float:
        """How long one whole answer takes, the making of the request not counted. With `tag`, one that is 304."""
        environ = self.environ(path, headers={"If-None-Match": tag} if tag else {})
        begin = time.perf_counter()
        body, status, _headers = run_wsgi_app(self.app.wsgi_app, environ)
        with closing(body):
            for _piece in body:
                pass
        taken = time.perf_counter() - begin
        assert status.startswith("304" if tag else "200"), (path, status)
        return taken

    def stream(self, path: str) -> tuple[float, float, bytes]:
        """(seconds to the first byte, to the last, all bytes), uncompressed."""
        environ = self.environ(path, headers={"Accept-Encoding": "identity"})
        begin = time.perf_counter()
        body, status, _headers = run_wsgi_app(self.app.wsgi_app, environ)
        with closing(body):
            pieces = iter(body)
            found = [next(pieces)]
            first = time.perf_counter() - begin
            found += pieces
        taken = time.perf_counter() - begin
        assert status.startswith("200"), (path, status)
        return first, taken, b"".join(found)


@dataclass(frozen=True)
class Weight:
    """What a page costs: requests and bytes at the first visit (cold), bytes when its files are there (warm)."""

    path: str
    requests: int
    cold: int
    warm: int
    files: tuple[str, ...]


@contextmanager
def closing(body: Iterable[bytes]) -> Iterator[None]:
    """As a server does: tell the answer that it is over."""
    try:
        yield
    finally:
        close = getattr(body, "close", None)
        if close is not None:
            close()


def weigh(browser: Browser, path: str) -> Weight:
    """A page with everything that a browser fetches for it. A file counts as kept only if its headers allow that."""
    page = browser.open(path)
    assert page.status == 200, (path, page.status)
    files = {address: browser.open(address) for address in _needed(browser, browser.text(path))}
    again = sum(a.weight for a in files.values() if "immutable" not in a.headers.get("cache-control", ""))
    cold = page.weight + sum(answer.weight for answer in files.values())
    return Weight(path, 1 + len(files), cold, page.weight + again, tuple(files))


def _needed(browser: Browser, html: str) -> list[str]:
    """Addresses of styles, scripts, pictures and icons, and of the modules that scripts import."""
    reader = _Reader()
    reader.feed(html)
    found = dict.fromkeys(reader.found)
    if not reader.icon:
        found["/favicon.ico"] = None  # a browser asks for it unless the page names another
    for address in list(found):
        if ".js" in address:
            found.update(dict.fromkeys(_imports(browser, address)))
    return [address for address in found if not address.startswith("data:")]


def _imports(browser: Browser, address: str) -> Iterator[str]:
    for first, second in MODULE_IMPORT.findall(browser.text(address)):
        name = (first or second).removeprefix("./")
        yield address.split("?")[0].rpartition("/")[0] + "/" + name


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.icon = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        kinds = set(given.get("rel", "").split())
        self.icon = self.icon or "icon" in kinds
        if tag == "link" and kinds & LINKED:
            self.found.append(given["href"])
        elif tag in ("script", "img", "iframe", "source", "video", "audio", "embed") and given.get("src"):
            self.found.append(given["src"])
