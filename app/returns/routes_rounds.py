"""Rounds and exemptions: for headquarters and administrators."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for

from app.activities.reference import reference_data
from app.activities.words import Words
from app.core import clock
from app.core.errors import Invalid, NotFound, Stale
from app.core.i18n import N_
from app.core.permissions import Permission
from app.core.web.db import get_session
from app.core.web.guard import requires, the_actor
from app.core.web.locale import _
from app.offices.models import Exemption
from app.returns import rounds as services
from app.returns import words
from app.returns.blueprint import Answer, bp
from app.returns.exemption_list import exemption_lines
from app.returns.forms import EndForm, ExemptionForm, RoundForm
from app.returns.models import Round
from app.returns.queries import rounds as all_rounds
from app.returns.rounds import RoundDates, round_text
from app.returns.rules import FIRST_YEAR, default_due, default_opening

MOVED = N_("Somebody saved other days after you opened the page. They stand above; what you typed is kept below.")


@bp.get("/rounds")
@requires(Permission.ROUND_EDIT)
def rounds() -> Answer:
    """Every round with its days, and the years that can have one."""
    found = all_rounds(get_session())
    first = min([clock.today().year, *(r.year for r in found)])
    missing = [y for y in range(clock.today().year + 1, first - 1, -1) if y not in {r.year for r in found}]
    return render_template("returns/rounds.html", rounds=found, missing=missing[:10], day=words.day)


@bp.get("/rounds/<int:year>")
@requires(Permission.ROUND_EDIT)
def edit_round(year: int) -> Answer:
    """The days of one round, or those proposed for it."""
    found = _round_of(year)
    preset = RoundDates(year, default_opening(year), default_due(year))
    return _show_round(year, found, RoundForm.opened(found, preset))


@bp.post("/rounds/<int:year>")
@requires(Permission.ROUND_EDIT)
def save_round(year: int) -> Answer:
    """Open the round, or move its days."""
    found, form = _round_of(year), RoundForm()
    if not form.validate():
        return _show_round(year, found, form), 422
    try:
        services.save_round(get_session(), the_actor(), form.to_command(year), form.seen.data or "")
    except Invalid as refused:
        form.add_problems(refused)
        return _show_round(year, found, form), 422
    except Stale:
        flash(_(MOVED), "error")
        form.seen.data = round_text(found)
        return _show_round(year, found, form, stale=True), 409
    flash(_("The days of the %(year)s round are saved.", year=str(year)), "success")
    return redirect(url_for("returns.rounds"), 303)


def _round_of(year: int) -> Round | None:
    if not FIRST_YEAR <= year <= clock.today().year + 1:
        raise NotFound(N_("There can be no round for this year yet."))
    return get_session().get(Round, year)


def _show_round(year: int, found: Round | None, form: RoundForm, *, stale: bool = False) -> str:
    return render_template("returns/round.html", year=year, found=found, form=form, stale=stale, day=words.day)


@bp.get("/exemptions")
@requires(Permission.EXEMPTION_EDIT)
def exemptions() -> Answer:
    """Every exemption, and the form for another."""
    return _show_exemptions()


@bp.post("/exemptions")
@requires(Permission.EXEMPTION_EDIT)
def add_exemption() -> Answer:
    """Exempt an office."""
    form = ExemptionForm()
    if not form.validate():
        return _show_exemptions(form), 422
    try:
        services.add_exemption(get_session(), the_actor(), form.to_command())
    except Invalid as refused:
        form.add_problems(refused)
        return _show_exemptions(form), 422
    flash(_("The exemption is recorded."), "success")
    return redirect(url_for("returns.exemptions"), 303)


@bp.post("/exemptions/<int:key>/end")
@requires(Permission.EXEMPTION_EDIT)
def end_exemption(key: int) -> Answer:
    """Say until when an exemption holds."""
    form = EndForm(prefix=f"end-{key}-")
    if not form.validate():
        return _show_exemptions(failed=(key, form)), 422
    try:
        services.end_exemption(get_session(), the_actor(), key, form.last_day, form.seen.data or "")
    except Invalid as refused:
        form.add_problems([type(p)(f"end-{key}-{p.field}", p.message) for p in refused.problems])
        return _show_exemptions(failed=(key, form)), 422
    except Stale:
        flash(_(MOVED), "error")
        form.seen.data = _kept_end(key)
        return _show_exemptions(failed=(key, form)), 409
    flash(_("The last day of the exemption is saved."), "success")
    return redirect(url_for("returns.exemptions"), 303)


def _kept_end(key: int) -> str:
    found = get_session().get(Exemption, key)
    return str(found.valid_to or "") if found else ""


def _show_exemptions(form: ExemptionForm | None = None, failed: tuple[int, EndForm] | None = None) -> str:
    session = get_session()
    data = reference_data(session)
    vocabulary = Words(data)
    form = form or ExemptionForm(formdata=None, data={"office": request.args.get("office", "")})
    offices = sorted((vocabulary.of("office", o.code), o.code) for o in data.offices.values() if o.reports)
    form.office.choices = [("", _("Choose an office")), *((code, name) for name, code in offices)]
    lines = exemption_lines(session, vocabulary, clock.today())
    ends: dict[int, Any] = {line.key: _end_form(line.key, line.valid_to) for line in lines}
    if failed:
        ends[failed[0]] = failed[1]
    return render_template(
        "returns/exemptions.html",
        lines=lines,
        form=form,
        ends=ends,
        failed=failed[0] if failed else None,
        summary=failed[1] if failed else form,
        day=words.day,
    )


def _end_form(key: int, valid_to: object) -> EndForm:
    text = str(valid_to or "")
    return EndForm(formdata=None, prefix=f"end-{key}-", data={"valid_to": text or None, "seen": text})
