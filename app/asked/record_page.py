"""What the page of one request shows to one reader."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from flask import url_for
from sqlalchemy.orm import Session

from app.activities.filters import ActivityFilters
from app.activities.models import Activity
from app.activities.queries import lines
from app.activities.queries_comments import Spoken
from app.activities.reference import reference_data
from app.activities.words import Words, day, whole_day
from app.asked.counting import Facts
from app.asked.history import Happened, happened
from app.asked.models import RequestStep, SupportRequest
from app.asked.queries import facts, linked_ids, told_links
from app.asked.queries_talk import comments_of
from app.asked.rules import ANSWERS, METS, Answer, met_due_on
from app.asked.services import content_of, may_link
from app.asked.words import LABELS, SIGNS, shown
from app.core import clock
from app.core.permissions import Actor, Permission, can
from app.core.web.locale import _

LONG = frozenset({"asked", "original", "observations"})


@dataclass(frozen=True)
class Linked:
    """An activity that answers the request, as the reader may see it."""

    reference: str
    title: str
    office: str
    status: str
    counts: bool
    may_unlink: bool


@dataclass(frozen=True)
class RequestPage:
    """Everything that the page shows. `closed`: linked activities that the reader may not open."""

    request: SupportRequest
    heading: str
    state: str
    sign: str
    sign_label: str
    sentence: str
    rows: list[tuple[str, str]]
    longs: list[tuple[str, str]]
    answer: list[tuple[str, str]]
    linked: list[Linked]
    closed: int
    steps: list[RequestStep]
    spoken: list[Spoken]
    history: list[Happened]
    repeats: str
    log_url: str
    may_edit: bool
    may_log: bool
    may_comment: bool
    asks_met: bool
    promised: bool


def request_page(session: Session, actor: Actor, request: SupportRequest) -> RequestPage:
    """The page of a request."""
    words = Words(reference_data(session))
    known = facts(session)
    linked, told, closed = _linked(session, actor, words, request, known)
    edits = can(Permission.REQUEST_EDIT, actor, request)
    live = request.withdrawn_at is None
    content = content_of(request)
    said = [(n, _(label), shown(words, n, getattr(content, n))) for n, label in LABELS.items()]
    due = met_due_on(request.answer, request.answered_on)
    original = session.get(SupportRequest, request.repeats_id) if request.repeats_id else None
    return RequestPage(
        request=request,
        heading=heading_of(words, request),
        state=words.of("country", request.country),
        sign=SIGNS[request.answer],
        sign_label=_(ANSWERS[request.answer]),
        sentence=_sentence(request, len(told), clock.today()),
        rows=[(label, text) for name, label, text in said if name not in LONG],
        longs=[(label, text) for name, label, text in said if name in LONG and text],
        answer=list(_answer(request)),
        linked=linked,
        closed=closed,
        steps=list(request.steps),
        spoken=comments_of(session, actor, request),
        history=happened(session, actor, request),
        repeats=original.reference if original else "",
        log_url=url_for("activities.new", request=request.reference),
        may_edit=edits and live,
        may_log=live and can(Permission.ACTIVITY_CREATE, actor) and _serves(actor, request),
        may_comment=can(Permission.REQUEST_COMMENT, actor, request),
        asks_met=live and edits and due is not None and due <= clock.today() and request.met is None,
        promised=request.answer in (Answer.ACCEPTED, Answer.REFERRED),
    )


def heading_of(words: Words, request: SupportRequest) -> str:
    """The State and where it comes from."""
    state, source = words.of("country", request.country), words.of("request_source", request.source)
    return _("%(state)s: %(source)s", state=state, source=source)


def _serves(actor: Actor, request: SupportRequest) -> bool:
    """Somebody who may log for an office to which it falls, or for a regional office or headquarters."""
    return not actor.works_in.isdisjoint(request.office_codes) or bool(actor.own_other_offices)


def _linked(
    session: Session, actor: Actor, words: Words, request: SupportRequest, known: Facts
) -> tuple[list[Linked], frozenset[int], int]:
    """The linked activities that the reader may open; those that all are told of; and how many of these are closed."""
    ids, told = linked_ids(session, request.id), told_links(session, [request.id])[request.id]
    found: dict[int, Linked] = {}
    for basis in ("provisional", "approved"):
        for row in session.execute(lines(actor, ActivityFilters(basis=basis), ids)) if ids else ():
            activity = session.get_one(Activity, row.activity_id)
            found[row.activity_id] = Linked(
                reference=row.reference,
                title=row.title,
                office=words.of("office", row.lead_office),
                status=words.of("workflow", row.workflow),
                counts=row.activity_id in known.given_ids,
                may_unlink=may_link(actor, request, activity),
            )
    return sorted(found.values(), key=lambda each: each.reference), told, len(told - found.keys())


def _answer(request: SupportRequest) -> Iterator[tuple[str, str]]:
    yield _("Answer"), _(ANSWERS[request.answer])
    if request.answered_on:
        yield _("Answered on"), whole_day(request.answered_on)
    if request.referred_to:
        yield _("Referred to"), request.referred_to
    if request.declined_reason:
        yield _("Why it was declined"), request.declined_reason
    if request.target_on:
        yield _("Target date"), whole_day(request.target_on)
    if request.met:
        yield _("Was it met?"), _(METS[request.met])
        yield _("In words"), request.met_words
        yield _("Said on"), whole_day(request.met_on)


def _sentence(request: SupportRequest, activities: int, today: date) -> str:
    """Where it stands, in words."""
    if request.withdrawn_at is not None:
        return _("Withdrawn: it counts nowhere.")
    if request.met:
        return _("Answered, and the office says: %(met)s.", met=_(METS[request.met]).lower())
    if request.answer == Answer.DECLINED:
        return _("Declined on %(day)s.", day=whole_day(request.answered_on))
    if request.answer == Answer.OPEN:
        return _open_sentence(request, activities)
    if activities:
        return _("Answered, and work on it is recorded.")
    if request.target_on and request.target_on < today:
        return _("Answered, but nothing is recorded, and the target date has passed.")
    return _("Answered; nothing is recorded yet.")


def _open_sentence(request: SupportRequest, activities: int) -> str:
    if activities:
        return _("Work on it is recorded, but nobody has answered it.")
    if request.asked_on:
        return _("Open since %(day)s: nobody has answered it.", day=day(request.asked_on))
    return _("Open: nobody has answered it, and it is not known since when.")
