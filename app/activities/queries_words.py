"""Looking for words in lines: by the index of words, or by reading the lines where many hold them (decision 0158)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, bindparam, false
from sqlalchemy.orm import Session

from app.activities.filters import ActivityFilters
from app.activities.models_line import ActivityLine
from app.activities.reference import reference_data
from app.activities.tags import sought
from app.activities.wordindex import Holds, Sought, rows_that_may_hold
from app.core import clock
from app.core.permissions import Actor
from app.core.text import words

L = ActivityLine
Holding = Callable[[str], ColumnElement[bool]]
"""Which lines hold the words of a text, as a condition."""
MOST_HELD = 1_250
"""Up to how many lines are looked up one by one."""


def by_index(text: str) -> ColumnElement[bool]:
    """Asks the index for all of them: for files, which go through all that is found."""
    found = words(text)
    return Holds(L.search, L.revision_id, Sought(tuple(found))) if found else false()


def by_reading(text: str) -> ColumnElement[bool]:
    """Reads each line: for a page in the order of a list, which is full soon where many lines hold the words."""
    return and_(*(L.search.contains(f" {word}", autoescape=True) for word in words(text)))


@dataclass(frozen=True)
class Search:
    """How the lines of a page are found, and a few of them that the index named, if it named too many."""

    holding: Holding = by_index
    some: ColumnElement[bool] | None = None


def searches(session: Session, actor: Actor, filters: ActivityFilters) -> Iterator[Search]:
    """Ways of looking for the words, the next one to be taken where `some` of the last leave it open how many there
    are. The index is asked with what tags say of filters and rights; the conditions of a list are asked as ever.
    """
    asked = words(filters.q)
    if not asked:
        yield Search()
        return
    wanted = sought(reference_data(session), actor, filters, asked, clock.today())
    many = by_reading if _ends_soon(session, filters) else lambda _text: Holds(L.search, L.revision_id, wanted)
    for held in rows_that_may_hold(session, wanted, MOST_HELD + 1):
        # Numbers of our own, written into the statement: a parameter for each would take longer than the query.
        among = L.revision_id.in_(bindparam("held", held, expanding=True, literal_execute=True))
        if len(held) <= MOST_HELD:
            yield Search(_both(among))
            return
        yield Search(many, among)


def _ends_soon(session: Session, filters: ActivityFilters) -> bool:
    """In the order of an index reading ends with the first page. In another order all that is found must be sorted;
    SQLite finds it by the index, PostgreSQL would make the words of each line anew where they are too many for its
    memory, and reads faster than that.
    """
    return filters.sort == "changed" or session.get_bind().dialect.name == "postgresql"


def _both(among: ColumnElement[bool]) -> Holding:
    return lambda text: and_(among, by_reading(text))
