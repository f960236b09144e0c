"""Sign in, sign out, one's own account."""

from __future__ import annotations

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.accounts import queries, services
from app.accounts.door import NOT_RIGHT, close_door, open_door
from app.accounts.forms import SignInForm
from app.accounts.words import roles_in_words
from app.core.permissions import Permission
from app.core.web import guard, locale
from app.core.web.addresses import own_path
from app.core.web.db import get_session
from app.core.web.guard import requires
from app.core.web.locale import _

bp = Blueprint("accounts", __name__)

Answer = str | Response | tuple[str, int]


@bp.get("/sign-in")
@requires(Permission.PUBLIC)
def sign_in() -> Answer:
    """The form, or straight on for those who are signed in."""
    target = own_path(request.args.get("next")) or "/"
    if guard.current_actor() is not None:
        return redirect(target)
    form = SignInForm(formdata=None, data={"next": target})
    return render_template("accounts/sign_in.html", form=form)


@bp.post("/sign-in")
@requires(Permission.PUBLIC)
def sign_in_now() -> Answer:
    """Try the password."""
    form = SignInForm()
    if form.validate():
        if open_door(form.email.data or "", form.password.data or ""):
            return redirect(own_path(form.next.data) or "/")
        form.form_errors.append(_(NOT_RIGHT))
    return render_template("accounts/sign_in.html", form=form), 422


@bp.post("/sign-out")
@requires(Permission.PUBLIC)
def sign_out() -> Answer:
    """End this session. Signed out already is signed out."""
    actor = guard.current_actor()
    if actor is not None and actor.session_id is not None and actor.user_id is not None:
        services.end_session(get_session(), actor.session_id, user_id=actor.user_id)
    return _leave(_("You are signed out."))


@bp.get("/me")
@requires(Permission.SIGNED_IN)
def me() -> Answer:
    """One's own account: name, rights, language, open sessions."""
    actor = guard.the_actor()
    return render_template(
        "accounts/me.html",
        person=actor,
        memberships=roles_in_words(actor, current_app.extensions["tracker.office_name"]),
        language=locale.current_locale(),
        sessions=queries.live_sessions(get_session(), actor.user_id or 0),
    )


@bp.post("/me/sign-out-everywhere")
@requires(Permission.SIGNED_IN)
def sign_out_everywhere() -> Answer:
    """End every session of the person, this one too."""
    actor = guard.the_actor()
    if actor.user_id is not None:
        services.end_all_sessions(get_session(), actor.user_id, actor_id=actor.user_id)
    return _leave(_("You are signed out everywhere."))


def _leave(words: str) -> Response:
    """Close the door, and have the browser forget the pages that it kept."""
    close_door()
    flash(words)
    answer = redirect(url_for("accounts.sign_in"))
    answer.headers["Clear-Site-Data"] = '"cache"'
    return answer
