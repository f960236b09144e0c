"""One's own second factors: an authenticator app, passkeys, recovery codes."""

from __future__ import annotations

import json

import segno
from flask import flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from app.accounts import factors, passkeys, totp
from app.accounts.blueprint import Answer, bp
from app.accounts.forms import AuthenticatorForm, PasskeyForm
from app.accounts.house import house, site
from app.accounts.models import User
from app.core.errors import Invalid, Refused
from app.core.permissions import Permission
from app.core.web import guard
from app.core.web.db import get_session
from app.core.web.guard import requires, requires_fresh
from app.core.web.locale import _

ISSUER = "TA tracker"


@bp.get("/me/second-factor")
@requires(Permission.ACCOUNT_OWN)
def second_factor() -> Answer:
    """What one has, and what can be added."""
    return _page()


def _page(
    status: int = 200, codes: list[str] | None = None, keys: PasskeyForm | None = None, fault: str = ""
) -> Answer:
    actor, session = guard.the_actor(), get_session()
    return render_template(
        "accounts/second_factor.html",
        factors=factors.factors_of(session, actor.user_id or 0),
        owes=actor.must_enrol and not codes,
        form=keys or PasskeyForm(formdata=None),
        codes=codes,
        fault=fault,
    ), status


@bp.post("/me/second-factor/app")
@requires(Permission.ACCOUNT_OWN)
@requires_fresh
def begin_authenticator() -> Answer:
    """Make a secret, and show it."""
    factors.begin_authenticator(get_session(), _me().id)
    return _picture(AuthenticatorForm(formdata=None), 200)


@bp.post("/me/second-factor/app/confirm")
@requires(Permission.ACCOUNT_OWN)
@requires_fresh
def confirm_authenticator() -> Answer:
    """The first code."""
    form, actor = AuthenticatorForm(), guard.the_actor()
    if form.validate():
        try:
            codes = factors.confirm_authenticator(get_session(), _me().id, form.code.data or "", actor.session_id)
            return _added(_("The authenticator app is added. From now on you are asked for its code."), codes)
        except Invalid as refused:
            form.add_problems(refused)
    return _picture(form, 422)


def _picture(form: AuthenticatorForm, status: int) -> Answer:
    user = _me()
    secret = factors.begun_secret(get_session(), user.id)
    if secret is None:
        raise Refused(factors.NOT_BEGUN)
    address = totp.address(secret, ISSUER, user.email)
    picture = segno.make(address, error="m").svg_data_uri(scale=4, border=4, light="white")
    spaced = " ".join(secret[at : at + 4] for at in range(0, len(secret), 4))
    return render_template("accounts/authenticator.html", form=form, picture=picture, secret=spaced), status


@bp.post("/me/second-factor/app/remove")
@requires(Permission.ACCOUNT_OWN)
@requires_fresh
def remove_authenticator() -> Answer:
    """Take the app away."""
    factors.remove_authenticator(get_session(), _me().id, needed=_needs_one())
    flash(_("The authenticator app is removed."), "success")
    return redirect(url_for("accounts.second_factor"), 303)


@bp.post("/me/passkeys/options")
@requires(Permission.ACCOUNT_OWN)
def passkey_options() -> Response:
    """What the browser needs to make a passkey."""
    told = passkeys.registration_options(get_session(), site(), _me())
    return Response(json.dumps(told), content_type="application/json")


@bp.post("/me/passkeys")
@requires(Permission.ACCOUNT_OWN)
@requires_fresh
def add_passkey() -> Answer:
    """Keep the passkey that the browser made."""
    form, actor = PasskeyForm(), guard.the_actor()
    if form.validate():
        try:
            given = form.name.data or "", form.answer.data or ""
            codes = passkeys.add_passkey(get_session(), site(), _me(), *given, actor.session_id)
            return _added(_("The passkey is added."), codes)
        except Invalid as refused:
            form.add_problems(refused)
    form.answer.data = ""
    return _page(422, keys=form)


def _added(words: str, codes: list[str]) -> Answer:
    """Codes are shown in this answer, once; without them, the page as it is now."""
    if codes:
        return _page(codes=codes)
    flash(words, "success")
    return redirect(url_for("accounts.second_factor"), 303)


@bp.post("/me/passkeys/<int:key>/remove")
@requires(Permission.ACCOUNT_OWN)
@requires_fresh
def remove_passkey(key: int) -> Answer:
    """Take a passkey away."""
    factors.remove_passkey(get_session(), _me().id, key, needed=_needs_one())
    flash(_("The passkey is removed."), "success")
    return redirect(url_for("accounts.second_factor"), 303)


@bp.post("/me/recovery-codes")
@requires(Permission.ACCOUNT_OWN)
@requires_fresh
def new_recovery_codes() -> Answer:
    """Ten new codes, shown once."""
    return _page(codes=factors.new_recovery_codes(get_session(), _me().id))


def _me() -> User:
    return get_session().get_one(User, guard.the_actor().user_id)


def _needs_one() -> bool:
    return house().needs_second_factor(guard.the_actor().roles, demonstration=_me().demonstration)
