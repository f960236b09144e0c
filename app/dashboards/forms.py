"""The one form of the dashboards: the paragraph for an annual report, as its writer mends it. Nothing is kept."""

from __future__ import annotations

from wtforms import StringField, TextAreaField
from wtforms.validators import AnyOf, DataRequired, Length

from app.core.i18n import N_
from app.core.web.forms import BaseForm
from app.core.web.locale import lazy

MOST_TEXT = 100_000


class ParagraphForm(BaseForm):
    """The text, and the kind of file that is asked for."""

    text = TextAreaField(
        lazy(N_("The paragraph")),
        validators=[
            DataRequired(message=lazy(N_("There is no text. Write some, or begin again from the records."))),
            Length(max=MOST_TEXT, message=lazy(N_("This text is too long."))),
        ],
    )
    do = StringField(
        lazy(N_("File")), validators=[AnyOf(("txt", "docx"), message=lazy(N_("Choose one of the two kinds of file.")))]
    )
