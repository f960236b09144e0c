"""The list of returns, an office's year on one page, and what is done there."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for

from app.accounts.models import User
from app.core import clock
from app.core.errors import Invalid, Refused, Stale
from app.core.i18n import N_
from app.core.permissions import Permission
from app.core.web.addresses import whole_address
from app.core.web.db import get_session
from app.core.web.guard import fresh_unless, require, requires, requires_fresh, the_actor
from app.core.web.locale import _
from app.returns import rounds, routes_rounds, services, words
from app.returns.annual_page import AnnualPage, annual_page, contradicted, drafted_ticks, waiting_joint
from app.returns.blueprint import Answer, bp
from app.returns.forms import AnnualForm, ConfirmForm, ReopenForm, SentenceForm
from app.returns.list_page import returns_page
from app.returns.models import AnnualReturn
from app.returns.queries import leads_of
from app.returns.rounds import sentence_text

__all__ = ["bp", "routes_rounds"]

SEEN_BEFORE = N_(
    "Somebody saved this return after you opened it. Look at it as it is now; what you typed is kept below."
)
SIGNED = N_("The return is signed.")
CONTRADICTION = N_(
    "The nil return stands beside an activity that counts or waits for review. It is listed as a contradiction until"
    " the return is reopened, or the activity is withdrawn."
)


def _may_know(code: str) -> None:
    """Whether an office has answered is open to the office, its adviser and headquarters; for others it is no page."""
    require(Permission.OFFICE_UNANSWERED_NAME, code, hidden=True)


def _show(code: str, year: int, form: AnnualForm | None = None, *, failed: str = "", **forms: Any) -> str:
    """The page; `failed` names the act that was refused, whose form comes back as it was sent."""
    session = get_session()
    page = annual_page(session, the_actor(), code, year)
    given: dict[str, Any] = {
        "reopen_form": ReopenForm(formdata=None, data={"version": _version(page)}),
        "confirm_form": ConfirmForm(formdata=None, data={"version": _version(page)}),
        "sentence_form": SentenceForm(
            formdata=None,
            data={
                "seen": sentence_text(page.sentence),
                "sentence": page.sentence.sentence if page.sentence else "",
            },
        ),
        **forms,
    }
    form = form or AnnualForm.opened(page.annual, drafted_ticks(session, page.annual))
    form.offer({row.reference: row.title for row in page.tickable.rows})
    if failed == "stale":
        form.version.data = _version(page)
    return render_template("returns/annual.html", page=page, form=form, failed=failed, **given)


def _version(page: AnnualPage) -> str:
    return str(page.annual.version if page.annual else 0)


def _back(code: str, year: int, said: str, category: str = "success") -> Answer:
    flash(said, category)
    return redirect(url_for("returns.annual", code=code, year=year), 303)


def _stale(code: str, year: int, form: AnnualForm) -> Answer:
    flash(_(SEEN_BEFORE), "error")
    return _show(code, year, form, failed="stale"), 409


@bp.get("/returns")
@requires(Permission.RETURN_READ)
def index() -> Answer:
    """My offices over the years, and the offices I look after in one year."""
    page = returns_page(get_session(), the_actor(), request.args.get("year"), request.args.get("show"))
    return render_template("returns/index.html", page=page)


@bp.get("/offices/<code>/returns/<int:year>")
@requires(Permission.RETURN_READ)
def annual(code: str, year: int) -> Answer:
    """An office's year."""
    _may_know(code)
    return _show(code, year)


@bp.post("/offices/<code>/returns/<int:year>")
@requires(Permission.RETURN_DRAFT)
@fresh_unless("do", "draft")
def sign(code: str, year: int) -> Answer:
    """Save for later, sign that support was given, or sign a nil return."""
    _may_know(code)
    form, act = AnnualForm(), request.form.get("do", "draft")
    if not form.validate():
        return _show(code, year, form, failed="form"), 422
    try:
        _sign_or_save(code, year, form, act)
    except Invalid as refused:
        form.add_problems(refused)
        return _show(code, year, form, failed="form"), 422
    except Stale:
        return _stale(code, year, form)
    if act == "draft":
        return _back(code, year, _("Saved for later. It is no answer until the lead of the office signs it."))
    if act == "nil" and contradicted(get_session(), code, year):
        flash(_(CONTRADICTION), "warning")
    return _back(code, year, _(SIGNED))


def _sign_or_save(code: str, year: int, form: AnnualForm, act: str) -> AnnualReturn:
    session, actor = get_session(), the_actor()
    waiting = waiting_joint(session, code, year)
    opened = form.seen_version()
    if act == "draft":
        return services.save_return(session, actor, code, year, form.to_command(session, None, waiting), opened)
    statement = form.to_command(session, act, waiting)
    return services.sign_return(
        session, actor, code, year, act, statement.ticked, statement.words, joint=statement.joint, opened=opened
    )


@bp.post("/offices/<code>/returns/<int:year>/record")
@requires(Permission.RETURN_RECORD)
@requires_fresh
def record_answer(code: str, year: int) -> Answer:
    """An adviser records the answer that an office gave by telephone or mail."""
    _may_know(code)
    session, form = get_session(), AnnualForm()
    if not form.validate():
        return _show(code, year, form, failed="form"), 422
    try:
        statement = form.to_command(session, request.form.get("do", ""), ())
        evidence = form.evidence.data or ""
        services.record_answer(session, the_actor(), code, year, statement, evidence, form.seen_version())
    except Invalid as refused:
        form.add_problems(refused)
        return _show(code, year, form, failed="form"), 422
    except Stale:
        return _stale(code, year, form)
    if statement.answer == "nil" and contradicted(session, code, year):
        flash(_(CONTRADICTION), "warning")
    return _back(code, year, _("Recorded. The office is asked to confirm it."))


@bp.post("/offices/<code>/returns/<int:year>/confirm")
@requires(Permission.RETURN_SIGN)
@requires_fresh
def confirm(code: str, year: int) -> Answer:
    """The lead confirms what an adviser recorded."""
    _may_know(code)
    session, form = get_session(), ConfirmForm()
    if not form.validate():
        return _show(code, year), 422
    try:
        services.confirm_answer(session, the_actor(), services.find_return(session, code, year), form.seen_version())
    except Stale:
        flash(_(SEEN_BEFORE), "error")
        return _show(code, year), 409
    return _back(code, year, _("Confirmed."))


@bp.post("/offices/<code>/returns/<int:year>/reopen")
@requires(Permission.RETURN_REOPEN)
def reopen(code: str, year: int) -> Answer:
    """Open a signed return again, with a reason."""
    _may_know(code)
    session, form = get_session(), ReopenForm()
    if not form.validate():
        return _show(code, year, failed="reopen", reopen_form=form), 422
    found = services.find_return(session, code, year)
    try:
        services.reopen_return(session, the_actor(), found, form.reason.data or "", form.seen_version())
    except Invalid as refused:
        form.add_problems(refused)
        return _show(code, year, failed="reopen", reopen_form=form), 422
    except Stale as stale:
        flash(_(SEEN_BEFORE), "error")
        form.version.data = str(stale.now_at)
        return _show(code, year, failed="reopen", reopen_form=form), 409
    return _back(code, year, _("Reopened. It is no answer until it is signed again."))


@bp.post("/offices/<code>/returns/<int:year>/sentence")
@requires(Permission.OFFICE_SENTENCE_WRITE)
def write_sentence(code: str, year: int) -> Answer:
    """The office's sentence beside its state."""
    _may_know(code)
    session, form = get_session(), SentenceForm()
    if not form.validate():
        return _show(code, year, failed="sentence", sentence_form=form), 422
    try:
        rounds.write_sentence(session, the_actor(), code, year, form.sentence.data or "", form.seen.data or "")
    except Invalid as refused:
        form.add_problems(refused)
        return _show(code, year, failed="sentence", sentence_form=form), 422
    except Stale:
        flash(_("Somebody wrote another sentence after you opened the page. It stands above yours."), "error")
        form.seen.data = sentence_text(annual_page(session, the_actor(), code, year).sentence)
        return _show(code, year, failed="sentence", sentence_form=form), 409
    return _back(code, year, _("Your office's sentence is saved."))


@bp.get("/offices/<code>/returns/<int:year>/reminder")
@requires(Permission.RETURN_REMIND)
def reminder(code: str, year: int) -> Answer:
    """A reminder to copy or to open in one's own mail program. Nothing is sent."""
    _may_know(code)
    require(Permission.RETURN_REMIND, code)
    session, actor = get_session(), the_actor()
    page = annual_page(session, actor, code, year)
    if page.signed or page.round is None or page.not_yet:
        raise Refused(page.not_yet or N_("This return is signed: there is nothing to remind of."))
    leads: tuple[User, ...] = leads_of(session, code)
    path = whole_address(url_for("returns.annual", code=code, year=year))
    text = words.reminder(page.round, page.name, clock.today(), path, actor.name, tuple(u.email for u in leads))
    return render_template("returns/reminder.html", page=page, text=text, leads=leads)
