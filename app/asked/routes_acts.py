"""What is done about a request: answer, met, links, steps, comments, withdrawal."""

from __future__ import annotations

from collections.abc import Callable

from flask import flash, redirect, request, url_for

from app.activities.form_comment import CommentForm
from app.activities.form_facts import PlainForm, ReasonForm, StepForm
from app.activities.models import Activity
from app.activities.routes_record import load as load_activity
from app.activities.services import find_activity
from app.asked import services, talk
from app.asked.blueprint import Answer, bp, load
from app.asked.forms import AnswerForm, LinkActivityForm, MetForm
from app.asked.models import SupportRequest
from app.asked.routes_record import show
from app.core.errors import Invalid, NotFound, Refused, Stale
from app.core.i18n import N_
from app.core.permissions import Permission, can
from app.core.web.db import get_session
from app.core.web.forms import BaseForm
from app.core.web.guard import require, requires, the_actor
from app.core.web.locale import _

NO_ACTIVITY = N_("There is no activity with this reference that you may open.")
CHANGED = N_("Somebody saved this request after you opened it. What you typed is kept; look and send it again.")


def _do(found: SupportRequest, name: str, form: BaseForm, done: str, run: Callable[[], object], at: str = "") -> Answer:
    """Do it and show the request; or show it with the form as it was typed, and what is wrong with it."""
    try:
        if form.validate():
            run()
            flash(done, "success")
            return redirect(url_for("asked.request_page", reference=found.reference) + at)
    except Invalid as refused:
        form.add_problems(refused)
    except Refused as refused:
        return show(found, status=409, refused=name, errors=[_(str(refused))], **{name: form})
    except Stale:
        get_session().refresh(found)
        if "version" in form:
            form["version"].data = str(found.version)
        return show(found, status=409, refused=name, errors=[_(CHANGED)], **{name: form})
    return show(found, status=422, refused=name, **{name: form})


@bp.post("/requests/<reference>/answer")
@requires(Permission.REQUEST_EDIT)
def answer(reference: str) -> Answer:
    """Accept, refer, decline, or open it again."""
    found, form = load(reference), AnswerForm().take_offer()
    require(Permission.REQUEST_EDIT, found)
    return _do(found, "answer", form, _("The answer is kept."), lambda: services.answer_request(
        get_session(), the_actor(), found, form.to_command(), form.seen_version()))  # fmt: skip


@bp.post("/requests/<reference>/met")
@requires(Permission.REQUEST_EDIT)
def met(reference: str) -> Answer:
    """Say whether it was met."""
    found, form = load(reference), MetForm().take_offer()
    require(Permission.REQUEST_EDIT, found)
    return _do(found, "met", form, _("Thank you. It is kept."), lambda: services.say_whether_met(
        get_session(), the_actor(), found, form.met.data or "", form.met_words.data or "", form.met_on.day,
        form.seen_version()))  # fmt: skip


@bp.post("/requests/<reference>/withdraw")
@requires(Permission.REQUEST_EDIT)
def withdraw(reference: str) -> Answer:
    """It was entered by mistake, or twice."""
    found, form = load(reference), ReasonForm()
    require(Permission.REQUEST_EDIT, found)
    return _do(found, "withdraw", form, _("The request is withdrawn."), lambda: services.withdraw_request(
        get_session(), the_actor(), found, form.reason.data or "", form.seen_version()))  # fmt: skip


@bp.post("/requests/<reference>/undo-withdrawal")
@requires(Permission.REQUEST_EDIT)
def undo_withdrawal(reference: str) -> Answer:
    """It was right after all."""
    found, form = load(reference), ReasonForm()
    require(Permission.REQUEST_EDIT, found)
    return _do(found, "undo", form, _("The withdrawal is undone."), lambda: services.undo_withdrawal(
        get_session(), the_actor(), found, form.seen_version()))  # fmt: skip


@bp.post("/requests/<reference>/activities")
@requires(Permission.REQUEST_READ, Permission.ACTIVITY_CREATE)
def link(reference: str) -> Answer:
    """An activity answers it."""
    found, form = load(reference), LinkActivityForm()

    def run() -> None:
        services.link_activity(get_session(), the_actor(), found, _activity(form.activity.data or ""))

    return _do(found, "link", form, _("The activity is linked."), run, "#activities")


def _activity(reference: str) -> Activity:
    try:
        activity = find_activity(get_session(), reference.strip())
    except NotFound:
        raise Invalid.at("activity", NO_ACTIVITY) from None
    if not can(Permission.ACTIVITY_READ, the_actor(), activity):
        raise Invalid.at("activity", NO_ACTIVITY)
    return activity


@bp.post("/requests/<reference>/activities/<activity>/unlink")
@requires(Permission.REQUEST_READ, Permission.ACTIVITY_CREATE)
def unlink(reference: str, activity: str) -> Answer:
    """It does not answer it after all."""
    found, linked = load(reference), load_activity(activity)
    return _do(found, "unlink", PlainForm(), _("The activity is no longer linked."),
               lambda: services.unlink_activity(get_session(), the_actor(), found, linked), "#activities")  # fmt: skip


@bp.post("/activities/<reference>/requests")
@requires(Permission.REQUEST_READ, Permission.ACTIVITY_CREATE)
def link_from_activity(reference: str) -> Answer:
    """From the activity's page: it answers one of the open requests of its country."""
    activity = load_activity(reference)
    found = load(request.form.get("request", ""))
    services.link_activity(get_session(), the_actor(), found, activity)
    flash(_("It is linked to %(request)s.", request=found.reference), "success")
    return redirect(url_for("activities.record", reference=reference) + "#requests")


@bp.post("/requests/<reference>/next-steps")
@requires(Permission.REQUEST_EDIT)
def add_next_step(reference: str) -> Answer:
    """Something is to be done about it."""
    found = load(reference)
    require(Permission.REQUEST_EDIT, found)
    form = StepForm().offer(talk.step_owners(get_session(), found))
    return _do(found, "step", form, _("The next step is added."), lambda: talk.add_next_step(
        get_session(), the_actor(), found, form.to_command()), "#next-steps")  # fmt: skip


@bp.post("/requests/<reference>/next-steps/<int:step>/done")
@requires(Permission.REQUEST_EDIT)
def finish_next_step(reference: str, step: int) -> Answer:
    """It is done."""
    found = load(reference)
    require(Permission.REQUEST_EDIT, found)
    return _do(found, "steps", PlainForm(), _("Done."), lambda: talk.finish_next_step(
        get_session(), the_actor(), found, step), "#next-steps")  # fmt: skip


@bp.post("/requests/<reference>/comments")
@requires(Permission.REQUEST_COMMENT)
def comment(reference: str) -> Answer:
    """Say something about it."""
    found = load(reference)
    form = CommentForm().offer(talk.may_be_mentioned(get_session(), found))
    return _do(found, "comment", form, _("Your comment stands on the request."), lambda: talk.write_comment(
        get_session(), the_actor(), found, form.to_command()), "#comments")  # fmt: skip


@bp.post("/requests/<reference>/comments/<int:key>/resolve")
@requires(Permission.REQUEST_COMMENT)
def resolve_comment(reference: str, key: int) -> Answer:
    """It is dealt with."""
    return _resolve(reference, key, True)


@bp.post("/requests/<reference>/comments/<int:key>/reopen")
@requires(Permission.REQUEST_COMMENT)
def reopen_comment(reference: str, key: int) -> Answer:
    """It is not dealt with after all."""
    return _resolve(reference, key, False)


def _resolve(reference: str, key: int, resolved: bool) -> Answer:
    found = load(reference)
    talk.resolve_comment(get_session(), the_actor(), found, key, resolved=resolved)
    flash(_("Resolved.") if resolved else _("Open again."), "success")
    return redirect(url_for("asked.request_page", reference=reference) + "#comments")
