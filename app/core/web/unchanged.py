"""A page that the browser holds already is not sent again: 304 where the page as it is now has the same ETag.

Saves the line, not our work: the page is made each time, so nothing that changed can be missed. Pages with a form of
their own, and pages that tell what was just done, are made for one moment: they carry no ETag and are stored nowhere.
"""

from __future__ import annotations

import re
from datetime import timedelta
from hashlib import blake2b

from flask import Flask, Response, g, request, session
from flask.globals import request_ctx

from app.core import clock

MADE_AT = re.compile(rb"<time>[^<]*</time>")
TOKEN = "csrf_token"  # noqa: S105 - a name, not a secret


def install(app: Flask, token_life: timedelta) -> None:
    """Tag the pages of signed-in people, before they are compressed. A kept page's token is a quarter old at most."""
    window = token_life.total_seconds() / 4

    @app.after_request
    def _tag(response: Response) -> Response:
        if _may_be_kept(response):
            response.set_etag(_fingerprint(response.get_data(), window), weak=True)
            response.headers["Cache-Control"] = "private, no-cache"
            response.make_conditional(request)
        return response


def _may_be_kept(response: Response) -> bool:
    page = response.status_code == 200 and response.mimetype == "text/html" and not response.is_streamed
    if not page or request.method not in ("GET", "HEAD") or not g.get("actor") or "Cache-Control" in response.headers:
        return False
    main = response.get_data().partition(b"<main")[2]
    return not request_ctx.flashes and f'name="{TOKEN}"'.encode() not in main


def _fingerprint(body: bytes, window: float) -> str:
    """Of the page without what differs each time: its token, and the minute told on paper; of whom it is for; and of
    the hours it may be kept.
    """
    token = g.get(TOKEN)
    same = MADE_AT.sub(b"", body.replace(token.encode(), b"") if token else body)
    period = int(clock.now().timestamp() // window)
    whose = f"{g.actor.user_id} {session.get(TOKEN)} {period} ".encode()
    return blake2b(whose + same, digest_size=12).hexdigest()
