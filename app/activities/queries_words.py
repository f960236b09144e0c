"""Looking for words in lines: by the index of words, or by reading the lines where many hold them (decision 0158)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, false
from sqlalchemy.orm import Session

from app.activities.filters import ActivityFilters
from app.activities.models_line import ActivityLine
from app.activities.reference import reference_data
from app.activities.tags import TAGGED, sought
from app.activities.wordindex import Holds, Sought, rows_that_hold
from app.core import clock
from app.core.permissions import Actor
from app.core.text import words

L = ActivityLine
Holding = Callable[[str], ColumnElement[bool]]
"""Which lines hold the words of a text, as a condition."""
MOST_HELD = 1_000
"""Up to how many lines are looked up by the index; and up to how many found ones are counted."""


def by_index(text: str) -> ColumnElement[bool]:
    """Asks the index for all of them: for files, which go through all that is found."""
    found = words(text)
    return Holds(L.search, L.revision_id, Sought(tuple(found))) if found else false()


def by_reading(text: str) -> ColumnElement[bool]:
    """Reads each line: for a page in the order of a list, which is full soon where many lines hold the words."""
    return and_(*(L.search.contains(f" {word}", autoescape=True) for word in words(text)))


@dataclass(frozen=True)
class Search:
    """How the lines of a page are found. `many`: there are more than are counted, so nobody need count."""

    holding: Holding = by_index
    many: bool = False


def search_for(session: Session, actor: Actor, filters: ActivityFilters) -> Search:
    """Ask the index which lines hold the words, with what tags say of filters and rights; some more do no harm."""
    asked = words(filters.q)
    if not asked:
        return Search()
    wanted = sought(reference_data(session), actor, filters, asked, clock.today())
    held = rows_that_hold(session, wanted, MOST_HELD + 1)
    if len(held) <= MOST_HELD:
        return Search(lambda _text: L.revision_id.in_(held))
    return Search(by_reading, many=not filters.marks and TAGGED.issuperset(filters.coded))
