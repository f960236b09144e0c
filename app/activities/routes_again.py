"""Logging what was logged before: the question whether it is the same thing, before it is submitted."""

from __future__ import annotations

from flask import redirect, render_template, request, url_for

from app.activities.blueprint import Answer, bp
from app.activities.duplicates import possible_duplicates
from app.activities.form_page import editable
from app.activities.models import Activity
from app.activities.rules import State
from app.activities.words import WORKFLOW, span
from app.core.permissions import Permission
from app.core.web.db import get_session
from app.core.web.guard import requires
from app.core.web.locale import _

ANSWER = "not_duplicate"


def must_ask(activity: Activity) -> bool:
    """Submitted for the first time, with something like it there, and nobody said yet that it is not the same."""
    if request.form.get(ANSWER) == "yes" or activity.ever_submitted or activity.current.state != State.DRAFT:
        return False
    return bool(possible_duplicates(get_session(), activity))


def ask_first(activity: Activity) -> Answer:
    """On to the question; the draft is saved."""
    return redirect(url_for("activities.duplicates", reference=activity.reference))


@bp.get("/activities/<reference>/duplicates")
@requires(Permission.ACTIVITY_EDIT)
def duplicates(reference: str) -> Answer:
    """What the office logged that may be the same, and one button to submit it all the same."""
    activity = editable(reference)
    found = possible_duplicates(get_session(), activity)
    if activity.current.state != State.DRAFT:
        return redirect(url_for("activities.record", reference=reference))
    shown = [(like, span(like.start, like.end), _(WORKFLOW[like.workflow])) for like in found]
    return render_template("activities/duplicates.html", activity=activity, likes=shown, answer=ANSWER)
