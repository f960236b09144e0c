"""The form that saves a filter."""

from __future__ import annotations

from wtforms import HiddenField, StringField
from wtforms.validators import DataRequired, Length

from app.core.i18n import N_
from app.core.web.forms import BaseForm, ClientMadeMixin
from app.core.web.locale import lazy
from app.saved_filters.rules import NAME_LIMIT
from app.saved_filters.services import Save

NO_NAME = N_("Give the filter a name of at most 100 characters.")


class SaveFilterForm(ClientMadeMixin, BaseForm):
    """A name for the filter of a page."""

    name = StringField(
        lazy(N_("Name of the filter")),
        validators=[
            DataRequired(message=lazy(NO_NAME)),
            Length(max=NAME_LIMIT, message=lazy(NO_NAME)),
        ],
    )
    address = HiddenField()

    def to_command(self) -> Save:
        """The command of what was sent."""
        return Save(self.name.data or "", self.address.data or "", self.client_id.data or "")
