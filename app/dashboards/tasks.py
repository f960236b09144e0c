"""What waits for somebody on their home page: each with its count, and the list of exactly these."""

from __future__ import annotations

from dataclasses import dataclass

from flask import url_for
from sqlalchemy.orm import Session

from app.activities.filters import ActivityFilters
from app.activities.queries_comments import comments_for
from app.activities.queries_steps import own_steps
from app.core.permissions import Actor, Permission, can
from app.core.web.locale import _, number
from app.dashboards.listing import count_text, counted, list_url
from app.people.queries import open_parts


@dataclass(frozen=True)
class Task:
    """Something that waits, how many of it, and the list of exactly these."""

    text: str
    hint: str
    count: str
    url: str
    waiting: bool


def task(text: str, hint: str, count: int, url: str) -> Task:
    """A task with a counted list."""
    return Task(text, hint, number(count), url, waiting=count > 0)


def list_task(session: Session, actor: Actor, text: str, hint: str, filters: ActivityFilters) -> Task:
    """A task whose list is one of activities."""
    total = counted(session, actor, filters)
    return Task(text, hint, count_text(total), list_url(filters), waiting=total != 0)


def own_tasks(session: Session, actor: Actor, offices: tuple[str, ...]) -> list[Task]:
    """What the reader has begun, what came back, what a colleague left lying."""

    def of(text: str, hint: str, workflow: str, mine: bool) -> Task:
        filters = ActivityFilters(coded={"workflow": (workflow,), "office": offices}, marks={"mine": mine})
        return list_task(session, actor, text, hint, filters)

    questioned = ActivityFilters(coded={"office": offices}, marks={"questioned": True})
    others = [of(_("Returned to colleagues"), _("The adviser asks for a change"), "returned", False)]
    if not actor.lead_of:  # a lead sees those of the whole office
        others.insert(0, of(_("Drafts of colleagues"), _("Anybody of the office may go on with them"), "draft", False))
    return [
        of(_("My drafts"), _("Begun, not yet submitted"), "draft", True),
        of(_("Returned to me"), _("The adviser asks for a change"), "returned", True),
        *(each for each in others if each.waiting),
        list_task(session, actor, _("Questioned"), _("Approved and counted, with an open question"), questioned),
    ]


def lead_tasks(session: Session, actor: Actor, unsigned: int) -> list[Task]:
    """What a lead submits, signs, accepts and watches."""
    led = tuple(sorted(actor.lead_of))
    drafts = ActivityFilters(coded={"workflow": ("draft",), "office": led})
    awaiting = ActivityFilters(coded={"office": led}, marks={"awaiting": True})
    asks = ActivityFilters(marks={"asks_us": True}, basis="provisional")
    return [
        list_task(session, actor, _("To submit"), _("Drafts of the whole office"), drafts),
        task(_("To sign"), _("Annual returns of your office"), unsigned, url_for("dashboards.home") + "#returns"),
        list_task(session, actor, _("Joint work to accept"), _("Another office names yours"), asks),
        list_task(session, actor, _("Awaiting review"), _("Submitted, not yet decided"), awaiting),
    ]


def asked_tasks(session: Session, actor: Actor) -> list[Task]:
    """What somebody asked of the reader; shown where there is any."""
    steps, spoken = len(own_steps(session, actor)), len(comments_for(session, actor))
    left = len(open_parts(session, actor)) if can(Permission.HANDOVER_ANSWER, actor) else 0
    hand = _("Left behind by somebody who went; the office's until somebody takes it")
    found = [
        task(_("Next steps"), _("Yours until they are done"), steps, url_for("activities.next_steps")),
        task(_("Comments to you"), _("Open ones that mention you"), spoken, url_for("activities.comments_to_me")),
        task(_("To hand over"), hand, left, url_for("people.index") + "#handovers"),
    ]
    return [each for each in found if each.waiting]
