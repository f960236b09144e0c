"""What every form shares: clean text, messages in the reader's language, and a place for what a service refused."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from flask_babel.speaklater import LazyString
from flask_wtf import FlaskForm
from wtforms import Field, FieldList, Form, FormField, HiddenField, PasswordField, StringField
from wtforms.validators import Optional, Regexp

from app.core.db import new_client_id
from app.core.errors import Invalid, Problem
from app.core.i18n import N_
from app.core.web import dates
from app.core.web.locale import FormTranslations, _, lazy

UUID = r"^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$"


def clean_text(value: Any) -> Any:
    r"""Text as we keep it: NFC, line ends as \n, no control characters (PostgreSQL refuses NUL), no space at the ends.

    >>> clean_text(" a\x00b\r\nc ")
    'ab\nc'
    """
    if not isinstance(value, str):
        return value
    text = unicodedata.normalize("NFC", value.replace("\r\n", "\n").replace("\r", "\n"))
    return "".join(c for c in text if c in "\n\t" or unicodedata.category(c) not in ("Cc", "Cs")).strip()


class _Meta:
    """Cleans every text field, and speaks the reader's language."""

    def bind_field(self, form: Any, unbound_field: Any, options: dict[str, Any]) -> Field:
        kind = unbound_field.field_class
        if issubclass(kind, StringField) and not issubclass(kind, PasswordField):
            given = unbound_field.kwargs.get("filters", ())
            if clean_text not in given:
                unbound_field.kwargs["filters"] = (clean_text, *given)
        field: Field = unbound_field.bind(form=form, **options)
        return field

    def get_translations(self, form: Any) -> FormTranslations:
        return FormTranslations()


class BaseForm(FlaskForm):  # type: ignore[misc]
    """A form sent to us: CSRF-checked, cleaned, able to show a service's refusals."""

    class Meta(_Meta, FlaskForm.Meta):  # type: ignore[misc]
        """Puts our cleaning before Flask-WTF's defaults."""

    def validate(self, extra_validators: Any = None) -> bool:
        """Check shape and lengths. Errors become plain text: a lazy one would look like a list of letters."""
        valid = bool(super().validate(extra_validators))
        for field in every_field(self):
            if isinstance(field.errors, list):  # in place: a list of parts shares its parts' errors
                field.errors[:] = [str(each) if isinstance(each, LazyString) else each for each in field.errors]
        return valid

    def add_problems(self, refused: Invalid | Iterable[Problem]) -> None:
        """Put each problem at its field ("title", "counterparts-0-name"), or among the form's own errors."""
        problems = refused.problems if isinstance(refused, Invalid) else refused
        for problem in problems:
            _add_error(self, _find(self, problem.field), _(problem.message))
        for field in self:
            if isinstance(field, FieldList) and not field.errors:  # a list learns of its rows' errors only in validate
                nested = [entry.errors for entry in field.entries]
                field.errors = nested if any(nested) else field.errors


class PartForm(BaseForm):
    """A part of a form, repeated in a FieldList: the CSRF token is the whole form's."""

    class Meta(BaseForm.Meta):
        """No token of its own."""

        csrf = False


class ClientMadeMixin:
    """For forms that create: the record's id is made when the form is first shown, so six sends make one record."""

    client_id = HiddenField(
        default=new_client_id,
        validators=[Regexp(UUID, message=lazy(N_("This form was damaged on its way. Send it again.")))],
    )


class VersionedMixin:
    """For forms that change: the version that the person saw."""

    version = HiddenField(validators=[Optional(), Regexp(r"^[0-9]{1,9}$")])

    def seen_version(self) -> int:
        """The version the form was opened with; 0, which is always stale, if it does not say."""
        text = self.version.data or ""
        return int(text) if text.isdecimal() and len(text) <= 9 else 0


class _Boxes(Form):
    """The three boxes of a date."""

    day = StringField(filters=[clean_text])
    month = StringField(filters=[clean_text])
    year = StringField(filters=[clean_text])


if TYPE_CHECKING:
    _BoxesField = FormField[_Boxes]
else:
    _BoxesField = FormField  # not generic when it runs


class PartialDateField(_BoxesField):
    """A date known to the day, month or year. `data` is its ISO text, None if empty or not a date.

    Its inputs are <name>-day, <name>-month and <name>-year. `errors` is {box: [sentence]}.
    """

    def __init__(self, label: str | None = None, **kwargs: Any) -> None:
        super().__init__(_Boxes, label, **kwargs)

    def process(self, formdata: Any, data: Any = None, extra_filters: Any = None) -> None:
        """Fill the boxes from what was sent, else from ISO text."""
        text = data if isinstance(data, str) else self.default if isinstance(self.default, str) else None
        super().process(formdata, data=dates.split_boxes(text), extra_filters=extra_filters)

    @property
    def data(self) -> str | None:  # type: ignore[override]
        """ISO text, or None."""
        try:
            return dates.join_boxes(*self._texts())
        except dates.DateProblem:
            return None

    def validate(self, form: Any, extra_validators: Any = ()) -> bool:
        """Say what is wrong with the boxes, at the box."""
        try:
            dates.join_boxes(*self._texts())
        except dates.DateProblem as problem:
            values = {k: _(v) if k == "month" else v for k, v in problem.values.items()}
            _append(self.form[problem.box], _(problem.message, **values))
            return False
        return True

    def populate_obj(self, obj: Any, name: str) -> None:
        """Set the ISO text."""
        setattr(obj, name, self.data)

    def _texts(self) -> tuple[str | None, str | None, str | None]:
        boxes = self.form
        return boxes["day"].data, boxes["month"].data, boxes["year"].data


def every_field(fields: Iterable[Field]) -> Iterator[Field]:
    """All fields of a form, those inside its parts and lists too."""
    for field in fields:
        yield field
        if isinstance(field, FieldList):
            yield from every_field(field.entries)
        elif isinstance(field, FormField):
            yield from every_field(field.form)


def _find(form: BaseForm, name: str) -> Field | None:
    return next((field for field in every_field(form) if field.name == name), None) if name else None


def _add_error(form: BaseForm, field: Field | None, message: str) -> None:
    if field is None:
        form.form_errors.append(message)
    elif isinstance(field, FormField):
        field.form.form_errors.append(message)
    else:
        _append(field, message)


def _append(field: Field, message: str) -> None:
    field.errors = [*field.errors, message]
