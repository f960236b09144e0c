"""Freezing a figure, and withdrawing one. Nothing else is ever written here."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core import audit, clock
from app.core.audit import canonical_json
from app.core.db import new_client_id
from app.core.errors import Invalid, Problem, Refused
from app.core.i18n import N_
from app.core.permissions import Actor, Permission, demand
from app.figures.asked_rules import plain_asked
from app.figures.models import FigureWithdrawal, FrozenFigure
from app.figures.queries import content_of, revision_numbers, row_of
from app.figures.rules import REASON_LIMIT, TITLE_LIMIT, plain_facts, plain_result, seal
from app.reports.asked import AskedRow
from app.reports.figure_rows import FigureRow

BY_A_PERSON = N_("A figure is frozen by a person, who stands for it.")
# What the row itself says, so that "the running year" of today stays that year.
OF_THE_ROW = frozenset({"year", "basis"})


@dataclass(frozen=True)
class Freeze:
    """The command: which row of which report under which filters, and the title it is published under."""

    report: str
    pairs: tuple[tuple[str, str], ...]
    row: str
    title: str
    client_id: str = field(default_factory=new_client_id)


def freeze_figure(session: Session, actor: Actor, command: Freeze) -> FrozenFigure:
    """Freeze a figure as the records give it now (METHODOLOGY, Frozen figures). Sent twice, it is taken once.

    Raises:
        Invalid: no title, a filter that cannot be. NotFound: no such row. Refused: nobody stands for it. Forbidden.
    """
    demand(Permission.FIGURE_FREEZE, actor)
    if actor.user_id is None:
        raise Refused(BY_A_PERSON)
    before = session.scalar(select(FrozenFigure).where(FrozenFigure.client_id == command.client_id))
    if before is not None and before.frozen_by == actor.user_id:
        return before
    title = _checked("title", command.title, TITLE_LIMIT, N_("Give the figure a title."))
    row = row_of(session, command.report, command.pairs, command.row)
    figure = FrozenFigure(
        client_id=command.client_id,
        title=title,
        report=command.report,
        row_key=row.key,
        label=row.label,
        frozen_at=clock.now().replace(microsecond=0),
        frozen_by=actor.user_id,
        **(_of_requests(row, command) if isinstance(row, AskedRow) else _of_coverage(session, row, command)),
    )
    figure.sha256 = seal(content_of(figure))
    session.add(figure)
    session.flush()
    _audit(session, actor, "figure.frozen", figure)
    return figure


def _of_coverage(session: Session, row: FigureRow, command: Freeze) -> dict[str, Any]:
    found = row.figure
    revisions = {s.revision_id for s in (*row.facts.approved, *row.facts.submitted) if s.revision_id is not None}
    return {
        "filters": canonical_json(_fixed(command.pairs, str(found.year), found.basis)),
        "year": found.year,
        "basis": found.basis,
        "definition": found.definition,
        "result": canonical_json(plain_result(found)),
        "facts": canonical_json(plain_facts(row.facts, revision_numbers(session, revisions))),
    }


def _of_requests(row: AskedRow, command: Freeze) -> dict[str, Any]:
    result, facts = plain_asked(row)
    return {
        "filters": canonical_json([list(pair) for pair in command.pairs]),
        "year": result["year"],
        "basis": "approved",
        "definition": result["definition"],
        "result": canonical_json(result),
        "facts": canonical_json(facts),
    }


def withdraw_figure(session: Session, actor: Actor, figure: FrozenFigure, reason: str) -> FigureWithdrawal:
    """Mark a published figure as withdrawn, with a reason. It is never deleted.

    Raises:
        Invalid: no reason. Refused: it is withdrawn already. Forbidden.
    """
    demand(Permission.FIGURE_WITHDRAW, actor)
    if actor.user_id is None:
        raise Refused(BY_A_PERSON)
    if session.get(FigureWithdrawal, figure.id) is not None:
        raise Refused(N_("This figure is withdrawn already."))
    words = _checked("reason", reason, REASON_LIMIT, N_("Say in a sentence why it is withdrawn."))
    withdrawal = FigureWithdrawal(
        figure_id=figure.id, withdrawn_at=clock.now(), withdrawn_by=actor.user_id, reason=words
    )
    session.add(withdrawal)
    session.flush()
    _audit(session, actor, "figure.withdrawn", figure, words)
    return withdrawal


def _fixed(pairs: Iterable[tuple[str, str]], year: str, basis: str) -> list[list[str]]:
    rest = [[name, value] for name, value in pairs if name not in OF_THE_ROW]
    return [["year", year], ["basis", basis], *rest]


def _checked(name: str, text: str, most: int, missing: str) -> str:
    words = text.strip()
    if not words:
        raise Invalid([Problem(name, missing)])
    if len(words) > most:
        raise Invalid([Problem(name, N_("This text is too long."))])
    return words


def _audit(session: Session, actor: Actor, action: str, figure: FrozenFigure, reason: str = "") -> None:
    state = {"report": figure.report, "row": figure.row_key, "title": figure.title, "sha256": figure.sha256}
    subject = ("figure", str(figure.id))
    audit.record(session, actor_id=actor.user_id, action=action, subject=subject, state=state, reason=reason)
