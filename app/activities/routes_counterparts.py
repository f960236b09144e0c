"""The adviser's page of bodies that offices typed in."""

from __future__ import annotations

from collections.abc import Callable
from itertools import groupby

from flask import flash, redirect, render_template, request, url_for

from app.activities import counterparts
from app.activities.blueprint import Answer, bp
from app.activities.counterparts import bodies_to_review
from app.activities.reference import reference_data
from app.activities.words import Words
from app.core.errors import Invalid, Refused
from app.core.permissions import Permission
from app.core.web.db import get_session
from app.core.web.guard import requires, the_actor
from app.core.web.locale import _


@bp.get("/counterparts")
@requires(Permission.ACTIVITY_REVIEW)
def bodies() -> Answer:
    """Every body of the offices that the reader reviews, to verify or to merge."""
    return _show()


@bp.post("/counterparts/<int:body>/verify")
@requires(Permission.ACTIVITY_REVIEW)
def verify_body(body: int) -> Answer:
    """It is real and rightly named."""
    return _do(lambda: counterparts.verify_counterpart(get_session(), the_actor(), body), _("Verified."))


@bp.post("/counterparts/<int:body>/merge")
@requires(Permission.ACTIVITY_REVIEW)
def merge_body(body: int) -> Answer:
    """It is the same as another one."""
    chosen = request.form.get("into", "")
    into = int(chosen) if chosen.isascii() and chosen.isdecimal() and len(chosen) < 10 else None
    done = _("Merged. No record was changed; you can undo it.")
    return _do(lambda: counterparts.merge_counterpart(get_session(), the_actor(), body, into), done)


@bp.post("/counterparts/<int:body>/undo")
@requires(Permission.ACTIVITY_REVIEW)
def undo_body(body: int) -> Answer:
    """It is one of its own after all."""
    return _do(lambda: counterparts.undo_merge(get_session(), the_actor(), body), _("The merge is undone."))


def _do(act: Callable[[], object], done: str) -> Answer:
    try:
        act()
    except Invalid as refused:
        return _show(422, _(refused.problems[0].message))
    except Refused as refused:
        return _show(409, _(str(refused)))
    flash(done, "success")
    return redirect(url_for("activities.bodies"))


def _show(status: int = 200, refused: str = "") -> Answer:
    session = get_session()
    words, found = Words(reference_data(session)), bodies_to_review(session, the_actor())
    offices = [(words.of("office", code), list(rows)) for code, rows in groupby(found, key=lambda body: body.office)]
    names = {body.id: body.name for body in found}
    unverified = sum(1 for body in found if not body.verified and body.merged_into is None)
    shown = {"offices": offices, "names": names, "unverified": unverified, "words": words, "refused": refused}
    return render_template("activities/counterparts.html", **shown), status
