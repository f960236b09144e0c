"""Who reviews an office's records, and which regions allow self-approval."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for

from app.codelists.queries import labels
from app.core.errors import Invalid, NotFound, Stale
from app.core.permissions import Permission
from app.core.web.db import get_session
from app.core.web.guard import NO_SUCH, require, requires, requires_fresh, the_actor
from app.core.web.locale import _, current_locale
from app.offices import reviewers
from app.offices.models import OfficeReviewer
from app.offices.queries import office as find_office
from app.offices.queries import region_codes
from app.people.blueprint import Answer, bp
from app.people.forms import RegionsForm, ReviewersForm


@bp.get("/offices/<code>/reviewers")
@requires(Permission.REVIEWER_SET)
def edit_reviewers(code: str) -> Answer:
    """Who looks at what the office submits."""
    return _reviewers_page(code)


@bp.post("/offices/<code>/reviewers")
@requires(Permission.REVIEWER_SET)
def set_reviewers(code: str) -> Answer:
    """Name the reviewer and the deputy."""
    _check(code)
    form = ReviewersForm().offer(reviewers.deciders_of(get_session(), code))
    named = form.reviewer.data, form.deputy.data, form.seen.data or ""
    try:
        if form.validate():
            reviewers.set_reviewers(get_session(), the_actor(), code, *named)
            flash(_("Kept. What the office submits goes to them."), "success")
            return redirect(url_for("people.edit_reviewers", code=code), 303)
    except Invalid as refused:
        form.add_problems(refused)
    except Stale:
        return _reviewers_page(code, 409)
    return _reviewers_page(code, 422, form)


def _check(code: str) -> None:
    if find_office(get_session(), code) is None:
        raise NotFound(NO_SUCH)
    require(Permission.REVIEWER_SET, code)


def _reviewers_page(code: str, status: int = 200, form: ReviewersForm | None = None) -> Answer:
    _check(code)
    session = get_session()
    if form is None:
        named = session.get(OfficeReviewer, code)
        data = {"reviewer": named.reviewer_id, "deputy": named.deputy_id} if named else {}
        given = {**data, "seen": reviewers.reviewer_text(session, code)}
        form = ReviewersForm(formdata=None, data=given).offer(reviewers.deciders_of(session, code))
    name = labels(session).of("office", code, current_locale().code)
    return render_template("people/reviewers.html", form=form, code=code, name=name, stale=status == 409), status


@bp.get("/regions/self-approval")
@requires(Permission.SELF_APPROVAL_SET)
def edit_self_approval() -> Answer:
    """Where people may approve their own work."""
    return _regions_page(_regions_form())


@bp.post("/regions/self-approval")
@requires(Permission.SELF_APPROVAL_SET)
@requires_fresh
def set_self_approval() -> Answer:
    """Say where."""
    form, now = _regions_form(sent=True), reviewers.self_approving_regions(get_session())
    if form.seen.data != ",".join(sorted(now)):
        return _regions_page(_regions_form(), 409)
    try:
        if form.validate():
            reviewers.set_self_approval(get_session(), the_actor(), form.regions.data or ())
            flash(_("Kept. Records approved by their own authors are marked, here and in the figures."), "success")
            return redirect(url_for("people.edit_self_approval"), 303)
    except Invalid as refused:
        form.add_problems(refused)
    return _regions_page(form, 422)


def _regions_form(*, sent: bool = False) -> RegionsForm:
    session, language = get_session(), current_locale().code
    now = sorted(reviewers.self_approving_regions(session))
    form = RegionsForm() if sent else RegionsForm(formdata=None, data={"regions": now, "seen": ",".join(now)})
    form.regions.choices = [(code, labels(session).of("region", code, language)) for code in region_codes(session)]
    return form


def _regions_page(form: RegionsForm, status: int = 200) -> Answer:
    return render_template("people/self_approval.html", form=form, stale=status == 409), status
