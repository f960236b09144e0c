"""Keeping the facts: what an activity gave before is taken away, what it gives now is added, in its own transaction.

Rebuilding and verifying recompute everything from the records: a drift is a fault of this module.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

from sqlalchemy import delete, or_, select, text
from sqlalchemy.orm import Session

from app.activities.models import Activity
from app.core.db import AnyRow
from app.core.events import Changed
from app.core.rows import write_rows
from app.coverage.models import KeptCell, KeptSupport, KeptYear
from app.coverage.queries import POINTERS, read_supports, supports_of_one
from app.coverage.rules import Support

ANY = ""
_CHANGED = "kept facts changed"
CellKey = tuple[int, str, str, str, str, str, str, str]
SupportKey = tuple[int, int, str]
Kept = dict[SupportKey, Support]

ADD_TO_CELL = text(
    "INSERT INTO kept_cell (year, basis, support_type, provision, lead, offices, countries, also, n, firm)"
    " VALUES (:year, :basis, :support_type, :provision, :lead, :offices, :countries, :also, :n, :firm)"
    " ON CONFLICT (year, basis, support_type, provision, lead, offices, countries, also)"
    " DO UPDATE SET n = kept_cell.n + excluded.n, firm = kept_cell.firm + excluded.firm"
)
THIS_CELL = (
    " WHERE year = :year AND basis = :basis AND support_type = :support_type AND provision = :provision"
    " AND lead = :lead AND offices = :offices AND countries = :countries AND also = :also"
)
# Both parts are constants of this file.
TAKE_FROM_CELL = text("UPDATE kept_cell SET n = n - :n, firm = firm - :firm" + THIS_CELL)  # noqa: S608
DROP_EMPTY_CELL = text("DELETE FROM kept_cell" + THIS_CELL + " AND n = 0")  # noqa: S608
RAISE_VERSION = text(
    "INSERT INTO kept_year (year, version) VALUES (:year, 1)"
    " ON CONFLICT (year) DO UPDATE SET version = kept_year.version + 1"
)
SUPPORT_COLUMNS = tuple(KeptSupport.__table__.columns)
CELL_COLUMNS = ("year", "basis", "support_type", "provision", "lead", "offices", "countries", "also")


def keep(session: Session, change: Changed) -> None:
    """Listener: bring the kept facts of a changed activity in step."""
    if change.kind != "activity":
        return
    before = _kept_of(session, change.key)
    after = supports_of(session, change.key)
    if before != after:
        _replace(session, change.key, before, after)


def keep_many(session: Session, changes: Sequence[Changed]) -> None:
    """`keep` for many changes: those that can give nothing, now or before, are told by two statements."""
    ids = [change.key for change in changes if change.kind == "activity"]
    for start in range(0, len(ids), 400):
        part = ids[start : start + 400]
        before = select(KeptSupport.activity_id).where(KeptSupport.activity_id.in_(part))
        pointers = (Activity.approved_revision_id, Activity.submitted_revision_id)
        now = select(Activity.id).where(Activity.id.in_(part), or_(*(p.is_not(None) for p in pointers)))
        for key in sorted({*session.scalars(before), *session.scalars(now)}):
            keep(session, Changed("activity", key))


def supports_of(session: Session, activity_id: int | None = None) -> Kept:
    """What the records say now, of one activity or of all: {(activity, year, basis): support}."""
    if activity_id is not None:
        return {(activity_id, year, basis): support for basis, year, support in supports_of_one(session, activity_id)}
    found: Kept = {}
    for basis, pointer in POINTERS.items():
        for year, supports in read_supports(session, pointer).items():
            found.update({(s.activity_id, year, basis): s for s in supports if s.activity_id is not None})
    return found


def cells_of(kept: Kept) -> Counter[tuple[CellKey, str]]:
    """How much each support adds to each cell: {(cell, "n" or "firm"): count}."""
    counts: Counter[tuple[CellKey, str]] = Counter()
    for (activity_id, year, basis), support in kept.items():
        approved = kept.get((activity_id, year, "approved")) if basis == "submitted" else None
        for kind, provision in product((ANY, *sorted(support.types)), (ANY, *sorted(support.provisions))):
            also = joined(approved.offices) if approved is not None and _admits(approved, kind, provision) else ""
            place = (joined(support.offices), joined(support.countries), also)
            key = (year, basis, kind, provision, support.lead, *place)
            counts[(key, "n")] += 1
            counts[(key, "firm")] += 0 if support.dates_only else 1
    return counts


def rebuild(session: Session) -> int:
    """Throw the kept facts away and make them anew from the records. Returns how many supports there are."""
    for model in (KeptSupport, KeptCell):
        session.execute(delete(model))
    kept = supports_of(session)
    _insert_supports(session, kept)
    _apply(session, cells_of(kept), Counter())
    _raise_versions(session, {year for _, year, _ in kept} | set(session.scalars(select(KeptYear.year))))
    return len(kept)


@dataclass(frozen=True)
class Drift:
    """One place where the kept facts are not what the records say."""

    what: str
    kept: str
    true: str


def verify(session: Session) -> Iterator[Drift]:
    """Recompute all and tell every difference, in an order of its own."""
    true = supports_of(session)
    yield from _differences("support", _kept_of(session), true)
    wanted = {key: n for key, n in cells_of(true).items() if n}
    yield from _differences("cell", _kept_cells(session), wanted)


def joined(codes: Iterable[str]) -> str:
    """Codes as one text, sorted."""
    return ";".join(sorted(codes))


def parted(codes: str) -> frozenset[str]:
    """What `joined` was given."""
    return frozenset(codes.split(";")) if codes else frozenset()


def as_support(row: AnyRow) -> Support:
    """The support that a kept row tells."""
    return Support(
        activity_id=row.activity_id,
        revision_id=row.revision_id,
        lead=row.lead,
        offices=parted(row.offices),
        countries=parted(row.countries),
        types=parted(row.types),
        provisions=parted(row.provisions),
        dates_only=row.dates_only,
    )


def _admits(support: Support, kind: str, provision: str) -> bool:
    return (kind == ANY or kind in support.types) and (provision == ANY or provision in support.provisions)


def _kept_of(session: Session, activity_id: int | None = None) -> Kept:
    statement = select(*SUPPORT_COLUMNS)
    if activity_id is not None:
        statement = statement.where(KeptSupport.activity_id == activity_id)
    return {(row.activity_id, row.year, row.basis): as_support(row) for row in session.execute(statement)}


def _kept_cells(session: Session) -> dict[tuple[CellKey, str], int]:
    found = {}
    for row in session.execute(select(*(getattr(KeptCell, c) for c in (*CELL_COLUMNS, "n", "firm")))):
        key = tuple(row[:8])
        found.update({(key, "n"): row.n, (key, "firm"): row.firm})
    return {key: n for key, n in found.items() if n}


def _differences(what: str, kept: dict[Any, Any], true: dict[Any, Any]) -> Iterator[Drift]:
    for key in sorted(kept.keys() | true.keys()):
        if kept.get(key) != true.get(key):
            yield Drift(f"{what} {key}", str(kept.get(key, "none")), str(true.get(key, "none")))


def _replace(session: Session, activity_id: int, before: Kept, after: Kept) -> None:
    # Whoever reads kept rows populates them anew, so there is nothing to look for among all that a command may hold.
    clear = delete(KeptSupport).where(KeptSupport.activity_id == activity_id)
    session.execute(clear, execution_options={"synchronize_session": False})
    _insert_supports(session, after)
    _apply(session, cells_of(after), cells_of(before))
    _raise_versions(session, {year for _, year, _ in (*before, *after)})


def _insert_supports(session: Session, kept: Kept) -> None:
    rows = [
        {
            "activity_id": activity_id,
            "year": year,
            "basis": basis,
            "revision_id": support.revision_id,
            "lead": support.lead,
            "offices": joined(support.offices),
            "countries": joined(support.countries),
            "types": joined(support.types),
            "provisions": joined(support.provisions),
            "dates_only": support.dates_only,
        }
        for (activity_id, year, basis), support in kept.items()
    ]
    write_rows(session, KeptSupport.__table__, rows)


def _apply(session: Session, after: Counter[tuple[CellKey, str]], before: Counter[tuple[CellKey, str]]) -> None:
    """Change the cells by the difference, always in one order, so that two savers cannot wait for each other."""
    change: dict[CellKey, dict[str, int]] = defaultdict(lambda: {"n": 0, "firm": 0})
    for counts, sign in ((after, 1), (before, -1)):
        for (key, name), count in counts.items():
            change[key][name] += sign * count
    more = [_parameters(key, by) for key, by in sorted(change.items()) if by["n"] > 0]
    less = [
        _parameters(key, {name: -count for name, count in by.items()})
        for key, by in sorted(change.items())
        if by["n"] <= 0 and (by["n"] or by["firm"])
    ]
    if more:
        session.execute(ADD_TO_CELL, more)
    if less:
        session.execute(TAKE_FROM_CELL, less)
        session.execute(DROP_EMPTY_CELL, less)


def _parameters(key: CellKey, by: dict[str, int]) -> dict[str, Any]:
    return dict(zip(CELL_COLUMNS, key, strict=True)) | by


def cells_changed_here(session: Session) -> bool:
    """This session changed kept facts: what it reads of them now, nobody else may see."""
    return _CHANGED in session.info


def _raise_versions(session: Session, years: Iterable[int]) -> None:
    rows = [{"year": year} for year in sorted(years)]
    if rows:
        session.info[_CHANGED] = True
        session.execute(RAISE_VERSION, rows)
