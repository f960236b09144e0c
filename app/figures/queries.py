"""Reads of frozen figures, and whether they still stand."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload
from werkzeug.datastructures import MultiDict

from app.activities.models import (
    Activity,
    ActivityRevision,
    RevisionCountry,
    RevisionProvision,
    RevisionType,
)
from app.core.audit import canonical_json
from app.core.errors import NotFound
from app.core.i18n import N_
from app.coverage.queries import facts_of_years
from app.coverage.rules import YearFacts
from app.figures.asked_rules import is_of_requests, recount_asked
from app.figures.models import FrozenFigure
from app.figures.rules import Plain, recount, seal
from app.reports.asked import AskedRow
from app.reports.figure_rows import FigureRow
from app.reports.registry import find_report

NO_ROW = N_("This report has no such row. Open the report and choose the figure there.")
CHUNK = 500


@dataclass(frozen=True)
class Verification:
    """Whether a figure still stands: the seal is whole, the frozen facts give the frozen result, and the revisions they
    name still say what was frozen. `altered` are (reference, revision) that do not; `recounted` is None where this
    program does not know the definition."""

    sealed: bool
    recounted: bool | None
    altered: tuple[tuple[str, int], ...]

    @property
    def stands(self) -> bool:
        """Nothing is wrong with it."""
        return self.sealed and self.recounted is True and not self.altered


def frozen_figures(session: Session) -> Sequence[FrozenFigure]:
    """Every frozen figure, the newest first, withdrawn ones too."""
    statement = select(FrozenFigure).options(joinedload(FrozenFigure.withdrawal), joinedload(FrozenFigure.author))
    return session.scalars(statement.order_by(FrozenFigure.id.desc())).all()


def frozen_figure(session: Session, figure_id: int) -> FrozenFigure:
    """One frozen figure.

    Raises:
        NotFound: there is none.
    """
    found = session.get(FrozenFigure, figure_id)
    if found is None:
        raise NotFound(N_("There is no frozen figure with this number."))
    return found


def row_of(
    session: Session,
    report_key: str,
    pairs: Iterable[tuple[str, str]],
    row_key: str,
    facts: Callable[..., dict[int, YearFacts]] = facts_of_years,
) -> FigureRow | AskedRow:
    """A row of a report as the records give it now, with the ids of its activities. `facts` reads those of some years.

    Raises:
        NotFound: no such report or row, or its rows are no figures. Invalid: a filter that cannot be.
    """
    report = find_report(report_key)
    if report.figures is None:
        raise NotFound(NO_ROW)
    filters = report.read(session, MultiDict(list(pairs)))
    for row in report.figures(session, filters, facts):
        if row.key == row_key and isinstance(row, (FigureRow, AskedRow)):
            return row
    raise NotFound(NO_ROW)


def content_of(figure: FrozenFigure) -> Plain:
    """Everything that the seal is over."""
    return {
        "title": figure.title,
        "report": figure.report,
        "filters": json.loads(figure.filters),
        "row": figure.row_key,
        "label": figure.label,
        "year": figure.year,
        "basis": figure.basis,
        "definition": figure.definition,
        "frozen_at": figure.frozen_at,
        "frozen_by": figure.frozen_by,
        "result": json.loads(figure.result),
        "facts": json.loads(figure.facts),
    }


def verify(session: Session, figure: FrozenFigure) -> Verification:
    """Recompute the seal, and the figure from the facts and revisions it was frozen with."""
    content = content_of(figure)
    if is_of_requests(content["result"]):
        again = recount_asked(content["result"], content["facts"], figure.definition)
        whole = None if again is None else canonical_json(again) == canonical_json(content["result"])
        return Verification(seal(content) == figure.sha256, whole, ())
    counted = recount(content["result"], content["facts"], figure.definition)
    same = None if counted is None else canonical_json(counted) == canonical_json(content["result"])
    supports = [*content["facts"]["approved"], *content["facts"]["submitted"]]
    return Verification(seal(content) == figure.sha256, same, _altered(session, supports))


def revision_numbers(session: Session, revisions: Collection[int]) -> dict[int, tuple[str, int]]:
    """{revision's id: (reference, revision number)}."""
    found: dict[int, tuple[str, int]] = {}
    for part in _chunks(revisions):
        rows = select(ActivityRevision.id, Activity.reference, ActivityRevision.number).join(
            Activity, Activity.id == ActivityRevision.activity_id
        )
        for key, reference, number in session.execute(rows.where(ActivityRevision.id.in_(part))):
            found[key] = (reference, number)
    return found


def _altered(session: Session, supports: Sequence[Plain]) -> tuple[tuple[str, int], ...]:
    """Revisions never change once submitted; if one did all the same, the figure cannot be trusted."""
    wanted = {s["revision_id"]: s for s in supports}
    there = revision_numbers(session, wanted.keys())
    tags = {
        "types": _tags(session, RevisionType, RevisionType.support_type, wanted),
        "provisions": _tags(session, RevisionProvision, RevisionProvision.provision, wanted),
        "countries": _tags(session, RevisionCountry, RevisionCountry.country, wanted),
    }
    return tuple(
        sorted(
            (s["reference"], s["revision"])
            for key, s in wanted.items()
            if there.get(key) != (s["reference"], s["revision"])
            or any(sorted(found[key]) != s[name] for name, found in tags.items())
        )
    )


def _tags(session: Session, model: Any, code: Any, revisions: Collection[int]) -> dict[int, set[str]]:
    found: dict[int, set[str]] = defaultdict(set)
    for part in _chunks(revisions):
        for revision, value in session.execute(select(model.revision_id, code).where(model.revision_id.in_(part))):
            found[revision].add(value)
    return found


def _chunks(ids: Collection[int]) -> Iterable[list[int]]:
    ordered = sorted(ids)
    return (ordered[start : start + CHUNK] for start in range(0, len(ordered), CHUNK))
