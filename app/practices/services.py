"""Writing practice cards: make one of an activity, change it, hand it in, review it, say that it was used again."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from app.activities.models import Activity
from app.activities.policies import may_read_text
from app.activities.reference import reference_data
from app.core import audit, clock
from app.core.db import new_client_id
from app.core.errors import Invalid, Problem, Refused, Stale
from app.core.i18n import N_
from app.core.permissions import Actor, Permission, demand
from app.practices.models import (
    Practice,
    PracticeAuthor,
    PracticeObstacle,
    PracticeProvision,
    PracticeReuse,
    PracticeType,
)
from app.practices.policies import is_author
from app.practices.rules import CONTENT_FIELDS, CardContent, State, draft_problems, review_problems

COUNTER = "GP"
TAGS = frozenset({"obstacles", "types", "provisions"})
NOT_ON_LIST = N_("This choice is not on the list.")
REASON_LIMIT = 2000


@dataclass(frozen=True)
class Reuse:
    """The command: an office used the practice again, in which activity if one is on record, and how it went."""

    office: str
    words: str
    activity: Activity | None = None
    client_id: str = field(default_factory=new_client_id)


def make_card(
    session: Session, actor: Actor, activity: Activity, content: CardContent, client_id: str | None = None,
    origin: str = "form",
) -> Practice:  # fmt: skip
    """Make a card of an activity, as a draft. Sent twice with one `client_id`, it is made once.

    Raises:
        Invalid: no title, or a code that is on no list. Refused: the activity is sensitive or withdrawn. Forbidden.
    """
    demand(Permission.PRACTICE_WRITE, actor, activity)
    client_id = client_id or new_client_id()
    before = session.scalar(select(Practice).where(Practice.client_id == client_id))
    if before is not None:
        demand(Permission.PRACTICE_WRITE, actor, before)
        return before
    refuse_closed(actor, activity)
    _check(session, content)
    now = clock.now()
    card = Practice(
        client_id=client_id, reference=_next_reference(session), activity_id=activity.id, office=activity.lead_office,
        origin=origin, version=1, author_id=actor.user_id, created_at=now, changed_at=now, state=State.DRAFT, types=[],
        provisions=[], obstacles=[], authors=[], reuses=[],
    )  # fmt: skip
    _write(card, content, actor)
    session.add(card)
    _done(session, actor, "practice.made", card)
    return card


def refuse_closed(actor: Actor, activity: Activity) -> None:
    """Raises Refused where the activity's text must not leave its office."""
    if activity.withdrawn_at is not None:
        raise Refused(N_("This activity is withdrawn. Undo the withdrawal first."))
    living = (activity.current, activity.submitted, activity.approved)
    if any(r.sensitive for r in living if r is not None) or not may_read_text(actor, activity):
        raise Refused(N_("This record is sensitive: its text stays with the office, and no card is made of it."))


def change_card(session: Session, actor: Actor, card: Practice, content: CardContent, opened: int) -> Practice:
    """Change a card. One that was reviewed waits for review again, and says so.

    Raises:
        Stale, Invalid, Refused (withdrawn), Forbidden.
    """
    _begin(session, actor, card, opened)
    _check(session, content)
    _write(card, content, actor)
    card.state = State.DRAFT
    _finish(session, actor, "practice.changed", card)
    return card


def submit_card(session: Session, actor: Actor, card: Practice, opened: int) -> Practice:
    """Hand the card to whoever reviews it.

    Raises:
        Invalid: its step needs more than it says. Refused: it waits, or is reviewed, already. Stale, Forbidden.
    """
    _begin(session, actor, card, opened)
    if card.state in (State.SUBMITTED, State.REVIEWED):
        raise Refused(N_("This card waits for review, or is reviewed already."))
    problems = list(review_problems(content_of(card)))
    if problems:
        raise Invalid(problems)
    card.state = State.SUBMITTED
    _finish(session, actor, "practice.submitted", card)
    return card


def review_card(session: Session, actor: Actor, card: Practice, accept: bool, words: str, opened: int) -> Practice:
    """Say that the card is reviewed, or return it with a reason. Nobody reviews what they wrote.

    Raises:
        Invalid: returned without a reason. Refused: it does not wait, or it is the actor's own. Stale, Forbidden.
    """
    demand(Permission.PRACTICE_REVIEW, actor, card)
    _check_version(session, card, opened)
    _refuse_withdrawn(card)
    if card.state != State.SUBMITTED:
        raise Refused(N_("This card does not wait for review."))
    if is_author(actor, card):
        raise Refused(N_("You wrote this card, so somebody else must review it."))
    if not accept and not words.strip():
        raise Invalid.at("words", N_("Say what the office should change."))
    if len(words) > REASON_LIMIT:
        raise Invalid.at("words", N_("This text has more than 2,000 characters."))
    card.state = State.REVIEWED if accept else State.RETURNED
    card.reviewer_id, card.reviewed_at, card.review_words = actor.user_id, clock.now(), words.strip()
    _finish(session, actor, "practice.reviewed" if accept else "practice.returned", card, words.strip())
    return card


def record_reuse(session: Session, actor: Actor, card: Practice, command: Reuse) -> PracticeReuse:
    """Say that an office used the practice again. It raises no version.

    Raises:
        Invalid: no words, no office, or an activity of another office. Refused: withdrawn. Forbidden.
    """
    if command.office not in reference_data(session).offices:
        raise Invalid.at("office", N_("Choose an office from the list."))
    demand(Permission.PRACTICE_REUSE, actor, command.office)
    before = session.scalar(select(PracticeReuse).where(PracticeReuse.client_id == command.client_id))
    if before is not None and before.practice_id == card.id:
        return before
    session.refresh(card, with_for_update=True)
    _refuse_withdrawn(card)
    if not command.words.strip():
        raise Invalid.at("words", N_("Say in a sentence how it went."))
    if len(command.words) > REASON_LIMIT:
        raise Invalid.at("words", N_("This text has more than 2,000 characters."))
    if command.activity is not None and command.activity.lead_office != command.office:
        raise Invalid.at("activity", N_("This activity is of another office."))
    reuse = PracticeReuse(
        client_id=command.client_id,
        office=command.office,
        activity_id=command.activity.id if command.activity else None,
        words=command.words.strip(),
        recorded_by=actor.user_id,
        recorded_at=clock.now(),
    )
    card.reuses.append(reuse)
    _done(session, actor, "practice.used-again", card)
    return reuse


def withdraw_card(session: Session, actor: Actor, card: Practice, reason: str, opened: int) -> Practice:
    """Take the card out of the library, with a reason.

    Raises:
        Invalid: no reason. Refused: withdrawn already. Stale, Forbidden.
    """
    _begin(session, actor, card, opened)
    words = reason.strip()
    if not words or len(words) > REASON_LIMIT:
        raise Invalid.at("reason", N_("Give a reason in a sentence; the office will read it."))
    card.withdrawn_reason, card.withdrawn_at, card.withdrawn_by = words, clock.now(), actor.user_id
    _finish(session, actor, "practice.withdrawn", card, words)
    return card


def content_of(card: Practice) -> CardContent:
    """What the card says now."""
    return CardContent(
        **{name: getattr(card, name) for name in CONTENT_FIELDS if name not in TAGS},
        obstacles=tuple(each.obstacle for each in card.obstacles),
        types=tuple(each.support_type for each in card.types),
        provisions=tuple(each.provision for each in card.provisions),
    )


def _check(session: Session, content: CardContent) -> None:
    data = reference_data(session)
    problems = list(draft_problems(content))
    for name, known in (("types", data.facets), ("provisions", data.mandating), ("obstacles", data.codes["obstacle"])):
        if not set(getattr(content, name)) <= set(known):
            problems.append(Problem(name, NOT_ON_LIST))
    if problems:
        raise Invalid(problems)


def _begin(session: Session, actor: Actor, card: Practice, opened: int) -> None:
    demand(Permission.PRACTICE_WRITE, actor, card)
    _check_version(session, card, opened)
    _refuse_withdrawn(card)


def _check_version(session: Session, card: Practice, opened: int) -> None:
    session.flush()
    session.refresh(card, with_for_update=True)
    if card.version != opened:
        raise Stale(opened, card.version)


def _refuse_withdrawn(card: Practice) -> None:
    if card.withdrawn_at is not None:
        raise Refused(N_("This card is withdrawn."))


def _write(card: Practice, content: CardContent, actor: Actor) -> None:
    for name in CONTENT_FIELDS:
        if name not in TAGS:
            value = getattr(content, name)
            setattr(card, name, value.strip() if isinstance(value, str) else value)
    _set(card.types, "support_type", content.types, PracticeType)
    _set(card.provisions, "provision", content.provisions, PracticeProvision)
    _set(card.obstacles, "obstacle", content.obstacles, PracticeObstacle)
    if actor.user_id is not None and not is_author(actor, card):
        card.authors.append(PracticeAuthor(user_id=actor.user_id))


def _set(rows: list[Any], column: str, wanted: tuple[str, ...], model: Any) -> None:
    for row in list(rows):
        if getattr(row, column) not in wanted:
            rows.remove(row)
    there = {getattr(row, column) for row in rows}
    rows.extend(model(**{column: code}) for code in dict.fromkeys(wanted) if code not in there)


def _finish(session: Session, actor: Actor, action: str, card: Practice, reason: str = "") -> None:
    card.version += 1
    card.changed_at = clock.now()
    _done(session, actor, action, card, reason)


def _done(session: Session, actor: Actor, action: str, card: Practice, reason: str = "") -> None:
    session.flush()
    state = {
        "identity": {c.key: getattr(card, c.key) for c in Practice.__mapper__.column_attrs},
        "content": content_of(card).to_dict(),
        "reuses": [{c.key: getattr(r, c.key) for c in type(r).__mapper__.column_attrs} for r in card.reuses],
    }
    subject = ("practice", card.reference)
    audit.record(
        session, actor_id=actor.user_id, action=action, subject=subject, state=state, revision=card.version,
        reason=reason,
    )  # fmt: skip
    session.flush()


def _next_reference(session: Session) -> str:
    statement = text(
        "INSERT INTO reference_counter (region, year, last) VALUES (:region, :year, 1)"
        " ON CONFLICT (region, year) DO UPDATE SET last = reference_counter.last + 1 RETURNING last"
    )
    year = clock.today().year
    number = session.execute(statement, {"region": COUNTER, "year": year}).scalar_one()
    return f"{COUNTER}-{year}-{number:04d}"
