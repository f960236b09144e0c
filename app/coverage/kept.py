"""Reading the kept facts: figures for pages, without a look at any activity.

Each process keeps what it read, by the version that every change raises in its own transaction: a page that finds
the version unchanged reads nothing again. Offices and returns are read anew each time; they are few.
"""

from __future__ import annotations

from collections import Counter, OrderedDict, defaultdict
from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from itertools import permutations
from threading import Lock
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from app.core import clock
from app.coverage.keeping import ANY, as_support, parted
from app.coverage.models import KeptCell, KeptSupport, KeptYear
from app.coverage.queries import bare_years
from app.coverage.rules import PAIR, Cells, Reading, Support, YearFacts
from app.returns.models import Round

Family = tuple[int, int, str]
Index = dict[tuple[str, str, str], tuple[Support, ...]]
MOST_KEPT = 96


class _Shelf:
    """What one process keeps of one database: the newest families of cells, the oldest let go."""

    def __init__(self) -> None:
        self.families: OrderedDict[Family, Index] = OrderedDict()
        self.lock = Lock()

    def get(self, key: Family) -> Index | None:
        with self.lock:
            found = self.families.get(key)
            if found is not None:
                self.families.move_to_end(key)
            return found

    def put(self, key: Family, index: Index) -> None:
        with self.lock:
            self.families[key] = index
            while len(self.families) > MOST_KEPT:
                self.families.popitem(last=False)


_shelves: WeakKeyDictionary[Engine, _Shelf] = WeakKeyDictionary()


def kept_facts(session: Session, years: Iterable[int], today: date | None = None) -> dict[int, YearFacts]:
    """The facts of several years from what is kept, {year: facts}; without ids of activities."""
    wanted = sorted(set(years))
    versions = dict(session.execute(select(KeptYear.year, KeptYear.version)).all())
    bare = bare_years(session, wanted, today or clock.today())
    return {year: replace(facts, cells=_cells(session, year, versions.get(year, 0))) for year, facts in bare.items()}


def kept_years(session: Session, today: date | None = None) -> tuple[int, ...]:
    """Every year with kept support or a round, and the running year; ascending."""
    today = today or clock.today()
    known = set(session.scalars(select(KeptYear.year))) | set(session.scalars(select(Round.year)))
    return tuple(sorted({year for year in known if year <= today.year} | {today.year}))


def _cells(session: Session, year: int, version: int) -> Cells:
    shelf = _shelves.setdefault(session.get_bind().engine, _Shelf())

    def read(reading: Reading, support_type: str, provision: str) -> tuple[Support, ...]:
        family = _family(support_type, provision)
        index = shelf.get((year, version, family))
        if index is None:
            index = _load(session, year, family, support_type, provision)
            shelf.put((year, version, family), index)
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
    statement = select(*KeptSupport.__table__.columns).where(KeptSupport.year == year).order_by(KeptSupport.basis)
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
