"""The form: a new activity, and the draft of one that is there."""

from __future__ import annotations

from collections.abc import Callable

from flask import flash, redirect, render_template, request, url_for
from sqlalchemy.exc import IntegrityError

from app.activities import services
from app.activities.blueprint import Answer, bp
from app.activities.checks import submit_problems
from app.activities.content import read_content
from app.activities.form_offer import make_offer, preset_content
from app.activities.forms import ActivityForm, filled, form_data
from app.activities.models import Activity
from app.activities.queries import history
from app.activities.queries_record import names_of, sent_before
from app.activities.reference import reference_data, surroundings
from app.activities.routes_record import load
from app.activities.rules import Content, State
from app.activities.words import Words, differences
from app.core.errors import Invalid, Stale
from app.core.permissions import Actor, Permission
from app.core.web.db import get_session
from app.core.web.guard import require, requires, the_actor
from app.core.web.locale import _

SUBMIT = "submit"
ROWS = ("counterparts", "co_offices", "partners", "milestones")


@bp.get("/activities/new")
@requires(Permission.ACTIVITY_CREATE)
def new() -> Answer:
    """An empty form with what is likely filled in."""
    office = _office(the_actor(), request.args.get("office"))
    held = preset_content(get_session(), office)
    return _page(_form(office, held))


@bp.post("/activities/new")
@requires(Permission.ACTIVITY_CREATE)
def create() -> Answer:
    """Save the draft, or save and submit it in one."""
    office = _office(the_actor(), request.form.get("office"))
    form = _sent(office, preset_content(get_session(), office))
    return _answer(form, lambda command: _create(form, command))


@bp.get("/activities/<reference>/edit")
@requires(Permission.ACTIVITY_EDIT)
def edit(reference: str) -> Answer:
    """The newest version in the form. `?check=yes` says at each field what is missing to submit it."""
    activity = _editable(reference)
    if request.args.get("check") == "yes":
        return complete_first(activity, status=200)
    return _page(_form(activity.lead_office, read_content(activity.current), activity), activity)


@bp.post("/activities/<reference>/edit")
@requires(Permission.ACTIVITY_EDIT)
def save(reference: str) -> Answer:
    """Save it as a draft, or save and submit it. A stale one gets a page that shows both."""
    activity = _editable(reference)
    held = read_content(activity.current)
    form = _sent(activity.lead_office, held, activity)
    return _answer(form, lambda command: _save(form, activity, command), activity, held)


def complete_first(activity: Activity, status: int = 422) -> Answer:
    """The form of a draft that was to be submitted, with what is missing said at its fields."""
    held = read_content(activity.current)
    form = _form(activity.lead_office, held, activity)
    form.add_problems(submit_problems(held, surroundings(get_session(), activity)))
    return _page(form, activity, status=status)


def _office(actor: Actor, asked: str | None) -> str:
    """The office that was asked for, else the actor's own. One that is not theirs is refused."""
    may = _offices(actor)
    if asked in reference_data(get_session()).offices:
        require(Permission.ACTIVITY_CREATE, asked)
        return str(asked)
    return actor.home_office if actor.home_office and actor.home_office in may else min(may)


def _offices(actor: Actor) -> frozenset[str]:
    return actor.works_in | actor.own_other_offices


def _editable(reference: str) -> Activity:
    activity = load(reference)
    require(Permission.ACTIVITY_EDIT, activity)
    services.refuse_withdrawn(activity)
    return activity


def _form(office: str, held: Content, activity: Activity | None = None) -> ActivityForm:
    data = reference_data(get_session())
    shown = form_data(held, data.facets, data.mandating) | {"office": office}
    if activity is not None:
        shown["version"] = str(activity.version)
    form = ActivityForm(formdata=None, data=shown)
    return _offered(form, office, held, activity)


def _sent(office: str, held: Content, activity: Activity | None = None) -> ActivityForm:
    return _offered(ActivityForm(), office, held, activity)


def _offered(form: ActivityForm, office: str, held: Content, activity: Activity | None) -> ActivityForm:
    mine = _offices(the_actor()) if activity is None else {office}
    form.take_offer(make_offer(get_session(), office, mine, held, imported=bool(activity and activity.imported)))
    return form


def _answer(
    form: ActivityForm,
    store: Callable[[Content], Answer],
    activity: Activity | None = None,
    held: Content | None = None,
) -> Answer:
    """What a sent form gets: more rows, the stored record, or itself with what is wrong."""
    do = request.form.get("do", "")
    if _helped(form, do):
        return _page(form, activity, more=do.removeprefix("more-"))
    if form.validate():
        command = form.to_command(held)
        try:
            return store(command)
        except Invalid as refused:
            form.add_problems(refused)
        except Stale:
            assert activity is not None
            return _stale(form, activity, command)
    return _page(form, activity, status=422)


def _helped(form: ActivityForm, do: str) -> bool:
    """Buttons that change the form and store nothing."""
    if do == "all-countries":
        form.countries.data = [code for code, _name in form.offer.served]
    return do in ("all-countries", "office", *(f"more-{name}" for name in ROWS))


def _create(form: ActivityForm, command: Content) -> Answer:
    session, client_id = get_session(), str(form.client_id.data)
    try:
        made = services.record_activity(session, the_actor(), str(form.office.data), command, client_id)
    except IntegrityError:  # the same form, sent twice in the same moment
        session.rollback()
        found = sent_before(session, client_id)
        if found is None:
            raise
        return _saved(found)
    return _submitted_or_saved(made)


def _save(form: ActivityForm, activity: Activity, command: Content) -> Answer:
    services.save_activity(get_session(), the_actor(), activity, command, form.seen_version())
    return _submitted_or_saved(activity)


def _submitted_or_saved(activity: Activity) -> Answer:
    if request.form.get("do") == SUBMIT and activity.current.state == State.DRAFT:
        services.submit_activity(get_session(), the_actor(), activity, activity.version)
    return _saved(activity)


def _saved(activity: Activity) -> Answer:
    if activity.current.state == State.SUBMITTED:
        flash(_("Submitted as %(reference)s.", reference=activity.reference), "success")
    else:
        flash(_("Saved as %(reference)s, not yet submitted.", reference=activity.reference), "success")
    return redirect(url_for("activities.record", reference=activity.reference))


def _stale(form: ActivityForm, activity: Activity, mine: Content) -> Answer:
    """Both versions side by side, and the form with the person's own, good for the version of now."""
    session = get_session()
    session.expire_all()  # what was read before the lock may be older than what is there now
    theirs = read_content(activity.current)
    changes = differences(Words(reference_data(session)), theirs, mine)
    wanted = State.SUBMITTED if request.form.get("do") == SUBMIT else activity.current.state
    if not changes and activity.current.state == wanted:
        return _saved(activity)  # their own form, sent twice
    form.version.data = str(activity.version)
    by = _last_saved_by(activity)
    return _page(form, activity, status=409, template="activities/stale.html", changes=changes, by=by)


def _last_saved_by(activity: Activity) -> str:
    session = get_session()
    event = next((e for e in history(session, activity.reference) if e.actor_id is not None), None)
    return names_of(session, [event.actor_id]).get(event.actor_id or 0, "") if event else ""


def _page(
    form: ActivityForm,
    activity: Activity | None = None,
    *,
    status: int = 200,
    template: str = "activities/form.html",
    more: str = "",
    **values: object,
) -> Answer:
    form.make_room(more)
    words = Words(reference_data(get_session()))
    term = words.derived_term(read_content(activity.current)) if activity else ""
    shown = {"form": form, "offer": form.offer, "activity": activity, "term": term, "more": more, "filled": filled}
    shown["office_name"] = words.of("office", form.offer.office.code)
    return render_template(template, **shown, **values), status
