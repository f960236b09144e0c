"""What the list of frozen figures and the page of one show."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from flask import url_for
from sqlalchemy.orm import Session

from app.activities.queries import lines_by_ids
from app.codelists.queries import Labels, labels
from app.core.errors import TrackerError
from app.core.permissions import Actor, Permission, can
from app.core.web.locale import _, current_locale, left_to_right
from app.coverage.definitions import DEFINITIONS
from app.coverage.rules import State
from app.figures import words
from app.figures.asked_page import asked_answer
from app.figures.asked_rules import is_of_requests, plain_asked
from app.figures.comparison import Comparison, changed_since, compare
from app.figures.models import FrozenFigure
from app.figures.queries import Verification, frozen_figures, verify
from app.figures.words import k_of_n
from app.reports.asked import AskedRow
from app.reports.figure_rows import FigureRow
from app.reports.naming import NAMED_TO_ALL
from app.reports.registry import REPORTS

NAMED = NAMED_TO_ALL | {State.ANSWERED_NONE}


@dataclass(frozen=True)
class Line:
    """One frozen figure in the list."""

    url: str
    title: str
    answer: str
    year: str
    frozen_on: str
    author: str
    withdrawn: bool


@dataclass(frozen=True)
class StateList:
    """The offices in a state when the figure was frozen, as far as the reader may know them."""

    label: str
    count: int
    offices: list[str]
    hidden: int


@dataclass(frozen=True)
class Compared:
    """The figure beside today's, by one definition."""

    version: str
    sentence: str
    same: bool


@dataclass(frozen=True)
class Support:
    """A record that the figure rests on: its title of today ("" where not open), and the version that counted."""

    reference: str
    title: str
    office: str
    version: int


@dataclass(frozen=True)
class FigurePage:
    """Everything that the page of a frozen figure shows."""

    figure: FrozenFigure
    answer: str
    subject: str
    lede: str
    citation: str
    facts: list[tuple[str, str]]
    states: list[StateList]
    activities: list[Support]
    closed: int
    verification: Verification
    verdict: list[str]
    compared: list[Compared]
    report_url: str


def list_page(session: Session, *, changed: bool = False) -> list[Line]:
    """Every frozen figure, the newest first; or those that changed since."""
    return [
        Line(
            url=url_for("figures.show", figure_id=each.id),
            title=each.title,
            answer=answer_of(json.loads(each.result)),
            year=words.when(each.year, json.loads(each.result)["running"]),
            frozen_on=each.frozen_at.date().isoformat(),
            author=each.author.name,
            withdrawn=each.withdrawal is not None,
        )
        for each in (changed_since(session) if changed else frozen_figures(session))
    ]


def figure_page(session: Session, actor: Actor, figure: FrozenFigure) -> FigurePage:
    """The page of one frozen figure: as it was, whether it stands, and what moved since."""
    result, names = json.loads(figure.result), labels(session)
    found = verify(session, figure)
    supports = _supports(figure, result)
    compared = _compared(session, figure)
    ids = {s["reference"]: s["activity_id"] for s in supports}
    for each in compared:
        ids |= each.ids
    may_open = _open_to(session, actor, ids, figure.basis)
    was, subject = answer_of(result), subject_of(names, figure, result)
    counted = sorted({(s["reference"], s["revision"]) for s in supports if s["reference"] in may_open})
    shown = [
        Support(reference, may_open[reference].title, _name(names, "office", may_open[reference].lead_office), version)
        for reference, version in counted
    ]
    return FigurePage(
        figure=figure,
        answer=was,
        subject=subject,
        lede=_(
            "Basis: %(basis)s. Definition %(version)s.",
            basis=_(words.BASES[figure.basis]),
            version=left_to_right(figure.definition),
        ),
        citation=words.citation(figure, answer_of(result), subject),
        facts=_facts(figure, result),
        states=_states(actor, names, result),
        activities=shown,
        closed=len(ids.keys() & {s["reference"] for s in supports})
        - len({reference for reference, _version in counted}),
        verification=found,
        verdict=words.verdict(found),
        compared=[
            Compared(
                each.version,
                words.moved(each, was, may_open.__contains__, lambda code: _name(names, "office", code)),
                each.same,
            )
            for each in compared
        ],
        report_url=_report_url(figure),
    )


def _compared(session: Session, figure: FrozenFigure) -> list[Comparison]:
    """The comparisons with today; none where there is nothing to compare with, which the page says."""
    try:
        return compare(session, figure)
    except TrackerError:
        return []


def answer_of(result: Mapping[str, Any]) -> str:
    """ "110 of 130 offices (84.6%)" of a frozen result."""
    if is_of_requests(dict(result)):
        return asked_answer(dict(result))
    return k_of_n(result["k"], result["n"], result["percent"])


def row_answer(row: FigureRow | AskedRow) -> str:
    """The same of a row that is about to be frozen."""
    if isinstance(row, AskedRow):
        return asked_answer(plain_asked(row)[0])
    return k_of_n(row.figure.k, row.figure.n, row.figure.percent)


def subject_of(names: Labels, figure: FrozenFigure, result: Mapping[str, Any]) -> str:
    """What the figure is of: the report, the year, and its row."""
    report = REPORTS.get(figure.report)
    title = _(report.title) if report else figure.report
    year = words.when(figure.year, result["running"])
    return _("%(report)s, %(year)s: %(row)s", report=title, year=year, row=figure.label)


def _facts(figure: FrozenFigure, result: Mapping[str, Any]) -> list[tuple[str, str]]:
    found = [
        (_("Frozen"), left_to_right(figure.frozen_at.strftime("%Y-%m-%d %H:%M UTC"))),
        (_("By"), figure.author.name),
        (_("Range"), _range(result)),
        (_("Activities"), str(result["activities"])),
        (_("Countries reached"), str(len(result["countries"]))),
    ]
    if figure.definition in DEFINITIONS:
        found.append((_("Definition in words"), _(DEFINITIONS[figure.definition].words)))
    return found


def _range(result: Mapping[str, Any]) -> str:
    low, high = result["range"]
    if low is None:
        return _("no office expected")
    return (
        words.percent(low)
        if low == high
        else _("%(low)s to %(high)s", low=words.percent(low), high=words.percent(high))
    )


def _states(actor: Actor, names: Labels, result: Mapping[str, Any]) -> list[StateList]:
    """Names as docs/decisions/0006 has it: a permanent address must not tell what the pages of the day do not."""
    found = []
    for state, offices in result["by_state"].items():
        shown = [c for c in offices if State(state) in NAMED or can(Permission.OFFICE_UNANSWERED_NAME, actor, c)]
        named = [_name(names, "office", code) for code in shown]
        found.append(StateList(_(words.STATES[state]), len(offices), named, len(offices) - len(shown)))
    return found


def _supports(figure: FrozenFigure, result: Mapping[str, Any]) -> list[dict[str, Any]]:
    facts, ids = json.loads(figure.facts), set(result["activity_ids"])
    read = [*facts["approved"], *(facts["submitted"] if figure.basis == "provisional" else [])]
    return [s for s in read if s["activity_id"] in ids]


def _open_to(session: Session, actor: Actor, ids: Mapping[str, int], basis: str) -> dict[str, Any]:
    """{reference: line} of those that the reader may open."""
    found = lines_by_ids(session, actor, set(ids.values()), basis, ("reference", "title", "lead_office"))
    return {row.reference: row for row in found}


def _name(names: Labels, kind: str, code: str) -> str:
    return names.of(kind, code, current_locale().code)


def _report_url(figure: FrozenFigure) -> str:
    if figure.report not in REPORTS:
        return ""
    pairs = [(name, value) for name, value in json.loads(figure.filters)]
    return f"{url_for('reports.report', key=figure.report)}?{urlencode(pairs)}"
