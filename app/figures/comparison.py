"""A frozen figure beside the same figure of today: which records moved it, by the definitions of then and of now."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.core.errors import NotFound, TrackerError
from app.coverage.definitions import DEFINITIONS
from app.coverage.kept import supported_facts
from app.coverage.queries import facts_of_years
from app.coverage.rules import DEFINITION, Basis, Figure, State, YearFacts
from app.figures.asked_rules import plain_asked, same_asked
from app.figures.models import FrozenFigure
from app.figures.queries import NO_ROW, frozen_figures, revision_numbers, row_of
from app.reports.asked import AskedRow
from app.reports.figure_rows import FigureRow

Facts = Callable[..., dict[int, YearFacts]]
"""Reads the facts of some years."""
Revisions = Mapping[str, tuple[int, int]]
"""Reference → (activity's id, the newest revision number that counts)."""


@dataclass(frozen=True)
class Moved:
    """Things that came, went or changed."""

    came: tuple[str, ...] = ()
    went: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.came or self.went or self.changed)


@dataclass(frozen=True)
class Comparison:
    """Today's figure by one definition, and what moved: activities by reference, offices in k, offices in N.

    `ids` are the activities' ids, by which a reader's rights are asked.
    """

    version: str
    figure: Figure
    activities: Moved
    counted: Moved
    expected: Moved
    ids: Mapping[str, int]

    @property
    def same(self) -> bool:
        """Nothing moved."""
        return not (self.activities or self.counted or self.expected)


def changed_since(session: Session) -> list[FrozenFigure]:
    """The frozen figures, withdrawn ones apart, that the records of today give otherwise or by other records."""
    read: dict[tuple[int, ...], dict[int, YearFacts]] = {}

    def facts(session: Session, years: Iterable[int]) -> dict[int, YearFacts]:
        """From what is kept, and once for all figures of these years."""
        wanted = tuple(sorted(set(years)))
        if wanted not in read:
            read[wanted] = supported_facts(session, wanted)
        return read[wanted]

    standing = [each for each in frozen_figures(session) if each.withdrawal is None]
    return [each for each in standing if _has_changed(session, each, facts)]


def _has_changed(session: Session, frozen: FrozenFigure, facts: Facts) -> bool:
    """By its own definition, for a new one does not change what was published; true where there is nothing to
    compare it with any more."""
    try:
        row = row_today(session, frozen, facts)
    except TrackerError:
        return True
    if isinstance(row, AskedRow):
        return not same_asked(json.loads(frozen.result), plain_asked(row)[0])
    return not _comparison(session, frozen, row.facts, _versions(frozen)[0], row.figure).same


def compare(session: Session, frozen: FrozenFigure, facts: Facts = facts_of_years) -> list[Comparison]:
    """The figure of offices as the records give it today, by its own definition and, where that is another, by today's.

    Raises:
        TrackerError: the report or the row is not there any more, or is of another kind.
    """
    row = row_today(session, frozen, facts)
    if not isinstance(row, FigureRow):
        raise NotFound(NO_ROW)
    return [_comparison(session, frozen, row.facts, version, row.figure) for version in _versions(frozen)]


def row_today(session: Session, frozen: FrozenFigure, facts: Facts = facts_of_years) -> FigureRow | AskedRow:
    """The row that was frozen, as it is now.

    Raises:
        TrackerError: the report, its filters or the row are not there any more.
    """
    return row_of(session, frozen.report, [(n, v) for n, v in json.loads(frozen.filters)], frozen.row_key, facts)


def _versions(frozen: FrozenFigure) -> list[str]:
    """The figure's own definition, where this program knows it, and today's."""
    return [version for version in dict.fromkeys((frozen.definition, DEFINITION)) if version in DEFINITIONS]


def _comparison(session: Session, frozen: FrozenFigure, facts: YearFacts, version: str, like: Figure) -> Comparison:
    today = DEFINITIONS[version].figure(facts, Basis(frozen.basis), like.slice)
    result = json.loads(frozen.result)
    then, now = _frozen_revisions(frozen, result), _revisions(session, facts, today)
    activities = Moved(
        came=tuple(sorted(now.keys() - then.keys())),
        went=tuple(sorted(then.keys() - now.keys())),
        changed=tuple(sorted(r for r in now.keys() & then.keys() if now[r][1] != then[r][1])),
    )
    by_state = {str(state): offices for state, offices in today.by_state.items()}
    return Comparison(
        version=version,
        figure=today,
        activities=activities,
        counted=_moved(result["by_state"]["provided"], by_state["provided"]),
        expected=_moved(_expected(result["by_state"]), _expected(by_state)),
        ids={reference: key for reference, (key, _number) in {**then, **now}.items()},
    )


def _moved(then: object, now: object) -> Moved:
    assert isinstance(then, (list, tuple, set))
    assert isinstance(now, (list, tuple, set))
    return Moved(tuple(sorted(set(now) - set(then))), tuple(sorted(set(then) - set(now))))


def _expected(by_state: Mapping[str, object]) -> set[str]:
    return {
        code
        for state, offices in by_state.items()
        if state != State.NOT_EXPECTED and isinstance(offices, (list, tuple))
        for code in offices
    }


def _frozen_revisions(frozen: FrozenFigure, result: Mapping[str, list[int]]) -> Revisions:
    facts = json.loads(frozen.facts)
    supports = [*facts["approved"], *(facts["submitted"] if frozen.basis == Basis.PROVISIONAL else [])]
    ids = set(result["activity_ids"])
    found: dict[str, tuple[int, int]] = {}
    for each in supports:
        if each["activity_id"] in ids:
            found[each["reference"]] = (each["activity_id"], each["revision"])
    return found


def _revisions(session: Session, facts: YearFacts, figure: Figure) -> Revisions:
    ids = set(figure.activity_ids)
    counting = [s for s in facts.supports(figure.basis) if s.activity_id in ids]
    numbers = revision_numbers(session, {s.revision_id for s in counting if s.revision_id is not None})
    found: dict[str, tuple[int, int]] = {}
    for support in counting:
        reference, number = numbers[support.revision_id or 0]
        found[reference] = (support.activity_id or 0, number)
    return found
