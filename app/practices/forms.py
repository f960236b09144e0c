"""The forms of practice cards."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from wtforms import BooleanField, RadioField, StringField, TextAreaField
from wtforms.validators import Length, Optional

from app.activities.form_fields import Choice, Choices, choices
from app.core.i18n import N_
from app.core.web.forms import BaseForm, ClientMadeMixin, VersionedMixin
from app.core.web.locale import _, lazy
from app.practices.rules import STEPS, TEXTS, CardContent

Pairs = Iterable[tuple[str, str]]


class CardForm(ClientMadeMixin, VersionedMixin, BaseForm):
    """One card."""

    step = RadioField(lazy(N_("Which step is it?")), validators=[Optional()])
    title = StringField(lazy(N_("Title")))
    problem = TextAreaField(lazy(N_("What was the problem?")), validators=[Length(max=4000)])
    done = TextAreaField(lazy(N_("What was done?")), validators=[Length(max=4000)])
    learned = TextAreaField(lazy(N_("What was learned?")), validators=[Length(max=4000)])
    failed = BooleanField(lazy(N_("It did not work")))
    conditions = TextAreaField(lazy(N_("Under which conditions does it work?")), validators=[Length(max=4000)])
    evidence = TextAreaField(lazy(N_("How is that known?")), validators=[Length(max=4000)])
    obstacles = Choices(lazy(N_("What stood in the way?")))
    types = Choices(lazy(N_("Kinds of support")))
    provisions = Choices(lazy(N_("Provisions")))

    def take_offer(self, lists: Mapping[str, Pairs]) -> CardForm:
        """Fill the lists."""
        self.step.choices = [(code, _(name)) for code, name in STEPS.items()]
        for name in ("obstacles", "types", "provisions"):
            self[name].choices = choices(lists[name])
        return self

    def to_command(self) -> CardContent:
        """What was typed."""
        return CardContent(
            step=self.step.data or "",
            title=self.title.data or "",
            failed=bool(self.failed.data),
            obstacles=tuple(self.obstacles.data or ()),
            types=tuple(self.types.data or ()),
            provisions=tuple(self.provisions.data or ()),
            **{name: self[name].data or "" for name in TEXTS},
        )


def card_data(content: CardContent, version: int | None = None) -> dict[str, Any]:
    """A content as the form's fields have it."""
    shown = content.to_dict() | {name: list(getattr(content, name)) for name in ("obstacles", "types", "provisions")}
    return shown if version is None else shown | {"version": str(version)}


class ReviewForm(VersionedMixin, BaseForm):
    """The reviewer's word."""

    words = TextAreaField(lazy(N_("Your words to the office")), validators=[Length(max=2000)])


class ReuseForm(ClientMadeMixin, BaseForm):
    """Used again, by whom, and how it went."""

    office = Choice(lazy(N_("Which office?")))
    activity = StringField(lazy(N_("Reference of the activity")))
    # An id of its own: the card has the reviewer's words on the same page.
    words = TextAreaField(lazy(N_("How did it go?")), id="reuse-words", validators=[Length(max=2000)])

    def take_offer(self, offices: Pairs) -> ReuseForm:
        """Fill the list of offices."""
        self.office.choices = choices(offices)
        return self
