"""Activities as a reader sees them: some by name, the rest as a number; and those that no figure of a year counts."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.activities.queries import lines_by_ids
from app.core.permissions import Actor
from app.core.web.locale import _
from app.coverage.excluded import WORDS as REASONS
from app.coverage.excluded import Reason, excluded
from app.coverage.rules import YearFacts
from app.dashboards.address import Ask

FEW_LEFT_OUT = 25


@dataclass(frozen=True)
class Opened:
    """An activity that the reader may open. `title` is blank where its text is not open to them."""

    reference: str
    title: str


@dataclass(frozen=True)
class Activities:
    """Activities as a reader sees them: `shown` by name, `more` that they may open elsewhere, `closed` to them."""

    shown: tuple[Opened, ...]
    more: int
    closed: int
    count: int


@dataclass(frozen=True)
class LeftOut:
    """The activities that are not counted for one reason, as the reader may see them."""

    reason: str
    words: str
    activities: Activities


def left_out(session: Session, actor: Actor | None, facts: YearFacts, ask: Ask) -> list[LeftOut]:
    """What speaks of the year and is not counted, by reason. The numbers are the same for every reader."""
    by_reason: dict[Reason, list[int]] = defaultdict(list)
    for each in excluded(session, facts, ask.basis, ask.part):
        by_reason[each.reason].append(each.activity_id)
    found = []
    for reason in (r for r in Reason if r in by_reason):
        ids = by_reason[reason]
        lines = lines_by_ids(session, actor, ids, ask.basis.value) if actor else []
        shown = tuple(Opened(row.reference, row.title) for row in lines[:FEW_LEFT_OUT])
        seen = Activities(shown, len(lines) - len(shown), len(ids) - len(lines), len(ids))
        found.append(LeftOut(reason.value, _(REASONS[reason]), seen))
    return found
