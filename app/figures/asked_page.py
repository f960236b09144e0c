"""What the page of a frozen figure of requests shows."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from flask import url_for
from sqlalchemy.orm import Session

from app.asked.counting import FURTHER, MEASURES
from app.codelists.queries import Labels, labels
from app.core.errors import TrackerError
from app.core.web.locale import _, current_locale, number
from app.figures import words
from app.figures.asked_rules import moved, plain_asked, same_asked
from app.figures.comparison import row_today
from app.figures.models import FrozenFigure
from app.figures.queries import Verification, verify
from app.reports.asked import MEANING, AskedRow
from app.reports.registry import REPORTS

ACTIVITIES = "given_not_asked"


@dataclass(frozen=True)
class AskedFigurePage:
    """Everything that the page shows. `behind` are (name, address, counts) of what the figure rests on."""

    figure: FrozenFigure
    answer: str
    subject: str
    lede: str
    citation: str
    facts: list[tuple[str, str]]
    verification: Verification
    verdict: list[str]
    today: str
    behind: list[tuple[str, str, bool]]
    closed: int
    report_url: str


def asked_answer(result: dict[str, Any]) -> str:
    """ "12 of 40 (30.0%)" of a frozen result."""
    if not result["n"]:
        return _("nothing to count")
    k, n = number(result["k"]), number(result["n"])
    return _("%(k)s of %(n)s (%(percent)s)", k=k, n=n, percent=words.percent(result["percent"]))


def asked_figure_page(session: Session, figure: FrozenFigure) -> AskedFigurePage:
    """The page of one frozen figure of requests."""
    result, found, names = json.loads(figure.result), verify(session, figure), labels(session)
    report = REPORTS.get(figure.report)
    answer = asked_answer(result)
    subject = _("%(report)s: %(row)s", report=_(report.title) if report else figure.report, row=figure.label)
    return AskedFigurePage(
        figure=figure,
        answer=answer,
        subject=subject,
        lede=_("Basis: %(basis)s. Definition %(version)s.", basis=_(words.BASES["approved"]),
               version=figure.definition),
        citation=words.citation(figure, answer, subject),
        facts=[
            (_("Frozen"), figure.frozen_at.strftime("%Y-%m-%d %H:%M UTC")),
            (_("By"), figure.author.name),
            (_("Definition in words"), _(MEANING)),
        ],
        verification=found,
        verdict=words.verdict(found),
        today=_today(session, figure, result, names),
        behind=_behind(result, names),
        closed=result["n"] if result["measure"] == ACTIVITIES else 0,
        report_url=url_for("reports.report", key=figure.report) if report else "",
    )  # fmt: skip


def _behind(result: dict[str, Any], names: Labels) -> list[tuple[str, str, bool]]:
    """Requests by reference and States by name; activities are counted: not every reader may know them."""
    members = frozenset(result["members"])
    if result["measure"] == ACTIVITIES:
        return []
    found = []
    for each in result["base"]:
        if result["measure"] in MEASURES:
            found.append((each, url_for("asked.request_page", reference=each), each in members))
        else:
            name = names.of("country", each, current_locale().code)
            found.append((name, url_for("dashboards.country", iso3=each), each in members))
    return found


def _today(session: Session, figure: FrozenFigure, result: dict[str, Any], names: Labels) -> str:
    try:
        row = row_today(session, figure)
    except TrackerError:
        return _("The report or the row is not there any more, so there is nothing to compare it with.")
    assert isinstance(row, AskedRow)
    now = plain_asked(row)[0]
    came, went = moved(result["members"], now["members"])
    if same_asked(result, now):
        return _("Today it is the same figure, on the same records: %(today)s.", today=asked_answer(now))
    said = [_("Frozen: %(was)s. Today: %(today)s.", was=asked_answer(result), today=asked_answer(now))]
    if result["measure"] != ACTIVITIES:
        said += [_("Counts now: %(list)s.", list=_listed(came, result, names))] if came else []
        said += [_("Counts no more: %(list)s.", list=_listed(went, result, names))] if went else []
    more, fewer = moved(result["base"], now["base"])
    if more or fewer:
        said.append(_("Of N, %(more)s came and %(fewer)s went.", more=number(len(more)), fewer=number(len(fewer))))
    return " ".join(said)


def _listed(codes: tuple[str, ...], result: dict[str, Any], names: Labels) -> str:
    language = current_locale().code
    shown = [names.of("country", each, language) if result["measure"] in FURTHER else each for each in codes[:20]]
    return ", ".join(shown) + ("…" if len(codes) > 20 else "")
