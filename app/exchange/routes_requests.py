"""Spreadsheets of recommendations: looked at, then entered on the register of requests."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from werkzeug.datastructures import FileStorage

from app.activities.reference import reference_data
from app.activities.words import Words
from app.asked.offers import source_pairs
from app.asked.undoing import undo_import
from app.core.errors import Invalid, Refused
from app.core.i18n import N_
from app.core.permissions import Permission
from app.core.web.db import get_session, roll_back
from app.core.web.forms import BaseForm
from app.core.web.guard import requires, the_actor
from app.core.web.locale import _, ngettext
from app.exchange.forms import RequestsForm
from app.exchange.page import Told, findings, sentence
from app.exchange.requests_batches import batch_lines, brought, find_batch, line_of
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


@bp.get("/requests/import/<key>")
@requires(Permission.REQUEST_IMPORT)
def requests_batch(key: str) -> Answer:
    """A file that was read: who, when, its checksum, and what came of it."""
    return _show_batch(key, BaseForm(formdata=None))


@bp.post("/requests/import/<key>/undo")
@requires(Permission.REQUEST_IMPORT)
def undo_requests(key: str) -> Answer:
    """Take back all that the file brought, while nobody worked on it."""
    form, batch = BaseForm(), find_batch(get_session(), key)
    if not form.validate():
        return _show_batch(key, form, 422)
    try:
        gone = undo_import(get_session(), the_actor(), batch.id, batch.file_name)
    except Refused as refused:
        form.form_errors.append(_(str(refused)))
        roll_back()
        return _show_batch(key, form, 409)
    flash(ngettext("Undone: %(num)s request is withdrawn.", "Undone: %(num)s requests are withdrawn.", gone), "success")
    return redirect(url_for("exchange.requests_batch", key=key), 303)


def _show_batch(key: str, form: BaseForm, status: int = 200) -> Answer:
    batch = find_batch(get_session(), key)
    session, words = get_session(), Words(reference_data(get_session()))
    parts = {"line": line_of(session, batch), "requests": brought(session, batch), "words": words, "form": form}
    return render_template("exchange/requests_batch.html", **parts), status


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
    parts = {"taken": taken, "outcomes": outcomes, "findings_of": _findings, "most": desk().most,
             "lines": batch_lines(get_session())}  # fmt: skip
    return render_template("exchange/requests.html", form=form, **parts), status


def _findings(fate: Fate) -> list[Told]:
    """At their columns, by the names that the file gives them."""
    return findings((each.told() for each in fate.findings), place=str)
