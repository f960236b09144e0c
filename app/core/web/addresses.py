"""Addresses: which ones a person may be sent to, and which ones are not worth looking up."""

from __future__ import annotations

from urllib.parse import urljoin, urlsplit

from flask import current_app, request

LONGEST = 2000
FILES = (".csv", ".json", ".jsonl", ".xlsx", ".zip", ".xml", ".txt", ".docx")
"""How addresses of files end. Whoever asks for one is answered without a page: mostly it is a program."""


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
