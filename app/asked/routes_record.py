"""The page of one request, and its form."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from sqlalchemy.exc import IntegrityError

from app.activities.form_comment import CommentForm
from app.activities.form_facts import StepForm
from app.activities.reference import reference_data
from app.activities.words import Words, day
from app.asked import services
from app.asked.blueprint import Answer, bp, load
from app.asked.forms import AnswerForm, LinkActivityForm, MetForm, RequestForm, form_data
from app.asked.history import content_at
from app.asked.models import SupportRequest
from app.asked.offers import offer, preset_request
from app.asked.record_page import request_page as make_page
from app.asked.rules import CONTENT_FIELDS, RequestContent
from app.asked.services import content_of
from app.asked.talk import may_be_mentioned, step_owners
from app.asked.words import Change, content_changes
from app.core import clock
from app.core.errors import Invalid, Stale
from app.core.permissions import Permission
from app.core.web.db import get_session
from app.core.web.guard import require, requires, the_actor
from app.core.web.locale import _


@bp.get("/requests/new")
@requires(Permission.REQUEST_RECORD)
def new() -> Answer:
    """An empty form; `?country=…` presets the State."""
    held = preset_request(get_session(), the_actor(), request.args.get("country"))
    return _form_page(_offered(RequestForm(formdata=None, data=form_data(held)), held))


@bp.post("/requests/new")
@requires(Permission.REQUEST_RECORD)
def create() -> Answer:
    """Enter it."""
    form = _offered(RequestForm(), None)
    if form.validate():
        try:
            made = _recorded(form)
            flash(_("Entered as %(reference)s.", reference=made.reference), "success")
            return redirect(url_for("asked.request_page", reference=made.reference))
        except Invalid as refused:
            form.add_problems(refused)
    return _form_page(form, status=422)


def _recorded(form: RequestForm) -> SupportRequest:
    session, client_id = get_session(), str(form.client_id.data)
    try:
        return services.record_request(session, the_actor(), form.to_command(), client_id)
    except IntegrityError:  # the same form, sent twice in the same moment
        session.rollback()
        return services.record_request(session, the_actor(), form.to_command(), client_id)


@bp.get("/requests/<reference>/edit")
@requires(Permission.REQUEST_EDIT)
def edit(reference: str) -> Answer:
    """What it says, in the form."""
    found = _editable(reference)
    held = content_of(found)
    return _form_page(_offered(RequestForm(formdata=None, data=form_data(held, found.version)), held), found)


@bp.post("/requests/<reference>/edit")
@requires(Permission.REQUEST_EDIT)
def save(reference: str) -> Answer:
    """Save it. A stale form comes back whole, beside what the other person saved."""
    found = _editable(reference)
    form = _offered(RequestForm(), content_of(found))
    if form.validate():
        command = form.to_command()
        try:
            services.change_request(get_session(), the_actor(), found, command, form.seen_version())
            flash(_("Saved."), "success")
            return redirect(url_for("asked.request_page", reference=reference))
        except Invalid as refused:
            form.add_problems(refused)
        except Stale:
            return _stale(form, found, command)
    return _form_page(form, found, status=422)


def _stale(form: RequestForm, found: SupportRequest, mine: RequestContent) -> Answer:
    """Nothing is lost: fields that only somebody else changed are theirs, all others as typed; both are told."""
    session = get_session()
    words = Words(reference_data(session))
    theirs = content_of(found)
    opened = content_at(session, found.reference, form.seen_version()) or theirs
    merged = RequestContent(
        **{n: getattr(theirs if getattr(mine, n) == getattr(opened, n) else mine, n) for n in CONTENT_FIELDS}
    )
    again = _offered(RequestForm(formdata=None, data=form_data(merged, found.version)), merged)
    return _form_page(again, found, status=409, changes=content_changes(words, opened, theirs))


def _editable(reference: str) -> SupportRequest:
    found = load(reference)
    require(Permission.REQUEST_EDIT, found)
    services.refuse_withdrawn(found)
    return found


def _offered(form: RequestForm, held: RequestContent | None) -> RequestForm:
    return form.take_offer(offer(get_session(), held))


def _form_page(
    form: RequestForm, found: SupportRequest | None = None, status: int = 200, changes: list[Change] | None = None
) -> Answer:
    return render_template("asked/form.html", form=form, request_=found, changes=changes), status


@bp.get("/requests/<reference>")
@requires(Permission.REQUEST_READ)
def request_page(reference: str) -> Answer:
    """One request: what is asked, what was answered, what was given, what is next."""
    return show(load(reference))


def show(found: SupportRequest, *, status: int = 200, **refused: Any) -> Answer:
    """The request's page. `refused` says which act was not done, and what was typed for it."""
    session = get_session()
    version = {"version": str(found.version)}
    answered = found.answered_on or clock.today()
    data = {
        **version, "answer": found.answer if found.answer != "open" else None, "answered_on": answered.isoformat(),
        "referred_to": found.referred_to, "declined_reason": found.declined_reason,
        "target_on": found.target_on.isoformat() if found.target_on else None,
    }  # fmt: skip
    said = {**version, "met": found.met, "met_words": found.met_words,
            "met_on": (found.met_on or clock.today()).isoformat()}  # fmt: skip
    page = make_page(session, the_actor(), found)
    mentionable = may_be_mentioned(session, found) if page.may_comment else ()
    forms: dict[str, Any] = {
        "answer": AnswerForm(formdata=None, data=data).take_offer(),
        "met": MetForm(formdata=None, data=said).take_offer(),
        "link": LinkActivityForm(formdata=None),
        "step": StepForm(formdata=None).offer(step_owners(session, found) if page.may_edit else ()),
        "comment": CommentForm(formdata=None).offer(mentionable),
    }
    stamp = clock.stamp()
    return render_template("asked/request.html", page=page, day=day, generated_at=stamp, **{**forms, **refused}), status
