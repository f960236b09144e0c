"""Forms of signing in, of a password, of second factors and of tokens."""

from __future__ import annotations

from wtforms import EmailField, HiddenField, PasswordField, StringField
from wtforms.validators import InputRequired, Length

from app.core.i18n import N_
from app.core.web.forms import BaseForm, ClientMadeMixin, PartialDateField
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


class SecondForm(BaseForm):
    """The second factor: a code of the app, or a recovery code; or what a passkey answered."""

    code = StringField(
        lazy(N_("Code")),
        validators=[Length(max=60)],
        render_kw={"autocomplete": "one-time-code", "spellcheck": "false", "autocapitalize": "off"},
    )
    answer = HiddenField(validators=[Length(max=20_000)])
    next = HiddenField()


class PasskeySignInForm(BaseForm):
    """What a passkey answered."""

    answer = HiddenField(validators=[Length(max=20_000)])
    next = HiddenField()


class ForgottenForm(BaseForm):
    """Whose password is forgotten."""

    email = EmailField(
        lazy(N_("Email")),
        validators=[InputRequired(lazy(N_("Write your email address."))), Length(max=254)],
        render_kw={"autocomplete": "username", "spellcheck": "false"},
    )


class NewPasswordForm(BaseForm):
    """A password, once: it can be shown while it is typed, so it need not be typed twice."""

    password = PasswordField(
        lazy(N_("New password")),
        validators=[InputRequired(lazy(N_("Choose a password."))), Length(max=1000)],
        render_kw={"autocomplete": "new-password"},
    )


class ChangePasswordForm(NewPasswordForm):
    """Another password; the one there is says who asks."""

    current = PasswordField(
        lazy(N_("Present password")),
        validators=[InputRequired(lazy(N_("Write your present password."))), Length(max=1000)],
        render_kw={"autocomplete": "current-password"},
    )


class AuthenticatorForm(BaseForm):
    """The first code of an app."""

    code = StringField(
        lazy(N_("Code")),
        validators=[InputRequired(lazy(N_("Write the six digits that the app shows."))), Length(max=20)],
        render_kw={"autocomplete": "one-time-code", "inputmode": "numeric"},
    )


class PasskeyForm(ClientMadeMixin, BaseForm):
    """A name for a new passkey, and what the browser made."""

    name = StringField(lazy(N_("Name of the passkey")), validators=[Length(max=60)])
    answer = HiddenField(validators=[Length(max=20_000)])


class TokenForm(ClientMadeMixin, BaseForm):
    """What a token is for, and until when."""

    name = StringField(lazy(N_("What is it for?")), validators=[Length(max=60)])
    last_day = PartialDateField(lazy(N_("Last day")))
