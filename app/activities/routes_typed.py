"""Keeping what is typed while it is typed, and throwing it away. Only the script sends it."""

from __future__ import annotations

from flask import Response, jsonify, redirect, request, url_for
from flask_wtf.csrf import generate_csrf
from sqlalchemy.exc import IntegrityError

from app.activities import services
from app.activities.blueprint import Answer, bp
from app.activities.checks import draft_problems
from app.activities.content import read_content
from app.activities.form_offer import preset_content
from app.activities.form_page import editable, office_asked, offices_of, says_nothing_new, sent_form, sent_pairs
from app.activities.forms import ActivityForm
from app.activities.models import Activity
from app.activities.presets import link_asked
from app.activities.queries_record import sent_before
from app.activities.reference import preset, surroundings
from app.activities.rules import Content
from app.activities.typed import forget_typed, keep_typed
from app.core.errors import Invalid
from app.core.permissions import Permission
from app.core.web.db import get_session
from app.core.web.guard import requires, the_actor


@bp.post("/activities/typed.json")
@requires(Permission.ACTIVITY_CREATE)
def keep_new() -> Response:
    """Keep a new form. From its title and one more answer on it is a draft, which the form's own sending then saves."""
    client_id = request.form.get("client_id", "")
    try:
        return _keep(client_id, _draft_of(client_id))
    except IntegrityError:  # the form itself, or another request of this kind, came in the same moment
        get_session().rollback()
        return _keep(client_id, sent_before(get_session(), client_id))


@bp.post("/activities/<reference>/typed.json")
@requires(Permission.ACTIVITY_EDIT)
def keep_edit(reference: str) -> Response:
    """Keep what is typed about a record. The record itself stays as it is."""
    return _keep(request.form.get("client_id", ""), editable(reference))


@bp.post("/activities/typed/forget")
@requires(Permission.ACTIVITY_CREATE)
def forget() -> Answer:
    """Throw away what was typed and not saved, and go on where the person was."""
    forget_typed(get_session(), the_actor(), request.form.get("client_id", ""))
    reference = request.form.get("reference", "")
    if reference:
        return redirect(url_for("activities.edit", reference=reference))
    return redirect(url_for("activities.new"))


def _keep(client_id: str, activity: Activity | None) -> Response:
    """Keep the raw fields, unless the record says all of it already. `token`: the page's next one, so that a form
    that is typed in for a day never outlives its own.
    """
    session, actor = get_session(), the_actor()
    office = activity.lead_office if activity else office_asked(actor, request.form.get("office"))
    held = read_content(activity.current) if activity else preset_content(session, office)
    form = sent_form(office, held, activity)
    form.client_id.validate(form)
    if form.client_id.errors:
        raise Invalid.at("client_id", str(form.client_id.errors[0]))
    new = activity is None or not says_nothing_new(form, activity)
    if new:
        keep_typed(session, actor, client_id, sent_pairs(), office=office, activity=activity)
    else:
        forget_typed(session, actor, client_id)
    return jsonify(kept=new, token=generate_csrf(), reference=activity.reference if activity else "")


def _draft_of(client_id: str) -> Activity | None:
    """The record of a new form: made before, or made now. None while there is too little of it."""
    session, actor = get_session(), the_actor()
    before = sent_before(session, client_id)
    if before is not None or len(offices_of(actor)) > 1:
        return before  # who logs for several offices may still change the office: no draft of the wrong one
    office = office_asked(actor, request.form.get("office"))
    held = preset_content(session, office)
    form = sent_form(office, held)
    if not form.validate() or not _worth_a_draft(form, held, office):
        return None
    made = services.record_activity(session, actor, office, form.to_command(held), client_id)
    link_asked(made, form.asked_by.data, quiet=True)
    return made


def _worth_a_draft(form: ActivityForm, held: Content, office: str) -> bool:
    """A title that is still being typed is no draft; a title and one more answer is, if nothing in it is wrong."""
    session, command = get_session(), form.to_command(held)
    bare = Content(title=command.title, language=command.language, concerns=held.concerns, countries=held.countries)
    about = surroundings(session, Activity(lead_office=office, origin="form"))
    return command != bare and not draft_problems(preset(command, session, office), about)
