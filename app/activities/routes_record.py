"""The page of one activity."""

from __future__ import annotations

from typing import Any

from flask import render_template
from flask_babel import format_datetime

from app.activities.blueprint import Answer, bp
from app.activities.form_facts import LinkForm, PlainForm, ReasonForm, StepForm
from app.activities.models import Activity
from app.activities.record_page import record_page
from app.activities.services import find_activity
from app.activities.words import day, whole_day
from app.core.permissions import Permission
from app.core.web.db import get_session
from app.core.web.guard import require, requires, the_actor


def open_record(reference: str) -> Activity:
    """The activity of an address.

    Raises:
        NotFound: there is none, or the reader may not know of it.
    """
    activity = find_activity(get_session(), reference)
    require(Permission.ACTIVITY_READ, activity, hidden=True)
    return activity


@bp.get("/activities/<reference>")
@requires(Permission.ACTIVITY_LIST)
def record(reference: str) -> Answer:
    """The record in words, its years, its history, and what the reader may do."""
    return render_record(open_record(reference))


def render_record(activity: Activity, failed: str = "", **forms: Any) -> str:
    """The page; `failed` names the act that was refused, whose form comes back as it was sent."""
    given: dict[str, Any] = {
        "reason_form": ReasonForm(formdata=None),
        "step_form": StepForm(formdata=None),
        "link_form": LinkForm(formdata=None),
        **forms,
    }
    return render_template(
        "activities/record.html",
        page=record_page(get_session(), the_actor(), activity),
        plain=PlainForm(formdata=None),
        failed=failed,
        day=day,
        whole_day=whole_day,
        moment=lambda at: format_datetime(at, "d MMM y, HH:mm"),
        **given,
    )
