"""The page of a record's evidence: files are sent, opened, taken back and put back; links are added."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

import structlog
from flask import current_app, flash, jsonify, redirect, render_template, request, send_file, url_for
from werkzeug.datastructures import FileStorage
from werkzeug.wrappers import Response

from app.activities import evidence as service
from app.activities.blueprint import Answer, bp
from app.activities.evidence import Added, Limits, ReadyFile
from app.activities.evidence_page import evidence_page
from app.activities.file_kinds import KINDS, TAKEN
from app.activities.file_names import name_to_give, plain_name
from app.activities.form_evidence import FilesForm, LinkForm, RemovalForm, offered
from app.activities.form_facts import PlainForm
from app.activities.models import Activity, Evidence
from app.activities.reading import may_open
from app.activities.routes_facts import do_fact
from app.activities.routes_record import load
from app.core.errors import Invalid, NotFound, Refused
from app.core.files import FileStore
from app.core.i18n import N_
from app.core.permissions import Permission
from app.core.web.db import get_session
from app.core.web.guard import NO_SUCH, require, requires, the_actor
from app.core.web.locale import _, ngettext

EXTENSION = "tracker.evidence"
# Opened nowhere near our pages: as a file on the disk of whoever asked, and if a browser shows it all the same, alone.
ALONE = "default-src 'none'; sandbox; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
MISSING = N_("This file is not where it should be. Please tell the administrators.")


@dataclass(frozen=True)
class Cupboard:
    """Where the application keeps files, and how much of them."""

    store: FileStore
    limits: Limits


def cupboard() -> Cupboard:
    """The application's."""
    found: Cupboard = current_app.extensions[EXTENSION]
    return found


@bp.get("/activities/<reference>/evidence")
@requires(Permission.ACTIVITY_READ)
def evidence(reference: str) -> Answer:
    """The evidence of one activity."""
    return _page(load(reference))


@bp.post("/activities/<reference>/evidence")
@requires(Permission.ACTIVITY_EDIT)
def add_files(reference: str) -> Answer:
    """Keep the files that are good; say of each other one why it is not kept."""
    form, box = FilesForm(), cupboard()
    with ExitStack() as stack:
        # Before the database is asked anything: pictures take long, and whoever writes makes others wait.
        good, bad = _look_at(stack, box, form.sent()[: box.limits.files])
        activity = load(reference)
        require(Permission.ACTIVITY_EDIT, activity)
        offered(get_session(), form)
        return _keep(activity, form, box, good, bad)


def _look_at(stack: ExitStack, box: Cupboard, sent: list[FileStorage]) -> tuple[list[ReadyFile], list[str]]:
    """The files that may be kept, and a sentence about each other one."""
    good, bad = [], []
    for each in sent:
        name = each.filename or ""
        try:
            good.append(stack.enter_context(service.ready(box.store, box.limits, each.stream, name)))
        except Refused as refused:
            bad.append(f"{_shortened(plain_name(name))}: {_(str(refused))}")
    return good, bad


def _keep(activity: Activity, form: FilesForm, box: Cupboard, good: list[ReadyFile], bad: list[str]) -> Answer:
    if len(form.sent()) > box.limits.files:
        bad = [_("At most %(n)s files at once; nothing was stored.", n=box.limits.files)]
    elif form.validate() and (good or not bad):
        try:
            details, client_id = form.to_details(), str(form.client_id.data)
            done = service.add_files(
                get_session(), the_actor(), activity, box.store, box.limits, good, details, client_id
            )
            return _stored(activity, done, bad)
        except Invalid as refused:
            form.add_problems(refused)
    form.files.errors = [*form.files.errors, *bad]
    return _page(activity, 422, form=form)


def _stored(activity: Activity, done: Added, bad: list[str]) -> Answer:
    if done.rows:
        flash(ngettext("%(num)s file is stored.", "%(num)s files are stored.", len(done.rows)), "success")
    for name in done.there:
        flash(_("%(name)s was here already.", name=_shortened(name)), "note")
    if bad:
        flash(" ".join([_("Not stored:"), *bad]), "error")
    page = url_for("activities.evidence", reference=activity.reference)
    if request.headers.get("Accept") == "application/json":  # the script, which then opens the page itself
        return jsonify({"next": page})
    return redirect(page)


@bp.get("/activities/<reference>/evidence/<int:item>")
@requires(Permission.ACTIVITY_READ)
def evidence_file(reference: str, item: int) -> Answer:
    """One file, to be saved; never shown as a page of ours."""
    activity = load(reference)
    found = next((each for each in activity.evidence if each.id == item and each.sha256), None)
    if found is None or not may_open(the_actor(), activity, found):
        raise NotFound(NO_SUCH)
    return _to_save(found)


def _to_save(item: Evidence) -> Response:
    path = cupboard().store.path(item.sha256 or "")
    if not path.is_file():
        structlog.get_logger().error("bytes missing", evidence=item.id, sha256=item.sha256)
        raise NotFound(MISSING)
    # Sent as it lies there: a stream that is compressed on its way has no ranges.
    request.environ.pop("HTTP_ACCEPT_ENCODING", None)
    kind = KINDS.get(item.media_type or "")
    name = item.file_name or "file"
    response = send_file(
        path,
        as_attachment=True,
        download_name=name_to_give(name, kind) if kind else name + ".bin",
        etag=item.sha256 or "",
    )
    response.headers["Content-Type"] = kind.media_type if kind else "application/octet-stream"
    response.headers["Content-Security-Policy"] = ALONE
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "private, no-store"
    return response


@bp.post("/activities/<reference>/evidence/<int:item>/remove")
@requires(Permission.ACTIVITY_EDIT)
def remove_evidence(reference: str, item: int) -> Answer:
    """Take a piece of evidence back, with a reason."""
    activity, form = load(reference), RemovalForm()
    require(Permission.ACTIVITY_EDIT, activity)
    typed = form.reason.data or ""
    try:
        if form.validate():
            service.remove_evidence(get_session(), the_actor(), activity, item, typed)
            return _back(activity, _("The evidence is taken back. You can put it there again."))
    except Invalid as refused:
        form.add_problems(refused)
    return _page(activity, 422, refused=f"remove-{item}", errors=form.reason.errors, typed=typed)


@bp.post("/activities/<reference>/evidence/<int:item>/restore")
@requires(Permission.ACTIVITY_EDIT)
def restore_evidence(reference: str, item: int) -> Answer:
    """Put evidence that was taken back there again."""
    activity, form = load(reference), PlainForm()
    require(Permission.ACTIVITY_EDIT, activity)
    if form.validate():
        service.restore_evidence(get_session(), the_actor(), activity, item, cupboard().limits)
    return _back(activity, _("The evidence is there again."))


@bp.post("/activities/<reference>/links")
@requires(Permission.ACTIVITY_EDIT)
def add_link(reference: str) -> Answer:
    """Add a link to evidence."""
    activity = load(reference)
    form = offered(get_session(), LinkForm())

    def add() -> object:
        address, client_id = form.address.data or "", str(form.client_id.data)
        return service.add_link(get_session(), the_actor(), activity, address, form.to_details(), client_id)

    return do_fact(activity, "link", form, _("The link is added."), add)


def _page(activity: Activity, status: int = 200, form: FilesForm | None = None, **refused: Any) -> Answer:
    session = get_session()
    page = evidence_page(session, the_actor(), activity, cupboard().limits)
    form = form or offered(session, FilesForm(formdata=None))
    limits = cupboard().limits
    return render_template(
        "activities/evidence.html", page=page, form=form, limits=limits, taken=_(TAKEN), **refused
    ), status


def _back(activity: Activity, done: str) -> Answer:
    flash(done, "success")
    return redirect(url_for("activities.evidence", reference=activity.reference))


def _shortened(name: str) -> str:
    """What was done is told in a cookie, which holds little."""
    return name if len(name) <= 40 else name[:39] + "…"
