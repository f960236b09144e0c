"""milestones: steps in the life of laws, by the year in which they happened."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from app.activities.models import Activity, RevisionMilestone
from app.core.i18n import N_
from app.coverage.queries import read_supports
from app.coverage.rules import Support, YearFacts, narrowed, with_support
from app.reports.base import Source
from app.reports.figure_rows import FigureRow, sum_column, with_sums
from app.reports.filters import SliceFilter
from app.reports.lists import lists
from app.reports.slices import counted, slice_report, years_of
from app.reports.tags import of_list

Steps = dict[int, Counter[str]]
"""Revision → how many milestones of each kind."""


def figures(session: Session, filters: SliceFilter, source: Source) -> Iterator[FigureRow]:
    """A row for each kind of milestone, zero too, and one for them all."""
    known = lists(session)
    kinds = of_list("milestone")(session)
    for year in years_of(filters):
        steps = _steps(session, year)
        facts = _with_milestones(session, source(session, [year])[year], year)
        for kind in ("", *kinds):
            yield _row(facts, filters, steps, kind, known.label(("milestone", kind)) if kind else "Every kind")


def _row(facts: YearFacts, filters: SliceFilter, steps: Steps, kind: str, label: str) -> FigureRow:
    def keep(support: Support) -> bool:
        own = steps.get(support.revision_id or 0, Counter())
        return bool(own[kind] if kind else own)

    part = narrowed(facts, keep)
    found = counted(part, filters, filters.part)
    # Of an activity whose approved and submitted revisions both count, the newer one tells the milestones.
    newest = {s.activity_id: s.revision_id for s in part.supports(filters.basis) if s.activity_id in found.activity_ids}
    own = [steps[revision] for revision in newest.values() if revision is not None]
    number = sum(each[kind] if kind else each.total() for each in own)
    return FigureRow(
        "milestone", (kind, ""), label, found, part, ("milestone", ""), sums={"milestones": number}, whole=False
    )


def _steps(session: Session, year: int) -> Steps:
    statement = select(RevisionMilestone.revision_id, RevisionMilestone.kind).where(_in_year(year))
    found: Steps = defaultdict(Counter)
    for revision, kind in session.execute(statement):
        found[revision][kind] += 1
    return found


def _with_milestones(session: Session, facts: YearFacts, year: int) -> YearFacts:
    """The year with the support that has a milestone in it, whichever year that support itself counts in."""
    revisions = select(RevisionMilestone.revision_id).where(_in_year(year))

    def once(pointer: InstrumentedAttribute[int | None]) -> tuple[Support, ...]:
        years = read_supports(session, pointer, pointer.in_(revisions))
        return tuple({s.revision_id: s for supports in years.values() for s in supports}.values())

    return with_support(facts, once(Activity.approved_revision_id), once(Activity.submitted_revision_id))


def _in_year(year: int) -> ColumnElement[bool]:
    return RevisionMilestone.on.startswith(str(year))


REPORT = slice_report(
    "milestones",
    N_("Legal milestones by year"),
    N_(
        "Steps in the life of laws that offices worked on, by the year in which they happened: how many milestones,"
        " offices with such an activity (k) of the offices expected in that year (N). The activity must count in some"
        " year; the help may have come earlier than the law. Milestones without a date are in activity-milestones only."
    ),
    figures,
    columns=with_sums(sum_column("milestones", N_("Milestones"))),
)
