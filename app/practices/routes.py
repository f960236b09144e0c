"""The library of practice, the page and form of a card, its review, and where it was used again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from sqlalchemy.exc import IntegrityError
from werkzeug.wrappers import Response

from app.activities.form_facts import ReasonForm
from app.activities.form_page import offices_of
from app.activities.models import Activity
from app.activities.reference import reference_data
from app.activities.routes_record import load as load_activity
from app.activities.services import find_activity
from app.activities.words import Words
from app.core import clock
from app.core.errors import Invalid, NotFound, Refused, Stale
from app.core.i18n import N_
from app.core.permissions import Permission, can
from app.core.web.db import get_session
from app.core.web.forms import BaseForm
from app.core.web.guard import NO_SUCH, require, requires, the_actor
from app.core.web.locale import _
from app.practices import services
from app.practices.forms import CardForm, ReuseForm, ReviewForm, card_data
from app.practices.models import Practice
from app.practices.page import card_page, library_page, offer, preset_card
from app.practices.queries import PracticeFilters, cards_of_activity, check_codes, find_practice, may_read
from app.practices.rules import STEP_HINTS, CardContent
from app.practices.services import Reuse, content_of

bp = Blueprint("practices", __name__)
Answer = str | Response | tuple[str, int]
CHANGED = N_("Somebody saved this card after you opened it. What you typed is kept; look and send it again.")
NO_ACTIVITY = N_("There is no activity with this reference that you may open.")


@bp.app_template_global("cards_beside")
def cards_beside(activity: Activity) -> list[Practice]:
    """For the page of an activity: the cards that were made of it."""
    return cards_of_activity(get_session(), the_actor(), activity.id)


@bp.get("/practices")
@requires(Permission.PRACTICE_LIST)
def index() -> str:
    """The library."""
    session, filters = get_session(), PracticeFilters.parse(request.args)
    check_codes(session, filters)
    page = library_page(session, the_actor(), filters)
    return render_template("practices/index.html", page=page, generated_at=clock.stamp())


@bp.get("/practices/new")
@requires(Permission.PRACTICE_WRITE)
def new() -> Answer:
    """A card of `?activity=…`, with its lesson filled in."""
    activity = load_activity(request.args.get("activity", ""))
    require(Permission.PRACTICE_WRITE, activity)
    services.refuse_closed(the_actor(), activity)
    held = preset_card(get_session(), activity)
    return _form_page(_offered(CardForm(formdata=None, data=card_data(held)), held), activity.reference)


@bp.post("/practices/new")
@requires(Permission.PRACTICE_WRITE)
def create() -> Answer:
    """Make the card, as a draft."""
    activity = load_activity(request.args.get("activity", ""))
    require(Permission.PRACTICE_WRITE, activity)
    form = _offered(CardForm(), CardContent())
    if form.validate():
        try:
            made = _made(activity, form)
            flash(_("Saved as %(reference)s. Hand it in when it is ready.", reference=made.reference), "success")
            return redirect(url_for("practices.card", reference=made.reference))
        except Invalid as refused:
            form.add_problems(refused)
    return _form_page(form, activity.reference, status=422)


def _made(activity: Activity, form: CardForm) -> Practice:
    session, client_id = get_session(), str(form.client_id.data)
    try:
        return services.make_card(session, the_actor(), activity, form.to_command(), client_id)
    except IntegrityError:  # the same form, sent twice in the same moment
        session.rollback()
        return services.make_card(session, the_actor(), activity, form.to_command(), client_id)


@bp.get("/practices/<reference>/edit")
@requires(Permission.PRACTICE_WRITE)
def edit(reference: str) -> Answer:
    """What it says, in the form."""
    found = _writable(reference)
    held = content_of(found)
    form = _offered(CardForm(formdata=None, data=card_data(held, found.version)), held)
    return _form_page(form, found.activity.reference, found)


@bp.post("/practices/<reference>/edit")
@requires(Permission.PRACTICE_WRITE)
def save(reference: str) -> Answer:
    """Save it."""
    found = _writable(reference)
    form, status, stale = _offered(CardForm(), content_of(found)), 422, False
    if form.validate():
        try:
            services.change_card(get_session(), the_actor(), found, form.to_command(), form.seen_version())
            flash(_("Saved."), "success")
            return redirect(url_for("practices.card", reference=reference))
        except Invalid as refused:
            form.add_problems(refused)
        except Stale:
            status, stale = 409, True
            form.version.data = str(found.version)
    return _form_page(form, found.activity.reference, found, status, content_of(found) if stale else None)


@bp.get("/practices/<reference>")
@requires(Permission.PRACTICE_LIST)
def card(reference: str) -> Answer:
    """One card."""
    return _show(_load(reference))


@bp.post("/practices/<reference>/submit")
@requires(Permission.PRACTICE_WRITE)
def submit(reference: str) -> Answer:
    """Hand it in; what is missing is said at its fields."""
    found = _writable(reference)
    form = ReviewForm()
    try:
        services.submit_card(get_session(), the_actor(), found, form.seen_version())
        flash(_("Handed in. The adviser of your region reviews it."), "success")
        return redirect(url_for("practices.card", reference=reference))
    except Invalid as refused:
        held = content_of(found)
        filled = _offered(CardForm(formdata=None, data=card_data(held, found.version)), held)
        filled.add_problems(refused)
        return _form_page(filled, found.activity.reference, found, 422)
    except Refused as refused:
        return _show(found, status=409, refused="submit", errors=[_(str(refused))])
    except Stale:
        return _show(found, status=409, refused="submit", errors=[_(CHANGED)])


@bp.post("/practices/<reference>/review")
@requires(Permission.PRACTICE_REVIEW)
def review(reference: str) -> Answer:
    """Reviewed, or returned with a reason."""
    found, form = _load(reference), ReviewForm()
    accept = request.form.get("do") == "accept"
    done = _("Reviewed.") if accept else _("Returned to the office.")
    return _do(found, "review", form, done, lambda: services.review_card(
        get_session(), the_actor(), found, accept, form.words.data or "", form.seen_version()))  # fmt: skip


@bp.post("/practices/<reference>/reuses")
@requires(Permission.PRACTICE_REUSE)
def reuse(reference: str) -> Answer:
    """An office used it again."""
    found, form = _load(reference), _reuse_form(ReuseForm())

    def run() -> None:
        activity = _activity(form.activity.data) if form.activity.data else None
        command = Reuse(form.office.data or "", form.words.data or "", activity, str(form.client_id.data))
        services.record_reuse(get_session(), the_actor(), found, command)

    return _do(found, "reuse", form, _("Thank you. It stands on the card."), run)


@bp.post("/practices/<reference>/withdraw")
@requires(Permission.PRACTICE_WRITE)
def withdraw(reference: str) -> Answer:
    """Take it out of the library."""
    found, form = _writable(reference), ReasonForm()
    return _do(found, "withdraw", form, _("The card is withdrawn."), lambda: services.withdraw_card(
        get_session(), the_actor(), found, form.reason.data or "", form.seen_version()))  # fmt: skip


def _activity(reference: str) -> Activity:
    try:
        activity = find_activity(get_session(), reference.strip())
    except NotFound:
        raise Invalid.at("activity", NO_ACTIVITY) from None
    if not can(Permission.ACTIVITY_READ, the_actor(), activity):
        raise Invalid.at("activity", NO_ACTIVITY)
    return activity


def _load(reference: str) -> Practice:
    try:
        found = find_practice(get_session(), reference)
    except NotFound:
        raise NotFound(NO_SUCH) from None
    if not may_read(the_actor(), found):
        raise NotFound(NO_SUCH)
    return found


def _writable(reference: str) -> Practice:
    found = _load(reference)
    require(Permission.PRACTICE_WRITE, found)
    return found


def _do(found: Practice, name: str, form: BaseForm, done: str, run: Callable[[], object]) -> Answer:
    """Do it and show the card; or show it with the form as it was typed, and what is wrong with it."""
    try:
        if form.validate():
            run()
            flash(done, "success")
            return redirect(url_for("practices.card", reference=found.reference))
    except Invalid as refused:
        form.add_problems(refused)
    except Refused as refused:
        return _show(found, status=409, refused=name, errors=[_(str(refused))], **{name: form})
    except Stale:
        if "version" in form:
            form["version"].data = str(found.version)
        return _show(found, status=409, refused=name, errors=[_(CHANGED)], **{name: form})
    return _show(found, status=422, refused=name, **{name: form})


def _show(found: Practice, *, status: int = 200, **refused: Any) -> Answer:
    page = card_page(get_session(), the_actor(), found)
    forms: dict[str, Any] = {
        "review": ReviewForm(formdata=None, data={"version": str(found.version)}),
        "reuse": _reuse_form(ReuseForm(formdata=None)) if page.may_reuse else ReuseForm(formdata=None).take_offer(()),
    }
    stamp = clock.stamp()
    return render_template("practices/card.html", page=page, generated_at=stamp, **{**forms, **refused}), status


def _reuse_form(form: ReuseForm) -> ReuseForm:
    words = Words(reference_data(get_session()))
    return form.take_offer([(code, words.of("office", code)) for code in sorted(offices_of(the_actor()))])


def _offered(form: CardForm, held: CardContent) -> CardForm:
    return form.take_offer(offer(get_session(), held))


def _form_page(
    form: CardForm, activity: str, found: Practice | None = None, status: int = 200, theirs: CardContent | None = None
) -> Answer:
    hints = {code: _(hint) for code, hint in STEP_HINTS.items()}
    shown = {"form": form, "activity": activity, "card": found, "hints": hints, "theirs": theirs}
    return render_template("practices/form.html", **shown), status
