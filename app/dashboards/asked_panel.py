"""On the page of a country, an office or the home page: what was asked beside what was given, and what waits."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import url_for
from sqlalchemy.orm import Session

from app.asked.counting import LABELS, Balance, Part, balance, counted
from app.asked.list_page import sentence
from app.asked.queries import facts, facts_of_requests
from app.core.permissions import Actor, Permission, can
from app.core.web.locale import _, number
from app.dashboards.tasks import Task, task
from app.practices.queries import waiting_for_review

SHOWN = ("open", "supported", "asked_not_given", "without_support", "met", "met_overdue")


@dataclass(frozen=True)
class AskedLine:
    """One share, and the list of exactly these."""

    label: str
    text: str
    url: str


@dataclass(frozen=True)
class AskedPanel:
    """What was asked beside what was given."""

    sentence: str
    lines: list[AskedLine]
    given: str
    given_url: str
    url: str
    any: bool


def asked_panel(session: Session, *, counts_given: bool = True, **part: Any) -> AskedPanel:
    """The shares of a part, such as `country="AFG"`.

    `counts_given`: also how much was given without being asked, for which every activity of every year is read.
    """
    found = balance(facts(session) if counts_given else facts_of_requests(session), Part(**part))
    lines = [_line(found, measure, part) for measure in SHOWN]
    return AskedPanel(
        sentence=sentence(found),
        lines=[line for line in lines if line is not None],
        given=_given(found) if counts_given else _("open the list"),
        given_url=url_for("asked.given_not_asked", **part),
        url=url_for("asked.index", **part),
        any=bool(found.asked),
    )


def _given(found: Balance) -> str:
    k, n = len(found.given_not_asked), len(found.given)
    return _("%(k)s of %(n)s", k=number(k), n=number(n)) if n else _("none is on record")


def _line(found: Balance, measure: str, part: dict[str, Any]) -> AskedLine | None:
    members, base = counted(found, measure)
    if not base:
        return None
    text = _("%(k)s of %(n)s", k=number(len(members)), n=number(len(base)))
    return AskedLine(_(LABELS[measure]), text, url_for("asked.index", show=measure, **part))


def asked_of_us(session: Session, actor: Actor) -> list[Task]:
    """What waits for the reader: open requests, “was it met?”, cards to review; shown where there is any."""
    known = facts_of_requests(session)
    offices = sorted(actor.lead_of or actor.works_in)
    regions = sorted(actor.regions)
    found = []
    for name, codes in (("office", offices), ("region", regions)):
        for code in codes:
            about: dict[str, Any] = {name: code}
            here = balance(known, Part(**about))
            for measure, text, hint in (
                ("open", _("Open requests"), _("Nobody has answered them yet")),
                ("met_overdue", _("Was it met?"), _("Answered more than a year ago")),
            ):
                count = len(counted(here, measure)[0])
                found.append(task(text, hint, count, url_for("asked.index", show=measure, **about)))
    if can(Permission.PRACTICE_REVIEW, actor):
        cards = len(waiting_for_review(session, actor))
        hint = _("Handed in by offices; nobody reviews their own")
        found.append(task(_("Practice cards to review"), hint, cards, url_for("practices.index", state="submitted")))
    return [each for each in found if each.waiting]
