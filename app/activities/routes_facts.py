"""Deliveries, next steps and links: what is added to a record without a new review."""

from __future__ import annotations

from flask import render_template, request

from app.activities import facts
from app.activities.blueprint import Answer, bp
from app.activities.form_facts import DeliveryForm, LinkForm, PlainForm, StepForm
from app.activities.models import Activity
from app.activities.reference import reference_data
from app.activities.routes_acts import back
from app.activities.routes_record import open_record, render_record
from app.activities.words import Words
from app.codelists.queries import codes
from app.core.errors import Invalid
from app.core.permissions import Permission
from app.core.web.db import get_session
from app.core.web.guard import require, requires, the_actor
from app.core.web.locale import _


def _delivery_form() -> DeliveryForm:
    session = get_session()
    words = Words(reference_data(session))
    form = DeliveryForm()
    professions = [(row.code, words.of("target_group", row.code)) for row in codes(session, "target_group")]
    form.take_offer(
        professions, [(row.code, words.of("people_basis", row.code)) for row in codes(session, "people_basis")]
    )
    return form


def _show_delivery(activity: Activity, form: DeliveryForm, blank: int = 1) -> str:
    form.make_room(blank)
    return render_template("activities/delivery.html", activity=activity, form=form)


@bp.get("/activities/<reference>/deliveries/new")
@requires(Permission.ACTIVITY_EDIT)
def new_delivery(reference: str) -> Answer:
    """The form for one delivery."""
    activity = open_record(reference)
    require(Permission.ACTIVITY_EDIT, activity)
    return _show_delivery(activity, _delivery_form())


@bp.post("/activities/<reference>/deliveries")
@requires(Permission.ACTIVITY_EDIT)
def add_delivery(reference: str) -> Answer:
    """Add one delivery, or make room for more people and show the form again."""
    activity, form = open_record(reference), _delivery_form()
    if request.form.get("do") == "more":
        require(Permission.ACTIVITY_EDIT, activity)
        return _show_delivery(activity, form, 3)
    if not form.validate():
        return _show_delivery(activity, form), 422
    try:
        facts.add_delivery(get_session(), the_actor(), activity, form.to_command())
    except Invalid as refused:
        form.add_problems(refused)
        return _show_delivery(activity, form), 422
    return back(activity, _("The delivery is recorded."))


@bp.post("/activities/<reference>/deliveries/<int:line>/remove")
@requires(Permission.ACTIVITY_EDIT)
def remove_delivery(reference: str, line: int) -> Answer:
    """Remove one delivery."""
    activity, form = open_record(reference), PlainForm()
    if not form.validate():
        return render_record(activity), 422
    facts.remove_delivery(get_session(), the_actor(), activity, line)
    return back(activity, _("The delivery is removed; the history keeps it."))


@bp.post("/activities/<reference>/next-steps")
@requires(Permission.ACTIVITY_EDIT)
def add_next_step(reference: str) -> Answer:
    """Add one next step."""
    activity, form = open_record(reference), StepForm()
    if not form.validate():
        return render_record(activity, failed="step", step_form=form), 422
    try:
        facts.add_next_step(get_session(), the_actor(), activity, form.to_command())
    except Invalid as refused:
        form.add_problems(refused)
        return render_record(activity, failed="step", step_form=form), 422
    return back(activity, _("The next step is noted."))


@bp.post("/activities/<reference>/next-steps/<int:step>/done")
@requires(Permission.ACTIVITY_EDIT)
def finish_next_step(reference: str, step: int) -> Answer:
    """Mark one next step done."""
    activity, form = open_record(reference), PlainForm()
    if not form.validate():
        return render_record(activity), 422
    facts.finish_next_step(get_session(), the_actor(), activity, step)
    return back(activity, _("Marked as done."))


@bp.post("/activities/<reference>/links")
@requires(Permission.ACTIVITY_EDIT)
def add_link(reference: str) -> Answer:
    """Add one link."""
    activity, form = open_record(reference), LinkForm()
    if not form.validate():
        return render_record(activity, failed="link", link_form=form), 422
    try:
        address, title = form.address.data or "", form.title.data or ""
        facts.add_link(get_session(), the_actor(), activity, address, title, str(form.client_id.data))
    except Invalid as refused:
        form.add_problems(refused)
        return render_record(activity, failed="link", link_form=form), 422
    return back(activity, _("The link is added."))
