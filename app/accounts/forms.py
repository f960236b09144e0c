"""The form of signing in."""

from __future__ import annotations

from wtforms import EmailField, HiddenField, PasswordField
from wtforms.validators import InputRequired, Length

from app.core.i18n import N_
from app.core.web.forms import BaseForm
from app.core.web.locale import lazy


class SignInForm(BaseForm):
    """Email and password. `next` is where the person wanted to go; it is checked before it is followed."""

    email = EmailField(
        lazy(N_("Email")),
        validators=[InputRequired(lazy(N_("Write your email address."))), Length(max=254)],
        render_kw={"autocomplete": "username", "spellcheck": "false"},
    )
    password = PasswordField(
        lazy(N_("Password")),
        validators=[InputRequired(lazy(N_("Write your password."))), Length(max=1000)],
        render_kw={"autocomplete": "current-password"},
    )
    next = HiddenField()
