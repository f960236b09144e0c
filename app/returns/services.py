"""Writing annual returns: save, sign, record, confirm, reopen. Each act has one door, and this is it.

`opened` is the version that the form was opened with, 0 where there was no return yet; None for commands, which open no
form. A form that is sent twice by the same person is taken once.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.activities.facts import answer_joint
from app.activities.lines import settle
from app.activities.models import Activity, ActivityRevision, Confirmation
from app.activities.rules import COUNTING, How, partial
from app.activities.services import write_audit
from app.core import audit, clock
from app.core.errors import Invalid, NotFound, Problem, Refused, Stale
from app.core.events import Changed, announce
from app.core.i18n import N_
from app.core.permissions import Actor, Permission, demand
from app.offices.queries import directory
from app.returns.models import AnnualReturn, ReturnTick, Round
from app.returns.queries import annual_of
from app.returns.rules import FIRST_YEAR, WORDS_LIMIT, Answer, State, default_due, default_opening

OFFICE, ADVISER = "office", "adviser"
TOO_LONG = N_("This text has more than 2,000 characters.")


@dataclass(frozen=True)
class Statement:
    """What an office says of a year. `joint` is {activity: accept?}, answered at once, whatever becomes of the rest."""

    answer: str | None
    words: str = ""
    ticked: Sequence[Activity] = ()
    joint: Mapping[Activity, bool] = field(default_factory=dict)


def open_round(session: Session, year: int, opens_on: date | None = None, due_on: date | None = None) -> Round:
    """The round of a year with its dates; made with the defaults where there is none yet. For commands."""
    found = session.get(Round, year)
    if found is None:
        found = Round(year=year, opens_on=opens_on or default_opening(year), due_on=due_on or default_due(year))
        session.add(found)
        session.flush()
        state = {c.key: getattr(found, c.key) for c in Round.__mapper__.column_attrs}
        audit.record(session, actor_id=None, action="round.saved", subject=("round", str(year)), state=state)
        session.flush()
    return found


def save_return(
    session: Session, actor: Actor, office: str, year: int, statement: Statement, opened: int
) -> AnnualReturn:
    """Keep a return for later. It is no answer, and its ticks confirm nothing.

    Raises:
        Invalid: a tick that cannot count, or words too long. Refused: signed. Stale, NotFound, Forbidden.
    """
    demand(Permission.RETURN_DRAFT, actor, office)
    _check_year(session, office, year)
    problems = [*_tick_problems(office, year, statement), *_word_problems("words", statement.words)]
    if problems:
        raise Invalid(problems)
    annual = _take(session, office, year)
    if _says(annual, statement) and annual.state != State.SIGNED and annual.version > 0:
        return annual
    _check_open(annual, opened)
    _lock(session, {*statement.ticked, *statement.joint})
    _answer_joint(session, actor, office, statement)
    _write(annual, statement)
    return _done(session, actor, "return.saved", annual)


def sign_return(
    session: Session,
    actor: Actor,
    office: str,
    year: int,
    answer: str,
    ticked: Sequence[Activity] = (),
    words: str = "",
    *,
    joint: Mapping[Activity, bool] | None = None,
    opened: int | None = None,
) -> AnnualReturn:
    """Sign an office's return: "support" with the activities still delivered in the year, or "nil" with words.

    Each tick confirms its activity in the year, whenever the return is signed (METHODOLOGY, The years of an activity).
    A nil return beside a qualifying or submitted activity is taken: it is a contradiction, listed until resolved.

    Raises:
        Invalid: no such answer, a nil without words, a tick that cannot count. Refused: signed already, no round, or
        the year has not begun. Stale, NotFound, Forbidden.
    """
    demand(Permission.RETURN_SIGN, actor, office)
    statement = Statement(answer, words, ticked, joint or {})
    return _answer(session, actor, (office, year), statement, opened, OFFICE)


def record_answer(
    session: Session, actor: Actor, office: str, year: int, statement: Statement, evidence: str, opened: int | None
) -> AnnualReturn:
    """Record an answer that the office gave an adviser by telephone or mail: it answers, marked, and the office
    confirms it later. `evidence` says who said so, when and how.

    Raises:
        Invalid: as for signing, or no evidence. Refused, Stale, NotFound, Forbidden: as for signing.
    """
    demand(Permission.RETURN_RECORD, actor, office)
    return _answer(session, actor, (office, year), statement, opened, ADVISER, evidence)


def confirm_answer(session: Session, actor: Actor, annual: AnnualReturn, opened: int) -> AnnualReturn:
    """The office's lead confirms what the adviser recorded.

    Raises:
        Refused: no adviser recorded it, or it is not signed. Stale, Forbidden.
    """
    demand(Permission.RETURN_SIGN, actor, annual.office)
    _take(session, annual.office, annual.year)
    if annual.state != State.SIGNED or annual.recorded_by != ADVISER:
        raise Refused(N_("Only an answer that an adviser recorded can be confirmed."))
    if annual.confirmed_at is not None:
        return annual
    _check_version(annual, opened)
    annual.confirmed_at = clock.now()
    return _done(session, actor, "return.confirmed", annual)


def reopen_return(
    session: Session, actor: Actor, annual: AnnualReturn, reason: str, opened: int | None = None
) -> AnnualReturn:
    """Open a signed return again, with a reason. It is no answer until signed anew; its ticks stop confirming.

    Raises:
        Invalid: no reason. Refused: it is not signed. Stale, Forbidden.
    """
    demand(Permission.RETURN_REOPEN, actor, annual.office)
    reason = reason.strip()
    if not reason:
        raise Invalid.at("reason", N_("Give a reason in a sentence."))
    if len(reason) > WORDS_LIMIT:
        raise Invalid.at("reason", TOO_LONG)
    _take(session, annual.office, annual.year)
    if annual.state == State.REOPENED and annual.reopen_reason == reason:
        return annual
    _check_version(annual, opened)
    if annual.state != State.SIGNED:
        raise Refused(N_("Only a signed return can be reopened."))
    annual.state, annual.reopened_at, annual.reopen_reason = State.REOPENED, clock.now(), reason
    annual.confirmed_at = None
    for activity in _ticked(session, annual):
        if not _ticked_elsewhere(session, annual, activity):
            _unconfirm(activity, annual.year)
        settle(session, activity, actor.user_id)
        write_audit(session, actor, "activity.unconfirmed-by-return", activity)
    return _done(session, actor, "return.reopened", annual, reason)


Place = tuple[str, int]


def _answer(
    session: Session,
    actor: Actor,
    place: Place,
    statement: Statement,
    opened: int | None,
    recorded_by: str,
    evidence: str = "",
) -> AnnualReturn:
    office, year = place
    _check_year(session, office, year, answering=True)
    problems = _problems(office, year, statement)
    if recorded_by == ADVISER:
        problems += _evidence_problems(evidence)
    if problems:
        raise Invalid(problems)
    annual = _take(session, office, year)
    if annual.state == State.SIGNED and annual.signed_by == actor.user_id and _says(annual, statement):
        return annual
    _check_open(annual, opened)
    _lock(session, {*statement.ticked, *statement.joint})
    _answer_joint(session, actor, office, statement)
    _write(annual, statement)
    annual.state, annual.signed_at, annual.signed_by = State.SIGNED, clock.now(), actor.user_id
    annual.recorded_by, annual.evidence, annual.confirmed_at = recorded_by, evidence.strip(), None
    session.flush()
    for activity in sorted(statement.ticked, key=lambda a: a.id):
        _confirm(session, actor, activity, year)
    return _done(session, actor, "return.signed" if recorded_by == OFFICE else "return.recorded", annual)


def _check_year(session: Session, office: str, year: int, *, answering: bool = False) -> None:
    """The office reports, and the year is one; to answer it must have begun there, and its round must exist."""
    found = directory(session).offices.get(office)
    if found is None or not found.reports or not FIRST_YEAR <= year <= clock.today().year + 1:
        raise NotFound(N_("There is no annual return of this office for this year."))
    if not answering:
        return
    if clock.office_today(found.time_zone).year < year:
        raise Refused(N_("This year has not begun yet, so nobody can say what was done in it."))
    if session.get(Round, year) is None:
        raise Refused(N_("No returns are collected for this year: it has no round. Headquarters can open one."))


def _problems(office: str, year: int, statement: Statement) -> list[Problem]:
    if statement.answer not in set(Answer):
        return [Problem("answer", N_("Say whether the office provided support, or sign a nil return."))]
    nil = statement.answer == Answer.NIL
    found = _word_problems("words", statement.words)
    if nil and not statement.words.strip():
        found.append(Problem("words", N_("Say in a sentence why there was none.")))
    if nil and statement.ticked:
        text = N_("A nil return has no activities. Untick them, or say that support was given.")
        found.append(Problem("ticked", text))
    return found or _tick_problems(office, year, statement)


def _word_problems(name: str, words: str) -> list[Problem]:
    return [Problem(name, TOO_LONG)] if len(words.strip()) > WORDS_LIMIT else []


def _evidence_problems(evidence: str) -> list[Problem]:
    if not evidence.strip():
        return [Problem("evidence", N_("Say who gave you the answer, when, and how."))]
    return _word_problems("evidence", evidence)


def _tick_problems(office: str, year: int, statement: Statement) -> list[Problem]:
    accepts = {activity.id for activity, accept in statement.joint.items() if accept}
    declines = {activity.id for activity, accept in statement.joint.items() if not accept}
    for activity in statement.ticked:
        gives = (_gives(office, activity) or activity.id in accepts) and activity.id not in declines
        if not gives or not _may_tick(year, activity):
            text = N_("Tick only activities that your office leads or has accepted, and that had begun by this year.")
            return [Problem("ticked", text)]
    return []


def _gives(office: str, activity: Activity) -> bool:
    accepted = any(a.office == office and a.answer == "accepted" for a in activity.co_offices)
    return activity.lead_office == office or accepted


def _may_tick(year: int, activity: Activity) -> bool:
    """Begun by the year, not over before it, not withdrawn; in the approved and in the submitted version."""
    known = [r for r in (activity.approved, activity.submitted) if r is not None]
    return activity.withdrawn_at is None and bool(known) and all(_ran(r, year) for r in known)


def _ran(revision: ActivityRevision, year: int) -> bool:
    start, end = partial(revision.actual_start), partial(revision.actual_end)
    begun = revision.status in COUNTING and start is not None and start.year <= year
    return begun and (end is None or end.year >= year)


def _take(session: Session, office: str, year: int) -> AnnualReturn:
    """The return, locked and as it is now; made, with version 0, where nobody has begun it."""
    session.flush()
    key = (
        select(AnnualReturn)
        .where(AnnualReturn.office == office, AnnualReturn.year == year)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    found = session.scalar(key)
    if found is not None:
        return found
    made = AnnualReturn(office=office, year=year, state=State.DRAFT, recorded_by=OFFICE, words="", version=0)
    try:
        with session.begin_nested():
            session.add(made)
    except IntegrityError:  # somebody began it at the same moment
        return session.scalars(key).one()
    return made


def _says(annual: AnnualReturn, statement: Statement) -> bool:
    """The return says this already: the form was sent twice."""
    ticked = {tick.activity_id for tick in annual.ticks}
    same_words = (annual.answer, annual.words) == (statement.answer, statement.words.strip())
    return same_words and ticked == {activity.id for activity in statement.ticked} and not statement.joint


def _check_open(annual: AnnualReturn, opened: int | None) -> None:
    _check_version(annual, opened)
    if annual.state == State.SIGNED:
        raise Refused(N_("This return is signed. Reopen it with a reason to change it."))


def _check_version(annual: AnnualReturn, opened: int | None) -> None:
    if opened is not None and annual.version != opened:
        raise Stale(opened, annual.version)


def _answer_joint(session: Session, actor: Actor, office: str, statement: Statement) -> None:
    for activity, accept in sorted(statement.joint.items(), key=lambda pair: pair[0].id):
        answer_joint(session, actor, activity, office, accept=accept)


def _write(annual: AnnualReturn, statement: Statement) -> None:
    annual.answer, annual.words = statement.answer, statement.words.strip()
    wanted = {activity.id for activity in statement.ticked}
    kept = [tick for tick in annual.ticks if tick.activity_id in wanted]
    new = sorted(wanted - {tick.activity_id for tick in kept})
    annual.ticks = [*kept, *(ReturnTick(activity_id=key) for key in new)]


def _confirm(session: Session, actor: Actor, activity: Activity, year: int) -> None:
    if not any(c.how == How.RETURN and c.year == year for c in activity.confirmations):
        row = Confirmation(year=year, how=How.RETURN, recorded_by=actor.user_id, recorded_at=clock.now())
        activity.confirmations.append(row)
    settle(session, activity, actor.user_id)
    write_audit(session, actor, "activity.confirmed-by-return", activity)


def _unconfirm(activity: Activity, year: int) -> None:
    for row in [c for c in activity.confirmations if c.how == How.RETURN and c.year == year]:
        activity.confirmations.remove(row)


def _ticked(session: Session, annual: AnnualReturn) -> list[Activity]:
    found = [session.get_one(Activity, tick.activity_id) for tick in annual.ticks]
    _lock(session, found)
    return found


def _lock(session: Session, activities: Iterable[Activity]) -> None:
    """Two offices may tick a joint activity at the same moment: one waits here, before any row points to it.

    Always in one order, so that two cannot wait for each other; what they waited for is read anew.
    """
    for activity in sorted(activities, key=lambda a: a.id):
        session.refresh(activity, ["version"], with_for_update=True)
        session.expire(activity, ["confirmations", "co_offices"])


def _ticked_elsewhere(session: Session, annual: AnnualReturn, activity: Activity) -> bool:
    """A joint activity may be ticked in another office's signed return of the year too."""
    statement = (
        select(AnnualReturn.id)
        .join(ReturnTick, ReturnTick.return_id == AnnualReturn.id)
        .where(
            ReturnTick.activity_id == activity.id,
            AnnualReturn.year == annual.year,
            AnnualReturn.state == State.SIGNED,
            AnnualReturn.id != annual.id,
        )
    )
    return session.scalar(statement) is not None


def _done(session: Session, actor: Actor, action: str, annual: AnnualReturn, reason: str = "") -> AnnualReturn:
    annual.version += 1
    session.flush()
    state = {c.key: getattr(annual, c.key) for c in AnnualReturn.__mapper__.column_attrs}
    state["ticked"] = sorted(t.activity_id for t in annual.ticks)
    audit.record(
        session,
        actor_id=actor.user_id,
        action=action,
        subject=("annual_return", f"{annual.office}-{annual.year}"),
        state=state,
        reason=reason,
    )
    announce(session, Changed("annual_return", annual.id))
    return annual


def find_return(session: Session, office: str, year: int) -> AnnualReturn:
    """The return of an office and year.

    Raises:
        NotFound: nobody has begun it.
    """
    found = annual_of(session, office, year)
    if found is None:
        raise NotFound(N_("There is no annual return of this office for this year."))
    return found
