"""The list of requests, the sheet of States that got nothing, and the import of spreadsheets."""

from __future__ import annotations

from flask import flash, render_template, request

from app.activities.reference import reference_data
from app.activities.words import Words
from app.asked.blueprint import Answer, bp
from app.asked.filters import RequestFilters
from app.asked.forms import ImportForm
from app.asked.given_page import given_page
from app.asked.list_page import list_page
from app.asked.listing import check_codes
from app.asked.nothing_page import nothing_page
from app.asked.offers import source_pairs
from app.asked.spreadsheet import Outcome, Taken, take_in
from app.asked.tables import Unreadable, read_table
from app.core import clock
from app.core.errors import Invalid
from app.core.i18n import N_
from app.core.permissions import Permission
from app.core.web.db import get_session
from app.core.web.guard import requires, the_actor
from app.core.web.locale import _, ngettext
from app.offices.queries import region_codes

OUTCOMES = {
    Outcome.NEW: N_("New"),
    Outcome.UNCHANGED: N_("There already, unchanged"),
    Outcome.CHANGED: N_("Changed at its source; ours is left as it is"),
    Outcome.DUPLICATE: N_("Duplicate, not taken twice"),
    Outcome.REFUSED: N_("Refused"),
}


@bp.get("/requests")
@requires(Permission.REQUEST_READ)
def index() -> str:
    """Every request, or those of a part."""
    session = get_session()
    filters = RequestFilters.parse(request.args)
    check_codes(session, filters)
    page = list_page(session, filters)
    return render_template("asked/index.html", page=page, generated_at=clock.stamp())


@bp.get("/requests/nothing-given")
@requires(Permission.REQUEST_READ)
def nothing_given() -> str:
    """Which States asked and got nothing, and why."""
    session = get_session()
    filters = RequestFilters.parse(request.args)
    check_codes(session, filters)
    page = nothing_page(session, filters, list(region_codes(session)))
    return render_template("asked/nothing.html", page=page, generated_at=clock.stamp())


@bp.get("/requests/given-not-asked")
@requires(Permission.REQUEST_READ)
def given_not_asked() -> str:
    """The activities of a part that answer no request on the register."""
    session = get_session()
    filters = RequestFilters.parse(request.args)
    check_codes(session, filters)
    page = given_page(session, the_actor(), filters)
    return render_template("asked/given.html", page=page, generated_at=clock.stamp())


@bp.get("/requests/import")
@requires(Permission.REQUEST_IMPORT)
def import_page() -> Answer:
    """Where a spreadsheet is read in."""
    return _import_page(_form(ImportForm(formdata=None)))


@bp.post("/requests/import")
@requires(Permission.REQUEST_IMPORT)
def import_file() -> Answer:
    """Read it, and tell every row's fate; keep nothing where only a look was asked for."""
    form = _form(ImportForm())
    sent = form.file.data
    if not sent or not getattr(sent, "filename", ""):
        form.file.errors = [_("Choose a file.")]
        return _import_page(form, status=422)
    if not form.validate():
        return _import_page(form, status=422)
    session = get_session()
    nested = session.begin_nested()
    try:
        table = read_table(sent.filename, sent.read())
        taken = take_in(session, the_actor(), table, form.source.data or "upr")
    except (Unreadable, Invalid) as refused:
        nested.rollback()
        form.file.errors = [_(str(refused))]
        return _import_page(form, status=422)
    if form.only_look.data:
        nested.rollback()
        return _import_page(form, taken, status=200)
    nested.commit()
    flash(ngettext("%(num)s request is new.", "%(num)s requests are new.", taken.new), "success")
    return _import_page(form, taken)


def _form(form: ImportForm) -> ImportForm:
    session = get_session()
    form.take_offer(source_pairs(session, Words(reference_data(session))))
    if not form.is_submitted():
        form.source.data = "upr"
    return form


def _import_page(form: ImportForm, taken: Taken | None = None, status: int = 200) -> Answer:
    outcomes = {code: _(word) for code, word in OUTCOMES.items()}
    return render_template("asked/import.html", form=form, taken=taken, outcomes=outcomes), status
