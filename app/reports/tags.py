"""Figures of a tag that is no slice of coverage: a term, who asked, a partner, an obstacle, …

The support of a year is narrowed to what carries the tag, and the one coverage function counts it: k are the expected
offices with such an activity, N is that of the slice. Source: METHODOLOGY, The figures.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.activities.models import Counterpart, RevisionCounterpart
from app.activities.models_line import ActivityLine
from app.codelists.queries import codes
from app.core.db import AnySelect
from app.coverage.kept import supported_facts
from app.coverage.models import KeptSupport
from app.coverage.rules import Support, YearFacts, narrowed
from app.reports.base import Parameter, Report, Source
from app.reports.figure_rows import TAGGED, FigureRow
from app.reports.filters import SliceFilter
from app.reports.lists import lists
from app.reports.parameters import SLICE
from app.reports.slices import Figures, counted, slice_report, years_of

NOT_RECORDED = "not_recorded"
Tags = Mapping[int, frozenset[str]]
"""Revision → codes."""


@dataclass(frozen=True)
class Tag:
    """Something that activities are tagged with. `kind` names its codes, `read` finds the tags of a year's support."""

    dimension: str
    kind: str
    codes: Callable[[Session], Sequence[str]]
    read: Callable[[Session, int], Tags]


def of_list(list_key: str) -> Callable[[Session], tuple[str, ...]]:
    """The codes of a small list, retired ones too, since old records carry them."""
    return lambda session: tuple(row.code for row in codes(session, list_key, include_retired=True))


def of_line(column: Any) -> Callable[[Session, int], Tags]:
    """Tags that stand in a cell of the activity's line: one code, several, or codes with roles (`unicef:funds`)."""

    def read(session: Session, year: int) -> Tags:
        return {revision: parted_cell(cell) for revision, cell in session.execute(_lines(year, column))}

    return read


def counterpart_kinds(session: Session, year: int) -> Tags:
    """The kinds of the bodies that a year's activities worked with."""
    statement = (
        select(RevisionCounterpart.revision_id, Counterpart.kind)
        .join(Counterpart, Counterpart.id == RevisionCounterpart.counterpart_id)
        .join(KeptSupport, KeptSupport.revision_id == RevisionCounterpart.revision_id)
        .where(KeptSupport.year == year)
    )
    found: dict[int, frozenset[str]] = {}
    for revision, kind in session.execute(statement):
        found[revision] = found.get(revision, frozenset()) | {kind}
    return found


def parted_cell(cell: str | None) -> frozenset[str]:
    """The codes of a cell, without their roles; nothing of a blank one.

    >>> sorted(parted_cell("unicef:funds;unodc:leads")), parted_cell(None)
    (['unicef', 'unodc'], frozenset())
    """
    return frozenset(part.partition(":")[0] for part in (cell or "").split(";") if part)


def _lines(year: int, *columns: Any) -> AnySelect:
    return (
        select(ActivityLine.revision_id, *columns)
        .join(KeptSupport, KeptSupport.revision_id == ActivityLine.revision_id)
        .where(KeptSupport.year == year)
    )


def lines_of(session: Session, year: int, *columns: Any) -> Iterator[Any]:
    """(revision, cells …) of the lines behind a year's support."""
    yield from session.execute(_lines(year, *columns))


def carrying(tags: Tags, code: str) -> Callable[[Support], bool]:
    """Keeps what carries the code; of NOT_RECORDED, what carries none."""

    def keep(support: Support) -> bool:
        own = tags.get(support.revision_id or 0, frozenset())
        return code in own if code != NOT_RECORDED else not own

    return keep


def tag_rows(session: Session, tag: Tag, facts: YearFacts, filters: SliceFilter) -> Iterator[FigureRow]:
    """A row for each code of the list, zero too, and one for what is not recorded."""
    known, tags = lists(session), tag.read(session, facts.year)
    every = counted(facts, filters, filters.part).activities
    for code in (*tag.codes(session), NOT_RECORDED):
        part = narrowed(facts, carrying(tags, code))
        found = counted(part, filters, filters.part)
        label = "Not recorded" if code == NOT_RECORDED else known.label((tag.kind, code))
        yield FigureRow(tag.dimension, (code, ""), label, found, part, (tag.kind, ""), every, whole=False)


def figures_of_tags(*tags: Tag) -> Figures:
    """The rows of these tags in each year that is asked for."""

    def figures(session: Session, filters: SliceFilter, source: Source) -> Iterator[FigureRow]:
        for year in years_of(filters):
            facts = source(session, [year])[year]
            for tag in tags:
                yield from tag_rows(session, tag, facts, filters)

    return figures


def tag_report(key: str, title: str, definition: str, *tags: Tag, parameters: tuple[Parameter, ...] = SLICE) -> Report:
    """A report with a row for each code of each tag."""
    return slice_report(
        key,
        title,
        definition,
        figures_of_tags(*tags),
        parameters=parameters,
        columns=TAGGED,
        source=supported_facts,
    )
