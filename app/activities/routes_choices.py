"""The long lists of the form, which its page leaves out until somebody wants them. Only the script asks here."""

from __future__ import annotations

from flask import Response, jsonify, render_template, request

from app.activities.blueprint import bp
from app.activities.content import read_content
from app.activities.form_offer import preset_content
from app.activities.form_page import editable, office_asked, shown_form
from app.activities.forms import LATE, ActivityForm
from app.core.errors import NotFound
from app.core.i18n import N_
from app.core.permissions import Permission
from app.core.web.db import get_session
from app.core.web.guard import requires, the_actor

NO_SUCH = N_("The form has no such list.")


@bp.get("/activities/new/choices.json")
@requires(Permission.ACTIVITY_CREATE)
def new_choices() -> Response:
    """What `of` offers in a new form of an office."""
    office = office_asked(the_actor(), request.args.get("office"))
    return _choices(shown_form(office, preset_content(get_session(), office)))


@bp.get("/activities/<reference>/choices.json")
@requires(Permission.ACTIVITY_EDIT)
def choices(reference: str) -> Response:
    """What `of` offers in the form of a record: what it holds stays on offer, retired or not."""
    activity = editable(reference)
    return _choices(shown_form(activity.lead_office, read_content(activity.current), activity))


def _choices(form: ActivityForm) -> Response:
    name = request.args.get("of", "")
    if name not in LATE:
        raise NotFound(NO_SUCH)
    form.make_room()
    return jsonify(html=render_template("activities/choices.html", form=form, name=name))
