"""The form of a comment."""

from __future__ import annotations

from collections.abc import Iterable

from wtforms import BooleanField, TextAreaField

from app.activities.comments import NewComment
from app.activities.form_fields import Choices, choices
from app.core.i18n import N_
from app.core.web.forms import BaseForm, ClientMadeMixin
from app.core.web.locale import lazy
from app.offices.reviewers import Person


class CommentForm(ClientMadeMixin, BaseForm):
    """Something to say, to whom, and whether it stays between the office and its adviser."""

    text = TextAreaField(lazy(N_("Your comment")))
    mentions = Choices(lazy(N_("Whom do you ask to look?")))
    internal = BooleanField(lazy(N_("Only for the office and its adviser")))

    def offer(self, people: Iterable[Person]) -> CommentForm:
        """Fill the list of people."""
        self.mentions.choices = choices((str(person.id), person.name) for person in people)
        return self

    def to_command(self) -> NewComment:
        """The comment that was typed."""
        ids = frozenset(int(each) for each in self.mentions.data or () if each.isdecimal() and len(each) < 10)
        return NewComment(self.text.data or "", bool(self.internal.data), ids, str(self.client_id.data))
