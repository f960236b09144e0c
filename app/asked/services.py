"""Writing requests: record, change, answer, say whether it was met, link activities, withdraw. One door for each.

Every function checks the right and the version that the form was opened with, changes, writes the audit event,
flushes, and never commits.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from app.activities.models import Activity
from app.asked.checks import answer_problems, content_problems, met_problems
from app.asked.models import (
    RequestActivity,
    RequestOffice,
    RequestProvision,
    RequestType,
    SupportRequest,
)
from app.asked.queries import offices_serving
from app.asked.rules import CONTENT_FIELDS, TAGS, Answer, AnswerGiven, RequestContent
from app.core import audit, clock
from app.core.db import new_client_id
from app.core.errors import Forbidden, Invalid, Refused, Stale
from app.core.events import Happened, tell
from app.core.i18n import N_
from app.core.permissions import Actor, Permission, can, demand

COUNTER = "REQ"
REASON_LIMIT = 2000


@dataclass(frozen=True)
class Origin:
    """Where an imported request came from: the name of the origin, its identifier and the checksum of its row."""

    origin: str
    identifier: str
    digest: str
    batch_id: int | None = None
    repeats_id: int | None = None


@dataclass(frozen=True)
class _Offices:
    """A request that is not there yet, as policies ask of it."""

    office_codes: frozenset[str]


def record_request(
    session: Session,
    actor: Actor,
    content: RequestContent,
    client_id: str | None = None,
    origin: Origin | None = None,
) -> SupportRequest:
    """Enter a request. Sent twice with one `client_id`, it is made once.

    Without offices it falls to those that serve the State.

    Raises:
        Invalid: something is missing or cannot be. Forbidden: it falls to no office of the actor's.
    """
    client_id = client_id or new_client_id()
    before = session.scalar(select(SupportRequest).where(SupportRequest.client_id == client_id))
    if before is not None:
        demand(Permission.REQUEST_EDIT, actor, before)
        return before
    problems = content_problems(session, content)
    if problems:
        raise Invalid(problems)
    offices = content.offices or offices_serving(session, content.country or "")
    if not can(Permission.REQUEST_RECORD, actor, _Offices(frozenset(offices))):
        raise Forbidden(N_("This State is served by other offices. Ask its office or adviser to enter the request."))
    now = clock.now()
    request = SupportRequest(
        client_id=client_id, reference=_next_reference(session), version=1, created_by=actor.user_id, created_at=now,
        changed_at=now, origin=origin.origin if origin else "form", types=[], provisions=[], offices=[], activities=[],
        steps=[], answer=Answer.OPEN,
    )  # fmt: skip
    if origin:
        request.original_identifier, request.original_digest = origin.identifier, origin.digest
        request.batch_id, request.repeats_id = origin.batch_id, origin.repeats_id
    _write(request, content, tuple(offices))
    session.add(request)
    done(session, actor, "request.recorded", request)
    return request


def record_many(
    session: Session, actor: Actor, batch_id: int, rows: Sequence[tuple[RequestContent, Origin]]
) -> list[SupportRequest]:
    """Enter the checked rows of a file, each as a request of its own with its entry in the history; nobody gets mail.

    Raises:
        Forbidden: the actor may not import.
    """
    demand(Permission.REQUEST_IMPORT, actor)
    last, now = _next_number(session, len(rows)), clock.now()
    made = []
    for number, (content, origin) in enumerate(rows, last - len(rows) + 1):
        request = SupportRequest(
            client_id=new_client_id(), reference=_reference(number), version=1, created_by=actor.user_id,
            created_at=now, changed_at=now, origin=origin.origin, original_identifier=origin.identifier,
            original_digest=origin.digest, batch_id=batch_id, types=[], provisions=[], offices=[], activities=[],
            steps=[], answer=Answer.OPEN,
        )  # fmt: skip
        _write(request, content, content.offices)
        made.append(request)
    session.add_all(made)
    session.flush()
    for request in made:
        done_quietly(session, actor, "request.imported", request)
    session.flush()
    return made


def change_request(
    session: Session, actor: Actor, request: SupportRequest, content: RequestContent, opened: int
) -> SupportRequest:
    """Say otherwise what was asked.

    Raises:
        Stale: somebody saved in between. Refused: withdrawn. Invalid, Forbidden.
    """
    _begin(session, actor, request, opened)
    problems = content_problems(session, content, request)
    if problems:
        raise Invalid(problems)
    offices = content.offices or offices_serving(session, content.country or "")
    moved = _Offices(frozenset(offices))
    if not can(Permission.REQUEST_RECORD, actor, moved):
        raise Forbidden(N_("This State is served by other offices. Ask its office or adviser to enter the request."))
    _write(request, content, tuple(offices))
    _finish(session, actor, "request.changed", request)
    return request


def answer_request(
    session: Session, actor: Actor, request: SupportRequest, command: AnswerGiven, opened: int
) -> SupportRequest:
    """Accept it, refer it, decline it with a reason, or open it again.

    Raises:
        Invalid: an answer without what it needs. Stale, Refused, Forbidden.
    """
    _begin(session, actor, request, opened)
    problems = answer_problems(session, request, command)
    if problems:
        raise Invalid(problems)
    is_open = command.answer == Answer.OPEN
    request.answer = command.answer
    request.answered_on = None if is_open else command.on or clock.today()
    request.answered_by = None if is_open else actor.user_id
    request.referred_to = command.referred_to.strip() if command.answer == Answer.REFERRED else ""
    request.declined_reason = command.reason.strip() if command.answer == Answer.DECLINED else ""
    request.target_on = command.target_on if command.answer in (Answer.ACCEPTED, Answer.REFERRED) else None
    if command.answer not in (Answer.ACCEPTED, Answer.REFERRED):
        request.met = request.met_on = request.met_by = None
        request.met_words = ""
    _finish(session, actor, "request.reopened" if is_open else "request.answered", request)
    return request


def say_whether_met(
    session: Session, actor: Actor, request: SupportRequest, met: str, words: str, on: date | None, opened: int
) -> SupportRequest:
    """Say whether what was asked was met, with words; it may be said before the year is over.

    Raises:
        Invalid: no choice, or no words. Refused: nothing was promised, or withdrawn. Stale, Forbidden.
    """
    _begin(session, actor, request, opened)
    if request.answer not in (Answer.ACCEPTED, Answer.REFERRED):
        raise Refused(N_("Whether it was met is asked of what was accepted or referred. Answer the request first."))
    problems = met_problems(request, met, words, on)
    if problems:
        raise Invalid(problems)
    request.met, request.met_words = met, words.strip()
    request.met_on, request.met_by = on or clock.today(), actor.user_id
    _finish(session, actor, "request.met-said", request)
    return request


def link_activity(session: Session, actor: Actor, request: SupportRequest, activity: Activity) -> None:
    """Say that an activity answers the request. Twice is once; it raises no version.

    Raises:
        Refused: withdrawn, or the activity is. Forbidden.
    """
    _demand_link(actor, request, activity)
    lock_request(session, request)
    refuse_withdrawn(request)
    if activity.withdrawn_at is not None:
        raise Refused(N_("This activity is withdrawn. Undo the withdrawal first."))
    if activity.id in {each.activity_id for each in request.activities}:
        return
    request.activities.append(RequestActivity(activity_id=activity.id, linked_by=actor.user_id, linked_at=clock.now()))
    request.changed_at = clock.now()
    done(session, actor, "request.activity-linked", request, activity.reference)


def unlink_activity(session: Session, actor: Actor, request: SupportRequest, activity: Activity) -> None:
    """Say that it does not answer it after all; the history keeps that it did.

    Raises:
        Refused: withdrawn. Forbidden.
    """
    _demand_link(actor, request, activity)
    lock_request(session, request)
    refuse_withdrawn(request)
    link = next((each for each in request.activities if each.activity_id == activity.id), None)
    if link is None:
        return
    request.activities.remove(link)
    request.changed_at = clock.now()
    done(session, actor, "request.activity-unlinked", request, activity.reference)


def may_link(actor: Actor, request: SupportRequest, activity: Activity) -> bool:
    """Whoever looks after the request may, and whoever may write the activity of an office to which it falls."""
    if not can(Permission.ACTIVITY_READ, actor, activity):
        return False
    own = activity.lead_office in request.office_codes and can(Permission.ACTIVITY_EDIT, actor, activity)
    return own or can(Permission.REQUEST_EDIT, actor, request)


def _demand_link(actor: Actor, request: SupportRequest, activity: Activity) -> None:
    if not may_link(actor, request, activity):
        raise Forbidden(N_("You have no right to do this. If you think you should, ask your office's lead."))


def withdraw_request(
    session: Session, actor: Actor, request: SupportRequest, reason: str, opened: int
) -> SupportRequest:
    """Mark the request withdrawn, with a reason: entered twice, or by mistake. It counts nowhere; its history stays.

    Raises:
        Invalid: no reason. Refused: withdrawn already. Stale, Forbidden.
    """
    _begin(session, actor, request, opened)
    request.withdrawn_reason = _reason(reason)
    request.withdrawn_at, request.withdrawn_by = clock.now(), actor.user_id
    _finish(session, actor, "request.withdrawn", request, request.withdrawn_reason)
    return request


def undo_withdrawal(session: Session, actor: Actor, request: SupportRequest, opened: int) -> SupportRequest:
    """Take the withdrawal back.

    Raises:
        Refused: it is not withdrawn. Stale, Forbidden.
    """
    demand(Permission.REQUEST_EDIT, actor, request)
    check_version(session, request, opened)
    if request.withdrawn_at is None:
        raise Refused(N_("This request is not withdrawn."))
    request.withdrawn_at = request.withdrawn_by = None
    request.withdrawn_reason = ""
    _finish(session, actor, "request.withdrawal-undone", request)
    return request


def content_of(request: SupportRequest) -> RequestContent:
    """What the request says now."""
    plain = {name: getattr(request, name) for name in CONTENT_FIELDS if name not in TAGS}
    return RequestContent(
        **plain,
        types=tuple(each.support_type for each in request.types),
        provisions=tuple(each.provision for each in request.provisions),
        offices=tuple(each.office for each in request.offices),
    )


def check_version(session: Session, request: SupportRequest, opened: int) -> None:
    """Lock the row and compare.

    Raises:
        Stale: it was saved after the form was opened.
    """
    session.flush()
    session.refresh(request, with_for_update=True)
    if request.version != opened:
        raise Stale(opened, request.version)


def lock_request(session: Session, request: SupportRequest) -> None:
    """Lock the row and read it anew, for acts that need no version."""
    session.flush()
    session.refresh(request, with_for_update=True)


def refuse_withdrawn(request: SupportRequest) -> None:
    """Raises Refused where the request is withdrawn."""
    if request.withdrawn_at is not None:
        raise Refused(N_("This request is withdrawn. Undo the withdrawal first."))


def done(session: Session, actor: Actor, action: str, request: SupportRequest, reason: str = "") -> None:
    """Flush, one audit event with the complete state, and tell whoever wants to hear of it."""
    session.flush()
    done_quietly(session, actor, action, request, reason)
    session.flush()
    tell(session, Happened(action, request.id, actor.user_id, reason))


def done_quietly(session: Session, actor: Actor, action: str, request: SupportRequest, reason: str = "") -> None:
    """The audit event of one of many: nobody gets mail of it."""
    audit.record(
        session,
        actor_id=actor.user_id,
        action=action,
        subject=("request", request.reference),
        state=complete_state(request),
        revision=request.version,
        reason=reason,
    )


def complete_state(request: SupportRequest) -> dict[str, Any]:
    """All that is kept of the request, as plain values."""
    return {
        "identity": {c.key: getattr(request, c.key) for c in SupportRequest.__mapper__.column_attrs},
        "content": content_of(request).to_dict(),
        "activities": [each.activity_id for each in request.activities],
        "steps": [{c.key: getattr(s, c.key) for c in type(s).__mapper__.column_attrs} for s in request.steps],
    }


def _begin(session: Session, actor: Actor, request: SupportRequest, opened: int) -> None:
    demand(Permission.REQUEST_EDIT, actor, request)
    check_version(session, request, opened)
    refuse_withdrawn(request)


def _finish(session: Session, actor: Actor, action: str, request: SupportRequest, reason: str = "") -> None:
    request.version += 1
    request.changed_at = clock.now()
    done(session, actor, action, request, reason)


def _write(request: SupportRequest, content: RequestContent, offices: tuple[str, ...]) -> None:
    for name in CONTENT_FIELDS:
        if name not in TAGS:
            value = getattr(content, name)
            setattr(request, name, value.strip() if isinstance(value, str) else value)
    for dated in ("document_on", "transmitted_on", "received_on"):
        setattr(request, dated, getattr(content, dated) or None)
    _set(request.types, "support_type", content.types, RequestType)
    _set(request.provisions, "provision", content.provisions, RequestProvision)
    _set(request.offices, "office", offices, RequestOffice)


def _set(rows: list[Any], column: str, wanted: tuple[str, ...], model: Any) -> None:
    """Take away what is not wanted, add what is new; what stays is left alone."""
    for row in list(rows):
        if getattr(row, column) not in wanted:
            rows.remove(row)
    there = {getattr(row, column) for row in rows}
    rows.extend(model(**{column: code}) for code in dict.fromkeys(wanted) if code not in there)


def _reason(given: str) -> str:
    words = given.strip()
    if not words:
        raise Invalid.at("reason", N_("Give a reason in a sentence; others will read it."))
    if len(words) > REASON_LIMIT:
        raise Invalid.at("reason", N_("This text has more than 2,000 characters."))
    return words


def _next_reference(session: Session) -> str:
    """REQ, year, number: given once, never changed, never parsed."""
    return _reference(_next_number(session, 1))


def _reference(number: int) -> str:
    return f"{COUNTER}-{clock.today().year}-{number:04d}"


def _next_number(session: Session, many: int) -> int:
    """The last of so many numbers that nobody else has."""
    statement = text(
        "INSERT INTO reference_counter (region, year, last) VALUES (:region, :year, :many)"
        " ON CONFLICT (region, year) DO UPDATE SET last = reference_counter.last + :many RETURNING last"
    )
    values = {"region": COUNTER, "year": clock.today().year, "many": many}
    return int(session.execute(statement, values).scalar_one())
