"""The form: a new activity, and the draft of one that is there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from flask import flash, redirect, request, url_for
from sqlalchemy.exc import IntegrityError

from app.activities import services
from app.activities.blueprint import Answer, bp
from app.activities.checks import submit_problems
from app.activities.child_case import WARNING, fields_like_a_case
from app.activities.content import read_content
from app.activities.form_offer import preset_content
from app.activities.form_page import (
    ROWS,
    editable,
    news,
    office_asked,
    offices_of,
    page,
    sent_form,
    shown_form,
    typed_form,
)
from app.activities.forms import LATE, ActivityForm
from app.activities.models import Activity
from app.activities.models_review import TypedText
from app.activities.presets import link_asked, presets
from app.activities.queries_record import sent_before
from app.activities.reference import reference_data, surroundings
from app.activities.routes_again import ask_first, must_ask
from app.activities.rules import Content, State, begun_anew
from app.activities.stale_page import MERGE, SUBMIT, chosen, go_on_with, stale_page
from app.activities.typed import find_typed, forget_typed
from app.activities.words import FIELDS
from app.core.errors import Invalid, NotFound, Problem, Stale
from app.core.i18n import N_
from app.core.permissions import Permission
from app.core.web.db import get_session
from app.core.web.guard import NO_SUCH, require, requires, the_actor
from app.core.web.locale import _

OTHER_OFFICE = N_("This form was saved for another office already. Open a new form for this one.")


@bp.get("/activities/new")
@requires(Permission.ACTIVITY_CREATE)
def new() -> Answer:
    """An empty form with what is likely filled in; with `?like=…` all that an earlier record says but its dates and
    outcome; with `?typed=…` one that was left unsaved; with `?request=…` what that request says.
    """
    if asked := request.args.get("request", ""):
        return _asked_page(asked)
    kept = find_typed(get_session(), the_actor(), request.args.get("typed", ""))
    return _new_page(kept, request.args.get("like", ""))


def _new_page(kept: TypedText | None, like: str) -> Answer:
    session, actor = get_session(), the_actor()
    if kept is not None and kept.activity_id is None:
        office = office_asked(actor, kept.office)
        return page(typed_form(kept, preset_content(session, office)), taken_up=kept.client_id)
    if like:
        earlier = editable(like)
        return page(shown_form(earlier.lead_office, begun_anew(read_content(earlier.current))))
    office = office_asked(actor, request.args.get("office"))
    return page(shown_form(office, preset_content(session, office)))


def _asked_page(key: str) -> Answer:
    session, actor, known = get_session(), the_actor(), presets()
    found = known.preset(session, actor, key, offices_of(actor)) if known else None
    if found is None:
        raise NotFound(NO_SUCH)
    likely = preset_content(session, found.office)
    form = shown_form(found.office, replace(found.content, language=likely.language, concerns=likely.concerns))
    form.asked_by.data = found.key
    return page(form)


@bp.post("/activities/new")
@requires(Permission.ACTIVITY_CREATE)
def create() -> Answer:
    """Save the draft, or save and submit it in one."""
    office = office_asked(the_actor(), request.form.get("office"))
    form = sent_form(office, preset_content(get_session(), office))
    return _answer(form, lambda command: _create(form, command))


@bp.get("/activities/<reference>/edit")
@requires(Permission.ACTIVITY_EDIT)
def edit(reference: str) -> Answer:
    """The newest version in the form. `?check=yes` says at each field what is missing to submit it; `?typed=…` shows
    what the person typed earlier and did not save.
    """
    activity = editable(reference)
    if request.args.get("check") == "yes":
        return complete_first(activity, status=200)
    held = read_content(activity.current)
    kept = find_typed(get_session(), the_actor(), request.args.get("typed", ""))
    if kept is not None and kept.activity_id == activity.id:
        return page(_with_version(typed_form(kept, held, activity)), activity, taken_up=kept.client_id)
    return page(shown_form(activity.lead_office, held, activity), activity)


@bp.post("/activities/<reference>/edit")
@requires(Permission.ACTIVITY_EDIT)
def save(reference: str) -> Answer:
    """Save it as a draft, or save and submit it. A stale one gets a page that shows both."""
    activity = editable(reference)
    held = read_content(activity.current)
    form = sent_form(activity.lead_office, held, activity)
    return _answer(form, lambda command: _save(form, activity, command), activity, held)


def complete_first(activity: Activity, status: int = 422) -> Answer:
    """The form of a draft that was to be submitted, with what is missing said at its fields."""
    held = read_content(activity.current)
    form = shown_form(activity.lead_office, held, activity)
    form.add_problems(lacks_something(activity))
    return page(form, activity, status=status, stored=True)


def lacks_something(activity: Activity) -> tuple[Problem, ...]:
    """What keeps the newest version from being submitted."""
    return submit_problems(read_content(activity.current), surroundings(get_session(), activity))


def _with_version(form: ActivityForm) -> ActivityForm:
    """A form that was opened before its record was made was opened at the record's first version."""
    form.version.data = form.version.data or "1"
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
        kind, _dash, name = do.partition("-")
        return page(form, activity, more=name if kind == "more" else "", whole=name if kind == "list" else "")
    if form.validate():
        command = form.to_command(held)
        try:
            return store(command)
        except Invalid as refused:
            form.add_problems(refused)
        except Stale:
            return _stale(form, activity, command)
    if do == SUBMIT:
        _tell_the_rest(form, activity, held)
    return page(form, activity, status=422)


def _tell_the_rest(form: ActivityForm, activity: Activity | None, held: Content | None) -> None:
    """Whoever submits learns in one round what is missing, beside what cannot be: links are slow.

    The content of a form with faults is for this only: what is no amount is none in it.
    """
    office, session = str(form.office.data), get_session()
    if activity is None and office not in reference_data(session).offices:
        return
    told = {field.name for field in form if field.errors}
    of = activity or Activity(lead_office=office, origin="form", revisions=[], deliveries=[])
    problems = submit_problems(form.to_command(held), surroundings(session, of))
    form.add_problems(p for p in problems if p.field.partition("-")[0] not in told)


def _stale(form: ActivityForm, activity: Activity | None, command: Content) -> Answer:
    found = activity or sent_before(get_session(), str(form.client_id.data))
    assert found is not None
    return stale_page(form, found, command) or _saved(found)


def _helped(form: ActivityForm, do: str) -> bool:
    """Buttons that change the form and store nothing."""
    if do == "all-countries":
        form.countries.data = [code for code, _name in form.offer.served]
    return do in ("all-countries", "office", *(f"more-{name}" for name in ROWS), *(f"list-{name}" for name in LATE))


def _create(form: ActivityForm, command: Content) -> Answer:
    """A new record; or, where this form made its record already (sent again, or kept while it was typed), its text."""
    session, client_id = get_session(), str(form.client_id.data)
    before = sent_before(session, client_id)
    if before is None:
        try:
            made = services.record_activity(session, the_actor(), str(form.office.data), command, client_id)
            link_asked(made, form.asked_by.data)
            return _submitted_or_saved(made)
        except IntegrityError:  # the same form, sent twice in the same moment
            session.rollback()
            before = sent_before(session, client_id)
            if before is None:
                raise
    return _sent_again(form, before, command)


def _sent_again(form: ActivityForm, activity: Activity, command: Content) -> Answer:
    """The form was opened when its record was not there: whatever was saved since its first version is news to it."""
    require(Permission.ACTIVITY_EDIT, activity)
    services.refuse_withdrawn(activity)
    if activity.lead_office != form.office.data:
        raise Invalid([Problem("office", OTHER_OFFICE)])
    if news(activity, command):
        services.save_activity(get_session(), the_actor(), activity, command, form.seen_version() or 1)
    link_asked(activity, form.asked_by.data)
    return _submitted_or_saved(activity)


def _save(form: ActivityForm, activity: Activity, command: Content) -> Answer:
    services.check_version(get_session(), activity, form.seen_version())
    together = chosen(form, activity, command)
    if request.form.get("do") == MERGE:
        return page(go_on_with(form, activity, together), activity)
    services.save_activity(get_session(), the_actor(), activity, together, form.seen_version())
    return _submitted_or_saved(activity)


def _submitted_or_saved(activity: Activity) -> Answer:
    if request.form.get("do") == SUBMIT and activity.current.state == State.DRAFT:
        if must_ask(activity):
            return _ask_first(activity)
        services.submit_activity(get_session(), the_actor(), activity, activity.version)
    return _saved(activity)


def _ask_first(activity: Activity) -> Answer:
    """Keep it as a draft and ask whether it is a duplicate; but what is missing is said first."""
    problems = lacks_something(activity)
    if problems:
        raise Invalid(problems)
    forget_typed(get_session(), the_actor(), request.form.get("client_id", ""))
    return ask_first(activity)


def _saved(activity: Activity) -> Answer:
    forget_typed(get_session(), the_actor(), request.form.get("client_id", ""))
    _warn_of_a_case(activity)
    if activity.current.state == State.SUBMITTED:
        flash(_("Submitted as %(reference)s.", reference=activity.reference), "success")
    else:
        flash(_("Saved as %(reference)s, not yet submitted.", reference=activity.reference), "success")
    return redirect(url_for("activities.record", reference=activity.reference))


def _warn_of_a_case(activity: Activity) -> None:
    found = fields_like_a_case(read_content(activity.current))
    if found:
        names = [_(field.label) for field in FIELDS if field.name in found]
        flash(_(WARNING, fields=", ".join(names)), "warning")
