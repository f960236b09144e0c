"""The forms of administration. Each carries what it showed (`seen`), and a reason that the history keeps."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from wtforms import HiddenField, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import Length, Optional

from app.core.i18n import N_
from app.core.web.forms import BaseForm, PartialDateField
from app.core.web.locale import _, lazy

WHOLE = len("2024-05-31")
WHOLE_DATE = N_("Write the whole date: day, month and year.")
TOO_LONG = N_("This text has more than 2,000 characters.")
LONG = [Optional(), Length(max=2000, message=lazy(TOO_LONG))]
Choices = Iterable[tuple[str, str]]


class AdministrationForm(BaseForm):
    """What every form here has. `item` tells which of several rows it is about."""

    seen = HiddenField()
    item = HiddenField()
    reason = TextAreaField(lazy(N_("Why")), validators=LONG)

    def validate(self, extra_validators: Any = None) -> bool:
        """A year or a month is no day."""
        valid = super().validate(extra_validators)
        for each in self:
            if isinstance(each, PartialDateField) and each.data and len(each.data) != WHOLE:
                each.form.form_errors.append(_(WHOLE_DATE))
                valid = False
        return valid

    def day_of(self, name: str) -> date | None:
        """The whole day that was typed into a field; None if there is none, or a month or year alone."""
        text = self.text_of(name)
        return date.fromisoformat(text) if len(text) == WHOLE else None

    def text_of(self, name: str) -> str:
        """The text that was typed into a field."""
        field = self._fields.get(name)
        return str(field.data or "") if field is not None else ""

    def offer(self, name: str, choices: Choices, blank: str = "") -> None:
        """Put the choices into a select."""
        self[name].choices = [*([("", blank)] if blank else []), *choices]


def select(label: str) -> SelectField:
    """A select whose value the service judges."""
    return SelectField(lazy(label), choices=[], validate_choice=False)


class DayForm(AdministrationForm):
    """From or until when."""

    day = PartialDateField(lazy(N_("Day")))


class IntervalForm(AdministrationForm):
    """The days of an interval."""

    valid_from = PartialDateField(lazy(N_("First day")))
    valid_to = PartialDateField(lazy(N_("Last day")))


class MoveForm(AdministrationForm):
    """Which region from when."""

    region = select(N_("Region"))
    day = PartialDateField(lazy(N_("First day in this region")))


class CountryForm(AdministrationForm):
    """Which country from when."""

    country = select(N_("Country"))
    valid_from = PartialDateField(lazy(N_("First day")))
    valid_to = PartialDateField(lazy(N_("Last day")))


class DetailsForm(AdministrationForm):
    """What is said of an office."""

    short_name = StringField(lazy(N_("Short name")))
    time_zone = select(N_("Time zone"))
    note = TextAreaField(lazy(N_("Note")), validators=LONG)


class _Names(AdministrationForm):
    name_en = StringField(lazy(N_("Name in English")))
    name_fr = StringField(lazy(N_("Name in French")))
    name_es = StringField(lazy(N_("Name in Spanish")))
    name_ar = StringField(lazy(N_("Name in Arabic")))

    def texts(self) -> dict[str, str]:
        """The names by language."""
        return {name[-2:]: self.text_of(name) for name in self._fields if name.startswith("name_")}


class NamesForm(_Names):
    """What a thing is called."""


class SummariesForm(AdministrationForm):
    """A provision's summary in the languages other than English, which is edited with the provision."""

    name_fr = TextAreaField(lazy(N_("Summary in French")), validators=LONG)
    name_es = TextAreaField(lazy(N_("Summary in Spanish")), validators=LONG)
    name_ar = TextAreaField(lazy(N_("Summary in Arabic")), validators=LONG)
    texts = _Names.texts


class OfficeForm(_Names):
    """A new office."""

    code = StringField(lazy(N_("Code")))
    type = RadioField(lazy(N_("Kind of office")), choices=[], validate_choice=False)
    short_name = StringField(lazy(N_("Short name")))
    host = select(N_("Host country"))
    region = select(N_("Region"))
    time_zone = select(N_("Time zone"))
    opened_on = PartialDateField(lazy(N_("First day")))


class RegionForm(_Names):
    """A new region."""

    code = StringField(lazy(N_("Code")))
    seat = StringField(lazy(N_("Seat")))


class CodeForm(_Names):
    """A new entry of a list."""

    code = StringField(lazy(N_("Code")))


class SupportTypeForm(CodeForm):
    """A new support type."""

    facet = RadioField(lazy(N_("What it tells")), choices=[], validate_choice=False)
    definition = TextAreaField(lazy(N_("What belongs to it")), validators=LONG)


class MergeForm(AdministrationForm):
    """What it becomes."""

    into = select(N_("Becomes"))


class WordingForm(AdministrationForm):
    """What is said of a provision."""

    summary = TextAreaField(lazy(N_("What it says, in plain words")), validators=LONG)
    addressed_to = StringField(lazy(N_("Addressed to")))
    status = StringField(lazy(N_("Status")))
    source_address = StringField(lazy(N_("Address of the source")))


class InstrumentForm(AdministrationForm):
    """What is said of an instrument."""

    kind = StringField(lazy(N_("What it is")), description=lazy(N_("For example: treaty, resolution, guidelines.")))
    adopting_body = StringField(lazy(N_("Adopted by")))
    symbol = StringField(lazy(N_("Symbol")))
    adopted = PartialDateField(lazy(N_("Adopted on")))
    source_address = StringField(lazy(N_("Address of the source")))


class NewInstrumentForm(_Names, InstrumentForm):
    """A new instrument. Its names are its titles."""

    code = StringField(lazy(N_("Code")), description=lazy(N_("For example: CRC, LEGALAID-2012.")))


class NewProvisionForm(_Names, WordingForm):
    """A new provision of an instrument. Its names are short, such as CRC art. 40."""

    code = StringField(lazy(N_("Code")), description=lazy(N_("For example: CRC-40.")))
    place = StringField(lazy(N_("Where it stands")), description=lazy(N_("For example: article 40, paragraph 12.")))
    kind = StringField(lazy(N_("What it is")), description=lazy(N_("For example: obligation, standard, invitation.")))
    mandating = RadioField(lazy(N_("Asks for or allows technical help")), choices=[], validate_choice=False)
