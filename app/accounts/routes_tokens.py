"""One's own access tokens."""

from __future__ import annotations

from datetime import date, timedelta

from flask import flash, redirect, render_template, url_for

from app.accounts import tokens
from app.accounts.blueprint import Answer, bp
from app.accounts.forms import TokenForm
from app.core import clock
from app.core.errors import Invalid, Refused
from app.core.permissions import Permission
from app.core.web import guard
from app.core.web.db import get_session
from app.core.web.guard import requires, requires_fresh
from app.core.web.locale import _

USUAL = timedelta(days=90)


@bp.get("/me/tokens")
@requires(Permission.ACCOUNT_OWN)
def list_tokens() -> Answer:
    """Those that still open something, and the form of another."""
    return _page(TokenForm(formdata=None, data={"last_day": str(clock.today() + USUAL)}))


@bp.post("/me/tokens")
@requires(Permission.ACCOUNT_OWN)
@requires_fresh
def make_token() -> Answer:
    """Make one, and show it this once."""
    form, status = TokenForm(), 422
    try:
        if form.validate():
            day = form.last_day.data
            last = date.fromisoformat(day) if day and len(day) == 10 else None
            key = form.client_id.data or ""
            made = tokens.make_token(get_session(), _me(), name=form.name.data or "", last_day=last, client_id=key)
            return _page(TokenForm(formdata=None), made=made or "", again=made is None)
    except Invalid as refused:
        form.add_problems(refused)
    except Refused as refused:
        status = refused.status
        form.form_errors.append(_(str(refused)))
    return _page(form, status)


def _page(form: TokenForm, status: int = 200, made: str = "", *, again: bool = False) -> Answer:
    live = tokens.live_tokens(get_session(), _me())
    return render_template("accounts/tokens.html", form=form, tokens=live, made=made, again=again), status


@bp.post("/me/tokens/<int:key>/revoke")
@requires(Permission.ACCOUNT_OWN)
@requires_fresh
def revoke_token(key: int) -> Answer:
    """From now on it opens nothing."""
    tokens.revoke_token(get_session(), _me(), key)
    flash(_("The token is revoked."), "success")
    return redirect(url_for("accounts.list_tokens"), 303)


def _me() -> int:
    return guard.the_actor().user_id or 0
