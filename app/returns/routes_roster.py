"""The page on which headquarters records that an office opened, closed or went to another region."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for

from app.activities.reference import reference_data
from app.activities.words import Words
from app.core.errors import Invalid, NotFound, Stale
from app.core.i18n import N_
from app.core.permissions import Permission
from app.core.web.db import get_session
from app.core.web.guard import requires, the_actor
from app.core.web.locale import _
from app.offices.queries import region_codes
from app.returns import words
from app.returns.blueprint import Answer, bp
from app.returns.forms import RosterForm
from app.returns.roster import ACTS, change_roster, roster_text

MOVED = N_("Somebody changed the office after you opened the page. It stands above; what you typed is kept below.")


@bp.get("/offices/<code>/roster")
@requires(Permission.ROSTER_EDIT)
def roster(code: str) -> Answer:
    """When the office was open and in which region, and the form for a change."""
    return _show(code, RosterForm(formdata=None, data={"seen": roster_text(get_session(), code)}))


@bp.post("/offices/<code>/roster")
@requires(Permission.ROSTER_EDIT)
def save_roster(code: str) -> Answer:
    """Record what happened to it."""
    session, form = get_session(), RosterForm()
    if not form.validate():
        return _show(code, form), 422
    try:
        change_roster(session, the_actor(), code, form.to_command(), form.seen.data or "")
    except Invalid as refused:
        form.add_problems(refused)
        return _show(code, form), 422
    except Stale:
        flash(_(MOVED), "error")
        form.seen.data = roster_text(session, code)
        return _show(code, form), 409
    flash(_("Recorded. Figures of the years that it touches are counted anew."), "success")
    return redirect(url_for("dashboards.office", code=code, _anchor="facts"), 303)


def _show(code: str, form: RosterForm) -> str:
    data = reference_data(get_session())
    found, vocabulary = data.offices.get(code), Words(data)
    if found is None or not found.reports:
        raise NotFound(N_("There is no country or multi-country office with this code."))
    form.act.choices = [(act, _(text)) for act, text in ACTS.items()]
    regions = [(region, vocabulary.of("region", region)) for region in region_codes(get_session())]
    form.region.choices = [("", _("Only where it went to another region")), *regions]
    lines = [(_("Open"), link) for link in found.roster]
    lines += [(vocabulary.of("region", link.target), link) for link in found.regions]
    name = vocabulary.of("office", code)
    return render_template("returns/roster.html", code=code, name=name, lines=lines, form=form, day=words.day)
