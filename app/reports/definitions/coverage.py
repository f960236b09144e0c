"""coverage.csv: a row for each figure, zero too, from the one coverage function."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from app.codelists.queries import Labels, labels, support_types
from app.core.i18n import N_
from app.core.permissions import Actor, Permission
from app.core.tables import Column, Kind, Table
from app.coverage.kept import kept_facts, kept_years
from app.coverage.rules import Basis, Figure, Slice, State, YearFacts, figure
from app.offices.queries import region_codes
from app.provisions.queries import provisions
from app.reports.base import Report
from app.reports.filters import YearFilter
from app.reports.marks import demonstration_mark


@dataclass(frozen=True)
class Row:
    """One figure and where it stands."""

    dimension: str
    code: str
    code2: str
    label: str
    figure: Figure


def _of(read: Callable[[Figure], Any]) -> Callable[[Row], Any]:
    return lambda row: read(row.figure)


def _state(state: State) -> Callable[[Row], int]:
    return lambda row: row.figure.count(state)


COLUMNS: tuple[Column[Row], ...] = (
    Column("year", N_("Year"), Kind.INTEGER, _of(lambda f: f.year), "#date+year"),
    Column("round", N_("Round"), Kind.CODE, _of(lambda f: f.round_state)),
    Column("basis", N_("Basis"), Kind.CODE, _of(lambda f: f.basis)),
    Column("dimension", N_("Dimension"), Kind.CODE, lambda r: r.dimension),
    Column("code", N_("Code"), Kind.CODE, lambda r: r.code),
    Column("code2", N_("Second code"), Kind.CODE, lambda r: r.code2),
    Column("label", N_("Label"), Kind.TEXT, lambda r: r.label),
    Column("numerator", N_("k"), Kind.INTEGER, _of(lambda f: f.k), "#indicator+num"),
    Column("denominator", N_("N"), Kind.INTEGER, _of(lambda f: f.n), "#indicator+denominator"),
    Column("percent", N_("Percent"), Kind.PERCENT, _of(lambda f: f.percent), "#indicator+pct"),
    Column("provided", N_("Provided"), Kind.INTEGER, _state(State.PROVIDED)),
    Column("declared", N_("Declared"), Kind.INTEGER, _state(State.DECLARED)),
    Column("nil", N_("Nil"), Kind.INTEGER, _state(State.NIL)),
    Column("answered_none", N_("Answered, none here"), Kind.INTEGER, _of(lambda f: f.answered_none)),
    Column("unanswered", N_("Unanswered"), Kind.INTEGER, _state(State.UNANSWERED)),
    Column("not_expected", N_("Not expected"), Kind.INTEGER, _state(State.NOT_EXPECTED)),
    Column("range_low", N_("Range, low"), Kind.PERCENT, _of(lambda f: f.range_low)),
    Column("range_high", N_("Range, high"), Kind.PERCENT, _of(lambda f: f.range_high)),
    Column("dates_only", N_("Of k, by dates only"), Kind.INTEGER, _of(lambda f: len(f.dates_only))),
    Column("countries", N_("Countries reached"), Kind.INTEGER, _of(lambda f: len(f.countries))),
    Column("countries_only_multi", N_("Of these, only through multi-country records"), Kind.INTEGER,
           _of(lambda f: len(f.countries_only_multi))),
    Column("programme_countries", N_("Programme countries"), Kind.INTEGER,
           _of(lambda f: len(f.programme_countries))),
    Column("signed_returns", N_("Signed returns"), Kind.INTEGER, _of(lambda f: len(f.signed))),
    Column("signed_on_time", N_("Signed on time"), Kind.INTEGER, _of(lambda f: len(f.signed_on_time))),
    Column("activities", N_("Activities"), Kind.INTEGER, _of(lambda f: f.activities)),
    Column("definition", N_("Definition"), Kind.CODE, _of(lambda f: f.definition)),
)  # fmt: skip


@dataclass(frozen=True)
class Lists:
    """The codes that make the dimensions, and their names."""

    regions: tuple[str, ...]
    types: tuple[str, ...]
    provisions: tuple[str, ...]
    names: Labels


def lists(session: Session) -> Lists:
    """Regions, support types and provisions in their order; retired ones too, since old years cite them."""
    return Lists(
        regions=region_codes(session),
        types=tuple(t.code for t in support_types(session, include_retired=True)),
        provisions=tuple(p.code for p in provisions(session, include_retired=True)),
        names=labels(session),
    )


def figures_of(facts: YearFacts, basis: Basis, known: Lists) -> Iterator[Row]:
    """Every figure of a year on a basis: world, regions, support types, provisions, region by support type."""

    def row(dimension: str, part: Slice, *codes: tuple[str, str]) -> Row:
        name = " · ".join(known.names.of(kind, code) for kind, code in codes) or "World"
        values = [code for _, code in codes] + ["", ""]
        return Row(dimension, values[0], values[1], name, figure(facts, basis, part))

    yield row("world", Slice())
    for region in known.regions:
        yield row("region", Slice(region=region), ("region", region))
    for code in known.types:
        yield row("support_type", Slice(support_type=code), ("support_type", code))
    for code in known.provisions:
        yield row("provision", Slice(provision=code), ("provision", code))
    for region in known.regions:
        for code in known.types:
            part = Slice(region=region, support_type=code)
            yield row("region_support_type", part, ("region", region), ("support_type", code))


def _rows(session: Session, filters: YearFilter) -> Iterator[Row]:
    known = lists(session)
    for year in filters.years or kept_years(session):
        facts = kept_facts(session, [year])[year]
        for basis in filters.bases:
            yield from figures_of(facts, basis, known)


def table(session: Session, actor: Actor, filters: YearFilter) -> Table[Row]:
    """The figures; the same for every signed-in person (METHODOLOGY, Qualifying)."""
    return Table((*COLUMNS, demonstration_mark(session)), _rows(session, filters))


REPORT = Report(
    key="coverage",
    title=N_("Coverage"),
    definition=N_(
        "A row for each figure: offices that provided qualifying support (k) of the offices expected (N), by year and"
        " basis, for the world, each region, support type and provision, and region by support type."
    ),
    permission=Permission.COVERAGE_READ,
    parse=YearFilter.parse,
    table=table,
    describe=YearFilter.describe,
)
