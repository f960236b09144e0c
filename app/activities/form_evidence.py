"""The forms of evidence: files, a link, a reason for taking one back."""

from __future__ import annotations

from typing import Any, TypeVar

from sqlalchemy.orm import Session
from werkzeug.datastructures import FileStorage
from wtforms import MultipleFileField, StringField, TextAreaField

from app.activities.evidence import Details
from app.activities.form_fields import Choice, choices
from app.activities.reference import reference_data
from app.activities.words import LANGUAGES, Words, language
from app.codelists.queries import codes
from app.core.i18n import N_
from app.core.web.forms import BaseForm, ClientMadeMixin, PartialDateField
from app.core.web.locale import _, lazy


class DetailsForm(ClientMadeMixin, BaseForm):
    """What is said of any piece of evidence."""

    title = StringField(lazy(N_("What is it?")))
    type = Choice(lazy(N_("Kind")), default="other")
    on = PartialDateField(lazy(N_("Date")))
    language = Choice(lazy(N_("Language")))
    visibility = Choice(lazy(N_("Who may open it?")), default="record")

    def to_details(self) -> Details:
        """What was said."""
        return Details(
            title=self.title.data or "",
            type=self.type.data or "other",
            on=self.on.data,
            language=self.language.data,
            visibility=self.visibility.data or "record",
        )


class LinkForm(DetailsForm):
    """A link to something that shows what was done."""

    address = StringField(lazy(N_("Address")))


class FilesForm(DetailsForm):
    """Files that show what was done."""

    files = MultipleFileField(lazy(N_("Files")))

    def sent(self) -> list[FileStorage]:
        """The files that were chosen; a form without one still sends an empty part."""
        return [each for each in self.files.data or [] if isinstance(each, FileStorage) and each.filename]


class RemovalForm(BaseForm):
    """Why a piece of evidence is taken back."""

    reason = TextAreaField(lazy(N_("Reason")))


AnyForm = TypeVar("AnyForm", bound=DetailsForm)


def offered(session: Session, form: AnyForm) -> AnyForm:
    """The form with its lists filled in, in the reader's language."""
    words = Words(reference_data(session))
    kinds = [(row.code, words.of("evidence_type", row.code)) for row in codes(session, "evidence_type")]
    languages = [(code, language(code)) for code in LANGUAGES]
    open_to: list[tuple[str, Any]] = [
        ("record", _("Everybody who may read this record")),
        ("office", _("The office and its adviser only")),
    ]
    form.type.choices = choices(kinds)
    form.language.choices = choices(languages, blank=_("Not recorded"))
    form.visibility.choices = choices(open_to)
    return form
