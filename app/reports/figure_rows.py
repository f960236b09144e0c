"""Rows that are figures, and their columns: the same in every report, so that no file says k and N its own way."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from app.core.i18n import N_
from app.core.tables import Column, Kind
from app.coverage.rules import Figure, State, YearFacts, percent

REGION, SUPPORT_TYPE, PROVISION = "region", "support_type", "provision"


@dataclass(frozen=True)
class FigureRow:
    """One figure and where it stands. `kinds` are the kinds of label that name its codes; `of` is the number of
    activities that it is a part of, where it is the figure of a tag; `sums` are numbers added up beside it; `whole` is
    false where its facts were narrowed by more than its slice says."""

    dimension: str
    codes: tuple[str, str]
    label: str
    figure: Figure
    facts: YearFacts
    kinds: tuple[str, str] = ("", "")
    of: int | None = None
    sums: Mapping[str, int | None] = field(default_factory=dict)
    whole: bool = True

    @property
    def key(self) -> str:
        """What names the row within its report."""
        return "/".join((str(self.figure.year), self.figure.basis, self.dimension, *self.codes))


def _of(read: Callable[[Figure], Any]) -> Callable[[FigureRow], Any]:
    return lambda row: read(row.figure)


def _state(state: State) -> Callable[[FigureRow], int]:
    return lambda row: row.figure.count(state)


Columns = tuple[Column[FigureRow], ...]

PLACE: Columns = (
    Column("year", N_("Year"), Kind.YEAR, _of(lambda f: f.year), "#date+year"),
    Column("round", N_("Round"), Kind.CODE, _of(lambda f: f.round_state), names="round_state", on_page=False),
    Column("basis", N_("Basis"), Kind.CODE, _of(lambda f: f.basis), names="basis"),
    Column("dimension", N_("Dimension"), Kind.CODE, lambda r: r.dimension, names="dimension"),
    Column("code", N_("Of what"), Kind.CODE, lambda r: r.codes[0], names=lambda r: r.kinds[0]),
    Column("code2", N_("And of what"), Kind.CODE, lambda r: r.codes[1], names=lambda r: r.kinds[1]),
    Column("label", N_("Label"), Kind.TEXT, lambda r: r.label, on_page=False),
    Column("numerator", N_("k"), Kind.INTEGER, _of(lambda f: f.k), "#indicator+num"),
    Column("denominator", N_("N"), Kind.INTEGER, _of(lambda f: f.n), "#indicator+denominator"),
    Column("percent", N_("Percent"), Kind.PERCENT, _of(lambda f: f.percent), "#indicator+pct"),
)
DEFINED: Columns = (
    Column("definition", N_("Definition"), Kind.CODE, _of(lambda f: f.definition), on_page=False),
)  # fmt: skip
WIDE: Columns = (
    *PLACE,
    Column("provided", N_("Provided"), Kind.INTEGER, _state(State.PROVIDED), on_page=False),
    Column("declared", N_("Declared"), Kind.INTEGER, _state(State.DECLARED)),
    Column("nil", N_("Nil"), Kind.INTEGER, _state(State.NIL)),
    Column("answered_none", N_("Answered, none here"), Kind.INTEGER, _of(lambda f: f.answered_none)),
    Column("unanswered", N_("Unanswered"), Kind.INTEGER, _state(State.UNANSWERED)),
    Column("not_expected", N_("Not expected"), Kind.INTEGER, _state(State.NOT_EXPECTED), on_page=False),
    Column("range_low", N_("Range, low"), Kind.PERCENT, _of(lambda f: f.range_low)),
    Column("range_high", N_("Range, high"), Kind.PERCENT, _of(lambda f: f.range_high)),
    Column("dates_only", N_("Of k, by dates only"), Kind.INTEGER, _of(lambda f: len(f.dates_only)), on_page=False),
    Column("countries", N_("Countries reached"), Kind.INTEGER, _of(lambda f: len(f.countries))),
    Column("countries_only_multi", N_("Of these, only through multi-country records"), Kind.INTEGER,
           _of(lambda f: len(f.countries_only_multi)), on_page=False),
    Column("programme_countries", N_("Programme countries"), Kind.INTEGER,
           _of(lambda f: len(f.programme_countries)), on_page=False),
    Column("signed_returns", N_("Signed returns"), Kind.INTEGER, _of(lambda f: len(f.signed))),
    Column("signed_on_time", N_("Signed on time"), Kind.INTEGER, _of(lambda f: len(f.signed_on_time)), on_page=False),
    Column("activities", N_("Activities"), Kind.INTEGER, _of(lambda f: f.activities)),
    *DEFINED,
)  # fmt: skip
SHORT: Columns = (
    *PLACE,
    Column("countries", N_("Countries reached"), Kind.INTEGER, _of(lambda f: len(f.countries))),
    Column("activities", N_("Activities"), Kind.INTEGER, _of(lambda f: f.activities)),
    *DEFINED,
)
TAGGED: Columns = (
    *SHORT[:-1],
    Column("of_activities", N_("Of activities"), Kind.INTEGER, lambda r: r.of),
    Column("activities_percent", N_("Percent of activities"), Kind.PERCENT,
           lambda r: None if r.of is None else percent(r.figure.activities, r.of)),
    *DEFINED,
)  # fmt: skip


def sum_column(key: str, label: str, kind: Kind = Kind.INTEGER) -> Column[FigureRow]:
    """A column of numbers added up beside the figure; blank where none was recorded, which is not zero."""
    return Column(key, label, kind, lambda row: row.sums[key])


def with_sums(*columns: Column[FigureRow]) -> Columns:
    """The columns of a figure with such sums."""
    return (*SHORT[:-1], *columns, *DEFINED)
