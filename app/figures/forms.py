"""The forms of frozen figures."""

from __future__ import annotations

from wtforms import StringField, TextAreaField
from wtforms.validators import DataRequired, Length

from app.core.i18n import N_
from app.core.web.forms import BaseForm, ClientMadeMixin
from app.core.web.locale import lazy
from app.figures.rules import REASON_LIMIT, TITLE_LIMIT

TOO_LONG = N_("This text is too long.")


class FreezeForm(ClientMadeMixin, BaseForm):
    """The title under which a figure is published. Which figure it is stands in the address."""

    title = StringField(
        lazy(N_("Title")),
        validators=[
            DataRequired(message=lazy(N_("Give the figure a title."))),
            Length(max=TITLE_LIMIT, message=lazy(TOO_LONG)),
        ],
    )


class WithdrawFigureForm(BaseForm):
    """Why a published figure is withdrawn."""

    reason = TextAreaField(
        lazy(N_("Why it is withdrawn")),
        validators=[
            DataRequired(message=lazy(N_("Say in a sentence why it is withdrawn."))),
            Length(max=REASON_LIMIT, message=lazy(TOO_LONG)),
        ],
    )
