"""One's own choice of mail."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from app.core.errors import Invalid
from app.core.permissions import Permission
from app.core.web.db import get_session
from app.core.web.guard import requires, the_actor
from app.core.web.locale import _
from app.mail.forms import RhythmForm
from app.mail.queries import rhythm_of
from app.mail.services import choose_rhythm

bp = Blueprint("mail", __name__)


@bp.get("/me/mail")
@requires(Permission.SIGNED_IN)
def choice() -> str:
    """How often one gets mail now, and the other choices."""
    rhythm = rhythm_of(get_session(), the_actor().user_id or 0)
    return render_template("mail/choice.html", form=RhythmForm(formdata=None, data={"rhythm": rhythm}).offer())


@bp.post("/me/mail")
@requires(Permission.SIGNED_IN)
def choose() -> Response | tuple[str, int]:
    """Choose."""
    form = RhythmForm().offer()
    try:
        if form.validate():
            choose_rhythm(get_session(), the_actor(), form.rhythm.data or "")
            flash(_("Kept. What waits for you follows it."), "success")
            return redirect(url_for("mail.choice"), 303)
    except Invalid as refused:
        form.add_problems(refused)
    return render_template("mail/choice.html", form=form), 422
