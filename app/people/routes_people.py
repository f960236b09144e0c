"""Who works where, the end of a membership, handovers, and who stands in for a lead."""

from __future__ import annotations

from datetime import date

from flask import flash, redirect, render_template, request, url_for

from app.core import clock
from app.core.errors import Invalid, NotFound, Refused, Stale
from app.core.permissions import Permission
from app.core.web.db import get_session
from app.core.web.guard import NO_SUCH, require, requires, requires_fresh, the_actor
from app.core.web.locale import _
from app.offices.queries import office as find_office
from app.people import services
from app.people.blueprint import Answer, bp
from app.people.forms import EndForm, TakeForm, whole_day
from app.people.handing import answer_handover, find_handover
from app.people.page import end_page, handover_page, people_page, take_form


@bp.get("/people")
@requires(Permission.HANDOVER_ANSWER)
def index() -> Answer:
    """Who works in the office, what is to be handed over, and who signs where there is no lead."""
    return _people(_asked(request.args.get("office")))


def _asked(code: str | None) -> str | None:
    if code and find_office(get_session(), code) is None:
        raise NotFound(NO_SUCH)
    return code or None


def _people(office: str | None, form: TakeForm | None = None, status: int = 200) -> Answer:
    page = people_page(get_session(), the_actor(), office, form)
    return render_template("people/index.html", page=page), status


@bp.get("/people/<int:key>/end")
@requires(Permission.MEMBERSHIP_END)
def edit_end(key: int) -> Answer:
    """When does it end?"""
    found = services.find_membership(get_session(), the_actor(), key)
    given = {"ends_on": str(found.valid_to or clock.today()), "seen": str(found.valid_to or "")}
    return _end(key, EndForm(formdata=None, data=given))


@bp.post("/people/<int:key>/end")
@requires(Permission.MEMBERSHIP_END)
@requires_fresh
def end(key: int) -> Answer:
    """It ends on this day; what is left behind is asked for next."""
    form, status = EndForm(), 422
    try:
        if form.validate():
            day = whole_day(form.ends_on)
            handover = services.end_membership(get_session(), the_actor(), key, day, form.seen.data or "")
            flash(_("The membership ends on that day."), "success")
            following = url_for("people.handover", key=handover.id) if handover else url_for("people.index")
            return redirect(following, 303)
    except Invalid as refused:
        form.add_problems(refused)
    except (Stale, Refused) as refused:
        status = 409
        text = _("Somebody else changed this while you looked at it.") if isinstance(refused, Stale) else str(refused)
        form.form_errors.append(_(text))
    return _end(key, form, status)


def _end(key: int, form: EndForm, status: int = 200) -> Answer:
    page = end_page(get_session(), services.find_membership(get_session(), the_actor(), key))
    return render_template("people/end.html", page=page, form=form), status


@bp.get("/people/handovers/<int:key>")
@requires(Permission.HANDOVER_ANSWER)
def handover(key: int) -> Answer:
    """What somebody left behind, and who takes it."""
    return _handover(key)


@bp.post("/people/handovers/<int:key>/<kind>")
@requires(Permission.HANDOVER_ANSWER)
@requires_fresh
def answer(key: int, kind: str) -> Answer:
    """Somebody takes a part, or the office keeps it."""
    session, actor = get_session(), the_actor()
    form, status = take_form(session, find_handover(session, actor, key)), 422
    try:
        if form.validate():
            answer_handover(session, actor, key, kind, form.person.data, _until(form))
            flash(_("Kept."), "success")
            return redirect(url_for("people.handover", key=key), 303)
    except Invalid as refused:
        form.add_problems(refused)
    except Refused as refused:
        status = 409
        form.form_errors.append(_(str(refused)))
    return _handover(key, status, kind, form)


def _until(form: TakeForm) -> date | None:
    return whole_day(form.until)


def _handover(key: int, status: int = 200, kind: str = "", form: TakeForm | None = None) -> Answer:
    session, actor = get_session(), the_actor()
    page = handover_page(session, actor, find_handover(session, actor, key), kind, form)
    errors = [*form.form_errors, *form.person.errors, *form.until.form.form_errors] if form else []
    refused = kind if any(part.kind == kind for part in page.parts) else "main"
    return render_template("people/handover.html", page=page, errors=errors, refused=refused), status


@bp.post("/offices/<code>/acting")
@requires(Permission.ACTING_NAME)
@requires_fresh
def name_acting(code: str) -> Answer:
    """Somebody signs while the office has no lead."""
    if find_office(get_session(), code) is None:
        raise NotFound(NO_SUCH)
    require(Permission.ACTING_NAME, code)
    form, status = TakeForm(), 422
    try:
        if form.validate():
            services.name_acting(get_session(), the_actor(), code, form.person.data, _until(form))
            flash(_("Named. They may sign from today."), "success")
            return redirect(url_for("people.index", office=code), 303)
    except Invalid as refused:
        form.add_problems(refused)
    except Refused as refused:
        status = 409
        form.form_errors.append(_(str(refused)))
    return _people(code, form, status)
