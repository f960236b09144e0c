"""The form of how often one wants mail."""

from __future__ import annotations

from wtforms import RadioField

from app.core.i18n import N_
from app.core.web.forms import BaseForm
from app.core.web.locale import _, lazy
from app.mail.rules import RHYTHMS


class RhythmForm(BaseForm):
    """At once, daily, weekly, never."""

    rhythm = RadioField(lazy(N_("How often do you want mail?")), validate_choice=False)

    def offer(self) -> RhythmForm:
        """Fill the choices in the language of the request."""
        self.rhythm.choices = [(rhythm.value, _(words)) for rhythm, words in RHYTHMS.items()]
        return self
