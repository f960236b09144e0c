"""Spreadsheets of recommendations: looked at, then entered on the register of requests."""

from __future__ import annotations

from flask import flash, render_template
from werkzeug.datastructures import FileStorage

from app.activities.reference import reference_data
from app.activities.words import Words
from app.asked.offers import source_pairs
from app.core.errors import Invalid
from app.core.i18n import N_
from app.core.permissions import Permission
from app.core.web.db import get_session
from app.core.web.guard import requires, the_actor
from app.core.web.locale import _, ngettext
from app.exchange.forms import RequestsForm
from app.exchange.page import Told, findings, sentence
from app.exchange.requests_cells import UPR
from app.exchange.requests_file import request_table
from app.exchange.requests_intake import take_in
from app.exchange.requests_table import Fate, Outcome, Taken
from app.exchange.routes import Answer, bp, desk, pieces
from app.exchange.sheet_limits import Unreadable

OUTCOMES = {
    Outcome.NEW: N_("New"),
    Outcome.UNCHANGED: N_("There already, unchanged"),
    Outcome.CHANGED: N_("Changed at its source; ours is left as it is"),
    Outcome.DUPLICATE: N_("Duplicate, not taken twice"),
    Outcome.REFUSED: N_("Refused"),
}


@bp.get("/requests/import")
@requires(Permission.REQUEST_IMPORT)
def requests_page() -> Answer:
    """Where a spreadsheet is read in."""
    form = _form(RequestsForm(formdata=None))
    form.source.data = UPR
    return _page(form)


@bp.post("/requests/import")
@requires(Permission.REQUEST_IMPORT)
def read_requests() -> Answer:
    """Read it, and tell every row's fate; keep nothing where only a look was asked for."""
    form = _form(RequestsForm())
    sent = form.sent()
    if sent is None:
        form.file.errors = [_("Choose a file.")]
        return _page(form, status=422)
    if not form.validate():
        return _page(form, status=422)
    try:
        taken = _take(sent, form)
    except Unreadable as refused:
        form.file.errors = [sentence(refused.template, refused.values)]
        return _page(form, status=422)
    except Invalid as refused:
        form.file.errors = [_(str(refused))]
        return _page(form, status=422)
    if not form.only_look.data:
        flash(ngettext("%(num)s request is new.", "%(num)s requests are new.", taken.new), "success")
    return _page(form, taken)


def _take(sent: FileStorage, form: RequestsForm) -> Taken:
    """Inside a savepoint: neither a refused file nor a look leaves anything behind."""
    nested = get_session().begin_nested()
    try:
        with desk().store.received(pieces(sent)) as received:
            table = request_table(received.path, sent.filename or "file", form.order.data or "")
            taken = take_in(get_session(), the_actor(), table, form.source.data or UPR)
    except (Unreadable, Invalid):
        nested.rollback()
        raise
    if form.only_look.data:
        nested.rollback()
    else:
        nested.commit()
    return taken


def _form(form: RequestsForm) -> RequestsForm:
    form.take_offer(source_pairs(get_session(), Words(reference_data(get_session()))))
    return form


def _page(form: RequestsForm, taken: Taken | None = None, status: int = 200) -> Answer:
    outcomes = {code: _(word) for code, word in OUTCOMES.items()}
    parts = {"taken": taken, "outcomes": outcomes, "findings_of": _findings, "most": desk().most}
    return render_template("exchange/requests.html", form=form, **parts), status


def _findings(fate: Fate) -> list[Told]:
    """At their columns, by the names that the file gives them."""
    return findings((each.told() for each in fate.findings), place=str)
