"""The forms of returns, rounds and exemptions."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session
from wtforms import Field, HiddenField, IntegerField, SelectField, SelectMultipleField, TextAreaField
from wtforms.validators import Length, Optional

from app.activities.models import Activity
from app.core.errors import Invalid
from app.core.i18n import N_
from app.core.web.forms import BaseForm, ClientMadeMixin, PartialDateField, VersionedMixin
from app.core.web.locale import _, lazy
from app.returns.models import AnnualReturn, Round
from app.returns.rounds import REASON_LIMIT, NewExemption, RoundDates, round_text
from app.returns.rules import SENTENCE_LIMIT, WORDS_LIMIT
from app.returns.services import TOO_LONG, Statement

WHOLE_DATE = N_("Write the whole date: day, month and year.")
MISSING = N_("One of the ticked activities is not there any more. Look at the list again.")
MOST_TICKS = 1000


class Ticks(SelectMultipleField):
    """References of activities. Whether they may be ticked is for the service to judge."""

    def __init__(self, label: str | None = None, **kwargs: Any) -> None:
        super().__init__(label, choices=[], **kwargs)

    def pre_validate(self, form: Any) -> None:
        """A list that changed since the page was opened is no fault of the person."""


class JointAnswers(Field):
    """Accept or decline beside each joint activity: inputs <name>-<reference>; data is {reference: accept?}."""

    def process(self, formdata: Any, data: Any = None, extra_filters: Any = None) -> None:
        """Read the answers that were sent; one not given stays open."""
        self.process_errors = []
        self.data: dict[str, bool] = {}
        prefix = f"{self.name}-"
        for key in formdata or ():
            value = formdata.get(key)
            if key.startswith(prefix) and value in ("accept", "decline"):
                self.data[key.removeprefix(prefix)] = value == "accept"


class AnnualForm(VersionedMixin, BaseForm):
    """One page for an office's year. `evidence` is the adviser's."""

    ticked = Ticks(lazy(N_("Still delivered in this year")))
    joint = JointAnswers(lazy(N_("Joint work")))
    words = TextAreaField(
        lazy(N_("In your words")), validators=[Optional(), Length(max=WORDS_LIMIT, message=lazy(TOO_LONG))]
    )
    evidence = TextAreaField(
        lazy(N_("Who told you, when, and how")),
        validators=[Optional(), Length(max=WORDS_LIMIT, message=lazy(TOO_LONG))],
    )

    @classmethod
    def opened(cls, annual: AnnualReturn | None, ticked: Collection[str]) -> AnnualForm:
        """The form as it stands when the page is opened. Nothing is ticked by itself."""
        return cls(
            formdata=None,
            data={
                "ticked": list(ticked),
                "words": annual.words if annual else "",
                "version": str(annual.version if annual else 0),
            },
        )

    def offer(self, choices: Mapping[str, str]) -> None:
        """The activities that can be ticked: {reference: title}."""
        self.ticked.choices = list(choices.items())

    def to_command(self, session: Session, answer: str | None, waiting: Collection[str]) -> Statement:
        """What was stated. Only joint activities that still wait for an answer are answered.

        Raises:
            Invalid: a ticked activity is not there.
        """
        wanted = {*(self.ticked.data or ())}
        answers = {reference: accept for reference, accept in self.joint.data.items() if reference in waiting}
        found = _activities(session, wanted | answers.keys())
        if not wanted <= found.keys() or len(wanted) > MOST_TICKS:
            raise Invalid.at("ticked", MISSING)
        return Statement(
            answer=answer,
            words=self.words.data or "",
            ticked=tuple(found[reference] for reference in sorted(wanted)),
            joint={found[reference]: accept for reference, accept in answers.items()},
        )


def _activities(session: Session, references: Collection[str]) -> dict[str, Activity]:
    if not references:
        return {}
    found = session.scalars(select(Activity).where(Activity.reference.in_(sorted(references)[: MOST_TICKS + 1])))
    return {activity.reference: activity for activity in found}


class ReopenForm(VersionedMixin, BaseForm):
    """A return is opened again."""

    reason = TextAreaField(lazy(N_("Reason")), validators=[Optional(), Length(max=WORDS_LIMIT, message=lazy(TOO_LONG))])


class ConfirmForm(VersionedMixin, BaseForm):
    """The lead confirms what an adviser recorded."""


class SeenMixin:
    """For rows without a version: what the form showed when it was opened."""

    seen = HiddenField()


class SentenceForm(SeenMixin, BaseForm):
    """The office's sentence beside its state."""

    sentence = TextAreaField(
        lazy(N_("Your office's sentence")),
        validators=[
            Optional(),
            Length(max=SENTENCE_LIMIT, message=lazy(N_("This text has more than 300 characters."))),
        ],
    )


class _Days(BaseForm):
    """Forms whose dates are whole days."""

    def validate(self, extra_validators: Any = None) -> bool:
        """A year or a month is no day."""
        valid = super().validate(extra_validators)
        for each in self:
            if isinstance(each, PartialDateField) and each.data and len(each.data) != 10:
                each.form.form_errors.append(_(WHOLE_DATE))
                valid = False
        return valid


def _day(given: PartialDateField) -> date | None:
    return date.fromisoformat(given.data) if given.data else None


class RoundForm(SeenMixin, _Days):
    """The days of a round."""

    opens_on = PartialDateField(lazy(N_("Opens on")))
    due_on = PartialDateField(lazy(N_("Due on")))
    inform_on = PartialDateField(lazy(N_("Offices to be named are informed on")))
    frozen_on = PartialDateField(lazy(N_("Figures are frozen on")))

    @classmethod
    def opened(cls, found: Round | None, preset: RoundDates) -> RoundForm:
        """The days as they are kept, or as they are proposed."""
        shown = found or preset
        days = {name: str(getattr(shown, name) or "") for name in ("opens_on", "due_on", "inform_on", "frozen_on")}
        return cls(formdata=None, data={**days, "seen": round_text(found)})

    def to_command(self, year: int) -> RoundDates:
        """The days that were typed."""
        return RoundDates(year, _day(self.opens_on), _day(self.due_on), _day(self.inform_on), _day(self.frozen_on))


class YearForm(BaseForm):
    """Which year's round to open; a GET form."""

    class Meta(BaseForm.Meta):
        """Changes nothing, so it needs no token."""

        csrf = False

    year = IntegerField(lazy(N_("Year")))


class ExemptionForm(ClientMadeMixin, _Days):
    """An office that is not expected for a time."""

    office = SelectField(lazy(N_("Office")), choices=[], validate_choice=False)
    valid_from = PartialDateField(lazy(N_("First day")))
    valid_to = PartialDateField(lazy(N_("Last day")))
    reason = TextAreaField(
        lazy(N_("Reason")),
        validators=[
            Optional(),
            Length(max=REASON_LIMIT, message=lazy(N_("This text has more than 500 characters."))),
        ],
    )

    def to_command(self) -> NewExemption:
        """The exemption that was typed."""
        return NewExemption(
            office=self.office.data or "",
            valid_from=_day(self.valid_from),
            valid_to=_day(self.valid_to),
            reason=self.reason.data or "",
            client_id=str(self.client_id.data),
        )


class EndForm(SeenMixin, _Days):
    """Until when an exemption holds."""

    valid_to = PartialDateField(lazy(N_("Last day")))

    @property
    def last_day(self) -> date | None:
        """The day that was typed."""
        return _day(self.valid_to)
