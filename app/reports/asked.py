"""What the reports on requests share: their filters, the parts of the whole, and the rows that can be frozen."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from sqlalchemy.orm import Session

from app.asked.counting import DEFINITION, LABELS, Balance, Facts, Part, balance, counted
from app.asked.filters import CODED, NO_REGION, RequestFilters, year_pairs
from app.asked.listing import check_codes
from app.asked.queries import facts
from app.asked.rules import RECOMMENDED_BY
from app.codelists.queries import Labels, labels
from app.core.i18n import N_
from app.core.permissions import Actor, Permission
from app.core.tables import Column, Kind, Table
from app.coverage.rules import percent
from app.offices.queries import region_codes
from app.reports.base import Parameter, Report
from app.reports.marks import demonstration_mark
from app.reports.parameters import REGION, SUPPORT_TYPE

MEANING = N_(
    "A request counts in the year in which it was received, else sent on, else dated; one without a date lies in no"
    " year. Its region is that of the office that serves the State. It has support once an activity that answers it"
    " qualifies (approved) in some year. Given and not asked are activities that qualify and answer no request on the"
    " register: the offices' own programme (1997/30 para 9). The register begins when its first request was entered."
)
YEAR_FROM = Parameter("from", N_("From"), N_("the first year, four digits"), N_("the first on record"), many=False)
YEAR_TO = Parameter("to", N_("To"), N_("the last year, four digits"), N_("the running year"), many=False)
OFFICE = Parameter("office", N_("Office"), N_("an office's code"), N_("all offices"), names="office", many=False)
COUNTRY = Parameter("country", N_("State"), N_("a State's ISO code"), N_("all States"), names="country", many=False)
SOURCE = Parameter(
    "source", N_("Where it comes from"), N_("a code of the list"), N_("all"), names="request_source", many=False
)
PARAMETERS = (YEAR_FROM, YEAR_TO, REGION, OFFICE, COUNTRY, SUPPORT_TYPE, SOURCE)
WORLD, REGION_KIND, OFFICE_KIND, COUNTRY_KIND, YEAR_KIND = "world", "region", "office", "country", "year"


@dataclass(frozen=True)
class Place:
    """A part of the whole and how it is called."""

    dimension: str
    code: str
    kind: str
    label: str
    found: Balance


def places(session: Session, filters: RequestFilters) -> Iterator[Place]:
    """The whole that is asked for; then each region, office, State and year of it, zero too where a list says them."""
    known, names = facts(session), labels(session)
    whole, cut = balance(known, filters.part), filters.part
    yield Place(WORLD, "", "", "World", whole)
    for code in _regions(session, cut):
        label = "No office serves it" if code == NO_REGION else names.of(REGION_KIND, code)
        yield _place(known, names, cut, REGION_KIND, code, label)
    offices = {code for each in whole.asked for code in each.offices} | {
        code for each in known.given if cut.admits_given(each) for code in each.offices
    }
    for code in sorted(offices if cut.office is None else {cut.office}):
        yield _place(known, names, cut, OFFICE_KIND, code)
    for code in whole.states if cut.country is None else (cut.country,):
        yield _place(known, names, cut, COUNTRY_KIND, code)
    years = {each.year for each in whole.asked} | {y for g in known.given if cut.admits_given(g) for y in g.years}
    for year in sorted(y for y in years if y is not None and cut.has_year(y)):
        part = replace(cut, first=year, last=year)
        yield Place(YEAR_KIND, str(year), "", str(year), balance(known, part))


def _place(known: Facts, names: Labels, cut: Part, kind: str, code: str, label: str = "") -> Place:
    narrowed: dict[str, Any] = {kind: code}
    part = replace(cut, **narrowed)
    return Place(kind, code, kind, label or names.of(kind, code), balance(known, part))


def _regions(session: Session, cut: Part) -> Iterable[str]:
    return (*region_codes(session), NO_REGION) if cut.region is None else (cut.region,)


@dataclass(frozen=True)
class AskedRow:
    """A share of a part: the row of a figure that can be frozen."""

    place: Place
    measure: str

    @property
    def key(self) -> str:
        """What names the row within its report."""
        return "/".join((self.place.dimension, self.place.code, self.measure))

    @property
    def label(self) -> str:
        """Where, and what."""
        return f"{self.place.label}: {LABELS[self.measure]}"

    @cached_property
    def counted(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """(what counts, what it is a part of)."""
        return counted(self.place.found, self.measure)

    @property
    def k(self) -> int:
        """Numerator."""
        return len(self.counted[0])

    @property
    def n(self) -> int:
        """Denominator."""
        return len(self.counted[1])


Rows = Callable[[Session, Actor, RequestFilters], Iterable[Any]]
PLACE: tuple[Column[Any], ...] = (
    Column("dimension", N_("Dimension"), Kind.CODE, lambda r: r.dimension, names="dimension"),
    Column("code", N_("Of what"), Kind.CODE, lambda r: r.code, names=lambda r: r.kind),
    Column("label", N_("Label"), Kind.TEXT, lambda r: r.label, on_page=False),
)
DEFINED: Column[Any] = Column("definition", N_("Definition"), Kind.CODE, lambda _row: DEFINITION, on_page=False)


def share_columns(key: str, label: str, share: Callable[[Any], tuple[int, int]]) -> tuple[Column[Any], ...]:
    """k, N and the percentage of a share."""
    return (
        Column(key, label, Kind.INTEGER, lambda r: share(r)[0]),
        Column(f"{key}_of", N_("of"), Kind.INTEGER, lambda r: share(r)[1]),
        Column(f"{key}_percent", N_("Percent"), Kind.PERCENT, lambda r: percent(*share(r))),
    )


def asked_report(
    key: str,
    title: str,
    definition: str,
    rows: Rows,
    columns: tuple[Column[Any], ...],
    *,
    parameters: tuple[Parameter, ...] = PARAMETERS,
    figures: Callable[..., Iterable[AskedRow]] | None = None,
    opens: Callable[[Any, Any], tuple[str, list[tuple[str, str]]]] | None = None,
    row_words: Callable[[Any], tuple[str, ...]] = lambda row: (row.label,),
) -> Report:
    """A report on requests; the same for every signed-in person unless its rows ask who reads."""

    def table(session: Session, actor: Actor, filters: RequestFilters) -> Table[Any]:
        return Table((*columns, demonstration_mark(session)), rows(session, actor, filters))

    return Report(
        key=key,
        title=title,
        definition=definition,
        permission=Permission.REQUEST_READ,
        parameters=parameters,
        parse=RequestFilters.parse,
        pairs=RequestFilters.pairs,
        check=check_codes,
        table=table,
        describe=RequestFilters.describe,
        bases=lambda _filters: ("approved",),
        figures=figures,
        meaning=MEANING,
        opens=opens,
        row_words=row_words,
    )


PAGES = {"given_not_asked": "asked.given_not_asked", "states_with_nothing": "asked.nothing_given"}


def behind(filters: RequestFilters, row: AskedRow) -> tuple[str, list[tuple[str, str]]]:
    """The page that lists what is behind a share, as an endpoint and its query."""
    part = row.place.found.part
    query = year_pairs(part) + [(name, value) for name in CODED if (value := getattr(part, name))]
    if row.measure in PAGES:
        return PAGES[row.measure], query
    if row.measure == "recommended_supported":
        return "asked.index", [("source", RECOMMENDED_BY), *(pair for pair in query if pair[0] != "source")]
    return "asked.index", [("show", row.measure), *query]
