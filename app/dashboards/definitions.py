"""What the figures and states mean, in sentences that stand beside the numbers. Source: METHODOLOGY.md."""

from __future__ import annotations

from dataclasses import dataclass

from app.core.i18n import N_
from app.core.web.locale import _, left_to_right, ngettext, number
from app.coverage.rules import DEFINITION, Basis, Figure, RoundState, State
from app.dashboards import words
from app.dashboards.names import Names

FIGURES = (
    (
        N_("Coverage"),
        N_("Offices that provided support, of the country and multi-country offices that were expected to report."),
    ),
    (
        N_("Range"),
        N_("From coverage as it stands to coverage if every declared and unanswered office had provided support."),
    ),
    (
        N_("Coverage among those that answered"),
        N_("Offices that provided support, of those that provided it, declared it, or answered that there was none."),
    ),
    (
        N_("Declared coverage"),
        N_("Offices that provided support or say that they did: the nearest thing to a published self-report."),
    ),
    (N_("Reporting rate"), N_("Offices whose annual return is signed, of those expected.")),
    (
        N_("Countries reached"),
        N_(
            "Programme countries where qualifying support was delivered. One multi-country office can reach several,"
            " so countries and offices are two figures."
        ),
    ),
    (
        N_("Provided"),
        N_(
            "The office led, or accepted to join, an activity that qualifies: not cancelled, withdrawn or set aside,"
            " about children in conflict with the law, tied to at least one provision, and confirmed in the year."
        ),
    ),
)
STATES = {
    State.PROVIDED: N_("An activity qualifies in the year."),
    State.DECLARED: N_("A signed return or a submitted record says that support was given; none is approved yet."),
    State.NIL: N_("A signed return says that no support was given."),
    State.ANSWERED_NONE: N_("Answered: a nil return, or support that is not in this selection."),
    State.NOT_EXPECTED: N_("Not on the roster at the end of the year, or exempt with a reason: in neither k nor N."),
}
UNANSWERED = {
    RoundState.OPEN: N_("No record and no return yet; the round is still open."),
    RoundState.CLOSED: N_("No record and no return, and the round is closed."),
    RoundState.FROZEN: N_("No record and no return, and the round is closed."),
    RoundState.NOT_COLLECTED: N_("No record; no returns were collected for this year."),
}


@dataclass(frozen=True)
class Note:
    """A sentence under a figure; `anchor` is the list behind it, `url` one of another page, "" for none."""

    text: str
    anchor: str = ""
    url: str = ""


def figures() -> list[tuple[str, str]]:
    """Terms and what they mean."""
    return [(_(term), _(meaning)) for term, meaning in FIGURES]


def version() -> str:
    """The definitions' version, as it stands beside a figure."""
    return _("Definition %(version)s.", version=left_to_right(DEFINITION))


def of_state(state: State, round_state: RoundState) -> str:
    """What a state means."""
    return _(UNANSWERED[round_state] if state == State.UNANSWERED else STATES[state])


def notes(figure: Figure, names: Names) -> list[Note]:
    """What a reader must know before quoting the figure; only what applies to it."""
    found = [
        _provisional(figure),
        _dates_only(figure),
        _unknown_opening(figure),
        _opened_or_closed(figure, names),
        _outside(figure, names),
        _unsigned(figure),
        _contradictions(figure),
    ]
    return [note for note in found if note is not None]


def _provisional(figure: Figure) -> Note | None:
    if figure.basis != Basis.PROVISIONAL:
        return None
    return Note(_("Provisional: submitted records count here before an adviser has reviewed them."))


def _dates_only(figure: Figure) -> Note | None:
    if not figure.dates_only:
        return None
    if figure.k == 1:
        alone = _("The one office rests on dates alone: its activity ran in the year, and nothing else confirms it.")
        return Note(alone, "dates_only")
    text = ngettext(
        "%(num)s of these %(k)s offices rests on dates alone: its activity ran in the year, and nothing else"
        " confirms it.",
        "%(num)s of these %(k)s offices rest on dates alone: their activities ran in the year, and nothing else"
        " confirms it.",
        len(figure.dates_only),
        k=number(figure.k),
    )
    return Note(text, "dates_only")


def _unknown_opening(figure: Figure) -> Note | None:
    if not figure.unknown_opening:
        return None
    return Note(
        ngettext(
            "N counts %(num)s office whose opening date is unknown; it is taken as open from the first year on record.",
            "N counts %(num)s offices whose opening date is unknown; they are taken as open from the first year on"
            " record.",
            len(figure.unknown_opening),
        )
    )


def _opened_or_closed(figure: Figure, names: Names) -> Note | None:
    if not figure.opened_or_closed:
        return None
    offices = words.joined(names.office(c) for c in figure.opened_or_closed)
    return Note(_("Opened or closed in %(year)s: %(offices)s.", year=str(figure.year), offices=offices))


def _outside(figure: Figure, names: Names) -> Note | None:
    if not figure.outside:
        return None
    text = _(
        "Not expected, but gave support all the same, in neither k nor N: %(offices)s.",
        offices=words.joined(names.office(c) for c in figure.outside),
    )
    return Note(text, "outside")


def _unsigned(figure: Figure) -> Note | None:
    if not figure.unsigned or figure.round_state == RoundState.NOT_COLLECTED:
        return None
    if figure.k == 1:
        return Note(_("The one office has not signed a return for %(year)s.", year=str(figure.year)), "unsigned")
    text = ngettext(
        "%(num)s of these %(k)s offices has not signed a return for %(year)s.",
        "%(num)s of these %(k)s offices have not signed a return for %(year)s.",
        len(figure.unsigned),
        k=number(figure.k),
        year=str(figure.year),
    )
    return Note(text, "unsigned")


def _contradictions(figure: Figure) -> Note | None:
    if not figure.contradictions:
        return None
    text = ngettext(
        "%(num)s office signed a nil return beside an activity of its own. This is listed until it is resolved.",
        "%(num)s offices signed a nil return beside an activity of their own. These are listed until resolved.",
        len(figure.contradictions),
    )
    return Note(text, "contradictions")


def basis_words(basis: Basis) -> str:
    """A basis in words, for choices and ledes."""
    return _(words.BASES[basis])
