"""Small forms about people: a last day, a taker, reviewers, regions."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from wtforms import HiddenField, SelectField, SelectMultipleField

from app.core.i18n import N_
from app.core.web.forms import BaseForm, PartialDateField
from app.core.web.locale import _, lazy
from app.offices.reviewers import Person


def whole_day(field: PartialDateField) -> date | None:
    """The day in the boxes; None where it is none, or known to the month only."""
    return date.fromisoformat(field.data) if field.data and len(field.data) == 10 else None


def _id(value: Any) -> int | None:
    text = str(value or "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else None


class _Chooser(SelectField):
    """Somebody of a list, by id; None where nobody is chosen. Who may be chosen is for the service to judge."""

    def __init__(self, label: str | None = None, **kwargs: Any) -> None:
        super().__init__(label, coerce=_id, choices=[], validate_choice=False, **kwargs)

    def offer(self, people: Iterable[Person], nobody: str) -> None:
        """Fill the list."""
        self.choices = [("", nobody), *((str(person.id), person.name) for person in people)]


class EndForm(BaseForm):
    """When somebody's role ends."""

    ends_on = PartialDateField(lazy(N_("Last day")))
    seen = HiddenField(default="")


class TakeForm(BaseForm):
    """Who takes something, and until when they sign."""

    person = _Chooser(lazy(N_("Who?")))
    until = PartialDateField(lazy(N_("Until which day?")))
    seen = HiddenField(default="open")


class ReviewersForm(BaseForm):
    """Who looks at what an office submits."""

    reviewer = _Chooser(lazy(N_("Reviewer")))
    deputy = _Chooser(lazy(N_("Deputy")))
    seen = HiddenField(default="")

    def offer(self, people: list[Person]) -> ReviewersForm:
        """Fill both lists."""
        self.reviewer.offer(people, _("Nobody by name: every adviser of the region"))
        self.deputy.offer(people, _("Nobody"))
        return self


class RegionsForm(BaseForm):
    """Where people may approve their own work."""

    regions = SelectMultipleField(lazy(N_("Regions that allow it")), choices=[], validate_choice=False)
    seen = HiddenField(default="")
