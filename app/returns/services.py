"""Opening rounds and signing returns. Each act has one door."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.activities.lines import settle
from app.activities.models import Activity, Confirmation
from app.activities.rules import COUNTING, How
from app.core import audit, clock
from app.core.errors import Invalid, Problem, Refused
from app.core.i18n import N_
from app.core.permissions import Actor, Permission, demand
from app.returns.models import AnnualReturn, ReturnTick, Round
from app.returns.rules import default_due, default_opening


def open_round(session: Session, year: int, opens_on: date | None = None, due_on: date | None = None) -> Round:
    """The round of a year with its dates; made with the defaults where there is none yet."""
    found = session.get(Round, year)
    if found is None:
        found = Round(year=year, opens_on=opens_on or default_opening(year), due_on=due_on or default_due(year))
        session.add(found)
        session.flush()
    return found


def sign_return(
    session: Session,
    actor: Actor,
    office: str,
    year: int,
    answer: str,
    ticked: Sequence[Activity] = (),
    words: str = "",
) -> AnnualReturn:
    """Sign an office's return: "support" with the activities still delivered in the year, or "nil" with words.

    Each tick confirms its activity in the year, whenever the return is signed (METHODOLOGY, The years of an activity).

    Raises:
        Invalid: no such answer, a nil without words, a tick that cannot count. Refused: signed already. Forbidden.
    """
    demand(Permission.RETURN_SIGN, actor, office)
    problems = _problems(office, answer, ticked, words)
    if problems:
        raise Invalid(problems)
    annual = session.scalar(select(AnnualReturn).where(AnnualReturn.office == office, AnnualReturn.year == year))
    if annual is None:
        annual = AnnualReturn(office=office, year=year, state="draft", recorded_by="office")
        session.add(annual)
    if annual.state == "signed":
        raise Refused(N_("This return is signed. Reopen it with a reason to change it."))
    annual.answer, annual.words = answer, words.strip()
    annual.state = "signed"
    annual.signed_at, annual.signed_by = clock.now(), actor.user_id
    annual.version = (annual.version or 0) + 1
    annual.ticks = [ReturnTick(activity_id=activity.id) for activity in ticked]
    session.flush()
    for activity in ticked:
        _confirm(session, actor, activity, year)
    _audit(session, actor, "return.signed", annual)
    return annual


def reopen_return(session: Session, actor: Actor, annual: AnnualReturn, reason: str) -> AnnualReturn:
    """Open a signed return again, with a reason. It is no answer until signed anew; its ticks stop confirming.

    Raises:
        Invalid: no reason. Refused: it is not signed. Forbidden.
    """
    demand(Permission.RETURN_SIGN, actor, annual.office)
    if annual.state != "signed":
        raise Refused(N_("Only a signed return can be reopened."))
    if not reason.strip():
        raise Invalid([Problem("reason", N_("Give a reason in a sentence."))])
    annual.state, annual.reopened_at, annual.reopen_reason = "reopened", clock.now(), reason.strip()
    annual.version += 1
    for tick in annual.ticks:
        activity = session.get_one(Activity, tick.activity_id)
        if not _ticked_elsewhere(session, annual, activity):
            _unconfirm(activity, annual.year)
        settle(session, activity, actor.user_id)
    _audit(session, actor, "return.reopened", annual)
    return annual


def _problems(office: str, answer: str, ticked: Sequence[Activity], words: str) -> list[Problem]:
    if answer not in ("support", "nil"):
        return [Problem("answer", N_("Say whether the office provided support, or sign a nil return."))]
    if answer == "nil" and not words.strip():
        return [Problem("words", N_("Say in a sentence why there was none."))]
    if answer == "nil" and ticked:
        return [Problem("answer", N_("A nil return has no activities. Untick them, or say that support was given."))]
    if any(not _may_tick(office, activity) for activity in ticked):
        return [Problem("ticked", N_("Tick only begun activities that your office leads or has accepted."))]
    return []


def _may_tick(office: str, activity: Activity) -> bool:
    accepted = any(a.office == office and a.answer == "accepted" for a in activity.co_offices)
    begun = all(r.status in COUNTING for r in (activity.approved, activity.submitted) if r is not None)
    known = activity.approved is not None or activity.submitted is not None
    return (activity.lead_office == office or accepted) and begun and known


def _confirm(session: Session, actor: Actor, activity: Activity, year: int) -> None:
    if not any(c.how == How.RETURN and c.year == year for c in activity.confirmations):
        row = Confirmation(year=year, how=How.RETURN, recorded_by=actor.user_id, recorded_at=clock.now())
        activity.confirmations.append(row)
    settle(session, activity, actor.user_id)


def _unconfirm(activity: Activity, year: int) -> None:
    for row in [c for c in activity.confirmations if c.how == How.RETURN and c.year == year]:
        activity.confirmations.remove(row)


def _ticked_elsewhere(session: Session, annual: AnnualReturn, activity: Activity) -> bool:
    """A joint activity may be ticked in another office's signed return of the year too."""
    statement = (
        select(AnnualReturn.id)
        .join(ReturnTick, ReturnTick.return_id == AnnualReturn.id)
        .where(
            ReturnTick.activity_id == activity.id,
            AnnualReturn.year == annual.year,
            AnnualReturn.state == "signed",
            AnnualReturn.id != annual.id,
        )
    )
    return session.scalar(statement) is not None


def _audit(session: Session, actor: Actor, action: str, annual: AnnualReturn) -> None:
    state = {c.key: getattr(annual, c.key) for c in AnnualReturn.__mapper__.column_attrs}
    state["ticked"] = sorted(t.activity_id for t in annual.ticks)
    audit.record(
        session,
        actor_id=actor.user_id,
        action=action,
        subject=("annual_return", f"{annual.office}-{annual.year}"),
        state=state,
        reason=annual.reopen_reason if annual.state == "reopened" else "",
    )
    session.flush()
