"""The list of returns: my offices over the years, and the offices I look after in one year.

Only offices whose silence the reader may know are in it (METHODOLOGY, Who sees what behind a figure).
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from urllib.parse import urlencode

from flask import url_for
from sqlalchemy.orm import Session

from app.codelists.queries import Labels, labels
from app.core import clock
from app.core.permissions import Actor, Permission, can
from app.core.web.locale import _, current_locale
from app.core.web.tabs import Tab
from app.returns import words
from app.returns.queries import OfficeYear, office_years, round_to_show, rounds, rounds_by_year
from app.returns.rules import State, next_reminder

KINDS: dict[str, Callable[[OfficeYear], bool]] = {
    "all": lambda line: True,
    "signed": lambda line: line.signed and line.expected,  # as the reporting rate counts them
    "unsigned": lambda line: line.unsigned,
    "late": lambda line: line.late,
    "draft": lambda line: line.state in (State.DRAFT, State.REOPENED),
    "adviser": lambda line: line.unconfirmed,
    "outside": lambda line: not line.expected,
}


@dataclass(frozen=True)
class Line:
    """One return in the list. `badge` is (kind, mark, words)."""

    office: str
    name: str
    region: str
    year: int
    badge: tuple[str, str, str]
    due: str
    late: bool
    unconfirmed: bool
    url: str
    reminder_url: str


@dataclass(frozen=True)
class ReturnsPage:
    """Everything that the page shows. `year` is None while no round exists."""

    year: int | None
    years: tuple[int, ...]
    own: list[Line]
    lines: list[Line]
    tabs: list[Tab]
    overseer: bool
    next_reminder: str


def returns_page(session: Session, actor: Actor, asked_year: str | None, show: str | None) -> ReturnsPage:
    """The list as the reader may see it. A year without a round, or a kind that is none, is not asked for."""
    every = {r.year: r for r in rounds(session)}
    year = _year(asked_year, every.keys()) or round_to_show(session, clock.today())
    kind = show if show in KINDS else "all"
    names = labels(session)
    own = office_years(session, every.keys(), actor.works_in) if actor.works_in else []
    seen = _seen(session, actor, year)
    following = next_reminder(every[year].due_on, every[year].frozen_on, clock.today()) if year else None
    return ReturnsPage(
        year=year,
        years=tuple(every),
        own=[_line(actor, names, line) for line in own],
        lines=sorted((_line(actor, names, line) for line in seen if KINDS[kind](line)), key=_by_region),
        tabs=[_tab(seen, each, year, kind) for each in KINDS],
        overseer=bool(actor.advises) or actor.headquarters or actor.administrator,
        next_reminder=words.day(following.on) if following else "",
    )


def unsigned_returns(session: Session, actor: Actor) -> list[Line]:
    """What the offices that the reader works in still have to sign, the newest year first."""
    if not actor.works_in:
        return []
    names = labels(session)
    lines = office_years(session, rounds_by_year(session).keys(), actor.works_in)
    return [_line(actor, names, line) for line in lines if line.unsigned]


def _year(asked: str | None, known: Collection[int]) -> int | None:
    if not asked or not asked.isascii() or not asked.isdecimal() or len(asked) > 4:
        return None
    return int(asked) if int(asked) in known else None


def _seen(session: Session, actor: Actor, year: int | None) -> list[OfficeYear]:
    if year is None:
        return []
    every = office_years(session, [year])
    return [line for line in every if can(Permission.OFFICE_UNANSWERED_NAME, actor, line.office)]


def _line(actor: Actor, names: Labels, line: OfficeYear) -> Line:
    language = current_locale().code
    remind = line.unsigned and can(Permission.RETURN_REMIND, actor, line.office)
    return Line(
        office=line.office,
        name=names.of("office", line.office, language),
        region=names.of("region", line.region, language) if line.region else "",
        year=line.year,
        badge=words.badge(line),
        due=words.due(line),
        late=line.late,
        unconfirmed=line.unconfirmed,
        url=url_for("returns.annual", code=line.office, year=line.year),
        reminder_url=url_for("returns.reminder", code=line.office, year=line.year) if remind else "",
    )


def _by_region(line: Line) -> tuple[str, str]:
    return line.region, line.name


def _tab(seen: list[OfficeYear], kind: str, year: int | None, current: str) -> Tab:
    asked = {"year": year, "show": kind} if kind != "all" else {"year": year}
    return Tab(
        label=_(words.SHOW[kind]),
        count=sum(1 for line in seen if KINDS[kind](line)),
        url=f"{url_for('returns.index')}?{urlencode(asked)}",
        current=kind == current,
    )
