"""Mailed links: choosing a password the first time, or a new one."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, session, url_for

from app.accounts import links
from app.accounts.blueprint import Answer, bp
from app.accounts.forms import ForgottenForm, NewPasswordForm
from app.accounts.house import house
from app.core.db import unit_of_work
from app.core.errors import Invalid
from app.core.permissions import Permission
from app.core.web.db import get_session, session_factory
from app.core.web.guard import requires
from app.core.web.locale import _

LINK = "link"


@bp.get("/sign-in/forgotten")
@requires(Permission.PUBLIC)
def forgotten() -> Answer:
    """Whose password is forgotten?"""
    return render_template("accounts/forgotten.html", form=ForgottenForm(formdata=None), asked=False)


@bp.post("/sign-in/forgotten")
@requires(Permission.PUBLIC)
def ask_reset() -> Answer:
    """Note it. The answer is the same for every address, and takes as long."""
    form = ForgottenForm()
    if form.validate():
        with unit_of_work(session_factory()) as writing:
            links.ask_reset(writing, form.email.data or "", request.remote_addr)
        return render_template("accounts/forgotten.html", form=form, asked=True)
    return render_template("accounts/forgotten.html", form=form, asked=False), 422


@bp.get("/account/link")
@requires(Permission.PUBLIC)
def follow_link() -> Answer:
    """Take the token out of the address, so that it stays in no history and no referrer."""
    token = request.args.get("token", "")
    links.find_link(get_session(), token)
    session[LINK] = token
    return redirect(url_for("accounts.new_password"))


@bp.get("/account/password")
@requires(Permission.PUBLIC)
def new_password() -> Answer:
    """Choose a password."""
    return _page(NewPasswordForm(formdata=None), 200)


@bp.post("/account/password")
@requires(Permission.PUBLIC)
def choose_password() -> Answer:
    """Keep it. Signing in comes next, with the second factor where there is one: a mail alone opens nothing."""
    form = NewPasswordForm()
    if form.validate():
        try:
            links.choose_password(get_session(), session.get(LINK, ""), form.password.data or "")
            session.pop(LINK)
            flash(_("Your password is set. Sign in with it."), "success")
            return redirect(url_for("accounts.sign_in"), 303)
        except Invalid as refused:
            form.add_problems(refused)
    return _page(form, 422)


def _page(form: NewPasswordForm, status: int) -> Answer:
    link, user = links.find_link(get_session(), session.get(LINK, ""))
    provider = house().provider if link.kind == "invitation" else None
    return render_template("accounts/new_password.html", form=form, person=user, provider=provider), status
