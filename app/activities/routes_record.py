"""The page of one activity, and how every page of the room finds its record."""

from __future__ import annotations

from typing import Any

from flask import render_template

from app.activities.blueprint import Answer, bp
from app.activities.comments import may_be_mentioned
from app.activities.form_comment import CommentForm
from app.activities.form_evidence import LinkForm, offered
from app.activities.form_facts import PlainForm, ReasonForm, StepForm
from app.activities.history_page import happened
from app.activities.models import Activity
from app.activities.queue_page import Place
from app.activities.record_page import record_page
from app.activities.services import find_activity
from app.activities.words import day
from app.core.errors import NotFound
from app.core.permissions import Permission
from app.core.web.db import get_session
from app.core.web.guard import NO_SUCH, require, requires, the_actor
from app.offices.reviewers import staff_of


def load(reference: str) -> Activity:
    """The activity of an address.

    Raises:
        NotFound: there is none, or the actor may not know of it; the answers are alike.
    """
    try:
        activity = find_activity(get_session(), reference)
    except NotFound:
        raise NotFound(NO_SUCH) from None
    require(Permission.ACTIVITY_READ, activity, hidden=True)
    return activity


def show(activity: Activity, *, status: int = 200, **refused: Any) -> Answer:
    """The record's page. `refused` says which act was not done, why, and what was typed for it."""
    forms: dict[str, Any] = {
        "decision": ReasonForm(formdata=None, data={"version": str(activity.version)}),
        "plain": PlainForm(formdata=None),
        "step": StepForm(formdata=None).offer(staff_of(get_session(), activity.lead_office)),
        "link": offered(get_session(), LinkForm(formdata=None)),
    }
    session = get_session()
    page = record_page(session, the_actor(), activity)
    forms["comment"] = CommentForm(formdata=None).offer(may_be_mentioned(session, activity) if page.may_comment else ())
    return render_template("activities/record.html", page=page, day=day, **{**forms, **refused}), status


def show_review(activity: Activity, place: Place, **refused: Any) -> str:
    """Its page in the queue. `refused` as in `show`."""
    page = record_page(get_session(), the_actor(), activity)
    return render_template("activities/review.html", place=place, page=page, **refused)


@bp.get("/activities/<reference>/history")
@requires(Permission.ACTIVITY_READ)
def history(reference: str) -> Answer:
    """Who changed what when, field by field."""
    activity = load(reference)
    events = happened(get_session(), the_actor(), activity)
    return render_template("activities/history.html", activity=activity, events=events)


@bp.get("/activities/<reference>")
@requires(Permission.ACTIVITY_READ)
def record(reference: str) -> Answer:
    """One activity: what it says, why it counts, what waits."""
    return show(load(reference))
