"""What the pages of the queue show."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from flask import url_for
from flask_babel import format_timedelta
from sqlalchemy.orm import Session

from app.activities.batch import MOST
from app.activities.content import read_content
from app.activities.policies import may_read_text
from app.activities.queries_queue import SHOWS, QueueLine, queue
from app.activities.reference import reference_data
from app.activities.services import find_activity
from app.activities.words import Said, Words, masked, said
from app.core.i18n import N_
from app.core.permissions import Actor
from app.core.web.locale import _
from app.core.web.tabs import Tab

TABS = {
    "todo": N_("To do"),
    "yours": N_("Yours"),
    "free": N_("Free to take"),
    "others": N_("With others"),
    "all": N_("All"),
}
TURNS = {"yours": N_("Yours"), "free": N_("Free to take"), "others": N_("With others")}
# What an approval rests on, in the order in which it is read.
ESSENTIAL = (
    "how", "about", "delivered", "status", "actual_start", "actual_end", "request_source", "mandate", "counterparts",
    "concerns", "countries",
)  # fmt: skip


@dataclass(frozen=True)
class Waiting:
    """One line of the queue in words."""

    line: QueueLine
    office: str
    age: str
    turn: str
    url: str


@dataclass(frozen=True)
class QueuePage:
    """All that the list shows."""

    lines: list[Waiting]
    tabs: list[Tab]
    first_url: str


@dataclass(frozen=True)
class Place:
    """Where a record stands in the queue. Addresses are "" at the ends."""

    waiting: Waiting
    number: int
    total: int
    before: str
    after: str
    queue_url: str
    then: str


@dataclass(frozen=True)
class Essentials:
    """A record with what an approval rests on."""

    waiting: Waiting
    rows: list[Said]


def queue_page(session: Session, actor: Actor, show: str | None) -> QueuePage:
    """The list, narrowed to one of the tabs; to what there is to do if none is asked for."""
    present = _known(show)
    every, words = queue(session, actor), Words(reference_data(session))
    lines = [_waiting(words, line, present) for line in every if line.turn in SHOWS[present]]
    tabs = [
        Tab(_(TABS[name]), sum(1 for line in every if line.turn in turns), _list(name), name == present)
        for name, turns in SHOWS.items()
    ]
    return QueuePage(lines, tabs, lines[0].url if lines else "")


def place_in_queue(session: Session, actor: Actor, reference: str, show: str | None) -> Place | None:
    """The place of a record among what is shown, or among all; None where it does not wait."""
    words = Words(reference_data(session))
    for name in (_known(show), "all"):
        lines = [_waiting(words, line, name) for line in queue(session, actor, name)]
        at = next((i for i, each in enumerate(lines) if each.line.reference == reference), None)
        if at is not None:
            before = lines[at - 1].url if at else ""
            after = lines[at + 1].url if at + 1 < len(lines) else ""
            return Place(lines[at], at + 1, len(lines), before, after, _list(name), after or before or _list(name))
    return None


def batch_page(session: Session, actor: Actor) -> list[Essentials]:
    """The first records that are the actor's to decide, as many as one can look at."""
    words, found = Words(reference_data(session)), []
    for line in [each for each in queue(session, actor, "todo") if not each.closed][:MOST]:
        activity = find_activity(session, line.reference)
        assert activity.submitted is not None
        content = read_content(activity.submitted)
        shown = content if may_read_text(actor, activity) else masked(content)
        rows = {row.name: row for row in said(words, shown)}
        found.append(Essentials(_waiting(words, line, "todo"), [rows[name] for name in ESSENTIAL]))
    return found


def _known(show: str | None) -> str:
    return show if show in SHOWS else "todo"


def _list(show: str) -> str:
    return url_for("activities.review_queue", show=None if show == "todo" else show)


def _waiting(words: Words, line: QueueLine, show: str) -> Waiting:
    return Waiting(
        line=line,
        office=words.of("office", line.office),
        age=_age(line.days),
        turn=_(TURNS[line.turn]),
        url=url_for("activities.review_one", reference=line.reference, show=None if show == "todo" else show),
    )


def _age(days: int) -> str:
    return (
        _("since today") if days < 1 else _("for %(time)s", time=format_timedelta(timedelta(days), granularity="day"))
    )
