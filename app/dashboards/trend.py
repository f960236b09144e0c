"""The figure over the years: points for the chart, rows for the table, the published marks apart."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal

from app.core.web.locale import _
from app.coverage.rules import Figure, YearFacts, figure
from app.dashboards import words
from app.dashboards.address import Ask
from app.dashboards.published import Benchmark

Point = tuple[int, Decimal | None, str, str, bool]
"""(year, percent, address, words, whether the year still runs): such a year is not joined to those that ended."""
Mark = tuple[int, Decimal, str, str]


@dataclass(frozen=True)
class TrendRow:
    """One year in the table below the chart, newest first; `published` stands in a line of its own."""

    label: str
    ask: Ask
    figure: Figure
    published: tuple[Benchmark, ...] = ()


@dataclass(frozen=True)
class Trend:
    """A chart and its table."""

    points: list[Point]
    marks: list[Mark]
    rows: list[TrendRow]


def trend(years: Mapping[int, YearFacts], ask: Ask, benchmarks: list[Benchmark]) -> Trend:
    """The slice in every year on record. Published figures are of the world, so they stand beside nothing else."""
    rows = [_row(facts, ask, benchmarks) for _year, facts in sorted(years.items())]
    points = [_point(row.figure, row.ask) for row in rows]
    marks: list[Mark] = [
        (each.year, each.value, _("%(value)s published", value=words.whole_share(each.value)), each.address)
        for each in benchmarks
        if each.is_share
    ]
    return Trend(points, marks, rows[::-1])


def _point(found: Figure, ask: Ask) -> Point:
    if found.is_unknown:
        return (found.year, None, ask.coverage_url(), _("not known"), found.running)
    said = words.share(found.percent)
    if found.running:
        said = _("%(share)s so far", share=said)
    return (found.year, found.percent, ask.coverage_url(), said, found.running)


def _row(facts: YearFacts, ask: Ask, benchmarks: list[Benchmark]) -> TrendRow:
    found = figure(facts, ask.basis, ask.part)
    own = tuple(each for each in benchmarks if each.year == facts.year)
    return TrendRow(words.when(found), replace(ask, year=facts.year), found, own)
