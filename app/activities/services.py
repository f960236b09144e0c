"""Writing an activity: record, save, submit, withdraw. Each act has one door, and this is it.

Every function checks the actor's right and the version that the form was opened with, changes, writes the audit
event, flushes, and never commits.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import bindparam, select, text
from sqlalchemy.orm import Session, selectinload
from sqlalchemy.orm.attributes import set_committed_value

from app.activities.checks import draft_problems, submit_problems
from app.activities.content import TAGS, load_tags, read_content, write_content
from app.activities.lines import settle
from app.activities.models import Activity, ActivityRevision, CoOfficeAnswer, DeliveryLine, RevisionAuthor
from app.activities.models_review import ActivityKeeper
from app.activities.reference import preset, reference_data, surroundings
from app.activities.rules import Content, State
from app.core import audit, clock
from app.core.db import new_client_id
from app.core.errors import Invalid, NotFound, Problem, Refused, Stale
from app.core.events import Happened, tell
from app.core.i18n import N_
from app.core.permissions import Actor, Permission, demand

UNVERSIONED = ("deliveries", "confirmations", "co_offices", "next_steps", "evidence")
"""What others may add to a record without raising its version."""
ANY_UNVERSIONED = select(*(getattr(Activity, name).any() for name in UNVERSIONED)).where(Activity.id == bindparam("id"))


@dataclass(frozen=True)
class Source:
    """Where an imported record came from. `first_year` to `last_year`: when its source says that it ran."""

    origin: str
    identifier: str
    batch_id: int | None = None
    first_year: int | None = None
    last_year: int | None = None


def find_activity(session: Session, reference: str) -> Activity:
    """The activity of a reference.

    Raises:
        NotFound: there is none.
    """
    found = session.scalar(select(Activity).where(Activity.reference == reference))
    if found is None:
        raise NotFound(N_("There is no activity with this reference."))
    return found


def record_activity(
    session: Session,
    actor: Actor,
    office: str,
    content: Content,
    client_id: str | None = None,
    source: Source | None = None,
) -> Activity:
    """Make a new activity as a draft, with its reference. Sent twice with one `client_id`, it is made once.

    Raises:
        Invalid: no such office, or what even a draft may not have.
        Forbidden: the actor does not work for the office.
    """
    client_id = client_id or new_client_id()
    if office not in reference_data(session).offices:
        raise Invalid([Problem("office", N_("Choose an office from the list."))])
    demand(Permission.ACTIVITY_CREATE, actor, office)
    sent_before = session.scalar(select(Activity).where(Activity.client_id == client_id))
    if sent_before is not None:
        demand(Permission.ACTIVITY_EDIT, actor, sent_before)
        return sent_before
    activity = _new_activity(session, actor, office, client_id, source)
    content = preset(content, session, office)
    problems = draft_problems(content, surroundings(session, activity))
    if problems:
        raise Invalid(problems)
    session.add(activity)
    session.flush()
    if actor.user_id is not None and activity.batch_id is None:  # an import gives nobody anything to look after
        session.add(ActivityKeeper(activity_id=activity.id, user_id=actor.user_id))
    _new_revision(session, actor, activity, content)
    settle(session, activity, actor.user_id)
    write_audit(session, actor, "activity.recorded", activity)
    return activity


def save_activity(session: Session, actor: Actor, activity: Activity, content: Content, opened: int) -> Activity:
    """Save `content` as the activity's draft. Over a submitted, returned or approved one it makes a proposed revision.

    `opened` is the version that the form was opened with.

    Raises:
        Stale: somebody saved in between. Refused: withdrawn. Invalid, Forbidden.
    """
    demand(Permission.ACTIVITY_EDIT, actor, activity)
    check_version(session, activity, opened)
    refuse_withdrawn(activity)
    content = preset(content, session, activity.lead_office)
    problems = draft_problems(content, surroundings(session, activity))
    if problems:
        raise Invalid(problems)
    if activity.current.state == State.DRAFT:
        write_content(session, activity, activity.current, content)
        _add_author(activity.current, actor)
    else:
        _new_revision(session, actor, activity, content)
    activity.version += 1
    settle(session, activity, actor.user_id)
    write_audit(session, actor, "activity.saved", activity)
    return activity


def submit_activity(session: Session, actor: Actor, activity: Activity, opened: int) -> Activity:
    """Hand the draft to the adviser; it becomes immutable. An earlier submitted revision is replaced by it.

    Raises:
        Refused: there is no draft to submit, or it is withdrawn. Invalid: something required is missing.
        Stale, Forbidden.
    """
    demand(Permission.ACTIVITY_SUBMIT, actor, activity)
    check_version(session, activity, opened)
    refuse_withdrawn(activity)
    draft = activity.current
    if draft.state != State.DRAFT:
        raise Refused(N_("There is nothing to submit: the newest version is not a draft."))
    problems = submit_problems(read_content(draft), surroundings(session, activity))
    if problems:
        raise Invalid(problems)
    _name_co_offices(activity, draft)
    if activity.submitted is not None:
        activity.submitted.state = State.REPLACED
        activity.submitted = None
        session.flush()
    draft.state = State.SUBMITTED
    draft.submitted_at = clock.now()
    draft.submitted_by = actor.user_id
    activity.submitted = draft
    activity.version += 1
    settle(session, activity, actor.user_id)
    write_audit(session, actor, "activity.submitted", activity)
    return activity


def withdraw_activity(session: Session, actor: Actor, activity: Activity, reason: str, opened: int) -> Activity:
    """Mark the activity withdrawn, dated and with a reason. It stops counting; its history stays whole.

    Raises:
        Invalid: no reason. Refused: withdrawn already. Stale, Forbidden.
    """
    demand(Permission.ACTIVITY_WITHDRAW, actor, activity)
    check_version(session, activity, opened)
    refuse_withdrawn(activity)
    activity.withdrawn_reason = needed_reason(reason)
    activity.withdrawn_at = clock.now()
    activity.withdrawn_by = actor.user_id
    activity.version += 1
    settle(session, activity, actor.user_id)
    write_audit(session, actor, "activity.withdrawn", activity, activity.withdrawn_reason)
    return activity


def undo_withdrawal(session: Session, actor: Actor, activity: Activity, opened: int) -> Activity:
    """Take the withdrawal back.

    Raises:
        Refused: it is not withdrawn. Stale, Forbidden.
    """
    demand(Permission.ACTIVITY_WITHDRAW, actor, activity)
    check_version(session, activity, opened)
    if activity.withdrawn_at is None:
        raise Refused(N_("This activity is not withdrawn."))
    activity.withdrawn_at = activity.withdrawn_by = None
    activity.withdrawn_reason = ""
    activity.version += 1
    settle(session, activity, actor.user_id)
    write_audit(session, actor, "activity.withdrawal-undone", activity)
    return activity


def needed_reason(reason: str) -> str:
    """`reason`, trimmed.

    Raises:
        Invalid: it is blank or longer than 2,000 characters.
    """
    words = reason.strip()
    if not words:
        raise Invalid([Problem("reason", N_("Give a reason in a sentence; the office will read it."))])
    if len(words) > 2000:
        raise Invalid([Problem("reason", N_("This text has more than 2,000 characters."))])
    return words


def check_version(session: Session, activity: Activity, opened: int) -> None:
    """Lock the activity's row and compare.

    Raises:
        Stale: it was saved after the form was opened.
    """
    session.flush()
    session.refresh(activity, ["version"], with_for_update=True)
    if activity.version != opened:
        raise Stale(opened, activity.version)
    _read_unversioned(session, activity)
    load_tags(session, activity)


def _read_unversioned(session: Session, activity: Activity) -> None:
    """Forget these lists, to be read anew. Most records have none of most: which, is asked at once."""
    there = session.execute(ANY_UNVERSIONED, {"id": activity.id}).one()
    for name, has_some in zip(UNVERSIONED, there, strict=True):
        if has_some:
            session.expire(activity, [name])
        else:
            set_committed_value(activity, name, [])


def lock_activity(session: Session, activity: Activity) -> None:
    """Lock the activity's row and read it anew, for acts that need no version: whoever else acts on it waits."""
    session.flush()
    session.refresh(activity, with_for_update=True)
    for revision in activity.revisions:
        session.expire(revision)


def lock_activities(session: Session, ids: Iterable[int]) -> Iterator[Activity]:
    """Lock many and read them anew and whole, list by list and not record by record; in the order of their ids."""
    session.flush()
    whole = select(Activity).where(Activity.id.in_(sorted(ids))).order_by(Activity.id).options(*all_of_it())
    yield from session.scalars(whole.with_for_update(of=Activity).execution_options(populate_existing=True)).all()


def all_of_it() -> Iterator[Any]:
    """Options that read all that an audit event tells of a record."""
    yield from (selectinload(getattr(Activity, name)) for name in (*UNVERSIONED, "revisions"))
    yield selectinload(Activity.deliveries).selectinload(DeliveryLine.participations)
    yield from (selectinload(Activity.revisions).selectinload(getattr(ActivityRevision, name)) for name in TAGS)


def refuse_withdrawn(activity: Activity) -> None:
    """Raises Refused where the activity is withdrawn."""
    if activity.withdrawn_at is not None:
        raise Refused(N_("This activity is withdrawn. Undo the withdrawal first."))


def complete_state(activity: Activity) -> dict[str, object]:
    """All that is kept of the activity now, as plain values: the audit event's state."""
    return {
        "identity": {c.key: getattr(activity, c.key) for c in Activity.__mapper__.column_attrs},
        "revision": activity.current.number,
        "workflow": activity.current.state,
        "content": read_content(activity.current).to_dict(),
        "co_offices": {a.office: a.answer for a in activity.co_offices},
        "confirmations": sorted(f"{c.year}:{c.how}" for c in activity.confirmations),
        "deliveries": [
            {
                **{c.key: getattr(line, c.key) for c in type(line).__mapper__.column_attrs},
                "participations": [
                    {"profession": p.profession, "women": p.women, "men": p.men, "not_recorded": p.not_recorded}
                    for p in line.participations
                ],
            }
            for line in activity.deliveries
        ],
        "next_steps": [
            {c.key: getattr(step, c.key) for c in type(step).__mapper__.column_attrs} for step in activity.next_steps
        ],
        "evidence": [
            {c.key: getattr(link, c.key) for c in type(link).__mapper__.column_attrs} for link in activity.evidence
        ],
    }


def write_audit(session: Session, actor: Actor, action: str, activity: Activity, reason: str = "") -> None:
    """One audit event with the complete state after the act."""
    audit.record(
        session,
        actor_id=actor.user_id,
        action=action,
        subject=("activity", activity.reference),
        state=complete_state(activity),
        revision=activity.current.number,
        reason=reason,
    )
    session.flush()
    tell(session, Happened(action, activity.id, actor.user_id, reason))


def _new_activity(session: Session, actor: Actor, office: str, client_id: str, source: Source | None) -> Activity:
    now = clock.now()
    activity = Activity(
        client_id=client_id,
        reference=_next_reference(session, office),
        lead_office=office,
        created_by=actor.user_id,
        created_at=now,
        changed_at=now,
        version=1,
        origin="form",
        **{name: [] for name in (*UNVERSIONED, "revisions")},  # nothing to look for in the database
    )
    if source is not None:
        activity.origin = source.origin
        activity.batch_id = source.batch_id
        activity.original_identifier = source.identifier
        activity.source_first_year, activity.source_last_year = source.first_year, source.last_year
    return activity


def _next_reference(session: Session, office: str) -> str:
    """Region, year, number: given once, never changed, never parsed."""
    data = reference_data(session)
    day = clock.office_today(data.offices[office].time_zone)
    region = data.offices[office].region_on(day) or "NONE"
    number = session.execute(
        text(
            "INSERT INTO reference_counter (region, year, last) VALUES (:region, :year, 1)"
            " ON CONFLICT (region, year) DO UPDATE SET last = reference_counter.last + 1 RETURNING last"
        ),
        {"region": region, "year": day.year},
    ).scalar_one()
    return f"{region}-{day.year}-{number:04d}"


def _new_revision(session: Session, actor: Actor, activity: Activity, content: Content) -> None:
    revision = ActivityRevision(
        number=len(activity.revisions) + 1,
        state=State.DRAFT,
        created_at=clock.now(),
        title=content.title,
        **{name: [] for name in (*TAGS, "authors")},
    )
    activity.revisions.append(revision)
    activity.current = revision
    with session.no_autoflush:
        write_content(session, activity, revision, replace(content))
    _add_author(revision, actor)
    session.flush()


def _add_author(revision: ActivityRevision, actor: Actor) -> None:
    if actor.user_id is not None and actor.user_id not in {a.user_id for a in revision.authors}:
        revision.authors.append(RevisionAuthor(user_id=actor.user_id))


def _name_co_offices(activity: Activity, revision: ActivityRevision) -> None:
    """An office named for the first time is asked; an answer already given stays."""
    known = {answer.office for answer in activity.co_offices}
    for named in revision.co_offices:
        if named.office not in known:
            activity.co_offices.append(CoOfficeAnswer(office=named.office, answer="named"))
