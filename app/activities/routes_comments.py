"""Comments on a record, and the list of those that mention one."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for

from app.activities import comments
from app.activities.blueprint import Answer, bp
from app.activities.form_comment import CommentForm
from app.activities.queries_comments import comments_for
from app.activities.routes_record import load, show
from app.core.errors import Invalid
from app.core.permissions import Permission
from app.core.web.db import get_session
from app.core.web.guard import require, requires, the_actor
from app.core.web.locale import _


@bp.get("/comments")
@requires(Permission.ACTIVITY_LIST)
def comments_to_me() -> str:
    """Open comments that mention the reader."""
    return render_template("activities/comments.html", spoken=comments_for(get_session(), the_actor()))


@bp.post("/activities/<reference>/comments")
@requires(Permission.COMMENT_WRITE)
def comment(reference: str) -> Answer:
    """Say something about the record."""
    activity, session = load(reference), get_session()
    require(Permission.COMMENT_WRITE, activity)
    form = CommentForm().offer(comments.may_be_mentioned(session, activity))
    try:
        if form.validate():
            comments.write_comment(session, the_actor(), activity, form.to_command())
            flash(_("Your comment stands on the record."), "success")
            return redirect(url_for("activities.record", reference=reference) + "#comments")
    except Invalid as refused:
        form.add_problems(refused)
    return show(activity, status=422, refused="comment", comment=form)


@bp.post("/activities/<reference>/comments/<int:key>/resolve")
@requires(Permission.COMMENT_WRITE)
def resolve_comment(reference: str, key: int) -> Answer:
    """It is dealt with."""
    return _resolve(reference, key, True)


@bp.post("/activities/<reference>/comments/<int:key>/reopen")
@requires(Permission.COMMENT_WRITE)
def reopen_comment(reference: str, key: int) -> Answer:
    """It is not dealt with after all."""
    return _resolve(reference, key, False)


def _resolve(reference: str, key: int, resolved: bool) -> Answer:
    activity = load(reference)
    comments.resolve_comment(get_session(), the_actor(), activity, key, resolved=resolved)
    flash(_("Resolved.") if resolved else _("Open again."), "success")
    return redirect(url_for("activities.record", reference=reference) + "#comments")
