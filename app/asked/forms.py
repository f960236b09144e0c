"""The forms of requests: what was asked, the answer, whether it was met, the files of recommendations."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from wtforms import RadioField, StringField, TextAreaField, ValidationError
from wtforms.validators import Length, Optional

from app.activities.form_fields import Choice, Choices, choices
from app.asked.rules import ANSWERS, KINDS, METS, RESPONSES, AnswerGiven, RequestContent
from app.core.i18n import N_
from app.core.web.forms import BaseForm, ClientMadeMixin, PartialDateField, VersionedMixin
from app.core.web.locale import _, lazy

WHOLE_DATE = N_("Write the whole date: day, month and year.")
YES_NO = {"yes": N_("Yes"), "no": N_("No")}
TRUTH = {"yes": True, "no": False}


class RequestForm(ClientMadeMixin, VersionedMixin, BaseForm):
    """What was asked, by whom, in which document."""

    kind = RadioField(lazy(N_("What is it?")), default="request")
    country = Choice(lazy(N_("Which State?")))
    source = Choice(lazy(N_("Where does it come from?")))
    asked = TextAreaField(lazy(N_("What is asked, in your words?")), validators=[Length(max=4000)])
    types = Choices(lazy(N_("Which kinds of support?")))
    received_on = PartialDateField(lazy(N_("When did your office receive it?")))
    asker = StringField(lazy(N_("Who asked or recommended?")))
    symbol = StringField(lazy(N_("Document symbol")))
    paragraph = StringField(lazy(N_("Paragraph")))
    address = StringField(lazy(N_("Address of the document")))
    document_on = PartialDateField(lazy(N_("Date of the document")))
    transmitted_on = PartialDateField(lazy(N_("When did the Committee send it on?")))
    provisions = Choices(lazy(N_("Under which provisions?")))
    observations = TextAreaField(
        lazy(N_("Observations and suggestions of the Committee")), validators=[Length(max=4000)]
    )
    original = TextAreaField(lazy(N_("In the words of the document")), validators=[Length(max=20000)])
    juvenile_justice = Choice(lazy(N_("Is it about children in conflict with the law?")))
    asks_help = Choice(lazy(N_("Does it ask for technical help?")))
    state_response = Choice(lazy(N_("What did the State say to it?")))
    government_agreement = Choice(lazy(N_("Agreement with the Government")))
    partners_agreement = Choice(lazy(N_("Agreement with partners")))
    offices = Choices(lazy(N_("To which offices does it fall?")))

    def to_command(self) -> RequestContent:
        """What was typed."""
        plain = {name: getattr(self, name).data or "" for name in
                 ("asker", "symbol", "paragraph", "address", "asked", "original", "observations")}  # fmt: skip
        coded: dict[str, Any] = {name: getattr(self, name).data or None for name in
                 ("country", "source", "state_response", "government_agreement", "partners_agreement",
                  "document_on", "transmitted_on", "received_on")}  # fmt: skip
        return RequestContent(
            kind=self.kind.data or "",
            types=tuple(self.types.data or ()),
            provisions=tuple(self.provisions.data or ()),
            offices=tuple(self.offices.data or ()),
            juvenile_justice=TRUTH.get(self.juvenile_justice.data or ""),
            asks_help=TRUTH.get(self.asks_help.data or ""),
            **plain,
            **coded,
        )

    def take_offer(self, lists: dict[str, Iterable[tuple[str, str]]]) -> RequestForm:
        """Fill the lists: name of a field → codes and names."""
        self.kind.choices = [(code, _(name)) for code, name in KINDS.items()]
        for name in ("juvenile_justice", "asks_help"):
            self[name].choices = choices(((code, _(word)) for code, word in YES_NO.items()), blank=_("Not known"))
        self.state_response.choices = choices(
            ((code, _(word)) for code, word in RESPONSES.items()), blank=_("Not known, or does not apply")
        )
        for name in ("country", "source"):
            self[name].choices = choices(lists[name], blank=_("Choose"))
        for name in ("government_agreement", "partners_agreement"):
            self[name].choices = choices(lists["agreement"], blank=_("Not known"))
        for name in ("types", "provisions", "offices"):
            self[name].choices = choices(lists[name])
        return self


def form_data(content: RequestContent, version: int | None = None) -> dict[str, Any]:
    """A content as the form's fields have it."""
    words = {True: "yes", False: "no", None: None}
    shown = content.to_dict() | {
        "types": list(content.types),
        "provisions": list(content.provisions),
        "offices": list(content.offices),
        "juvenile_justice": words[content.juvenile_justice],
        "asks_help": words[content.asks_help],
    }
    return shown if version is None else shown | {"version": str(version)}


class _WholeDate(PartialDateField):
    """A date that must be known to the day, or be blank."""

    @property
    def day(self) -> date | None:
        """The date."""
        return date.fromisoformat(self.data) if self.data and len(self.data) == 10 else None


class AnswerForm(VersionedMixin, BaseForm):
    """The office's answer."""

    answer = RadioField(lazy(N_("Your answer")), validators=[Optional()])
    answered_on = _WholeDate(lazy(N_("When was it answered?")))
    referred_to = TextAreaField(lazy(N_("To whom was it referred?")), validators=[Length(max=2000)])
    declined_reason = TextAreaField(lazy(N_("Why was it declined?")), validators=[Length(max=2000)])
    target_on = _WholeDate(lazy(N_("By when is something to be done?")))

    def take_offer(self) -> AnswerForm:
        """Fill the list of answers."""
        self.answer.choices = [(code, _(name)) for code, name in ANSWERS.items()]
        return self

    def validate_answered_on(self, field: _WholeDate) -> None:
        """Known to the day."""
        _whole(field)

    def validate_target_on(self, field: _WholeDate) -> None:
        """Known to the day."""
        _whole(field)

    def to_command(self) -> AnswerGiven:
        """What was typed."""
        return AnswerGiven(
            answer=self.answer.data or "",
            on=self.answered_on.day,
            referred_to=self.referred_to.data or "",
            reason=self.declined_reason.data or "",
            target_on=self.target_on.day,
        )


class MetForm(VersionedMixin, BaseForm):
    """Was it met?"""

    met = RadioField(lazy(N_("Was it met?")), validators=[Optional()])
    met_words = TextAreaField(lazy(N_("How do you know?")), validators=[Length(max=2000)])
    met_on = _WholeDate(lazy(N_("On which day?")))

    def take_offer(self) -> MetForm:
        """Fill the list."""
        self.met.choices = [(code, _(name)) for code, name in METS.items()]
        return self

    def validate_met_on(self, field: _WholeDate) -> None:
        """Known to the day."""
        _whole(field)


class LinkActivityForm(BaseForm):
    """Which activity answers it."""

    activity = StringField(lazy(N_("Reference of the activity")))


def _whole(field: _WholeDate) -> None:
    if field.data and len(field.data) != 10:
        raise ValidationError(_(WHOLE_DATE))
