"""Figures somebody else published, beside ours as separate marks with their source; never mixed in, never joined."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from app.core.db import AnyRow
from app.core.i18n import N_
from app.core.web.locale import _, number
from app.coverage.rules import Figure, percent
from app.dashboards import words

QUALIFIERS = {
    "more than": N_("more than %(value)s"),
    "at least": N_("at least %(value)s"),
    "about": N_("about %(value)s"),
    "nearly": N_("nearly %(value)s"),
}


@dataclass(frozen=True)
class Benchmark:
    """A published figure that can stand beside ours: a share of offices, or a number of countries."""

    year: int
    value: Decimal
    text: str
    is_share: bool
    source: str
    address: str


def benchmarks(published: Sequence[AnyRow]) -> list[Benchmark]:
    """Those that their source calls comparable, of the world, with a value that is a number."""
    found = [_benchmark(p) for p in published if p.scope == "world" and p.comparable.startswith("yes")]
    return [each for each in found if each is not None]


def _benchmark(published: AnyRow) -> Benchmark | None:
    try:
        value = Decimal(published.value)
    except InvalidOperation:
        return None
    is_share = published.unit == "percent"
    plain = words.whole_share(value) if is_share else number(value)
    qualified = QUALIFIERS.get(published.qualifier)
    value_text = _(qualified, value=plain) if qualified else plain
    return Benchmark(
        year=published.year,
        value=value,
        text=_("%(value)s of country offices", value=value_text)
        if is_share
        else _("%(value)s countries", value=value_text),
        is_share=is_share,
        source=published.source_title,
        address=published.source_address,
    )


@dataclass(frozen=True)
class Beside:
    """A published figure with ours of the same year, and the differences in words."""

    published: Benchmark
    comparison: str
    difference: str


def beside(figure: Figure, found: Sequence[Benchmark]) -> list[Beside]:
    """The published figures of the figure's year, each beside ours."""
    return [_beside(figure, each) for each in found if each.year == figure.year]


def _beside(figure: Figure, published: Benchmark) -> Beside:
    values = {"published": published.text, "year": str(figure.year)}
    if not published.is_share:
        reached = number(len(figure.countries))
        return Beside(
            published,
            _("Published for %(year)s: %(published)s. Ours: %(reached)s countries reached.", **values, reached=reached),
            _(
                "The published figure has no list of countries. Ours counts programme countries only: those served by"
                " an office that gave support and named in its records."
            ),
        )
    ours = percent(figure.declared_k, figure.n)
    if ours is None:
        return Beside(published, _("Published for %(year)s: %(published)s.", **values), "")
    return Beside(
        published,
        _(
            "Published for %(year)s: %(published)s. Ours, the nearest thing to it, is declared coverage: %(k)s of %(n)s"
            " offices (%(percent)s), %(points)s.",
            **values,
            k=number(figure.declared_k),
            n=number(figure.n),
            percent=words.share(ours),
            points=words.points(ours, published.value),
        ),
        _(
            "The two do not measure the same thing. The published figure does not say out of how many offices, or what"
            " counted as support. Ours counts country and multi-country offices on the roster at the end of the year,"
            " and rests on records and signed returns that can be opened."
        ),
    )
