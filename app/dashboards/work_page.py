"""The work itself: who asked, with whom, for how long, steps of laws, people, obstacles. Always k of N activities."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import Subquery
from sqlalchemy.orm import Session

from app.activities.queries import lines_by_ids
from app.codelists.queries import codes
from app.core.db import AnyRow
from app.core.i18n import N_
from app.core.permissions import Actor
from app.core.web.locale import _, ngettext
from app.coverage.kept import kept_facts
from app.coverage.rules import percent
from app.coverage.work import People, chosen, how_many, people, steps_by_year, theme_activities, theme_counts
from app.dashboards.address import Ask
from app.dashboards.names import Lists

TITLES = {
    "request_source": N_("Who asked"),
    "counterpart_kind": N_("With whom: kinds of counterpart"),
    "partner_agency": N_("Partners"),
    "term": N_("Term"),
    "milestone": N_("Steps of laws"),
    "obstacle": N_("Obstacles"),
    "quality": N_("Quality, tick by tick"),
    "ticks": N_("How many of the five quality ticks"),
}
MEANINGS = {
    "request_source": N_("Each activity names one source of the request."),
    "counterpart_kind": N_("An activity with several counterparts stands in several lines."),
    "partner_agency": N_("An activity with several partners stands in several lines."),
    "term": N_("By the length of the activity, or as its office says with a reason."),
    "milestone": N_("Activities with a step of this kind; below, the steps by their own year."),
    "obstacle": N_("What stood in the way, as offices ticked it."),
    "quality": N_("Ticks are the office's own word, and are no ranking of offices."),
    "ticks": N_("Activities by the number of their ticks. This is no ranking: a small activity can need no more."),
}
ORDERED = frozenset({"term", "milestone", "quality", "ticks"})
"""Themes in the order of their list; the others in order of their number."""
MOST_SHOWN = 200


@dataclass(frozen=True)
class Share:
    """One line of a theme: k of N activities. Where `code` is blank, the activities say nothing of the theme."""

    theme: str
    code: str
    name: str
    k: int
    n: int
    url: str

    @property
    def percent(self) -> Decimal | None:
        """The share of the activities."""
        return percent(self.k, self.n)


@dataclass(frozen=True)
class Theme:
    """One theme with its lines."""

    key: str
    title: str
    meaning: str
    shares: list[Share]


@dataclass(frozen=True)
class WorkPage:
    """Everything that the page shows. `steps` are rows of (year, count of each kind)."""

    n: int
    answer: str
    themes: list[Theme]
    step_kinds: list[str]
    steps: list[tuple[str, list[int]]]
    step_count: int
    people: People

    @property
    def shares(self) -> list[Share]:
        """Every line of every theme."""
        return [share for theme in self.themes for share in theme.shares]


def work_page(session: Session, lists: Lists, ask: Ask) -> WorkPage:
    """The work behind one figure."""
    of = _chosen(session, ask)
    n = how_many(session, of)
    steps = steps_by_year(session, of)
    kinds = [row.code for row in codes(session, "milestone")]
    years = sorted({year for year, _kind in steps}, reverse=True)
    return WorkPage(
        n=n,
        answer=ngettext(
            "%(num)s activity counts in %(year)s in this selection",
            "%(num)s activities count in %(year)s in this selection",
            n,
            year=str(ask.year),
        ),
        themes=[_theme(session, lists, ask, of, key, n) for key in TITLES],
        step_kinds=[lists.names.of("milestone", kind) for kind in kinds],
        steps=[(year or _("no date"), [steps[(year, kind)] for kind in kinds]) for year in years],
        step_count=steps.total(),
        people=people(session, of, ask.year),
    )


def _chosen(session: Session, ask: Ask) -> Subquery:
    return chosen(kept_facts(session, [ask.year])[ask.year], ask.basis, ask.part)


def _theme(session: Session, lists: Lists, ask: Ask, of: Subquery, key: str, n: int) -> Theme:
    counts = theme_counts(session, of, key)
    known = [str(number) for number in range(6)] if key == "ticks" else [row.code for row in codes(session, key)]
    order: Iterable[str] = known if key in ORDERED else sorted(known, key=lambda code: -counts.get(code, 0))
    listed = [*order, *sorted(code for code in counts if code and code not in known), *([""] if "" in counts else [])]
    shares = [
        Share(key, code, name_of(lists, key, code), counts.get(code, 0), n, _url(ask, key, code)) for code in listed
    ]
    return Theme(key, _(TITLES[key]), _(MEANINGS[key]), shares)


def name_of(lists: Lists, theme: str, code: str) -> str:
    """A line's name."""
    if not code:
        return _("not recorded")
    if theme == "ticks":
        return _("%(n)s of 5 quality ticks", n=code)
    return lists.names.of(theme, code)


def _url(ask: Ask, theme: str, code: str) -> str:
    return ask.url("dashboards.work_list", theme=theme) + f"&tag={code}"


@dataclass(frozen=True)
class Behind:
    """The activities behind one line: `rows` open to the reader, `closed` not. `more` are open, and not shown."""

    title: str
    answer: str
    rows: list[AnyRow]
    more: int
    closed: int
    count: int
    back: str


def work_behind(session: Session, actor: Actor, lists: Lists, ask: Ask, theme: str, code: str) -> Behind:
    """The list behind one line: shown, more and closed add up to its k."""
    ids = theme_activities(session, _chosen(session, ask), theme, code)
    rows = lines_by_ids(session, actor, ids, ask.basis.value)
    return Behind(
        title=f"{_(TITLES[theme])}: {name_of(lists, theme, code)}",
        answer=ngettext("%(num)s activity", "%(num)s activities", len(ids)),
        rows=rows[:MOST_SHOWN],
        more=max(0, len(rows) - MOST_SHOWN),
        closed=len(ids) - len(rows),
        count=len(ids),
        back=ask.url("dashboards.work") + f"#{theme}",
    )
