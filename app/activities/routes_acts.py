"""Acts on a record: submit, decide, withdraw, and their undoing. Each is a POST with the version that was seen."""

from __future__ import annotations

from collections.abc import Callable

from flask import flash, redirect, request, url_for

from app.activities import review, services
from app.activities.blueprint import Answer, bp
from app.activities.facts import answer_joint as answer_joint_activity
from app.activities.form_facts import PlainForm, ReasonForm
from app.activities.models import Activity
from app.activities.routes_record import open_record, render_record
from app.core.errors import Invalid, Stale
from app.core.i18n import N_
from app.core.permissions import Permission
from app.core.web.db import get_session
from app.core.web.guard import requires, the_actor
from app.core.web.locale import _

SEEN_BEFORE = N_(
    "Somebody saved this record after you opened it. Look at it as it is now; what you typed is kept below."
)


def back(activity: Activity, said: str) -> Answer:
    """Back to the record, with a sentence about what was done."""
    flash(said, "success")
    return redirect(url_for("activities.record", reference=activity.reference))


def act(reference: str, name: str, done: str, service: Callable[..., object], *, reasoned: bool = False) -> Answer:
    """Do one act. A refused reason or a stale version shows the record again with what was typed."""
    activity = open_record(reference)
    form = ReasonForm()
    if not form.validate():
        return render_record(activity, failed=name, reason_form=form), 422
    reason = (form.reason.data or "",) if reasoned else ()
    try:
        service(get_session(), the_actor(), activity, *reason, form.seen_version())
    except Invalid as refused:
        form.add_problems(refused)
        return render_record(activity, failed=name, reason_form=form), 422
    except Stale:
        flash(_(SEEN_BEFORE), "error")
        form.version.data = str(activity.version)
        return render_record(activity, failed=name, reason_form=form), 409
    return back(activity, _(done))


@bp.post("/activities/<reference>/submit")
@requires(Permission.ACTIVITY_SUBMIT)
def submit(reference: str) -> Answer:
    """Hand the draft to the adviser. Something missing leads to the form, where it is said at its field."""
    activity, form = open_record(reference), ReasonForm()
    try:
        services.submit_activity(get_session(), the_actor(), activity, form.seen_version())
    except Invalid:
        flash(_("Some answers are still missing. They are marked below."), "warning")
        return redirect(url_for("activities.edit", reference=reference, check="yes"))
    except Stale:
        flash(_(SEEN_BEFORE), "error")
        return render_record(activity), 409
    return back(activity, _("Submitted for review."))


@bp.post("/activities/<reference>/approve")
@requires(Permission.ACTIVITY_REVIEW)
def approve(reference: str) -> Answer:
    """Approve the submitted version."""
    return act(reference, "approve", N_("Approved. It counts from now on."), review.approve_activity)


@bp.post("/activities/<reference>/return")
@requires(Permission.ACTIVITY_REVIEW)
def return_(reference: str) -> Answer:
    """Return the submitted version with a reason."""
    return act(
        reference, "return_", N_("Returned to the office with your reason."), review.return_activity, reasoned=True
    )


@bp.post("/activities/<reference>/question")
@requires(Permission.ACTIVITY_REVIEW)
def question(reference: str) -> Answer:
    """Question an approved record."""
    return act(
        reference, "question", N_("Questioned. It still counts, flagged."), review.question_activity, reasoned=True
    )


@bp.post("/activities/<reference>/settle-question")
@requires(Permission.ACTIVITY_REVIEW)
def settle_question(reference: str) -> Answer:
    """Take the question back."""
    return act(reference, "settle_question", N_("The question is settled."), review.settle_question)


@bp.post("/activities/<reference>/set-aside")
@requires(Permission.ACTIVITY_REVIEW)
def set_aside(reference: str) -> Answer:
    """Take an approved record out of the figures."""
    return act(reference, "set_aside", N_("Set aside. It no longer counts."), review.set_aside, reasoned=True)


@bp.post("/activities/<reference>/count-again")
@requires(Permission.ACTIVITY_REVIEW)
def count_again(reference: str) -> Answer:
    """Undo the setting aside."""
    return act(reference, "count_again", N_("It counts again."), review.count_again)


@bp.post("/activities/<reference>/withdraw")
@requires(Permission.ACTIVITY_WITHDRAW)
def withdraw(reference: str) -> Answer:
    """Withdraw with a reason."""
    return act(
        reference,
        "withdraw",
        N_("Withdrawn. You can undo this at any time."),
        services.withdraw_activity,
        reasoned=True,
    )


@bp.post("/activities/<reference>/undo-withdrawal")
@requires(Permission.ACTIVITY_WITHDRAW)
def undo_withdrawal(reference: str) -> Answer:
    """Take the withdrawal back."""
    return act(reference, "undo_withdrawal", N_("The withdrawal is undone."), services.undo_withdrawal)


@bp.post("/activities/<reference>/offices/<office>")
@requires(Permission.ACTIVITY_ANSWER_JOINT)
def answer_joint(reference: str, office: str) -> Answer:
    """A co-office accepts or declines."""
    activity, form = open_record(reference), PlainForm()
    if not form.validate():
        return render_record(activity), 422
    accept = request.form.get("answer") == "accept"
    answer_joint_activity(get_session(), the_actor(), activity, office, accept=accept)
    return back(activity, _("Accepted: it counts for your office too.") if accept else _("Declined."))
