"""One's own account: rights, sessions, password, and all that is kept about one."""

from __future__ import annotations

from flask import current_app, flash, redirect, render_template, request, url_for

from app.accounts import queries, services, tokens
from app.accounts.blueprint import Answer, bp
from app.accounts.factors import factors_of
from app.accounts.forms import ChangePasswordForm
from app.accounts.house import house
from app.accounts.models import User
from app.accounts.routes_sign_in import leave
from app.accounts.words import roles_in_words
from app.core.errors import Invalid
from app.core.permissions import Permission
from app.core.web import guard, locale
from app.core.web.db import get_session, session_factory
from app.core.web.guard import requires, requires_fresh
from app.core.web.locale import _


@bp.get("/me")
@requires(Permission.SIGNED_IN)
def me() -> Answer:
    """One's own account: name, rights, language, open sessions."""
    actor, session = guard.the_actor(), get_session()
    return render_template(
        "accounts/me.html",
        person=actor,
        memberships=roles_in_words(actor, current_app.extensions["tracker.office_name"]),
        language=locale.current_locale(),
        sessions=queries.live_sessions(session, actor.user_id or 0),
        factors=factors_of(session, actor.user_id or 0),
        tokens=tokens.count_live(session, actor.user_id or 0),
        provider=house().provider,
    )


@bp.post("/me/sign-out-everywhere")
@requires(Permission.SIGNED_IN)
@requires_fresh
def sign_out_everywhere() -> Answer:
    """End every session of the person, this one too."""
    actor = guard.the_actor()
    if actor.user_id is not None:
        services.end_all_sessions(get_session(), actor.user_id, actor_id=actor.user_id)
    return leave(_("You are signed out everywhere."))


@bp.post("/me/sessions/<int:key>/end")
@requires(Permission.ACCOUNT_OWN)
@requires_fresh
def end_session(key: int) -> Answer:
    """End one of one's own sessions; another's is not there."""
    actor = guard.the_actor()
    services.end_session(get_session(), key, user_id=actor.user_id or 0)
    if key == actor.session_id:
        return leave(_("You are signed out."))
    flash(_("That session has ended."), "success")
    return redirect(url_for("accounts.me"), 303)


@bp.get("/me/password")
@requires(Permission.ACCOUNT_OWN)
def edit_password() -> Answer:
    """The form of another password."""
    return _password(ChangePasswordForm(formdata=None), 200)


@bp.post("/me/password")
@requires(Permission.ACCOUNT_OWN)
def change_password() -> Answer:
    """Another password. Every session ends, this one too."""
    form, actor = ChangePasswordForm(), guard.the_actor()
    if form.validate():
        if not _is_theirs(actor.email, form.current.data or ""):
            form.current.errors = [_("This is not your present password.")]
            return _password(form, 422)
        try:
            user = get_session().get_one(User, actor.user_id)
            services.set_password(get_session(), user, form.password.data or "", actor_id=actor.user_id)
            return leave(_("Your password is changed. Sign in with the new one."))
        except Invalid as refused:
            form.add_problems(refused)
    return _password(form, 422)


def _is_theirs(email: str, password: str) -> bool:
    """Counted like an attempt to sign in: a session that was left open must not be for guessing."""
    found = services.authenticate(session_factory(), email=email, password=password, address=request.remote_addr)
    return found is not None


def _password(form: ChangePasswordForm, status: int) -> Answer:
    return render_template("accounts/password.html", form=form), status
