"""The forms of imports: a file, how it is read, what is taken, undoing."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from markupsafe import Markup
from werkzeug.datastructures import FileStorage
from wtforms import BooleanField, FieldList, FileField, HiddenField, RadioField, SelectField
from wtforms.validators import Optional, Regexp

from app.activities.form_fields import Choice, choices
from app.core.i18n import N_
from app.core.web.forms import UUID, BaseForm, ClientMadeMixin
from app.core.web.locale import _, current_locale, lazy
from app.exchange.rules import Scope
from app.exchange.services import Chosen
from app.exchange.sheet_columns import ACTIVITIES, DELIVERIES, FILES, LANGUAGES, NEVER_SET, columns, recognise
from app.exchange.sheet_csv import ENCODINGS
from app.exchange.sheet_limits import MAX_COLUMNS
from app.exchange.sheet_look import Look
from app.exchange.sheet_values import COMMA, DAY_FIRST, DOT, MONTH_FIRST

DAMAGED = lazy(N_("This form was damaged on its way. Send it again."))
DELIMITERS = {",": N_("Comma"), ";": N_("Semicolon"), "\t": N_("Tab"), "|": N_("Vertical bar")}


class UploadForm(ClientMadeMixin, BaseForm):
    """A file, and the office of its rows that name none."""

    file = FileField(lazy(N_("File")))
    office = SelectField(lazy(N_("Office of rows that name none")), validate_choice=False, validators=[Optional()])

    def sent(self) -> FileStorage | None:
        """The file that was chosen."""
        return chosen_file(self.file)


class RequestsForm(BaseForm):
    """A spreadsheet of recommendations."""

    file = FileField(lazy(N_("Spreadsheet of recommendations")))
    source = Choice(lazy(N_("Where do they come from?")))
    order = Choice(lazy(N_("Dates such as 03/04/2025 are")))
    only_look = BooleanField(lazy(N_("Only look: say what would happen and keep nothing")), default=True)

    def take_offer(self, sources: Iterable[tuple[str, str]]) -> RequestsForm:
        """Fill the lists."""
        self.source.choices = choices(sources)
        self.order.choices = choices(order_pairs(), blank=_("as the dates of the file tell"))
        return self

    def sent(self) -> FileStorage | None:
        """The file that was chosen."""
        return chosen_file(self.file)


class SeenForm(BaseForm):
    """The version of the import that the person saw."""

    seen = HiddenField(validators=[Optional(), Regexp(r"^[0-9]{1,9}$", message=DAMAGED)])

    def seen_version(self) -> int:
        """0, which is always stale, if it does not say."""
        text = self.seen.data or ""
        return int(text) if text.isascii() and text.isdecimal() and len(text) <= 9 else 0


class SheetForm(BaseForm):
    """Another sheet of the workbook; pressed twice it is the same import, so it needs no id of its own."""

    sheet = HiddenField()


class ReadingForm(SeenForm):
    """How the file is read, and which column is which."""

    of = SelectField(lazy(N_("Each row is")), validate_choice=False, validators=[Optional()])
    encoding = SelectField(lazy(N_("Encoding")), validate_choice=False, validators=[Optional()])
    delimiter = SelectField(lazy(N_("Columns are parted by")), validate_choice=False, validators=[Optional()])
    sheet = SelectField(lazy(N_("Sheet")), validate_choice=False, validators=[Optional()])
    order = SelectField(lazy(N_("Dates such as 03/04/2025 are")), validate_choice=False)
    decimal = SelectField(lazy(N_("Cents follow")), validate_choice=False)
    office = SelectField(lazy(N_("Office of rows that name none")), validate_choice=False, validators=[Optional()])
    everything = BooleanField(lazy(N_("Take activities outside the subject, too")))
    keys = FieldList(SelectField(validate_choice=False, validators=[Optional()]), max_entries=MAX_COLUMNS)

    def chosen(self, before: Chosen) -> Chosen:
        """What was chosen; what the form does not know stays as it was."""
        of = _one_of(self.of.data, tuple(FILES), before.of)
        return Chosen(
            of=of,
            encoding=_one_of(self.encoding.data, ENCODINGS_KNOWN, before.encoding),
            delimiter=_one_of(self.delimiter.data, tuple(DELIMITERS), before.delimiter),
            sheet=self.sheet.data or before.sheet,
            keys=tuple(key if key in columns(of) else "" for key in (self.keys.data or ())) or before.keys,
            order=_one_of(self.order.data, (DAY_FIRST, MONTH_FIRST), before.order),
            decimal=_one_of(self.decimal.data, (DOT, COMMA), before.decimal),
            office=self.office.data or None,
            everything=bool(self.everything.data),
        )


ENCODINGS_KNOWN = (*ENCODINGS, "utf-16-le", "utf-16-be")


def _one_of(value: Any, known: tuple[str, ...], otherwise: str) -> str:
    return value if value in known else otherwise


class TakeForm(SeenForm):
    """All rows, or the good ones; with the id that makes a second send change nothing."""

    take_id = HiddenField(validators=[Regexp(UUID, message=DAMAGED)])
    scope = RadioField(lazy(N_("What is taken")), choices=[], validate_choice=False, default=Scope.GOOD.value)


def offered(form: ReadingForm, found: Look, offices: list[tuple[str, str]], of: str) -> ReadingForm:
    """The form with its choices, in the reader's language; the columns are those of what the rows are."""
    form.of.choices = [(ACTIVITIES, _("an activity")), (DELIVERIES, _("a delivery of an activity"))]
    form.encoding.choices = [(name, name.upper()) for name in ENCODINGS_KNOWN]
    form.delimiter.choices = [(mark, _(words)) for mark, words in DELIMITERS.items()]
    form.sheet.choices = [(name, name) for name in found.sheets]
    form.order.choices = order_pairs()
    form.decimal.choices = [(DOT, _("a point: 1,500.50")), (COMMA, _("a comma: 1.500,50"))]
    form.office.choices = office_choices(offices)
    language = label_language()
    keys = [("", _("Leave it out"))] + [(key, c.labels[language]) for key, c in columns(of).items() if c.settable]
    for entry, column in zip(form.keys.entries, found.columns, strict=False):
        own = recognise(column.heading, column.tag, of)
        # Without this choice the form would forget the column, and with it that texts were left out of the file.
        told = (
            [(own, _("%(column)s: never set", column=columns(of)[own].labels[language]))]
            if own in NEVER_SET[of]
            else []
        )
        entry.choices = keys + told
        entry.label.text = Markup("<bdi>{}</bdi>").format(column.heading or column.tag or "–")
    return form


def order_pairs() -> list[tuple[str, str]]:
    """The orders of dates, for choosing."""
    return [(DAY_FIRST, _("day first: 3 April")), (MONTH_FIRST, _("month first: March 4"))]


def chosen_file(field: FileField) -> FileStorage | None:
    """The file that was chosen; a form without one still sends an empty part."""
    given = field.data
    return given if isinstance(given, FileStorage) and given.filename else None


def office_choices(offices: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """The person's offices, none chosen: an office is never guessed."""
    return [("", _("None: such rows are refused")), *offices]


def label_language() -> str:
    """The language of headings for this reader."""
    code = current_locale().code
    return code if code in LANGUAGES else LANGUAGES[0]
