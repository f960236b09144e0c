"""Addresses: which ones a person may be sent to, and which ones are not worth looking up."""

from __future__ import annotations

from urllib.parse import urljoin, urlsplit

from flask import Flask, current_app, request
from werkzeug.routing import IntegerConverter, Map

LONGEST = 2000
LARGEST = 2**63 - 1
FILES = (".csv", ".json", ".jsonl", ".xlsx", ".zip", ".xml", ".txt", ".docx")
"""How addresses of files end. Whoever asks for one is answered without a page: mostly it is a program."""


class Number(IntegerConverter):
    """A whole number in an address, as large as a column can hold. A larger one names nothing."""

    def __init__(self, map: Map, fixed_digits: int = 0, **limits: int) -> None:
        super().__init__(map, fixed_digits, **{"max": LARGEST, **limits})  # type: ignore[arg-type]


def install(app: Flask) -> None:
    """Every `<int:…>` of a route is such a number; templates can print where they are."""
    app.add_template_global(address_of_this_page)
    app.url_map.converters["int"] = Number


def own_path(text: str | None) -> str | None:
    """`text` if it is a path of our own that a browser cannot read as another host; otherwise None.

    >>> own_path("/activities?q=law"), own_path("//host"), own_path("/\\\\host"), own_path("https://host/")
    ('/activities?q=law', None, None, None)
    """
    if not text or len(text) > LONGEST or not text.startswith("/") or text.startswith("//"):
        return None
    if "\\" in text or _has_control(text):
        return None
    try:
        parts = urlsplit(text)
    except ValueError:
        return None
    return None if parts.scheme or parts.netloc else text


def whole_address(path: str) -> str:
    """The address to pass on for one of our paths: at TRACKER_BASE_URL, else where the reader is."""
    return urljoin(current_app.extensions["tracker.base_url"] or request.host_url, path)


def address_of_this_page() -> str:
    """Where the reader is, as it is printed on paper and said in files: never at a host that a request made up."""
    query = request.query_string.decode("utf-8", "replace")
    return whole_address("/").removesuffix("/") + request.path + (f"?{query}" if query else "")


def is_naughty(path: str) -> bool:
    """True for a path that names nothing of ours: control characters, broken UTF-8, endless, or climbing up."""
    return (
        len(path) > LONGEST
        or _has_control(path)
        or "\ufffd" in path
        or "\\" in path
        or any(part == ".." for part in path.split("/"))
    )


def _has_control(text: str) -> bool:
    return any(ord(c) < 0x20 or 0x7F <= ord(c) < 0xA0 or 0xD800 <= ord(c) < 0xE000 for c in text)
