"""The language of a request, and gettext for everything above core: import `_`, `ngettext` and `lazy` from here."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from functools import lru_cache
from gettext import NullTranslations, translation
from typing import Any, cast

from babel.dates import format_datetime
from babel.numbers import format_decimal
from flask import Flask, Response, current_app, g, has_request_context, request
from flask_babel import Babel, get_translations
from flask_babel.speaklater import LazyString
from jinja2.nodes import EvalContext
from jinja2.utils import pass_eval_context
from markupsafe import Markup
from wtforms.i18n import messages_path

from app.core.i18n import LOCALES, Locale, pseudo
from app.core.web import guard

COOKIE = "language"
FALLBACK = "en"
INTERNATIONAL = "en_GB"
_YEAR = 365 * 24 * 3600


def install(app: Flask) -> None:
    """Set up Flask-Babel and give the templates our gettext, which knows the pseudo-locale."""
    app.config.setdefault("BABEL_TRANSLATION_DIRECTORIES", "translations")
    Babel(app, default_locale=FALLBACK, locale_selector=babel_code)
    jinja: Any = app.jinja_env
    jinja.install_gettext_callables(gettext=_gettext, ngettext=_ngettext, newstyle=True)
    jinja.globals["gettext"] = jinja.globals["_"] = _in_template
    jinja.filters["number"] = number
    jinja.filters["moment"] = moment


def offered() -> list[Locale]:
    """The languages a person may choose; the pseudo-locale never in production."""
    show_pseudo = current_app.config["PSEUDO_LOCALE"]
    return [each for each in LOCALES.values() if show_pseudo or not each.pseudo]


def is_offered(code: str | None) -> bool:
    """True if `code` is a language that a person may choose here."""
    return any(each.code == code for each in offered())


def current_locale() -> Locale:
    """The locale of this request: the person's, else the cookie's, else what the browser asks for, else English."""
    if not has_request_context():
        return LOCALES[FALLBACK]
    code = g.get("locale_code")
    if code is None:
        code = g.locale_code = _choose()
    return LOCALES[code]


def remember(response: Response, code: str) -> Response:
    """Keep the choice of language in a cookie, for pages before sign-in."""
    secure = bool(current_app.config["SESSION_COOKIE_SECURE"])
    response.set_cookie(COOKIE, code, max_age=_YEAR, secure=secure, httponly=True, samesite="Lax")
    return response


def _(text: str, **values: Any) -> str:
    """`text` in the language of the request; `values` fill its %(name)s."""
    translated = _gettext(text)
    return translated % values if values else translated


def ngettext(singular: str, plural: str, num: int, **values: Any) -> str:
    """The form of the sentence that fits `num`, which also fills %(num)s (with separators) or %(num)d."""
    sentence = _ngettext(singular, plural, num)
    return sentence % {"num": num if "%(num)d" in sentence else number(num), **values}


def lazy(text: str, **values: Any) -> str:
    """Like `_`, but translated when it is shown: for labels told at import."""
    return cast(str, LazyString(_, text, **values))


def left_to_right(text: str) -> str:
    """A code or a moment, whose parts must not change places in a sentence that is written from the right."""
    return f"\u2066{text}\u2069" if current_locale().direction == "rtl" else text


def moment(value: datetime) -> str:
    """An instant in the way of the language, to the minute, in UTC as all figures are."""
    text = format_datetime(value, "d MMM y, HH:mm", tzinfo=UTC, locale=babel_code())
    return _("%(moment)s UTC", moment=text)


def number(value: int | float | Decimal | None, blank: str = "") -> str:
    """A number with the separators of the language; `blank` where nothing was recorded."""
    if value is None:
        return blank
    return _formatted(value, babel_code())


@lru_cache(maxsize=4096)
def _formatted(value: int | float | Decimal, language: str) -> str:
    return format_decimal(value, locale=language)


def _choose() -> str:
    guard.current_actor()  # loading the actor notes the person's language
    for code in (g.get("user_language"), request.cookies.get(COOKIE)):
        if code is not None and is_offered(code):
            return cast(str, code)
    real = [each.code for each in offered() if not each.pseudo]
    return request.accept_languages.best_match(real) or FALLBACK


def babel_code() -> str:
    """The language in which numbers and dates are written. English puts the day first and counts 24 hours: most offices
    do, and a date of another order is misread.
    """
    locale = current_locale()
    return INTERNATIONAL if locale.pseudo or locale.code == FALLBACK else locale.code


def _shown(text: str) -> str:
    return pseudo(text) if current_locale().pseudo else text


def _gettext(text: str) -> str:
    if not text or not has_request_context():
        return text
    return _said(current_locale().code, text)


@lru_cache(maxsize=8192)
def _said(_code: str, text: str) -> str:
    """Kept for good by language, which is the request's: a page asks hundreds of times."""
    return _shown(str(get_translations().ugettext(text)))


@pass_eval_context
def _in_template(context: EvalContext, text: str, **values: Any) -> str:
    """As Jinja's own with `newstyle`, without its way through the context and a formatting that changes nothing."""
    said = _gettext(text)
    if context.autoescape:
        said = Markup(said)  # noqa: S704 - our own sentence; Markup escapes what fills it
    return said % values if "%" in said else said


def _ngettext(singular: str, plural: str, num: int) -> str:
    if not has_request_context():
        return singular if num == 1 else plural
    return _shown(str(get_translations().ungettext(singular, plural, num)))


@lru_cache
def _form_catalogue(code: str) -> NullTranslations:
    return translation("wtforms", messages_path(), [code], fallback=True)


class FormTranslations:
    """WTForms' own messages: its catalogue in the language of the request, through the pseudo-locale too."""

    def gettext(self, text: str) -> str:
        """One message."""
        return _shown(_form_catalogue(babel_code()).gettext(text))

    def ngettext(self, singular: str, plural: str, num: int) -> str:
        """One message with a number."""
        return _shown(_form_catalogue(babel_code()).ngettext(singular, plural, num))
