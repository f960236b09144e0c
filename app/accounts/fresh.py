"""“Confirm it is you”: for the acts that matter, who sent the form must have proved lately who they are.

Marked by `requires_fresh`, held here for all. The form comes back with all that was typed and one more question; sent
again, it goes where it was going, and nothing has to be typed twice.
"""

from __future__ import annotations

from dataclasses import dataclass

from flask import Flask, current_app, g, render_template, request, session
from flask_wtf.csrf import generate_csrf
from werkzeug.wrappers import Response

from app.accounts import door, services
from app.accounts.factors import Factors, factors_of
from app.accounts.house import house
from app.accounts.loader import TOKEN
from app.accounts.models import User
from app.accounts.resend import Kept, posted
from app.core.db import unit_of_work
from app.core.i18n import N_
from app.core.permissions import Actor
from app.core.web import db, errors, guard
from app.core.web.locale import _

PASSWORD, CODE, PASSKEY = "confirm-password", "confirm-code", "confirm-passkey"
NOT_YOU = N_("That is not right. Try again.")
NOT_KEPT = N_("This form could not be kept. Go back, and send it again within half an hour of signing in.")
# Never given back: they are secret, or made anew.
SECRETS = frozenset({"csrf_token", PASSWORD, CODE, PASSKEY})


@dataclass(frozen=True)
class Ways:
    """How this person can prove who they are."""

    password: bool
    factors: Factors
    provider: str


def install(app: Flask) -> None:
    """Ask before the view runs, and after the token was found good: another site's form is not even looked at."""
    app.before_request(_ask)


def _ask() -> Response | None:
    if request.method in db.SAFE_METHODS or not _matters():
        return None
    actor = guard.current_actor()
    if actor is None or actor.fresh or actor.session_id is None:
        return None
    if not any(request.form.get(name) for name in (PASSWORD, CODE, PASSKEY)):
        return page(actor, 401)
    try:
        right = confirm(actor)
    except services.Throttled as refusal:
        return page(actor, refusal.status, _(str(refusal)))
    return None if right else page(actor, 422, _(NOT_YOU))


def _matters() -> bool:
    return guard.needs_fresh(current_app, request.endpoint, request.form)


def confirm(actor: Actor) -> bool:
    """Look at what was given; if it is right the session is fresh, and the request goes on."""
    user = _user(actor)
    if user is None or actor.session_id is None or not _proved(user):
        return False
    with unit_of_work(db.session_factory()) as writing:
        token = services.freshen(writing, actor.session_id)
    session[TOKEN] = token
    g.pop("actor", None)
    return True


def _proved(user: User) -> bool:
    password, code, answer = (request.form.get(name, "") for name in (PASSWORD, CODE, PASSKEY))
    if code or answer:
        return door.proves(user, code, answer)
    found = services.authenticate(
        db.session_factory(), email=user.email, password=password, address=request.remote_addr
    )
    return found is not None and found.id == user.id


def page(actor: Actor, status: int, fault: str = "") -> Response:
    """The form that was sent, with the question."""
    kept = posted(SECRETS)
    if kept is None or kept.had_files:
        return errors.error_response(409, _(NOT_KEPT))
    return show(actor, kept, status, fault)


def show(actor: Actor, kept: Kept, status: int, fault: str = "") -> Response:
    """The question, with a form around it."""
    html = render_template("accounts/confirm.html", kept=kept, ways=ways(actor), fault=fault, token=generate_csrf())
    return current_app.make_response((html, status))


def ways(actor: Actor) -> Ways:
    """How this person can prove who they are."""
    with db.session_factory()() as reading:
        user = reading.get_one(User, actor.user_id)
        provider = house().provider
        return Ways(user.password is not None, factors_of(reading, user.id), provider.name if provider else "")


def _user(actor: Actor) -> User | None:
    with db.session_factory()() as reading:
        return reading.get(User, actor.user_id)
