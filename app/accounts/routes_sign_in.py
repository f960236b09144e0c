"""Sign in with one factor or two, sign out."""

from __future__ import annotations

import json

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.accounts import passkeys, services
from app.accounts.blueprint import Answer, bp
from app.accounts.door import (
    CODE_NOT_RIGHT,
    NOT_RIGHT,
    PASSKEY_NOT_RIGHT,
    TOO_LATE,
    Door,
    close_door,
    half_in,
    open_by_passkey,
    open_door,
    second_step,
)
from app.accounts.factors import factors_of
from app.accounts.forms import PasskeySignInForm, SecondForm, SignInForm
from app.accounts.house import house, site
from app.core.permissions import Permission
from app.core.web import guard
from app.core.web.addresses import own_path
from app.core.web.db import get_session
from app.core.web.guard import requires
from app.core.web.locale import _


@bp.get("/sign-in")
@requires(Permission.PUBLIC)
def sign_in() -> Answer:
    """The form, or straight on for those who are signed in."""
    target = own_path(request.args.get("next")) or "/"
    if guard.current_actor() is not None:
        return redirect(target)
    return _page(SignInForm(formdata=None, data={"next": target}), 200)


@bp.post("/sign-in")
@requires(Permission.PUBLIC)
def sign_in_now() -> Answer:
    """Try the password."""
    form = SignInForm()
    if form.validate():
        door = open_door(form.email.data or "", form.password.data or "")
        if door is Door.OPEN:
            return redirect(own_path(form.next.data) or "/")
        if door is Door.SECOND:
            return redirect(url_for("accounts.second", next=own_path(form.next.data) or "/"), 303)
        form.form_errors.append(_(NOT_RIGHT))
    return _page(form, 422)


def _page(form: SignInForm | PasskeySignInForm, status: int) -> Answer:
    if isinstance(form, PasskeySignInForm):
        faults, form = form.form_errors, SignInForm(formdata=None, data={"next": form.next.data})
        form.form_errors = faults
    return render_template("accounts/sign_in.html", form=form, provider=house().provider), status


@bp.get("/sign-in/second")
@requires(Permission.PUBLIC)
def second() -> Answer:
    """The second question."""
    user = half_in()
    if user is None:
        return redirect(url_for("accounts.sign_in"))
    return _second(SecondForm(formdata=None, data={"next": own_path(request.args.get("next")) or "/"}), 200)


@bp.post("/sign-in/second")
@requires(Permission.PUBLIC)
def second_now() -> Answer:
    """Try the code, or what the passkey answered."""
    form = SecondForm()
    if half_in() is None:
        flash(_(TOO_LATE), "error")
        return redirect(url_for("accounts.sign_in"), 303)
    if form.validate():
        if second_step(form.code.data or "", form.answer.data or "") is Door.OPEN:
            return redirect(own_path(form.next.data) or "/", 303)
        form.form_errors.append(_(PASSKEY_NOT_RIGHT if form.answer.data else CODE_NOT_RIGHT))
    form.answer.data = ""
    return _second(form, 422)


def _second(form: SecondForm, status: int) -> Answer:
    user = half_in()
    found = factors_of(get_session(), user.id) if user else None
    return render_template("accounts/second.html", form=form, factors=found), status


@bp.post("/sign-in/passkey/options")
@requires(Permission.PUBLIC)
def passkey_sign_in_options() -> Response:
    """A challenge: for any passkey, or for those of whoever gave the password already."""
    user = half_in()
    actor = guard.current_actor()
    known = user.id if user else actor.user_id if actor else None
    return _json(passkeys.sign_in_options(get_session(), site(), known))


def _json(told: object) -> Response:
    return Response(json.dumps(told), content_type="application/json")


@bp.post("/sign-in/passkey")
@requires(Permission.PUBLIC)
def passkey_sign_in() -> Answer:
    """Sign in by a passkey alone."""
    form = PasskeySignInForm()
    if form.validate() and open_by_passkey(form.answer.data or ""):
        return redirect(own_path(form.next.data) or "/", 303)
    form.form_errors.append(_(PASSKEY_NOT_RIGHT))
    return _page(form, 422)


@bp.post("/sign-out")
@requires(Permission.PUBLIC)
def sign_out() -> Answer:
    """End this session. Signed out already is signed out."""
    actor = guard.current_actor()
    if actor is not None and actor.session_id is not None and actor.user_id is not None:
        services.end_session(get_session(), actor.session_id, user_id=actor.user_id)
    return leave(_("You are signed out."))


def leave(words: str) -> Response:
    """Close the door, and have the browser forget the pages that it kept."""
    close_door()
    flash(words)
    answer = redirect(url_for("accounts.sign_in"))
    answer.headers["Clear-Site-Data"] = '"cache"'
    return answer
