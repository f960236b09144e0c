"""What can be decided about an activity: one POST each, with the version that the person saw."""

from __future__ import annotations

from collections.abc import Callable

from flask import flash, redirect, request, url_for
from markupsafe import Markup
from sqlalchemy.orm import Session

from app.activities import facts, review, services
from app.activities.blueprint import Answer, bp
from app.activities.form_facts import PlainForm, ReasonForm
from app.activities.models import Activity
from app.activities.queue_page import place_in_queue
from app.activities.routes_again import ask_first, must_ask
from app.activities.routes_form import complete_first, lacks_something
from app.activities.routes_record import load, show, show_review
from app.core.errors import Invalid, Refused, Stale
from app.core.i18n import N_
from app.core.permissions import Actor, Permission, can
from app.core.web.addresses import own_path
from app.core.web.db import get_session
from app.core.web.guard import requires, the_actor
from app.core.web.locale import _

Decide = Callable[[Session, Actor, Activity, int], object]
Reasoned = Callable[[Session, Actor, Activity, str, int], object]

CHANGED = N_("Somebody changed this record after you opened it, so nothing was done. Look at it again, then decide.")
NOT_READY = N_("It cannot be submitted yet. Open the form: it says at each field what is missing.")


def act(reference: str, name: str, done: str, decide: Decide | Reasoned, *, reasoned: bool = False) -> Answer:
    """Do it and show the record; or show the record with why not, and the reason that was typed."""
    activity, form = load(reference), ReasonForm()
    reason = form.reason.data or ""
    arguments = (reason, form.seen_version()) if reasoned else (form.seen_version(),)
    try:
        decide(get_session(), the_actor(), activity, *arguments)
    except Invalid as refused:
        return _again(activity, name, 422, [_(p.message) for p in refused.problems], reason)
    except Stale:
        return _again(activity, name, 409, [_(CHANGED)], reason)
    except Refused as refused:
        return _again(activity, name, 409, [_(str(refused))], reason)
    record = url_for("activities.record", reference=reference)
    then = own_path(request.form.get("then"))
    # Who works through a queue goes on with its next record, over which this must not seem to be about that one.
    flash(Markup('<a href="{}">{}</a>: {}').format(record, reference, _(done)) if then else _(done), "success")
    return redirect(then or record)


def _again(activity: Activity, name: str, status: int, errors: list[str], reason: str) -> Answer:
    if request.form.get("then") and can(Permission.ACTIVITY_REVIEW, the_actor(), activity):
        place = place_in_queue(get_session(), the_actor(), activity.reference, None)
        if place is not None:
            return show_review(activity, place, refused=name, errors=errors, typed=reason), status
    return show(activity, status=status, refused=name, errors=errors, typed=reason)


@bp.post("/activities/<reference>/submit")
@requires(Permission.ACTIVITY_SUBMIT)
def submit(reference: str) -> Answer:
    """Hand the draft to the adviser. What is missing is told at its fields; a like record is asked about."""
    activity = load(reference)
    if can(Permission.ACTIVITY_SUBMIT, the_actor(), activity) and activity.withdrawn_at is None and must_ask(activity):
        return complete_first(activity) if lacks_something(activity) else ask_first(activity)
    try:
        return act(reference, "submit", N_("Submitted. The adviser will look at it."), _submit)
    except NotReadyError:
        return complete_first(load(reference))


class NotReadyError(Exception):
    """The draft lacks something; the form says what."""


def _submit(session: Session, actor: Actor, activity: Activity, opened: int) -> None:
    try:
        services.submit_activity(session, actor, activity, opened)
    except Invalid:
        raise NotReadyError from None


@bp.post("/activities/<reference>/withdraw")
@requires(Permission.ACTIVITY_WITHDRAW)
def withdraw(reference: str) -> Answer:
    """Mark it withdrawn."""
    return act(reference, "withdraw", N_("Withdrawn."), services.withdraw_activity, reasoned=True)


@bp.post("/activities/<reference>/undo-withdrawal")
@requires(Permission.ACTIVITY_WITHDRAW)
def undo_withdrawal(reference: str) -> Answer:
    """Take the withdrawal back."""
    return act(reference, "undo_withdrawal", N_("The withdrawal is undone."), services.undo_withdrawal)


@bp.post("/activities/<reference>/approve")
@requires(Permission.ACTIVITY_REVIEW)
def approve(reference: str) -> Answer:
    """Approve what was submitted."""
    return act(reference, "approve", N_("Approved. The headline figures count it now."), review.approve_activity)


@bp.post("/activities/<reference>/return")
@requires(Permission.ACTIVITY_REVIEW)
def return_(reference: str) -> Answer:
    """Give it back with a reason."""
    return act(reference, "return_", N_("Returned to the office."), review.return_activity, reasoned=True)


@bp.post("/activities/<reference>/question")
@requires(Permission.ACTIVITY_REVIEW)
def question(reference: str) -> Answer:
    """Question an approved record; it still counts."""
    done = N_("Questioned. It still counts, with a flag, until the office has answered.")
    return act(reference, "question", done, review.question_activity, reasoned=True)


@bp.post("/activities/<reference>/settle-question")
@requires(Permission.ACTIVITY_REVIEW)
def settle_question(reference: str) -> Answer:
    """The question is answered."""
    return act(reference, "settle_question", N_("The question is settled."), review.settle_question)


@bp.post("/activities/<reference>/set-aside")
@requires(Permission.ACTIVITY_REVIEW)
def set_aside(reference: str) -> Answer:
    """Take it out of the figures."""
    done = N_("Set aside. It counts in no figure; the office sees your reason.")
    return act(reference, "set_aside", done, review.set_aside, reasoned=True)


@bp.post("/activities/<reference>/count-again")
@requires(Permission.ACTIVITY_REVIEW)
def count_again(reference: str) -> Answer:
    """Undo the setting aside."""
    return act(reference, "count_again", N_("It counts again."), review.count_again)


@bp.post("/activities/<reference>/offices/<office>")
@requires(Permission.ACTIVITY_ANSWER_JOINT)
def answer_joint(reference: str, office: str) -> Answer:
    """Answer for an office that was named as taking part."""
    activity, accept = load(reference), request.form.get("answer") == "accept"
    if not PlainForm().validate() or request.form.get("answer") not in ("accept", "decline"):
        return _again(activity, "joint", 422, [_("Say whether your office took part.")], "")
    try:
        facts.answer_joint(get_session(), the_actor(), activity, office, accept=accept)
    except Refused as refused:
        return _again(activity, "joint", 409, [_(str(refused))], "")
    flash(
        _("Your office is counted in this activity.") if accept else _("Your office is not counted in it."), "success"
    )
    return redirect(url_for("activities.record", reference=reference))
