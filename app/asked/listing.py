"""The requests that a list, a file or a number's page shows: one selection for all of them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import ColumnElement, exists, or_, select
from sqlalchemy.orm import Session, selectinload

from app.activities.reference import reference_data
from app.asked.counting import Balance, balance, share
from app.asked.filters import CODED, NO_CHOICE, NO_REGION, RequestFilters
from app.asked.models import RequestType, SupportRequest
from app.asked.queries import facts
from app.core.errors import Invalid, Problem
from app.offices.queries import region_codes

R = SupportRequest
CHUNK = 500
EVERY_TAG = (selectinload(R.types), selectinload(R.provisions), selectinload(R.offices), selectinload(R.activities))


def check_codes(session: Session, filters: RequestFilters) -> None:
    """Look the codes up: a list of something else than asked would be worse than none.

    Raises:
        Invalid: a code that is on no list.
    """
    data = reference_data(session)
    known: dict[str, Any] = {
        "region": {*region_codes(session), NO_REGION},
        "office": data.offices,
        "country": data.countries,
        "support_type": data.facets,
        "source": data.codes["request_source"],
    }
    wrong = [n for n in CODED if (value := getattr(filters.part, n)) and value not in known[n]]
    if wrong:
        raise Invalid([Problem(name, NO_CHOICE) for name in wrong])


def chosen(session: Session, filters: RequestFilters) -> tuple[Balance, list[str]]:
    """The balance of the part, and the references of the list, the latest asked first."""
    found = balance(facts(session), filters.part)
    if filters.marks.get("withdrawn"):
        return found, _withdrawn(session, filters)
    members = frozenset(share(found, filters.show)[0])
    days = {each.reference: each.asked_on or "" for each in found.asked}
    conditions = list(_conditions(filters))
    if conditions:
        members &= frozenset(session.scalars(select(R.reference).where(*conditions)))
    return found, sorted(sorted(members), key=lambda ref: days[ref], reverse=True)


def load(session: Session, references: list[str]) -> Iterator[SupportRequest]:
    """The requests of these references with their tags, in this order."""
    for start in range(0, len(references), CHUNK):
        part = references[start : start + CHUNK]
        rows = session.scalars(select(R).where(R.reference.in_(part)).options(*EVERY_TAG))
        by_reference = {each.reference: each for each in rows}
        yield from (by_reference[ref] for ref in part if ref in by_reference)


def _withdrawn(session: Session, filters: RequestFilters) -> list[str]:
    """Withdrawn ones are in no figure: they are found by their own fields only."""
    part = filters.part
    wanted = [R.withdrawn_at.is_not(None), *_conditions(filters)]
    wanted += [R.country == part.country] if part.country else []
    wanted += [R.source == part.source] if part.source else []
    return list(session.scalars(select(R.reference).where(*wanted).order_by(R.reference)))


def _conditions(filters: RequestFilters) -> Iterator[ColumnElement[bool]]:
    for name, value in filters.short.items():
        yield getattr(R, name) == value
    marks = filters.marks
    for name in ("juvenile_justice", "asks_help"):
        if name in marks:
            yield getattr(R, name).is_(marks[name])
    if "without_topics" in marks:
        typed = exists().where(RequestType.request_id == R.id)
        yield ~typed if marks["without_topics"] else typed
    if "repeats" in marks:
        yield R.repeats_id.is_not(None) if marks["repeats"] else R.repeats_id.is_(None)
    for word in filters.q.split():
        like = "%" + word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
        columns = (R.asked, R.original, R.asker, R.symbol, R.reference, R.observations)
        yield or_(*(column.ilike(like, escape="\\") for column in columns))
