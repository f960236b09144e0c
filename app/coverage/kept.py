"""Reading the kept facts: figures for pages, without a look at any activity.

Each process keeps what it read and what it made of it, by the versions that every change raises in its own
transaction: a page that finds the versions unchanged reads and counts nothing again.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable
from dataclasses import replace
from datetime import date
from itertools import permutations
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core import clock
from app.core.shelves import Shelves
from app.core.versions import changed_here, stamp
from app.coverage.keeping import ANY, SUPPORT_COLUMNS, as_support, cells_changed_here, parted
from app.coverage.models import KeptCell, KeptSupport, KeptYear
from app.coverage.queries import BARE, bare_years
from app.coverage.rules import PAIR, Cells, Memory, Reading, Support, YearFacts
from app.returns.queries import rounds_by_year

Index = dict[tuple[str, str, str], tuple[Support, ...]]
_families = Shelves(most=96)
_figures = Shelves(most=4096)


def kept_facts(session: Session, years: Iterable[int], today: date | None = None) -> dict[int, YearFacts]:
    """The facts of several years from what is kept, {year: facts}; without ids of activities."""
    today = today or clock.today()
    versions = _versions(session)
    bare = bare_years(session, sorted(set(years)), today)
    return {
        year: replace(
            facts,
            cells=_cells(session, year, versions.get(year, 0)),
            memory=_memory(session, year, versions.get(year, 0), today),
        )
        for year, facts in bare.items()
    }


def kept_records(session: Session, year: int, today: date | None = None) -> YearFacts:
    """The facts of one year from what is kept, with the ids of its activities: what is behind a figure."""
    return supported_facts(session, [year], today)[year]


def supported_facts(session: Session, years: Iterable[int], today: date | None = None) -> dict[int, YearFacts]:
    """The facts of several years with every support and its ids, from what is kept: for figures of a tag."""
    wanted = sorted(set(years))
    found: dict[tuple[int, str], list[Support]] = defaultdict(list)
    for row in session.execute(select(*SUPPORT_COLUMNS).where(KeptSupport.year.in_(wanted))):
        found[row.year, row.basis].append(as_support(row))
    bare = bare_years(session, wanted, today or clock.today())
    return {
        year: replace(
            facts,
            approved=tuple(found[year, Reading.APPROVED]),
            submitted=tuple(found[year, Reading.SUBMITTED]),
        )
        for year, facts in bare.items()
    }


def kept_years(session: Session, today: date | None = None) -> tuple[int, ...]:
    """Every year with kept support or a round, and the running year; ascending."""
    today = today or clock.today()
    known = {*_versions(session), *rounds_by_year(session)}
    return tuple(sorted({year for year in known if year <= today.year} | {today.year}))


def _versions(session: Session) -> dict[int, int]:
    return dict(session.execute(select(KeptYear.year, KeptYear.version)).all())


def _memory(session: Session, year: int, version: int, today: date) -> Memory | None:
    """Remembers what the figures of these facts were. A session that changed them counts for itself."""
    if cells_changed_here(session) or changed_here(session, *BARE):
        return None
    facts = (year, version, *stamp(session, *BARE), today)

    def remembered(key: Hashable, make: Callable[[], Any]) -> Any:
        return _figures.remembered(session, (facts, key), make)

    return remembered


def _cells(session: Session, year: int, version: int) -> Cells:
    mine: dict[str, Index] = {}  # read by a session that changed them: kept for these facts alone

    def read(reading: Reading, support_type: str, provision: str) -> tuple[Support, ...]:
        family = _family(support_type, provision)

        def load() -> Index:
            return _load(session, year, family, support_type, provision)

        if not cells_changed_here(session):
            index = _families.remembered(session, (year, version, family), load)
        elif family in mine:
            index = mine[family]
        else:
            index = mine[family] = load()
        return index.get((reading, support_type, provision), ())

    return read


def _family(support_type: str, provision: str) -> str:
    """Cells are read by the family: the whole, all types, all provisions, or one crossing of both."""
    if PAIR in support_type:
        return f"pairs {provision}"
    if support_type and provision:
        return f"{support_type} {provision}"
    return "types" if support_type else "provisions" if provision else "whole"


def _load(session: Session, year: int, family: str, support_type: str, provision: str) -> Index:
    if PAIR in support_type:
        return _load_pairs(session, year, provision)
    statement = select(
        KeptCell.basis, KeptCell.support_type, KeptCell.provision, KeptCell.lead, KeptCell.offices,
        KeptCell.countries, KeptCell.also, KeptCell.n, KeptCell.firm,
    ).where(KeptCell.year == year)  # fmt: skip
    if family != "types":
        statement = statement.where(KeptCell.support_type == support_type)
    if family != "provisions":
        statement = statement.where(KeptCell.provision == provision)
    found: dict[tuple[str, str, str], list[Support]] = defaultdict(list)
    for basis, kind, cited, lead, offices, countries, also, n, firm in session.execute(statement):
        found[(basis, kind, cited)].append(
            Support(None, None, lead, parted(offices), parted(countries), dates_only=firm == 0, n=n, also=parted(also))
        )
    if family == "types":
        found = defaultdict(list, {key: value for key, value in found.items() if key[1] != ANY})
    return {key: tuple(value) for key, value in found.items()}


def _load_pairs(session: Session, year: int, provision: str) -> Index:
    """Two types of the same activity stand in no cell: they are counted from the kept supports, once a version."""
    statement = select(*SUPPORT_COLUMNS).where(KeptSupport.year == year).order_by(KeptSupport.basis)
    rows: Iterable[Any] = session.execute(statement)  # plain rows: there can be a hundred thousand
    approved: dict[int, Support] = {}
    counts: Counter[tuple[str, str, Support]] = Counter()
    for row in rows:
        support = as_support(row)
        if provision and provision not in support.provisions:
            continue
        if row.basis == Reading.APPROVED:
            approved[row.activity_id] = support
        for first, second in permutations(sorted(support.types), 2):
            pair = f"{first}{PAIR}{second}"
            counts[(row.basis, pair, _place(support, approved.get(row.activity_id), (first, second)))] += 1
    found: dict[tuple[str, str, str], list[Support]] = defaultdict(list)
    for (basis, pair, support), n in counts.items():
        found[(basis, pair, provision)].append(replace(support, n=n))
    return {key: tuple(value) for key, value in found.items()}


def _place(support: Support, before: Support | None, types: tuple[str, str]) -> Support:
    """What a figure needs to know of a support. `before` is the approved revision; its own row comes first."""
    also = before.offices if before is not None and before.revision_id != support.revision_id else frozenset()
    if before is not None and not set(types) <= before.types:
        also = frozenset()
    return Support(
        None, None, support.lead, support.offices, support.countries, dates_only=support.dates_only, also=also
    )  # fmt: skip
