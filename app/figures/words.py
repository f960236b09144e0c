"""Frozen figures in words: the number, what is behind it, what moved it since, and whether it stands."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from babel.lists import format_list
from babel.numbers import format_decimal
from flask import url_for
from flask_babel import get_locale

from app.core.i18n import N_
from app.core.web.addresses import whole_address
from app.core.web.locale import _, left_to_right, ngettext, number
from app.coverage.rules import Figure
from app.figures.comparison import Comparison, Moved
from app.figures.models import FrozenFigure
from app.figures.queries import Verification

STATES = {
    "provided": N_("Provided support"),
    "declared": N_("Declared, not yet approved"),
    "nil": N_("Nil return"),
    "answered_none": N_("Answered, none here"),
    "unanswered": N_("Unanswered"),
    "not_expected": N_("Not expected"),
}
BASES = {
    "approved": N_("approved records"),
    "provisional": N_("provisional: approved and submitted records, not yet reviewed"),
}


def percent(text: object) -> str:
    """A share with one decimal in the way of the language."""
    return _("%(n)s%%", n=format_decimal(str(text), "#,##0.0", locale=get_locale() or "en"))


def citation(figure: FrozenFigure, answer: str, subject: str) -> str:
    """All that somebody needs who quotes the figure, or reads it quoted; also that it is withdrawn, and when."""
    said = _(
        "%(title)s: %(answer)s. %(subject)s; definition %(version)s, frozen on %(day)s, %(url)s",
        title=figure.title,
        answer=answer,
        subject=subject,
        version=left_to_right(figure.definition),
        day=left_to_right(figure.frozen_at.date().isoformat()),
        url=whole_address(url_for("figures.show", figure_id=figure.id)),
    )
    if figure.withdrawal is None:
        return said
    day = left_to_right(figure.withdrawal.withdrawn_at.date().isoformat())
    return _("WITHDRAWN on %(day)s, not to be quoted: %(said)s", day=day, said=said)


def k_of_n(k: int, n: int, share: object) -> str:
    """ "110 of 130 offices (84.6%)"."""
    if n == 0:
        return _("no office expected")
    return ngettext(
        "%(k)s of %(num)s office (%(percent)s)",
        "%(k)s of %(num)s offices (%(percent)s)",
        n,
        k=number(k),
        percent=percent(share),
    )


def when(year: int, running: bool) -> str:
    """The year; one that was running when it was frozen says so."""
    return _("%(year)s so far", year=str(year)) if running else str(year)


def today(found: Figure) -> str:
    """Today's figure in words."""
    return k_of_n(found.k, found.n, found.percent)


def verdict(found: Verification) -> list[str]:
    """What a verification found, a sentence each."""
    said = [
        _("The seal is whole: nothing of the figure was changed.")
        if found.sealed
        else _("The seal is broken: the figure is not what was frozen."),
    ]
    if found.recounted is None:
        said.append(_("This program does not know the definition, so the figure could not be recounted."))
    elif found.recounted:
        said.append(_("Counted anew from the revisions it rests on, by its own definition, it is the same."))
    else:
        said.append(_("Counted anew from the revisions it rests on, it is another figure."))
    if found.altered:
        listed = joined(f"{reference} ({revision})" for reference, revision in found.altered)
        said.append(_("These revisions are not what they were when it was frozen: %(revisions)s.", revisions=listed))
    return said


def moved(found: Comparison, was: str, open_to: Callable[[str], bool], office: Callable[[str], str]) -> str:
    """Today beside then, in sentences that name what came, went or changed. `open_to` tells which references the
    reader may know; the rest is counted."""
    if found.same:
        return _("Today it is the same figure, on the same records: %(today)s.", today=today(found.figure))
    said = [_("Frozen: %(was)s. Today: %(today)s.", was=was, today=today(found.figure))]
    said += _named(found.activities, ACTIVITY_WORDS, lambda codes: _listed(codes, open_to))
    said += _named(found.counted, COUNTED_WORDS, lambda codes: joined(map(office, codes)))
    said += _named(found.expected, EXPECTED_WORDS, lambda codes: joined(map(office, codes)))
    return " ".join(said)


Words = tuple[Callable[[str], str], Callable[[str], str], Callable[[str], str]]
ACTIVITY_WORDS: Words = (
    lambda names: _("Activities that came: %(names)s.", names=names),
    lambda names: _("Activities that went: %(names)s.", names=names),
    lambda names: _("Activities with another version: %(names)s.", names=names),
)
COUNTED_WORDS: Words = (
    lambda names: _("Offices that came into k: %(names)s.", names=names),
    lambda names: _("Offices that left k: %(names)s.", names=names),
    lambda names: names,
)
EXPECTED_WORDS: Words = (
    lambda names: _("Offices that came into N: %(names)s.", names=names),
    lambda names: _("Offices that left N: %(names)s.", names=names),
    lambda names: names,
)


def _named(found: Moved, words: Words, told: Callable[[tuple[str, ...]], str]) -> list[str]:
    return [
        say(told(codes)) for say, codes in zip(words, (found.came, found.went, found.changed), strict=True) if codes
    ]


def _listed(references: Iterable[str], open_to: Callable[[str], bool]) -> str:
    every = list(references)
    shown = [reference for reference in every if open_to(reference)]
    hidden = len(every) - len(shown)
    if hidden:
        shown.append(ngettext("%(num)s more, not open to you", "%(num)s more, not open to you", hidden))
    return joined(shown)


def joined(names: Iterable[Any]) -> str:
    """Names as one text, in their order."""
    return format_list([str(name) for name in names], "unit", get_locale() or "en")
