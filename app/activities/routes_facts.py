"""What needs no review and is added on the record's page: deliveries, next steps."""

from __future__ import annotations

from collections.abc import Callable

from flask import flash, redirect, render_template, request, url_for

from app.activities import deliveries, facts
from app.activities.blueprint import Answer, bp
from app.activities.form_facts import DeliveryForm, PlainForm, StepForm, again_data, correction_data
from app.activities.lines import live_deliveries
from app.activities.models import Activity, DeliveryLine
from app.activities.queries_steps import own_steps
from app.activities.reference import office_today, reference_data
from app.activities.routes_record import load, show
from app.activities.services import refuse_withdrawn
from app.activities.words import Words, day
from app.codelists.queries import codes
from app.core.errors import Invalid, NotFound, Refused
from app.core.i18n import N_
from app.core.permissions import Permission
from app.core.web.db import get_session
from app.core.web.forms import BaseForm
from app.core.web.guard import require, requires, the_actor
from app.core.web.locale import _
from app.offices.reviewers import staff_of

CORRECTED_MEANWHILE = N_(
    "This delivery was corrected or removed after you opened it, so nothing was saved. What you typed stands below:"
    " look at the record, and add it there if it is still missing."
)


@bp.get("/next-steps")
@requires(Permission.ACTIVITY_LIST)
def next_steps() -> str:
    """What the reader is to do."""
    return render_template("activities/next_steps.html", steps=own_steps(get_session(), the_actor()), day=day)


@bp.get("/activities/<reference>/deliveries/new")
@requires(Permission.ACTIVITY_EDIT)
def new_delivery(reference: str) -> Answer:
    """The form of one delivery; with `?again=…` all of an earlier one, held today."""
    activity = load(reference)
    require(Permission.ACTIVITY_EDIT, activity)
    refuse_withdrawn(activity)
    earlier = _line(activity, request.args.get("again", 0, int))
    today = office_today(get_session(), activity.lead_office).isoformat()
    shown = {"on": today, **again_data(earlier)} if earlier else None
    return _delivery_page(activity, _offered(DeliveryForm(formdata=None, data=shown)))


@bp.post("/activities/<reference>/deliveries")
@requires(Permission.ACTIVITY_EDIT)
def add_delivery(reference: str) -> Answer:
    """Add a delivery, or a row of people to write in."""
    return _keep(load(reference), None)


@bp.get("/activities/<reference>/deliveries/<int:line>/correct")
@requires(Permission.ACTIVITY_EDIT)
def correct_delivery(reference: str, line: int) -> Answer:
    """The form of a delivery that was written wrongly."""
    activity = load(reference)
    require(Permission.ACTIVITY_EDIT, activity)
    refuse_withdrawn(activity)
    wrong = _line(activity, line)
    if wrong is None:
        raise NotFound(deliveries.NO_SUCH)
    form = DeliveryForm(formdata=None, data=correction_data(wrong))
    return _delivery_page(activity, _offered(form), wrong=line)


@bp.post("/activities/<reference>/deliveries/<int:line>/correct")
@requires(Permission.ACTIVITY_EDIT)
def keep_correction(reference: str, line: int) -> Answer:
    """Put what is right in its place; the history keeps both."""
    return _keep(load(reference), line)


def _keep(activity: Activity, wrong: int | None) -> Answer:
    """Keep what was typed, in the place of the line `wrong` where there is one; or give more rows to write in."""
    form, session, actor = _offered(DeliveryForm()), get_session(), the_actor()
    require(Permission.ACTIVITY_EDIT, activity)
    if request.form.get("do") == "more-people":
        return _delivery_page(activity, form, blank=3, wrong=wrong)
    if form.validate():
        try:
            if wrong is None:
                deliveries.add_delivery(session, actor, activity, form.to_command())
                return back(activity, _("The delivery is added. It confirms its year."))
            deliveries.correct_delivery(session, actor, activity, wrong, form.to_command())
            return back(activity, _("The delivery is corrected. The history keeps what it said before."))
        except Invalid as refused:
            form.add_problems(refused)
        except NotFound:
            form.form_errors.append(_(CORRECTED_MEANWHILE))
            return _delivery_page(activity, form, 409, wrong=wrong)
    elif not form.on.errors:  # what is wrong with the date is told in the same round
        form.add_problems(deliveries.date_problems(session, activity, form.on.data or ""))
    return _delivery_page(activity, form, 422, wrong=wrong)


def _line(activity: Activity, key: int) -> DeliveryLine | None:
    return next((line for line in live_deliveries(activity) if line.id == key), None)


def _offered(form: DeliveryForm) -> DeliveryForm:
    session = get_session()
    words = Words(reference_data(session))
    form.take_offer(
        [(row.code, words.of("target_group", row.code)) for row in codes(session, "target_group")],
        [(row.code, words.of("people_basis", row.code)) for row in codes(session, "people_basis")],
    )
    return form


def _delivery_page(
    activity: Activity, form: DeliveryForm, status: int = 200, blank: int = 1, wrong: int | None = None
) -> Answer:
    form.make_room(blank)
    return render_template("activities/delivery.html", form=form, activity=activity, wrong=wrong), status


@bp.post("/activities/<reference>/deliveries/<int:line>/remove")
@requires(Permission.ACTIVITY_EDIT)
def remove_delivery(reference: str, line: int) -> Answer:
    """Remove a delivery; the history keeps it."""
    activity = load(reference)
    return do_fact(activity, "delivery", PlainForm(), _("The delivery is removed."),
               lambda: deliveries.remove_delivery(get_session(), the_actor(), activity, line))  # fmt: skip


@bp.post("/activities/<reference>/next-steps")
@requires(Permission.ACTIVITY_EDIT)
def add_next_step(reference: str) -> Answer:
    """Add a next step."""
    activity = load(reference)
    form = StepForm().offer(staff_of(get_session(), activity.lead_office))
    return do_fact(activity, "step", form, _("The next step is added."),
               lambda: facts.add_next_step(get_session(), the_actor(), activity, form.to_command()))  # fmt: skip


@bp.post("/activities/<reference>/next-steps/<int:step>/done")
@requires(Permission.ACTIVITY_EDIT)
def finish_next_step(reference: str, step: int) -> Answer:
    """Mark a next step done."""
    activity = load(reference)
    return do_fact(activity, "steps", PlainForm(), _("Done."),
               lambda: facts.finish_next_step(get_session(), the_actor(), activity, step))  # fmt: skip


def do_fact(activity: Activity, name: str, form: BaseForm, done: str, run: Callable[[], object]) -> Answer:
    """Do it and show the record; or show the record with the form as it was typed, and what is wrong with it."""
    require(Permission.ACTIVITY_EDIT, activity)
    try:
        if form.validate():
            run()
            return back(activity, done)
    except Invalid as refused:
        form.add_problems(refused)
    except Refused as refused:
        return show(activity, status=409, refused=name, errors=[_(str(refused))], **{name: form})
    return show(activity, status=422, refused=name, **{name: form})


def back(activity: Activity, done: str) -> Answer:
    """To the record, with a word of what was done."""
    flash(done, "success")
    return redirect(url_for("activities.record", reference=activity.reference))
