"""The first page after sign-in: what waits for this person, and where their office, region or the world stands.

Each count is the count of the list that it links to.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from flask import url_for
from sqlalchemy.orm import Session

from app.activities.filters import ActivityFilters
from app.activities.pick_up import Repeatable, Unfinished, repeatable_deliveries, unfinished_forms
from app.activities.queries_queue import queue
from app.activities.queries_steps import OwnStep, own_steps
from app.core import clock
from app.core.permissions import Actor, Permission, can
from app.core.web.locale import _
from app.coverage.kept import kept_facts
from app.coverage.rules import Basis, Figure, RoundState, State, YearFacts, figure
from app.dashboards import words
from app.dashboards.address import Ask
from app.dashboards.asked_panel import asked_of_us
from app.dashboards.behind import state_of
from app.dashboards.listing import ActivityList, activity_list
from app.dashboards.names import Names
from app.dashboards.tag_pages import unchecked
from app.dashboards.tasks import Task, asked_tasks, lead_tasks, list_task, own_tasks, task
from app.figures.comparison import changed_since
from app.returns.list_page import Line, unsigned_returns
from app.returns.queries import rounds_by_year

RETURNS = 4  # the newest unsigned ones for those who prepare them; who signs sees all
STEPS = 5
ARREARS = 3  # so many years back what is missing is still somebody's task


@dataclass(frozen=True)
class Standing:
    """Where an office, a region or the world stands this year."""

    name: str
    url: str
    answer: str
    line: str
    figure: Figure | None = None
    state: State | None = None
    label: str = ""
    behind: str = ""
    page_url: str = ""


@dataclass(frozen=True)
class HomePage:
    """Everything that the page shows."""

    heading: str
    may_log: bool
    own_office: bool
    tasks: list[Task]
    standings: list[Standing]
    newest: ActivityList | None
    returns: list[Line]
    unfinished: list[Unfinished]
    again: list[Repeatable]
    steps: list[OwnStep]

    @property
    def waiting(self) -> list[Task]:
        """What there is something in."""
        return [task for task in self.tasks if task.waiting]

    @property
    def idle(self) -> list[Task]:
        """What is empty now: nobody is to read a page of noughts first."""
        return [task for task in self.tasks if not task.waiting]


def home_page(session: Session, actor: Actor, names: Names, today: date | None = None) -> HomePage:
    """The page of one person."""
    today = today or clock.today()
    watches = actor.headquarters or actor.regions  # the others have no arrears but their own
    every = kept_facts(session, {today.year, *(_collected(session, today) if watches else ())}, today)
    facts = every.pop(today.year)
    return HomePage(
        heading=_heading(actor, names),
        may_log=can(Permission.ACTIVITY_CREATE, actor),
        own_office=bool(actor.works_in),
        tasks=_tasks(session, actor, names, facts, [every[year] for year in sorted(every, reverse=True)]),
        standings=_standings(actor, names, facts),
        newest=_newest(session, actor),
        returns=unsigned_returns(session, actor)[: None if actor.lead_of else RETURNS],
        unfinished=unfinished_forms(session, actor),
        again=repeatable_deliveries(session, actor),
        steps=own_steps(session, actor)[:STEPS],
    )


def _heading(actor: Actor, names: Names) -> str:
    if actor.works_in and actor.home_office:
        return names.office(actor.home_office)
    if actor.regions:
        return words.joined(names.region(code) for code in actor.regions)
    if actor.headquarters or actor.administrator:
        return _("All regions")
    return _("Welcome, %(name)s", name=actor.name)


def _collected(session: Session, today: date) -> list[int]:
    """The newest years before the running one whose returns are due already: what is open there does not go away."""
    rounds = rounds_by_year(session)
    return sorted((y for y, each in rounds.items() if each.due_on < today and y < today.year), reverse=True)[:ARREARS]


def _tasks(session: Session, actor: Actor, names: Names, facts: YearFacts, earlier: list[YearFacts]) -> list[Task]:
    tasks = _review_tasks(session, actor)
    for region in sorted(actor.regions):
        tasks += _region_tasks(names, facts, region) + _arrears(names, earlier, region)
    if actor.lead_of:
        tasks += lead_tasks(session, actor, len(unsigned_returns(session, actor)))
    offices = tuple(sorted(actor.works_in | actor.own_other_offices))
    if offices:
        of_office = own_tasks(session, actor, offices)
        # Whoever looks after a region or the world seldom writes: an empty drawer would only stand in the way.
        tasks += of_office if actor.works_in else [task for task in of_office if task.waiting]
    tasks += asked_tasks(session, actor)
    tasks += asked_of_us(session, actor)
    if actor.headquarters:
        tasks += _world_tasks(session, actor, names, facts) + _arrears(names, earlier)
    if can(Permission.PROVISION_CONFIRM, actor):
        left = len(unchecked(session))
        hint = _("Not offered in the form until somebody has read the source")
        tasks.append(task(_("Provisions to confirm"), hint, left, url_for("dashboards.provisions") + "#unchecked"))
    return tasks


def _review_tasks(session: Session, actor: Actor) -> list[Task]:
    """The queue: always for advisers, for headquarters where their own office submitted something."""
    if not can(Permission.ACTIVITY_REVIEW, actor):
        return []
    waiting = len(queue(session, actor, "todo"))
    hint = _("Submitted; yours to look at, or free to take")
    found = task(_("To review"), hint, waiting, url_for("activities.review_queue"))
    return [found] if actor.advises or found.waiting else []


def _region_tasks(names: Names, facts: YearFacts, region: str) -> list[Task]:
    ask = Ask(facts.year).narrowed(region=region)
    found = figure(facts, part=ask.part)
    return [_silent(names, found, ask), *_contradictions(found, ask)]


def _silent(names: Names, found: Figure, ask: Ask) -> Task:
    text, region = words.state_label(State.UNANSWERED, found.round_state), ask.part.region
    if region:
        hint = _("Offices in %(region)s without a record or a return", region=names.region(region))
    else:
        hint = _("Offices without a record or a return")
    return task(text, hint, found.count(State.UNANSWERED), ask.behind_url(State.UNANSWERED.value))


def _arrears(names: Names, earlier: list[YearFacts], region: str | None = None) -> list[Task]:
    """What earlier years still lack, the newest first: returns that were due, and contradictions."""
    tasks = []
    for facts in earlier:
        ask = Ask(facts.year).narrowed(region=region)
        found = figure(facts, part=ask.part)
        late = [_silent(names, found, ask)] if found.round_state == RoundState.CLOSED else []
        of_year = [each for each in (*late, *_contradictions(found, ask)) if each.waiting]
        tasks += [replace(each, text=f"{each.text}, {facts.year}") for each in of_year]
    return tasks


def _world_tasks(session: Session, actor: Actor, names: Names, facts: YearFacts) -> list[Task]:
    ask = Ask(facts.year)
    found = figure(facts)
    filters = ActivityFilters(marks={"awaiting": True})
    return [
        list_task(session, actor, _("Awaiting review"), _("Submitted, not yet decided"), filters),
        _silent(names, found, ask),
        *(_contradictions(found, ask) or [_no_contradiction(ask)]),
        task(
            _("Figures changed"),
            _("Frozen figures that today's records give otherwise"),
            len(changed_since(session)),
            url_for("figures.index", changed="yes"),
        ),
    ]


def _contradictions(found: Figure, ask: Ask) -> list[Task]:
    if not found.contradictions:
        return []
    hint = _("A nil return beside an activity")
    return [task(_("Contradictions"), hint, len(found.contradictions), ask.behind_url("contradictions"))]


def _no_contradiction(ask: Ask) -> Task:
    return task(_("Contradictions"), _("A nil return beside an activity"), 0, ask.behind_url())


def _standings(actor: Actor, names: Names, facts: YearFacts) -> list[Standing]:
    """Each office its own state first, then its region, then the world."""
    whole = figure(facts)
    found = [_own(names, facts, whole, code) for code in sorted(actor.works_in) if code in facts.offices]
    regions = set(actor.regions) | ({actor.home_region} if actor.home_region else set())
    found += [
        _place(names, facts, names.region(region), Ask(facts.year).narrowed(region=region))
        for region in sorted(regions - {"HQ"})
    ]
    found.append(_place(names, facts, _("The world"), Ask(facts.year)))
    if actor.headquarters:
        provisional = replace(Ask(facts.year), basis=Basis.PROVISIONAL)
        found.append(_place(names, facts, _("The world, submitted records as well (provisional)"), provisional))
    return found


def _own(names: Names, facts: YearFacts, whole: Figure, code: str) -> Standing:
    state = state_of(whole, code) or State.NOT_EXPECTED
    return Standing(
        name=names.office(code),
        url=url_for("dashboards.office", code=code),
        answer=_("Your office in %(year)s", year=words.when(whole)),
        line="",
        state=state,
        label=words.state_label(state, whole.round_state),
    )


def _place(names: Names, facts: YearFacts, name: str, ask: Ask) -> Standing:
    found = figure(facts, ask.basis, ask.part)
    return Standing(
        name=name,
        url=ask.coverage_url(),
        answer=words.answer(found, names),
        line=words.line(found),
        figure=found,
        behind=ask.behind_url(),
        page_url=url_for("dashboards.region", code=ask.part.region)
        if ask.part.region
        else url_for("dashboards.regions"),
    )


def _newest(session: Session, actor: Actor) -> ActivityList | None:
    """What changed last in the office, or in the region: the thread to pick up."""
    if actor.works_in:
        return activity_list(session, actor, ActivityFilters(coded={"office": tuple(sorted(actor.works_in))}), 5)
    if actor.regions:
        return activity_list(session, actor, ActivityFilters(coded={"region": tuple(sorted(actor.regions))}), 5)
    return None
