"""The adviser's queue: the list, one record after the other, several at once, and taking one in hand."""

from __future__ import annotations

from collections.abc import Callable

from flask import flash, redirect, render_template, request, url_for
from sqlalchemy.orm import Session

from app.activities import batch, claims
from app.activities.blueprint import Answer, bp
from app.activities.form_facts import PlainForm
from app.activities.models import Activity
from app.activities.queue_page import batch_page, place_in_queue, queue_page
from app.activities.routes_record import load, show_review
from app.core.permissions import Actor, Permission
from app.core.web.db import get_session
from app.core.web.guard import require, requires, the_actor
from app.core.web.locale import _, ngettext

Act = Callable[[Session, Actor, Activity], object]


@bp.get("/review")
@requires(Permission.ACTIVITY_REVIEW)
def review_queue() -> str:
    """What waits, the oldest first."""
    page = queue_page(get_session(), the_actor(), request.args.get("show"))
    return render_template("activities/queue.html", page=page)


@bp.get("/review/<reference>")
@requires(Permission.ACTIVITY_REVIEW)
def review_one(reference: str) -> Answer:
    """One record of the queue, with the ways to the one before and the one after."""
    activity, session, actor = load(reference), get_session(), the_actor()
    require(Permission.ACTIVITY_REVIEW, activity)
    place = place_in_queue(session, actor, reference, request.args.get("show"))
    if place is None:  # decided meanwhile: the record says how
        return redirect(url_for("activities.record", reference=reference))
    return show_review(activity, place)


@bp.post("/review/<reference>/claim")
@requires(Permission.ACTIVITY_REVIEW)
def claim(reference: str) -> Answer:
    """I look at this one."""
    return _hold(reference, claims.claim_review, _("It is yours. Others see that you are looking at it."))


@bp.post("/review/<reference>/release")
@requires(Permission.ACTIVITY_REVIEW)
def release(reference: str) -> Answer:
    """Somebody else may look at it."""
    return _hold(reference, claims.release_review, _("It is free for others."))


def _hold(reference: str, act: Act, done: str) -> Answer:
    activity = load(reference)
    act(get_session(), the_actor(), activity)
    flash(done, "success")
    return redirect(url_for("activities.review_one", reference=reference))


@bp.get("/review/batch")
@requires(Permission.ACTIVITY_REVIEW)
def review_batch() -> str:
    """The first records of the queue, each with what an approval rests on and its own tick."""
    return render_template("activities/batch.html", page=batch_page(get_session(), the_actor()))


@bp.post("/review/batch")
@requires(Permission.ACTIVITY_REVIEW)
def approve_batch() -> Answer:
    """Approve what was ticked. What could not be is said, one by one."""
    ticked = [(each, _seen(each)) for each in dict.fromkeys(request.form.getlist("approve"))]
    if not PlainForm().validate() or not ticked:
        page = batch_page(get_session(), the_actor())
        nothing = _("Tick the records that you looked at and approve.")
        return render_template("activities/batch.html", page=page, nothing=nothing), 422
    outcomes = batch.approve_several(get_session(), the_actor(), ticked)
    done = sum(1 for each in outcomes if not each.refusal)
    if done:
        flash(ngettext("%(num)s record is approved.", "%(num)s records are approved.", done), "success")
    for each in outcomes:
        if each.refusal:
            text = _("%(reference)s was not approved: %(why)s", reference=each.reference[:40], why=_(each.refusal))
            flash(text, "warning")
    return redirect(url_for("activities.review_batch"), 303)


def _seen(reference: str) -> int:
    text = request.form.get(f"{reference}-seen", "")
    return int(text) if text.isdecimal() and len(text) <= 9 else 0
