"""What changed since a moment, in a region or the world: as the audit tells it, of what the reader may see."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from flask import url_for
from sqlalchemy.orm import Session

from app.accounts.queries import last_visit
from app.activities.history_page import ACTIONS as OF_ACTIVITIES
from app.activities.queries_work import visible_references
from app.core import clock
from app.core.audit import Event, events_since
from app.core.i18n import N_
from app.core.permissions import Actor, Permission, can
from app.core.web.locale import _, moment
from app.dashboards import words
from app.dashboards.listing import record_url
from app.dashboards.names import Lists
from app.offices.queries import offices_on
from app.returns.words import ACTIONS as OF_RETURNS

TOLD = (
    "activity.submitted", "activity.approved", "activity.self-approved", "activity.returned", "activity.questioned",
    "activity.question-settled", "activity.set-aside", "activity.counts-again", "activity.withdrawn",
    "activity.withdrawal-undone", "activity.delivery-added", "activity.delivery-corrected",
    "activity.delivery-removed", "activity.deliveries-imported", "activity.files-added", "activity.import-undone",
    "activity.link-added", "activity.joint-accepted", "activity.joint-declined", "return.signed", "return.recorded",
    "return.confirmed", "return.reopened",
)  # fmt: skip
ACTIONS = {
    **{name: {**OF_ACTIVITIES, **OF_RETURNS}[name] for name in TOLD},
    "office.sentence": N_("Sentence beside its state"),
}
"""What is told, in this order. What an office saves before it hands it in is its own affair."""
WITHOUT_VISIT = timedelta(days=30)
MOST = 200


@dataclass(frozen=True)
class Change:
    """One thing that happened."""

    at: str
    what: str
    title: str
    beside: str
    url: str


@dataclass(frozen=True)
class OfficeChanges:
    """What happened in one office, the newest first."""

    code: str
    name: str
    changes: list[Change]


@dataclass(frozen=True)
class ChangesPage:
    """Everything that the page shows. `more` were left out, the oldest."""

    heading: str
    since: datetime
    since_words: str
    by_visit: bool
    total: int
    kinds: list[tuple[str, int]]
    offices: list[OfficeChanges]
    more: int
    region: str


def changes_page(session: Session, actor: Actor, lists: Lists, region: str | None, since: date | None) -> ChangesPage:
    """What changed since a day, or since the person's visit before this one (30 days ago, if there was none)."""
    visit = last_visit(session, actor.user_id, actor.session_id)
    start = datetime.combine(since, time(0), UTC) if since else visit or clock.now() - WITHOUT_VISIT
    every = events_since(session, start, tuple(ACTIONS), but=actor.user_id)
    regions = {office.code: office.region for office in offices_on(session, clock.today())}
    seen = _seen(session, actor, every, {code for code, r in regions.items() if region in (None, r)})
    shown = seen[:MOST]
    return ChangesPage(
        heading=_("What changed in %(region)s", region=lists.names.region(region)) if region else _("What changed"),
        since=start,
        since_words=words.day(start.date()) if since else moment(start),
        by_visit=since is None and visit is not None,
        total=len(seen),
        kinds=_kinds(event for event, _office, _title in seen),
        offices=_by_office(lists, shown),
        more=len(seen) - len(shown),
        region=region or "",
    )


Seen = tuple[Event, str, str]


def _seen(session: Session, actor: Actor, every: list[Event], offices: set[str]) -> list[Seen]:
    """(event, office, title) of those that the reader may see, in these offices."""
    references = {event.key for event in every if event.kind == "activity"}
    lines = visible_references(session, actor, references)
    found = []
    for event in every:
        if event.kind == "activity":
            line = lines.get(event.key)
            if line is not None and line.lead_office in offices:
                found.append((event, line.lead_office, line.title or _("Title not open to you")))
        else:
            office, _dash, year = event.key.rpartition("-")
            if office in offices and can(Permission.OFFICE_UNANSWERED_NAME, actor, office):
                found.append((event, office, _("Annual return for %(year)s", year=year)))
    return found


def _kinds(events: Iterable[Event]) -> list[tuple[str, int]]:
    counts = Counter(event.action for event in events)
    return [(_(text), counts[action]) for action, text in ACTIONS.items() if counts[action]]


def _by_office(lists: Lists, seen: list[Seen]) -> list[OfficeChanges]:
    grouped: dict[str, list[Change]] = {}
    for event, office, title in seen:
        grouped.setdefault(office, []).append(_change(event, office, title))
    found = [OfficeChanges(code, lists.names.office(code), changes) for code, changes in grouped.items()]
    return sorted(found, key=lambda each: each.name)


def _change(event: Event, office: str, title: str) -> Change:
    year = event.key.rpartition("-")[2]
    activity = event.kind == "activity"
    return Change(
        at=words.day(event.at.date()),
        what=_(ACTIONS[event.action]),
        title=title,
        beside=event.key if activity else "",
        url=record_url(event.key) if activity else url_for("returns.annual", code=office, year=year),
    )


def default_region(actor: Actor, regions: tuple[str, ...]) -> str | None:
    """The region that the person looks after or works in; None for those who look after the world."""
    own = sorted(actor.regions) or ([actor.home_region] if actor.home_region else [])
    return own[0] if own and own[0] in regions else None
