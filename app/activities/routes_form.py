"""The activity form: a new record, a change of one, and two people's changes side by side."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for

from app.activities import services
from app.activities.blueprint import Answer, bp
from app.activities.checks import submit_problems
from app.activities.content import read_content
from app.activities.form_offer import make_offer, preset_content
from app.activities.forms import ActivityForm, form_data
from app.activities.models import Activity
from app.activities.reference import reference_data, surroundings
from app.activities.routes_record import open_record
from app.activities.rules import Content, State
from app.activities.words import Words, differences
from app.core.errors import Invalid, Stale
from app.core.i18n import N_
from app.core.permissions import Actor, Permission
from app.core.web.db import get_session
from app.core.web.guard import require, requires, the_actor
from app.core.web.locale import _


def own_offices(actor: Actor) -> list[str]:
    """The offices the person may log for, the home office first."""
    return sorted(actor.works_in | actor.own_other_offices, key=lambda code: (code != actor.home_office, code))


@bp.get("/activities/new")
@requires(Permission.ACTIVITY_CREATE)
def new() -> Answer:
    """The empty form, with what follows from the office filled in."""
    office = _asked_office()
    content = preset_content(get_session(), office)
    form = ActivityForm(formdata=None, data={**_data(content), "office": office})
    form.take_offer(make_offer(get_session(), office, own_offices(the_actor())))
    return show(form)


@bp.post("/activities/new")
@requires(Permission.ACTIVITY_CREATE)
def create() -> Answer:
    """Save a new record as a draft, or submit it at once. What is wrong comes back with everything that was typed."""
    form, actor = ActivityForm(), the_actor()
    office = _asked_office()
    form.take_offer(make_offer(get_session(), office, own_offices(actor)))
    if _only_more(form):
        return show(form, more=request.form["do"])
    if not form.validate():
        return show(form), 422
    try:
        activity = services.record_activity(get_session(), actor, office, form.to_command(), str(form.client_id.data))
        return _saved(activity)
    except Invalid as refused:
        form.add_problems(refused)
        return show(form), 422


@bp.get("/activities/<reference>/edit")
@requires(Permission.ACTIVITY_EDIT)
def edit(reference: str) -> Answer:
    """The form with what the newest version says. `check=yes` marks what is missing to submit."""
    activity = open_record(reference)
    require(Permission.ACTIVITY_EDIT, activity)
    services.refuse_withdrawn(activity)
    form = _filled(activity, read_content(activity.current))
    if request.args.get("check") == "yes":
        form.add_problems(submit_problems(read_content(activity.current), surroundings(get_session(), activity)))
    return show(form, activity)


@bp.post("/activities/<reference>/edit")
@requires(Permission.ACTIVITY_EDIT)
def save(reference: str) -> Answer:
    """Save the change, or submit it at once. A stale one shows both versions and loses neither."""
    activity = open_record(reference)
    require(Permission.ACTIVITY_EDIT, activity)
    held = read_content(activity.current)
    form = ActivityForm()
    form.take_offer(_offer(activity, held))
    if _only_more(form):
        return show(form, activity, more=request.form["do"])
    if not form.validate():
        return show(form, activity), 422
    content = form.to_command(held)
    try:
        if content != held or activity.version != form.seen_version():
            services.save_activity(get_session(), the_actor(), activity, content, form.seen_version())
        return _saved(activity)
    except Invalid as refused:
        form.add_problems(refused)
        return show(form, activity), 422
    except Stale:
        form.version.data = str(activity.version)
        return show(form, activity, theirs=held, yours=content), 409


def show(
    form: ActivityForm, activity: Activity | None = None, *, more: str = "", theirs: Content | None = None,
    yours: Content | None = None,
) -> str:  # fmt: skip
    """The page of the form; with both contents, where they differ."""
    form.make_room(more.removeprefix("more-"))
    words = Words(reference_data(get_session()))
    both = differences(words, theirs, yours) if theirs is not None and yours is not None else []
    return render_template(
        "activities/form.html",
        form=form,
        offer=form.offer,
        activity=activity,
        both=both,
        stale=theirs is not None,
        mandate_words={m.code: m.summary for m in form.offer.mandates},
    )


def _asked_office() -> str:
    """The office that was chosen, if the person may log for it, else the home office."""
    offices = own_offices(the_actor())
    asked = request.form.get("office") or request.args.get("office") or ""
    if asked and asked not in offices and request.method == "POST":
        require(Permission.ACTIVITY_CREATE, asked[:4])
    return asked if asked in offices else offices[0]


def _data(content: Content) -> dict[str, Any]:
    data = reference_data(get_session())
    return form_data(content, data.facets, data.mandating)


def _offer(activity: Activity, held: Content) -> Any:
    return make_offer(get_session(), activity.lead_office, [activity.lead_office], held, imported=activity.imported)


def _filled(activity: Activity, content: Content) -> ActivityForm:
    data = {**_data(content), "office": activity.lead_office, "version": str(activity.version)}
    form = ActivityForm(formdata=None, data=data)
    form.take_offer(_offer(activity, content))
    return form


def _only_more(form: ActivityForm) -> bool:
    """A button that only changes the form was pressed: another row, or every country ticked."""
    pressed = request.form.get("do", "")
    if pressed == "all-countries":
        form.countries.data = [code for code, _name in form.offer.countries]
    return pressed == "all-countries" or pressed.startswith("more-")


def _saved(activity: Activity) -> Answer:
    """Submit if that was asked, and go to the record."""
    said = N_("Saved as %(reference)s. Submit it when it is ready.")
    if request.form.get("do") == "submit":
        # Sent a second time, it is submitted already.
        if activity.current.state == State.DRAFT:
            services.submit_activity(get_session(), the_actor(), activity, activity.version)
        said = N_("Submitted for review as %(reference)s.")
    flash(_(said, reference=activity.reference), "success")
    return redirect(url_for("activities.record", reference=activity.reference))
