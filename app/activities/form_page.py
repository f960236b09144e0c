"""The form's page: which record and office it is for, what it shows, and how it is drawn."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flask import render_template, request
from werkzeug.datastructures import MultiDict

from app.activities import services
from app.activities.blueprint import Answer
from app.activities.checks import submit_problems
from app.activities.content import read_content
from app.activities.form_offer import make_offer
from app.activities.forms import LATE, ActivityForm, filled, form_data
from app.activities.models import Activity
from app.activities.models_review import TypedText
from app.activities.queries_record import sent_before
from app.activities.reference import as_kept, reference_data, surroundings
from app.activities.routes_record import load
from app.activities.rules import Content, State
from app.activities.typed import pairs_of, typed_by
from app.activities.words import Difference, Words, differences
from app.core.permissions import Actor, Permission
from app.core.web.db import get_session
from app.core.web.guard import require, the_actor
from app.core.web.locale import _

ROWS = ("counterparts", "co_offices", "partners", "milestones")
UNTYPED = frozenset({"csrf_token", "do", "whole"})
"""Fields that say nothing of what was typed."""


@dataclass(frozen=True)
class Unsaved:
    """What the person typed earlier and did not save: offered at the head of the form."""

    client_id: str
    title: str
    at: datetime


def office_asked(actor: Actor, asked: str | None) -> str:
    """The office that was asked for, else the actor's own. One that is not theirs is refused."""
    may = offices_of(actor)
    if asked in reference_data(get_session()).offices:
        require(Permission.ACTIVITY_CREATE, asked)
        return str(asked)
    return actor.home_office if actor.home_office and actor.home_office in may else min(may)


def offices_of(actor: Actor) -> frozenset[str]:
    """The offices for which the actor may log."""
    return actor.works_in | actor.own_other_offices


def editable(reference: str) -> Activity:
    """The record of an address, for somebody who may edit it."""
    activity = load(reference)
    require(Permission.ACTIVITY_EDIT, activity)
    services.refuse_withdrawn(activity)
    return activity


def shown_form(office: str, held: Content, activity: Activity | None = None) -> ActivityForm:
    """The form filled with `held`, not sent yet."""
    data = reference_data(get_session())
    shown = form_data(held, data.facets, data.mandating) | {"office": office}
    if activity is not None:
        shown["version"] = str(activity.version)
    return offered(ActivityForm(formdata=None, data=shown), office, held, activity)


def sent_form(office: str, held: Content, activity: Activity | None = None) -> ActivityForm:
    """The form as this request sent it."""
    return offered(ActivityForm(), office, held, activity)


def typed_form(kept: TypedText, held: Content, activity: Activity | None = None) -> ActivityForm:
    """The form as it was left, right or wrong, under its own id and against the version it was opened with."""
    return offered(ActivityForm(formdata=MultiDict(pairs_of(kept))), kept.office, held, activity)


def offered(form: ActivityForm, office: str, held: Content, activity: Activity | None) -> ActivityForm:
    """The form with its lists."""
    mine = offices_of(the_actor()) if activity is None else {office}
    form.take_offer(make_offer(get_session(), office, mine, held, imported=bool(activity and activity.imported)))
    return form


def sent_pairs() -> list[tuple[str, str]]:
    """The raw fields of this request's form."""
    return [(name, value) for name, value in request.form.items(multi=True) if name not in UNTYPED]


def says_nothing_new(form: ActivityForm, activity: Activity) -> bool:
    """What was typed is what the record says already: nothing to keep, nothing to offer."""
    form.validate()
    if any(name != "csrf_token" for name in form.errors):
        return False  # it cannot even be read as it was typed
    return not news(activity, form.to_command(read_content(activity.current)))


def news(activity: Activity, typed: Content) -> list[Difference]:
    """What `typed` says otherwise than the record."""
    session = get_session()
    typed = as_kept(typed, session, activity.lead_office)
    return differences(Words(reference_data(session)), read_content(activity.current), typed)


def unsaved_texts(activity: Activity | None, but: str = "") -> list[Unsaved]:
    """What this person typed and did not save, about this record or a new one; not the form `but` itself."""
    session = get_session()
    found = []
    for kept in typed_by(session, the_actor(), activity):
        if kept.client_id == but or (activity is None and sent_before(session, kept.client_id) is not None):
            continue
        held = read_content(activity.current) if activity else Content()
        if activity is None or not says_nothing_new(typed_form(kept, held, activity), activity):
            found.append(Unsaved(kept.client_id, dict(pairs_of(kept)).get("title", "").strip(), kept.typed_at))
    return found


def page(
    form: ActivityForm,
    activity: Activity | None = None,
    *,
    status: int = 200,
    more: str = "",
    whole: str = "",
    taken_up: str = "",
    stored: bool = False,
) -> Answer:
    """The page of the form. `more`: the rows that were asked for, `whole`: the list; `taken_up`: the form whose text it
    shows; `stored`: what it shows is all in the record.
    """
    form.make_room(more)
    lists = {*request.form.getlist("whole"), more, whole} & set(LATE)
    words = Words(reference_data(get_session()))
    term = words.derived_term(read_content(activity.current)) if activity else ""
    shown = {"form": form, "offer": form.offer, "activity": activity, "term": term, "filled": filled}
    shown |= {"opened": more or whole, "whole": sorted(lists), "short": form.shorten(lists)}
    shown["office_name"] = words.of("office", form.offer.office.code)
    looked = request.method == "GET"
    shown["unsaved"] = unsaved_texts(activity, but=taken_up) if looked else []
    shown["missing"] = missing_in(form, activity) if looked and activity else []
    return render_template("activities/form.html", taken_up=taken_up, stored=stored, **shown), status


def missing_in(form: ActivityForm, activity: Activity) -> list[tuple[str, str, str]]:
    """What keeps the saved draft from being submitted: field, its label, what to do."""
    if activity.current.state != State.DRAFT or form.errors:
        return []
    problems = submit_problems(read_content(activity.current), surroundings(get_session(), activity))
    names = [(problem.field, problem.field.split("-")[0], problem.message) for problem in dict.fromkeys(problems)]
    return [(at, form[name].label.text if name in form else "", _(message)) for at, name, message in names]
