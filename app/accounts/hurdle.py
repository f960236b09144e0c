"""Whoever owes a second factor sees the pages where one is added, and no other."""

from __future__ import annotations

from flask import Flask, current_app, redirect, request, url_for
from werkzeug.wrappers import Response

from app.core.errors import Forbidden
from app.core.i18n import N_
from app.core.permissions import Permission
from app.core.web import guard

FIRST = N_("Your role needs a second factor. Add one at Your account, then do this again.")
OPEN = frozenset(
    {
        "accounts.second_factor", "accounts.begin_authenticator", "accounts.confirm_authenticator",
        "accounts.add_passkey", "accounts.passkey_options", "accounts.me", "accounts.sign_out_everywhere",
    }
)  # fmt: skip


def install(app: Flask) -> None:
    """After the guard: who has no right at all is told so first."""
    app.before_request(_stop)


def _stop() -> Response | None:
    actor = guard.current_actor() if request.endpoint not in (None, "static") else None
    if actor is None or not actor.must_enrol or request.endpoint in OPEN:
        return None
    if Permission.PUBLIC in guard.marks(current_app, request.endpoint or ""):
        return None
    if request.method in ("GET", "HEAD") and not request.path.endswith((".csv", ".json")):
        return current_app.make_response(redirect(url_for("accounts.second_factor"), 302))
    raise Forbidden(FIRST)
