"""A figure in words, each sentence translatable whole. Source of every sentence: METHODOLOGY, The figures."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any

from babel import Locale
from babel.dates import format_date
from babel.lists import format_list
from babel.numbers import format_decimal

from app.core.i18n import N_
from app.core.web.locale import _, babel_code, ngettext, number
from app.coverage.rules import Basis, Figure, RoundState, Slice, State, percent
from app.dashboards.names import Names

UNANSWERED = {
    RoundState.OPEN: N_("Not yet due"),
    RoundState.CLOSED: N_("No return received"),
    RoundState.FROZEN: N_("No return received"),
    RoundState.NOT_COLLECTED: N_("Not collected"),
}
STATES = {
    State.PROVIDED: N_("Provided support"),
    State.DECLARED: N_("Declared, not yet approved"),
    State.NIL: N_("Nil return"),
    State.ANSWERED_NONE: N_("Answered, none here"),
    State.NOT_EXPECTED: N_("Not expected"),
}
BASES = {
    Basis.APPROVED: N_("approved records"),
    Basis.PROVISIONAL: N_("provisional: approved and submitted records, not yet reviewed"),
}


def share(value: Decimal | int | None) -> str:
    """A percentage with one decimal in the way of the language: "84.6%"; words where N is 0."""
    if value is None:
        return _("no office expected")
    return _percent(Decimal(value), babel_code())


@lru_cache(maxsize=4096)
def _percent(value: Decimal, language: str) -> str:
    pattern = Locale.parse(language).percent_formats[None].pattern.replace("#,##0", "#,##0.0")
    return format_decimal(value / 100, pattern, locale=language)


def whole_share(value: Decimal) -> str:
    """A published percentage as it was published, without a decimal it never had: "85%"."""
    language = babel_code()
    return format_decimal(value / 100, Locale.parse(language).percent_formats[None].pattern, locale=language)


def k_of_n(k: int, n: int) -> str:
    """ "110 of 130"."""
    return _("%(k)s of %(n)s", k=number(k), n=number(n))


def joined(names: Iterable[str]) -> str:
    """Names in their order, as one text."""
    return format_list(sorted(names), "unit", babel_code())


def in_a_row(parts: Iterable[str]) -> str:
    """Parts of a sentence as they come, the last behind an "and"."""
    return format_list(list(parts), "standard", babel_code())


def day(value: date) -> str:
    """A day in the way of the language."""
    return format_date(value, "long", locale=babel_code())


def when(figure: Figure) -> str:
    """The year; a running one says so."""
    year = str(figure.year)
    return _("%(year)s so far", year=year) if figure.running else year


def state_label(state: State, round_state: RoundState) -> str:
    """A state's name; an unanswered office is worded by the round."""
    return _(UNANSWERED[round_state] if state == State.UNANSWERED else STATES[state])


def heading(figure: Figure, names: Names) -> str:
    """ "Coverage in 2025, West and Central Africa"."""
    if figure.slice.region is None:
        return _("Coverage in %(year)s", year=when(figure))
    return _("Coverage in %(year)s, %(region)s", year=when(figure), region=names.region(figure.slice.region))


def behind_heading(figure: Figure, names: Names) -> str:
    """The heading of the page behind a figure."""
    if figure.slice.region is None:
        return _("What is behind the coverage in %(year)s", year=when(figure))
    region = names.region(figure.slice.region)
    return _("What is behind the coverage in %(year)s, %(region)s", year=when(figure), region=region)


def off_roster(figure: Figure) -> str:
    """Why an office that is not exempt is not expected."""
    if figure.running:
        return _("Not on the roster today")
    return _("Not on the roster on 31 December %(year)s", year=str(figure.year))


def lede(figure: Figure, names: Names) -> str:
    """The filter and the basis, as one line."""
    said = " ".join([*filter_words(figure.slice, names), basis_words(figure.basis)])
    return said if figure.slice.of_support else " ".join([_("All support types, all provisions."), said])


def basis_words(basis: Basis) -> str:
    """The basis as a sentence."""
    return _("Basis: %(basis)s.", basis=_(BASES[basis]))


def filter_words(part: Slice, names: Names) -> list[str]:
    """What the support is narrowed to, a sentence each; the region stands in the heading."""
    found = []
    if part.support_type:
        found.append(_("Support type: %(type)s.", type=names.support_type(part.support_type)))
    if part.with_type:
        found.append(_("Together with: %(type)s.", type=names.support_type(part.with_type)))
    if part.provision:
        found.append(_("Provision cited: %(provision)s.", provision=names.provision(part.provision)))
    if part.country:
        found.append(_("Country: %(country)s.", country=names.country(part.country)))
    return found


# One whole sentence for each mix of (region, support type, provision): a translator must never meet half of one.
ANSWERS: dict[tuple[bool, bool, bool], Callable[[int, dict[str, Any]], str]] = {
    (False, False, False): lambda n, values: ngettext(
        "%(k)s of %(num)s office provided support in %(year)s (%(percent)s)",
        "%(k)s of %(num)s offices provided support in %(year)s (%(percent)s)",
        n,
        **values,
    ),
    (True, False, False): lambda n, values: ngettext(
        "%(k)s of %(num)s office in %(region)s provided support in %(year)s (%(percent)s)",
        "%(k)s of %(num)s offices in %(region)s provided support in %(year)s (%(percent)s)",
        n,
        **values,
    ),
    (False, True, False): lambda n, values: ngettext(
        "%(k)s of %(num)s office provided support of the type “%(type)s” in %(year)s (%(percent)s)",
        "%(k)s of %(num)s offices provided support of the type “%(type)s” in %(year)s (%(percent)s)",
        n,
        **values,
    ),
    (True, True, False): lambda n, values: ngettext(
        "%(k)s of %(num)s office in %(region)s provided support of the type “%(type)s” in %(year)s (%(percent)s)",
        "%(k)s of %(num)s offices in %(region)s provided support of the type “%(type)s” in %(year)s (%(percent)s)",
        n,
        **values,
    ),
    (False, False, True): lambda n, values: ngettext(
        "%(k)s of %(num)s office provided support citing %(provision)s in %(year)s (%(percent)s)",
        "%(k)s of %(num)s offices provided support citing %(provision)s in %(year)s (%(percent)s)",
        n,
        **values,
    ),
    (True, False, True): lambda n, values: ngettext(
        "%(k)s of %(num)s office in %(region)s provided support citing %(provision)s in %(year)s (%(percent)s)",
        "%(k)s of %(num)s offices in %(region)s provided support citing %(provision)s in %(year)s (%(percent)s)",
        n,
        **values,
    ),
    (False, True, True): lambda n, values: ngettext(
        "%(k)s of %(num)s office provided support of the type “%(type)s” citing %(provision)s"
        " in %(year)s (%(percent)s)",
        "%(k)s of %(num)s offices provided support of the type “%(type)s” citing %(provision)s"
        " in %(year)s (%(percent)s)",
        n,
        **values,
    ),
    (True, True, True): lambda n, values: ngettext(
        "%(k)s of %(num)s office in %(region)s provided support of the type “%(type)s” citing %(provision)s"
        " in %(year)s (%(percent)s)",
        "%(k)s of %(num)s offices in %(region)s provided support of the type “%(type)s” citing %(provision)s"
        " in %(year)s (%(percent)s)",
        n,
        **values,
    ),
}


def answer(figure: Figure, names: Names) -> str:
    """The figure as a sentence: "110 of 130 offices provided support in 2025 (84.6%)"."""
    if figure.n == 0:
        return _("No office was expected to provide support in %(year)s.", year=when(figure))
    if figure.is_unknown:
        return ngettext(
            "Not known for %(year)s: no returns were collected, and nothing is on record of the %(num)s office",
            "Not known for %(year)s: no returns were collected, and nothing is on record of any of the %(num)s offices",
            figure.n,
            year=when(figure),
        )
    part = figure.slice
    values = {
        "k": number(figure.k),
        "year": when(figure),
        "percent": share(figure.percent),
        "region": names.region(part.region or ""),
        "type": names.support_type(part.support_type or ""),
        "provision": names.provision(part.provision or ""),
    }
    if part.with_type or part.country:
        return ngettext(
            "%(k)s of %(num)s office provided support of this selection in %(year)s (%(percent)s)",
            "%(k)s of %(num)s offices provided support of this selection in %(year)s (%(percent)s)",
            figure.n,
            **values,
        )
    mix = (part.region is not None, part.support_type is not None, part.provision is not None)
    return ANSWERS[mix](figure.n, values)


def coverage(figure: Figure) -> str:
    """The percentage; a dash where there is none, or nothing is known."""
    return "–" if figure.n == 0 or figure.is_unknown else share(figure.percent)


def line(figure: Figure) -> str:
    """The print form: "110 of 130 offices (84.6%); 9 unanswered, 3 declared; range 84.6–93.8%"."""
    if figure.n == 0:
        return _("no office expected")
    if figure.is_unknown:
        return ngettext("%(num)s office expected; not known", "%(num)s offices expected; not known", figure.n)
    return ngettext(
        "%(k)s of %(num)s office (%(percent)s); %(unanswered)s unanswered, %(declared)s declared; range %(range)s",
        "%(k)s of %(num)s offices (%(percent)s); %(unanswered)s unanswered, %(declared)s declared; range %(range)s",
        figure.n,
        k=number(figure.k),
        percent=share(figure.percent),
        unanswered=number(figure.count(State.UNANSWERED)),
        declared=number(figure.count(State.DECLARED)),
        range=range_text(figure),
    )


def range_text(figure: Figure) -> str:
    """What silence and review could hide: "84.6–93.8%"."""
    low, high = figure.range_low, figure.range_high
    if figure.is_unknown:
        return _("not known")
    if low is None or high is None:
        return _("no office expected")
    if low == high:
        return share(low)
    plain = format_decimal(low, "#,##0.0", locale=babel_code())
    return _("%(low)s–%(high)s", low=plain, high=share(high))


def among_answered(figure: Figure) -> str:
    """Coverage among those that answered, in words."""
    if figure.answered == 0:
        return _("No office has answered.")
    return ngettext(
        "%(k)s of the %(num)s office that answered",
        "%(k)s of the %(num)s offices that answered",
        figure.answered,
        k=number(figure.k),
    )


def declared(figure: Figure) -> str:
    """Declared coverage, in words."""
    return ngettext(
        "%(k)s of %(num)s office provided support or declared it",
        "%(k)s of %(num)s offices provided support or declared it",
        figure.n,
        k=number(figure.declared_k),
    )


def reporting(figure: Figure) -> str:
    """The reporting rate, in words."""
    if figure.round_state == RoundState.NOT_COLLECTED and not figure.signed:
        return _("No returns were collected for %(year)s.", year=str(figure.year))
    return ngettext(
        "%(k)s of %(num)s office signed its return; %(on_time)s on time",
        "%(k)s of %(num)s offices signed their return; %(on_time)s on time",
        figure.n,
        k=number(len(figure.signed)),
        on_time=number(len(figure.signed_on_time)),
    )


def countries(figure: Figure) -> str:
    """Countries reached, in words."""
    reached, every = len(figure.countries), len(figure.programme_countries)
    if every == 0:
        return _("No programme country in this selection.")
    return ngettext(
        "of %(num)s programme country (%(percent)s), of which %(multi)s only through multi-country records",
        "of %(num)s programme countries (%(percent)s), of which %(multi)s only through multi-country records",
        every,
        percent=share(percent(reached, every)),
        multi=number(len(figure.countries_only_multi)),
    )


def countries_line(figure: Figure) -> str:
    """Countries reached, as a sentence of its own."""
    every = len(figure.programme_countries)
    return ngettext(
        "%(k)s of %(num)s programme country reached (%(percent)s), of which %(multi)s only through multi-country"
        " records",
        "%(k)s of %(num)s programme countries reached (%(percent)s), of which %(multi)s only through multi-country"
        " records",
        every,
        k=number(len(figure.countries)),
        percent=share(percent(len(figure.countries), every)) if every else "–",
        multi=number(len(figure.countries_only_multi)),
    )


def declared_share(figure: Figure) -> str:
    """Declared coverage as a percentage."""
    return share(percent(figure.declared_k, figure.n)) if figure.n else "–"


def returns_signed(figure: Figure) -> str:
    """The reporting rate as a percentage; a dash for a year without a round."""
    if figure.round_state == RoundState.NOT_COLLECTED and not figure.signed:
        return "–"
    return share(percent(len(figure.signed), figure.n)) if figure.n else "–"


def points(ours: Decimal, theirs: Decimal) -> str:
    """How far our figure is from a published one."""
    gap = abs(ours - theirs)
    plain = format_decimal(gap, "0.0", locale=babel_code())
    if ours > theirs:
        return _("%(points)s percentage points above it", points=plain)
    if ours < theirs:
        return _("%(points)s percentage points below it", points=plain)
    return _("the same to one decimal")


def signed(value: Decimal) -> str:
    """A difference with its sign: "+3.1", "−0.8", "0.0"."""
    plain = format_decimal(abs(value), "0.0", locale=babel_code())
    return f"+{plain}" if value > 0 else f"−{plain}" if value < 0 else plain


def panel_heading(title: str, figure: Figure, names: Names) -> str:
    """ "How offices helped, by region: 2025"; with the region where one is chosen."""
    if figure.slice.region is None:
        return _("%(title)s: %(year)s", title=title, year=when(figure))
    region = names.region(figure.slice.region)
    return _("%(title)s: %(year)s, %(region)s", title=title, year=when(figure), region=region)


def of(marked: str) -> str:
    """A marked word in the language of the request."""
    return _(marked)
