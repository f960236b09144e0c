"""The kinds of fields of the activity form: codes of a list, roles beside ticks, and rows that may stay blank."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from wtforms import Field, FieldList, FormField, SelectField, SelectMultipleField, StringField, ValidationError
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]

from app.activities.checks import NOT_ON_LIST
from app.core.i18n import N_
from app.core.web.forms import PartForm, PartialDateField
from app.core.web.locale import _, lazy

MOST_ROWS = 30

Pairs = Iterable[tuple[str, str]]


def choices(pairs: Pairs, *, blank: str | None = None) -> list[Any]:
    """Pairs of code and name as WTForms wants them; `blank` is the name of choosing nothing."""
    first = [] if blank is None else [SelectChoice("", blank)]
    return first + [SelectChoice(code, name) for code, name in pairs]


def grouped(groups: Iterable[tuple[str, Pairs]]) -> list[Any]:
    """The same in groups with headings."""
    return [SelectChoice(code, name, optgroup=heading) for heading, pairs in groups for code, name in pairs]


def _code(value: Any) -> str | None:
    return str(value) if value not in (None, "") else None


class Choice(SelectField):
    """One code of a list, None where nothing is chosen. Shown as a select or as tiles."""

    def __init__(self, label: str | None = None, **kwargs: Any) -> None:
        super().__init__(label, coerce=_code, choices=[], **kwargs)

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Nothing sent is nothing chosen, whatever was preset."""
        self.data = _code(valuelist[0]) if valuelist else None

    def pre_validate(self, form: Any) -> None:
        """Refuse what is not on the list; blank is for the service to judge."""
        if self.data is not None and self.data not in {c[0] for c in self.iter_choices()}:
            raise ValidationError(_(NOT_ON_LIST))


class Choices(SelectMultipleField):
    """Several codes of a list."""

    def __init__(self, label: str | None = None, **kwargs: Any) -> None:
        super().__init__(label, choices=[], **kwargs)

    def pre_validate(self, form: Any) -> None:
        """Refuse what is not on the list."""
        offered = {c[0] for c in self.iter_choices()}
        if not offered.issuperset(self.data or ()):
            raise ValidationError(_(NOT_ON_LIST))


class Roles(Field):
    """A role beside each ticked provision: inputs <name>-<code>; data is {code: role}."""

    def process(self, formdata: Any, data: Any = None, extra_filters: Any = None) -> None:
        """Read the roles that were sent, else those that are kept."""
        self.process_errors = []
        self.data = dict(data) if isinstance(data, dict) else {}
        prefix = f"{self.name}-"
        for key in formdata or ():
            if key.startswith(prefix):
                self.data[key.removeprefix(prefix)] = formdata.get(key)

    def of(self, code: str, otherwise: str) -> str:
        """The role of a provision."""
        return self.data.get(code) or otherwise


class Rows(FieldList):  # type: ignore[type-arg]
    """Rows of which blank ones do not count. `keep_filled` drops them, so that rows stand as the content's do."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.type = "FieldList"  # what the templates know it by

    def _extract_indices(self, prefix: str, formdata: Any) -> Iterator[int]:
        """Our own indices only: "²" is a digit to Python, and no number."""
        for key in formdata:
            number = key.removeprefix(f"{prefix}-").split("-")[0] if key.startswith(f"{prefix}-") else ""
            if number.isascii() and number.isdecimal() and len(number) <= 3:
                yield int(number)

    def keep_filled(self) -> None:
        """Drop blank rows and number the rest anew."""
        self.entries = [entry for entry in self.entries if is_filled(entry)]
        self._compact_indices()  # type: ignore[attr-defined]

    def make_room(self, blank: int) -> None:
        """End with `blank` blank rows, as far as there may be more rows at all."""
        for _number in range(min(blank, MOST_ROWS - len(self.entries))):
            self.append_entry()


def is_filled(entry: Any) -> bool:
    """Something was typed or chosen in this row."""
    if not isinstance(entry, FormField):
        return bool(entry.data)
    return any(_typed(field) for field in entry.form)


def _typed(field: Any) -> bool:
    """Something was typed or chosen, even where it makes no sense."""
    if isinstance(field, PartialDateField):
        return any(box.data for box in field.form)
    return bool(field.data)


class CounterpartPart(PartForm):
    """A body that the office worked with."""

    name = StringField(lazy(N_("Name of the organisation")))
    kind = Choice(lazy(N_("Kind")))


class PartnerPart(PartForm):
    """A partner agency and what it does."""

    partner = Choice(lazy(N_("Partner")))
    role = Choice(lazy(N_("What it does")))


class MilestonePart(PartForm):
    """A step in the life of a law."""

    kind = Choice(lazy(N_("Step")))
    law = StringField(lazy(N_("Name of the law")))
    on = PartialDateField(lazy(N_("Date")))
    link = StringField(lazy(N_("Link to it")))
    contribution = Choice(lazy(N_("What the office did")))
