"""Imports: send a file, match its columns, look at every row, take what is good, look it up later, undo it."""

from __future__ import annotations

import io
from collections.abc import Iterator

from flask import Blueprint, current_app, flash, redirect, render_template, request, send_file, url_for
from werkzeug.datastructures import FileStorage
from werkzeug.wrappers import Response

from app.core.db import new_client_id
from app.core.errors import Invalid, NotFound, Refused, Stale
from app.core.i18n import N_
from app.core.permissions import Permission, demand
from app.core.web.db import get_session, roll_back
from app.core.web.forms import BaseForm
from app.core.web.guard import NO_SUCH, requires, the_actor
from app.core.web.locale import _, current_locale
from app.exchange import services, undoing
from app.exchange.desk import Desk
from app.exchange.forms import (
    ReadingForm,
    SeenForm,
    SheetForm,
    TakeForm,
    UploadForm,
    label_language,
    offered,
    office_choices,
)
from app.exchange.handouts import bad_activities_of, bad_rows_of, template_lists
from app.exchange.models import Import
from app.exchange.page import counts_of, import_page, leaves_no_doubt, own_offices, sentence, sheet_of
from app.exchange.queries import imports_of
from app.exchange.reading import look
from app.exchange.rules import IATI, Scope, State
from app.exchange.services import Chosen
from app.exchange.sheet_columns import ACTIVITIES, DELIVERIES
from app.exchange.sheet_files import csv_template, xlsx_template
from app.exchange.sheet_limits import Unreadable
from app.exchange.sheet_look import Look, Reading
from app.exchange.sheet_values import tidy
from app.exchange.undoing import may_undo, to_undo
from app.exchange.work import CHECK, TAKE, UNDO

bp = Blueprint("exchange", __name__)
Answer = str | Response | tuple[str, int]
EXTENSION = "tracker.imports"
bp.add_app_template_filter(counts_of, "counts_of")
bp.add_app_template_filter(sheet_of, "sheet_of")
CHUNK = 256 * 1024
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
TAKEN_DRAFTS = N_("Taken. What was new or changed is a draft now: look at it, and submit it.")
TAKEN_DELIVERIES = N_("Taken. Each delivery confirms its year and needs no review.")
NO_SHEET = N_("The workbook has no such sheet.")
CHANGED_MEANWHILE = N_("Somebody changed this import after you opened it. Nothing was done. Look at it again.")


def desk() -> Desk:
    """The application's."""
    found: Desk = current_app.extensions[EXTENSION]
    return found


@bp.get("/imports")
@requires(Permission.IMPORT_READ)
def index() -> Answer:
    """The imports there were, and the form for another."""
    return _index(UploadForm(formdata=None))


@bp.post("/imports")
@requires(Permission.ACTIVITY_IMPORT)
def upload() -> Answer:
    """Look at a file in a process of its own, and keep it."""
    form = UploadForm()
    sent = form.sent()
    if sent is None:
        form.file.errors = [_("Choose a file.")]
    elif form.validate():
        try:
            imported = _keep(form, sent)
            _look_if_clear(imported)
            return redirect(url_for("exchange.show", key=imported.client_id), 303)
        except Unreadable as refused:
            form.file.errors = [sentence(refused.template, refused.values)]
        except Refused as refused:
            form.file.errors = [_(str(refused))]
        roll_back()
    return _index(form, 422)


def _look_if_clear(imported: Import) -> None:
    """Nobody is asked how a file is read that leaves no doubt: its rows are shown, and how it was read beside them."""
    if imported.state == State.SENT and leaves_no_doubt(imported):
        _look_at_rows(imported)


def _keep(form: UploadForm, sent: FileStorage) -> Import:
    with desk().store.received(pieces(sent)) as taken:
        found = look(taken.path)
        name = tidy((sent.filename or "file").replace("\\", "/").rpartition("/")[2]) or "file"
        office = form.office.data or None
        session, actor = get_session(), the_actor()
        if office not in dict(own_offices(session, actor)):
            office = None
        return services.send_file(
            session, actor, desk().store, taken, found, name, form.client_id.data or new_client_id(), office
        )


def pieces(sent: FileStorage) -> Iterator[bytes]:
    """What was sent, some at a time."""
    while piece := sent.stream.read(CHUNK):
        yield piece


def _index(form: UploadForm, status: int = 200) -> Answer:
    session, actor = get_session(), the_actor()
    own = own_offices(session, actor)
    form.office.choices = office_choices(own)
    if len(own) == 1 and not form.is_submitted():
        form.office.data = own[0][0]
    page = imports_of(session, actor)
    return render_template("exchange/index.html", imports=page, form=form, most=desk().most), status


@bp.get("/imports/template.xlsx")
@requires(Permission.ACTIVITY_IMPORT)
def template_xlsx() -> Response:
    """The template with its code lists and help, which is the offline form as well."""
    language, rtl = label_language(), current_locale().direction == "rtl"
    data = xlsx_template(language, template_lists(get_session()), _, rtl=rtl)
    return send_file(io.BytesIO(data), XLSX, as_attachment=True, download_name=f"activities-template-{language}.xlsx")


@bp.get("/imports/template.csv")
@requires(Permission.ACTIVITY_IMPORT)
def template_csv() -> Response:
    """The headings alone, of activities or (`?rows=deliveries`) of deliveries."""
    language = label_language()
    of = DELIVERIES if request.args.get("rows") == DELIVERIES else ACTIVITIES
    data, name = csv_template(language, of), f"{of}-template-{language}.csv"
    return send_file(io.BytesIO(data), "text/csv", as_attachment=True, download_name=name)


@bp.get("/imports/<key>")
@requires(Permission.IMPORT_READ)
def show(key: str) -> Answer:
    """One import: how it is read, what each row is, what can be done."""
    return _show(_load(key))


@bp.post("/imports/<key>/columns")
@requires(Permission.ACTIVITY_IMPORT)
def columns(key: str) -> Answer:
    """Say how the file is read, and look at every row."""
    imported, form = _mine(key), ReadingForm()
    before, found = services.chosen_of(imported), services.look_of(imported)
    chosen, status = form.chosen(before), 422
    try:
        if form.validate():
            _check(imported, form.seen_version(), *_read_anew(imported, chosen, before, found))
            return redirect(url_for("exchange.show", key=key), 303)
    except (Unreadable, Invalid, Stale, Refused) as refused:
        status = _tell(form, refused)
    return _again(key, form, status)


def _tell(form: BaseForm, refused: Exception) -> int:
    """Put a refusal among the form's errors, in words. Returns the status of the answer."""
    if isinstance(refused, Unreadable):
        form.form_errors.append(sentence(refused.template, refused.values))
        return 422
    if isinstance(refused, Invalid):
        form.form_errors += [_(p.message) for p in refused.problems]
        return 422
    form.form_errors.append(_(CHANGED_MEANWHILE if isinstance(refused, Stale) else str(refused)))
    return 409


def _again(key: str, form: BaseForm, status: int) -> Answer:
    """The page as it was, with what was refused; half of a work that was begun is not shown."""
    roll_back()
    return _show(_load(key), form, status)


def _read_anew(imported: Import, chosen: Chosen, before: Chosen, found: Look) -> tuple[Chosen, Look, bool]:
    """With another encoding, delimiter, sheet or kind of rows the columns are others: they are shown first."""
    if imported.kind == IATI or (chosen.reading, chosen.of) == (before.reading, before.of):
        return chosen, found, True
    anew = found if chosen.reading == before.reading else look(desk().path(imported), chosen.reading)
    matched = services.proposed(anew, chosen.office, "" if chosen.of == before.of else chosen.of)
    same = matched.of == before.of and [c.heading for c in anew.columns] == [c.heading for c in found.columns]
    return (chosen, anew, True) if same else (matched, anew, False)


def _check(imported: Import, seen: int, chosen: Chosen, found: Look, ready: bool) -> None:
    session, actor = get_session(), the_actor()
    services.choose(session, actor, imported, chosen, found, seen, ready=ready)
    if not ready:
        flash(_("The columns are others now. Match them, then look at the rows."), "note")
    else:
        _look_at_rows(imported)


def _look_at_rows(imported: Import) -> None:
    if desk().is_small(imported, services.look_of(imported).rows):
        services.check(get_session(), the_actor(), imported, desk().path(imported))
    else:
        _start(imported, CHECK)


def _start(imported: Import, act: str, *more: str) -> None:
    imported.state = State.WORKING
    imported.trouble = ""
    imported.version += 1
    get_session().flush()
    desk().start(imported, act, imported.version, *more)


@bp.post("/imports/<key>/take")
@requires(Permission.ACTIVITY_IMPORT)
def take(key: str) -> Answer:
    """Take all rows or the good ones, in one transaction. The same form again changes nothing."""
    imported, form, status = _mine(key), TakeForm(), 422
    scope, take_id = form.scope.data or Scope.GOOD.value, form.take_id.data or ""
    if imported.take_id and imported.take_id == take_id:
        return redirect(url_for("exchange.show", key=key), 303)
    try:
        if form.validate():
            services.may_take(get_session(), imported, scope, form.seen_version())
            _take(imported, scope, take_id)
            return redirect(url_for("exchange.show", key=key), 303)
    except (Unreadable, Invalid, Stale, Refused) as refused:
        status = _tell(form, refused)
    return _again(key, form, status)


def _take(imported: Import, scope: str, take_id: str) -> None:
    found = services.look_of(imported)
    if desk().is_small(imported, found.rows):
        services.take(get_session(), the_actor(), imported, desk().path(imported), scope, take_id)
        deliveries = services.chosen_of(imported).of == DELIVERIES
        flash(_(TAKEN_DELIVERIES if deliveries else TAKEN_DRAFTS), "success")
    else:
        _start(imported, TAKE, scope, take_id)


@bp.post("/imports/<key>/again")
@requires(Permission.ACTIVITY_IMPORT)
def again(key: str) -> Answer:
    """Begin work anew that died: the look at the rows, the taking, or the undoing."""
    imported, form, status = _mine(key), SeenForm(), 422
    try:
        if form.validate():
            if desk().progress(key).alive:
                raise Refused(services.WORKING)
            services.give_up(get_session(), the_actor(), imported, form.seen_version())
            _begin_again(imported)
            return redirect(url_for("exchange.show", key=key), 303)
    except (Unreadable, Invalid, Stale, Refused) as refused:
        status = _tell(form, refused)
    return _again(key, form, status)


def _begin_again(imported: Import) -> None:
    counts = counts_of(imported.counts)
    if imported.state == State.TAKEN:
        _undo(imported)
        return
    if not counts:
        _look_at_rows(imported)
        return
    scope = Scope.GOOD if counts["wrong"] else Scope.ALL  # as the page offers it
    services.may_take(get_session(), imported, scope, imported.version)
    _take(imported, scope, new_client_id())


@bp.post("/imports/<key>/undo")
@requires(Permission.ACTIVITY_IMPORT)
def undo(key: str) -> Answer:
    """Take all of it back, while nothing was built on it."""
    imported, form, status = _mine(key), SeenForm(), 422
    try:
        if form.validate():
            may_undo(get_session(), imported, form.seen_version())
            _undo(imported)
            return redirect(url_for("exchange.show", key=key), 303)
    except (Stale, Refused) as refused:
        status = _tell(form, refused)
    return _again(key, form, status)


def _undo(imported: Import) -> None:
    if desk().is_small(imported, to_undo(imported)):
        undoing.undo(get_session(), the_actor(), imported)
        flash(_("Undone. Everything is as it was before this import."), "success")
    else:
        _start(imported, UNDO)


@bp.post("/imports/<key>/sheet")
@requires(Permission.ACTIVITY_IMPORT)
def other_sheet(key: str) -> Answer:
    """Go on with another sheet of the same workbook: an import of its own."""
    imported, form = _mine(key), SheetForm()
    try:
        if form.validate():
            if form.sheet.data not in services.look_of(imported).sheets:
                raise Invalid.at("sheet", NO_SHEET)
            found = look(desk().path(imported), Reading(sheet=form.sheet.data))
            other = services.send_sheet(get_session(), the_actor(), imported, found)
            _look_if_clear(other)
            return redirect(url_for("exchange.show", key=other.client_id), 303)
    except (Unreadable, Invalid) as refused:
        _tell(form, refused)
    return _again(key, form, 422)


@bp.get("/imports/<key>/bad-rows.xlsx")
@requires(Permission.IMPORT_READ)
def bad_rows(key: str) -> Response:
    """The rows that are wrong, with the reasons beside the cells, to be mended and sent again."""
    imported = _load(key)
    demand(Permission.IMPORT_READ_TEXT, the_actor(), imported)
    if imported.kind == IATI:
        raise NotFound(NO_SUCH)
    data = bad_rows_of(get_session(), imported, desk().path(imported))
    return send_file(io.BytesIO(data), XLSX, as_attachment=True, download_name="bad-rows.xlsx")


@bp.get("/imports/<key>/bad-activities.xml")
@requires(Permission.IMPORT_READ)
def bad_activities(key: str) -> Response:
    """The same of an IATI file: its wrong activities with the reasons above them."""
    imported = _load(key)
    demand(Permission.IMPORT_READ_TEXT, the_actor(), imported)
    if imported.kind != IATI:
        raise NotFound(NO_SUCH)
    data = bad_activities_of(get_session(), imported, desk().path(imported))
    return send_file(io.BytesIO(data), "application/xml", as_attachment=True, download_name="bad-activities.xml")


def _load(key: str) -> Import:
    return services.find_import(get_session(), the_actor(), key)


def _mine(key: str) -> Import:
    """Only who sent the file acts on it: the rows are theirs."""
    imported = _load(key)
    if imported.uploaded_by != the_actor().user_id:
        raise NotFound(NO_SUCH)
    return imported


def _show(imported: Import, form: BaseForm | None = None, status: int = 200) -> Answer:
    session, actor = get_session(), the_actor()
    shown = request.args.get("show", "")
    page = import_page(session, actor, imported, shown, request.args.get("after", 0, int))
    reading = form if isinstance(form, ReadingForm) else _reading_form(page.chosen, imported)
    offered(reading, page.look, own_offices(session, actor), page.chosen.of)
    parts = {
        "reading": reading,
        "taking": form if isinstance(form, TakeForm) else _take_form(imported),
        "seen": SeenForm(formdata=None, seen=str(imported.version)),
        "sheets": SheetForm(formdata=None),
        "errors": form.form_errors if form is not None else [],
        "progress": desk().progress(imported.client_id) if imported.state == State.WORKING else None,
    }
    response = current_app.make_response((render_template("exchange/import.html", page=page, **parts), status))
    if imported.state == State.WORKING:
        response.headers["Cache-Control"] = "no-store"  # how far it is stands in no database
    return response


def _reading_form(chosen: Chosen, imported: Import) -> ReadingForm:
    given = {
        "of": chosen.of, "encoding": chosen.encoding, "delimiter": chosen.delimiter, "sheet": chosen.sheet,
        "order": chosen.order, "decimal": chosen.decimal, "office": chosen.office or "",
        "everything": chosen.everything,        "keys": list(chosen.keys), "seen": str(imported.version),
    }  # fmt: skip
    return ReadingForm(formdata=None, data=given)


def _take_form(imported: Import) -> TakeForm:
    return TakeForm(formdata=None, data={"seen": str(imported.version), "take_id": new_client_id()})
