"""The small forms of the record's page: deliveries, next steps, decisions with a reason."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from wtforms import FormField, IntegerField, StringField, TextAreaField, ValidationError
from wtforms.validators import NumberRange, Optional

from app.activities.deliveries import (
    MOST_PEOPLE,
    NOT_A_NUMBER,
    NOT_HOURS,
    PEOPLE,
    Delivery,
    People,
    plain_hours,
)
from app.activities.facts import Step
from app.activities.form_fields import MOST_ROWS, Choice, Rows, choices
from app.activities.form_offer import Pairs
from app.activities.models import DeliveryLine
from app.core.i18n import N_
from app.core.web.forms import BaseForm, ClientMadeMixin, PartForm, PartialDateField, VersionedMixin
from app.core.web.locale import _, lazy
from app.offices.reviewers import Person

THOUSANDS = re.compile(r"\d{1,3}([^\S\n]\d{3})+")
WHOLE_DATE = N_("Write the whole date: day, month and year.")


class ReasonForm(VersionedMixin, BaseForm):
    """A decision, with its reason where it needs one."""

    reason = TextAreaField(lazy(N_("Reason")))


class PlainForm(BaseForm):
    """A press of a button."""


class _Count(IntegerField):
    """A whole number; blank is not recorded, not zero."""

    def __init__(self, label: str | None = None, **kwargs: Any) -> None:
        limits = NumberRange(0, MOST_PEOPLE, lazy(N_("This number cannot be right.")))
        super().__init__(label, validators=[Optional(), limits], **kwargs)

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Any script's digits, with spaces between thousands."""
        typed = (valuelist[0] if valuelist else "").strip()
        text = "".join(typed.split())
        self.data = None
        if not text:
            return
        if text != typed and not THOUSANDS.fullmatch(typed):
            raise ValueError(_(NOT_A_NUMBER))
        if not text.isdecimal() or len(text) > 9:
            raise ValueError(_(NOT_A_NUMBER))
        self.data = int(text)


class PeoplePart(PartForm):
    """Participations of one profession."""

    profession = Choice(lazy(N_("Who took part")))
    women = _Count(lazy(N_("Women")))
    men = _Count(lazy(N_("Men")))
    not_recorded = _Count(lazy(N_("Sex not recorded")))


class DeliveryForm(ClientMadeMixin, BaseForm):
    """One thing delivered."""

    on = PartialDateField(lazy(N_("When was it?")))
    what = StringField(lazy(N_("What was it?")))
    place = StringField(lazy(N_("Where?")))
    hours = StringField(lazy(N_("How many hours?")))
    people = Rows(FormField(PeoplePart), lazy(N_("Who took part?")), max_entries=MOST_ROWS)
    people_basis = Choice(lazy(N_("Were they counted?")))

    def take_offer(self, professions: Pairs, bases: Pairs) -> None:
        """Fill the lists and drop rows that stayed blank."""
        self._professions = professions
        self.people_basis.choices = choices(bases)
        self.people.entries = [entry for entry in self.people.entries if _typed(entry.form)]
        self._offer_in_rows()

    def make_room(self, blank: int = 1) -> None:
        """Blank rows to write in."""
        self.people.make_room(blank)
        self._offer_in_rows()

    def _offer_in_rows(self) -> None:
        for entry in self.people:
            entry.form.profession.choices = choices(self._professions, blank=_("Not recorded"))

    def validate_hours(self, field: StringField) -> None:
        """A number with one decimal at most; a comma will do."""
        try:
            value = _hours(field.data)
        except InvalidOperation:
            raise ValidationError(_(NOT_HOURS)) from None
        if value is not None and not (value.is_finite() and 0 <= value <= 100_000 and value * 10 == int(value * 10)):
            raise ValidationError(_(NOT_HOURS))

    def to_command(self) -> Delivery:
        """The delivery that was typed."""
        return Delivery(
            on=self.on.data or "",
            what=self.what.data or "",
            place=self.place.data or "",
            hours=_hours(self.hours.data),
            people_basis=self.people_basis.data,
            people=tuple(
                People(e.form.profession.data, e.form.women.data, e.form.men.data, e.form.not_recorded.data)
                for e in self.people
            ),
            client_id=str(self.client_id.data),
        )


def again_data(line: DeliveryLine) -> dict[str, Any]:
    """What the form of a further delivery shows of an earlier one: all but its date and who came."""
    people = [{"profession": p.profession} for p in line.participations]
    return {"what": line.what, "place": line.place, "hours": plain_hours(line.hours), "people": people}


def correction_data(line: DeliveryLine) -> dict[str, Any]:
    """What the form shows of a delivery that is to be corrected: all of it."""
    people = [{name: getattr(p, name) for name in PEOPLE} for p in line.participations]
    return {**again_data(line), "on": line.on, "people": people, "people_basis": line.people_basis}


class StepForm(ClientMadeMixin, BaseForm):
    """Something to do next."""

    what = StringField(lazy(N_("What is to be done?")))
    owner = Choice(lazy(N_("By whom?")))
    owner_name = StringField(lazy(N_("Or somebody else, by name")))
    due_on = PartialDateField(lazy(N_("By when?")))

    def validate(self, extra_validators: Any = None) -> bool:
        """A due date is a day."""
        valid = super().validate(extra_validators)
        if self.due_on.data and len(self.due_on.data) != 10:
            self.due_on.form.form_errors.append(_(WHOLE_DATE))
            return False
        return valid

    def to_command(self) -> Step:
        """The step that was typed."""
        due = date.fromisoformat(self.due_on.data) if self.due_on.data else None
        owner = self.owner.data or ""
        who = int(owner) if owner.isdecimal() else None
        return Step(self.what.data or "", self.owner_name.data or "", who, due, str(self.client_id.data))

    def offer(self, people: Iterable[Person]) -> StepForm:
        """Fill the list of people."""
        listed = [(str(person.id), person.name) for person in people]
        self.owner.choices = choices(listed, blank=_("Nobody of the office by name"))
        return self


def _hours(text: str | None) -> Decimal | None:
    plain = "".join((text or "").split()).replace(",", ".").replace("٫", ".")
    return Decimal(plain) if plain else None


def _typed(part: Any) -> bool:
    """A number was written, or something that is none."""
    return any(field.data not in (None, "") or field.process_errors for field in part)
