"""Deny by default. `@requires` only marks a view; the guard decides, so a forgotten mark is a 403."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar
from urllib.parse import urlencode

import structlog
from flask import Flask, Response, current_app, g, redirect, request
from sqlalchemy.exc import SQLAlchemyError

from app.core import audit, permissions
from app.core.db import unit_of_work
from app.core.errors import Forbidden, NotFound, TrackerError
from app.core.i18n import N_
from app.core.permissions import Actor, Permission
from app.core.web import db
from app.core.web.addresses import FILES

MARK = "__permissions__"
FRESH = "__fresh__"
NO_RIGHT = N_("You have no right to do this. If you think you should, ask your office's lead.")
NO_SUCH = N_("There is no such page, or it is not open to you.")

View = TypeVar("View", bound=Callable[..., Any])
Loader = Callable[[], Actor | None]


class SignInNeeded(TrackerError):
    """Nobody is signed in, and this needs somebody."""

    status = 401

    def __init__(self) -> None:
        super().__init__(N_("Please sign in to see this page."))


def requires(permission: Permission, *more: Permission) -> Callable[[View], View]:
    """Mark a view: its actor needs all of these, asked without a subject. The view asks again for its object."""

    def mark(view: View) -> View:
        setattr(view, MARK, (permission, *more))
        return view

    return mark


def requires_fresh(view: View) -> View:
    """Mark a view that matters: who sends its form must have proved lately who they are (app.accounts.fresh)."""
    return fresh_unless("", "")(view)


def fresh_unless(field: str, value: str) -> Callable[[View], View]:
    """Mark a view of which one button only keeps what was typed: that button asks nobody who they are."""

    def mark(view: View) -> View:
        setattr(view, FRESH, (field, value))
        return view

    return mark


def needs_fresh(app: Flask, endpoint: str | None, form: Mapping[str, str]) -> bool:
    """True if `endpoint` was marked so, and this form is not the one that only keeps."""
    marked: tuple[str, str] | None = getattr(app.view_functions.get(endpoint or ""), FRESH, None)
    return marked is not None and not (marked[0] and form.get(marked[0]) == marked[1])


def marks(app: Flask, endpoint: str) -> tuple[Permission, ...]:
    """The permissions that `endpoint` was marked with; empty if somebody forgot (house tests list those)."""
    found: tuple[Permission, ...] = getattr(app.view_functions.get(endpoint), MARK, ())
    return found


def install(app: Flask, load_actor: Loader) -> None:
    """Put the guard before every request. `load_actor` reads the request and says who it is."""
    app.extensions["tracker.load_actor"] = load_actor
    app.before_request(_guard)


def current_actor() -> Actor | None:
    """Who acts in this request; None if nobody is signed in. Asked of the database once."""
    if "actor" not in g:
        g.actor = current_app.extensions["tracker.load_actor"]()
    actor: Actor | None = g.actor
    return actor


def the_actor() -> Actor:
    """Who acts, in a view that only signed-in people reach.

    Raises:
        SignInNeeded: nobody is.
    """
    actor = current_actor()
    if actor is None:
        raise SignInNeeded
    return actor


def stop_asking() -> None:
    """From now on the request is nobody's, unless already known: an error page must not ask a broken database."""
    g.setdefault("actor", None)


def may(permission: Permission | str, subject: Any = None) -> bool:
    """`can(…)` of the templates: may the current actor do this to `subject`, or to anything at all?"""
    return permissions.can(Permission(permission), current_actor(), subject)


def require(permission: Permission, subject: Any, *, hidden: bool = False) -> None:
    """Go on only if the current actor may do this to `subject`.

    Raises:
        NotFound: no right, and with `hidden` not even the right to know that it exists.
        Forbidden: no right.
    """
    if permissions.can(permission, current_actor(), subject):
        return
    raise NotFound(NO_SUCH) if hidden else Forbidden(NO_RIGHT)


def _guard() -> Response | None:
    endpoint = request.endpoint
    if endpoint is None or endpoint == "static":
        return None  # an unknown address answers 404 by itself
    needed = marks(current_app, endpoint)
    if Permission.PUBLIC in needed:
        return None
    actor = current_actor()
    if actor is None:
        return _ask_to_sign_in()
    if not needed or not all(permissions.can(each, actor) for each in needed):
        raise Forbidden(NO_RIGHT)
    return None


def _ask_to_sign_in() -> Response:
    """A browser that wants a page is sent to sign in and back; anything else is told 401 (and loses no text)."""
    if request.method not in ("GET", "HEAD") or not _wants_page():
        raise SignInNeeded
    here = request.full_path if request.query_string else request.path
    answer = redirect("/sign-in" + ("?" + urlencode({"next": here}) if here != "/" else ""), 302)
    return current_app.make_response(answer)


def _wants_page() -> bool:
    if request.path.endswith(FILES):
        return "text/html" in request.headers.get("Accept", "")
    return bool(request.accept_mimetypes.accept_html) or not request.accept_mimetypes


def audit_refusal() -> None:
    """Record that a signed-in person was refused, in a short transaction of its own. Never makes things worse."""
    actor = g.get("actor")
    if actor is None:
        return
    db.roll_back()
    state = {"method": request.method, "path": request.path, "endpoint": request.endpoint}
    try:
        with unit_of_work(db.session_factory()) as session:
            subject = ("endpoint", request.endpoint or request.path[:200])
            audit.record(session, actor_id=actor.user_id, action="refused", subject=subject, state=state)
    except SQLAlchemyError:
        structlog.get_logger().warning("a refusal could not be audited", exc_info=True)
