"""A page that the browser holds already is not sent again: 304.

The tag has two parts. The second says of which state of everything the page was made: while that is the state still,
the answer costs no more than finding out who asks. Where it is not, the page is made anew, and the first part, over
its content, still spares the line if this page came out the same. Pages with a form of their own, and pages that tell
what was just done, are made for one moment: they carry no tag and are stored nowhere.
"""

from __future__ import annotations

import re
from datetime import timedelta
from hashlib import blake2b

from flask import Flask, Response, g, request, session
from flask.globals import request_ctx

from app.core import clock
from app.core.web import guard, locale

MADE_AT = re.compile(rb"<time>[^<]*</time>")
TOKEN = "csrf_token"  # noqa: S105 - a name, not a secret
# Midnights of all time zones fall on quarters of an hour, and what a page says of today changes with them.
QUARTER = 15 * 60


def install(app: Flask, token_life: timedelta, build: str) -> None:
    """Tag the pages of signed-in people, before they are compressed. A kept page's token is a quarter old at most.

    `build` names what pages are made with besides the database: the program's files and settings.
    """
    window = token_life.total_seconds() / 4

    @app.before_request
    def _known() -> Response | None:
        """After the guard: who has no right any more is told so."""
        if not _asks_again() or session.get("_flashes"):
            return None
        state = _state(build)
        known = [tag for tag in _tags() if tag.partition(".")[2] == state]
        return _not_modified(Response(), known[0]) if known else None

    @app.after_request
    def _tag(response: Response) -> Response:
        if not _may_be_kept(response):
            return response
        content = _fingerprint(response.get_data(), window)
        if content in {tag.partition(".")[0] for tag in _tags()}:
            return _not_modified(response, f"{content}.{_state(build)}")
        return _marked(response, f"{content}.{_state(build)}")


def _asks_again() -> bool:
    return request.method in ("GET", "HEAD") and bool(_tags()) and guard.current_actor() is not None


def _tags() -> set[str]:
    return request.if_none_match.as_set(include_weak=True)


def _not_modified(response: Response, tag: str) -> Response:
    response.status_code = 304
    return _marked(response, tag)


def _marked(response: Response, tag: str) -> Response:
    response.set_etag(tag, weak=True)
    response.headers["Cache-Control"] = "private, no-cache"
    return response


def _may_be_kept(response: Response) -> bool:
    page = response.status_code == 200 and response.mimetype == "text/html" and not response.is_streamed
    if not page or request.method not in ("GET", "HEAD") or not g.get("actor") or "Cache-Control" in response.headers:
        return False
    main = response.get_data().partition(b"<main")[2]
    return not request_ctx.flashes and f'name="{TOKEN}"'.encode() not in main


def _whose(window: float) -> str:
    return f"{g.actor.user_id} {session.get(TOKEN)} {int(clock.now().timestamp() // window)} "


def _state(build: str) -> str:
    """All that this page is made of: whose it is, its language, address and time, the data, the program."""
    parts = (_whose(QUARTER), locale.current_locale().code, request.full_path, g.get("data_version", ""), build)
    return blake2b("\n".join(parts).encode(), digest_size=12).hexdigest()


def _fingerprint(body: bytes, window: float) -> str:
    """Of the page without what differs each time: its token, and the minute told on paper; of whom it is for; and of
    the hours it may be kept.
    """
    token = g.get(TOKEN)
    same = MADE_AT.sub(b"", body.replace(token.encode(), b"") if token else body)
    return blake2b(_whose(window).encode() + same, digest_size=12).hexdigest()
