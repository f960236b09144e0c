"""Frozen figures: the list, the permanent page of each, freezing one, withdrawing one."""

from __future__ import annotations

import json

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.core import clock
from app.core.errors import Invalid
from app.core.permissions import Permission
from app.core.web.db import get_session
from app.core.web.guard import requires, requires_fresh, the_actor
from app.core.web.locale import _
from app.figures import services
from app.figures.asked_page import asked_figure_page
from app.figures.asked_rules import is_of_requests
from app.figures.behind_page import behind_row
from app.figures.forms import FreezeForm, WithdrawFigureForm
from app.figures.page import figure_page, list_page, row_answer
from app.figures.queries import frozen_figure, row_of
from app.figures.services import Freeze
from app.reports.figure_rows import FigureRow

bp = Blueprint("figures", __name__)
Answer = str | Response | tuple[str, int]
OWN = frozenset({"report", "row"})


@bp.get("/figures")
@requires(Permission.COVERAGE_READ)
def index() -> str:
    """Every frozen figure; with `?changed=yes` those that today's records give otherwise."""
    changed = request.args.get("changed") == "yes"
    figures = list_page(get_session(), changed=changed)
    return render_template("figures/index.html", figures=figures, changed=changed)


@bp.get("/figures/<int:figure_id>")
@requires(Permission.COVERAGE_READ)
def show(figure_id: int) -> str:
    """The permanent page of one figure."""
    return _page(figure_id, WithdrawFigureForm(formdata=None))


@bp.get("/figures/behind")
@requires(Permission.COVERAGE_READ)
def behind() -> str:
    """The offices and records behind a row of a report."""
    key, row = request.args.get("report", ""), request.args.get("row", "")
    return render_template("figures/behind.html", page=behind_row(get_session(), the_actor(), key, _pairs(), row))


@bp.get("/figures/new")
@requires(Permission.FIGURE_FREEZE)
def new() -> str:
    """The figure that is about to be frozen, and its title."""
    return _new(FreezeForm(formdata=None))


@bp.post("/figures/new")
@requires(Permission.FIGURE_FREEZE)
@requires_fresh
def freeze() -> Answer:
    """Freeze it."""
    form = FreezeForm()
    if form.validate():
        command = Freeze(
            report=request.args.get("report", ""),
            pairs=_pairs(),
            row=request.args.get("row", ""),
            title=form.title.data or "",
            client_id=form.client_id.data or "",
        )
        try:
            figure = services.freeze_figure(get_session(), the_actor(), command)
        except Invalid as refused:
            form.add_problems(refused)
        else:
            flash(_("The figure is frozen. This is its permanent address."), "success")
            return redirect(url_for("figures.show", figure_id=figure.id), 303)
    return _new(form), 422


@bp.post("/figures/<int:figure_id>/withdrawal")
@requires(Permission.FIGURE_WITHDRAW)
@requires_fresh
def withdraw(figure_id: int) -> Answer:
    """Withdraw it, with a reason. The page stays."""
    session, form = get_session(), WithdrawFigureForm()
    if form.validate():
        try:
            services.withdraw_figure(session, the_actor(), frozen_figure(session, figure_id), form.reason.data or "")
        except Invalid as refused:
            form.add_problems(refused)
        else:
            flash(_("The figure is withdrawn. Its page stays, and says why."), "success")
            return redirect(url_for("figures.show", figure_id=figure_id), 303)
    return _page(figure_id, form), 422


def _page(figure_id: int, form: WithdrawFigureForm) -> str:
    session = get_session()
    found = frozen_figure(session, figure_id)
    if is_of_requests(json.loads(found.result)):
        return render_template("figures/asked.html", page=asked_figure_page(session, found), form=form)
    page = figure_page(session, the_actor(), found)
    return render_template("figures/figure.html", page=page, form=form)


def _new(form: FreezeForm) -> str:
    key, row_key = request.args.get("report", ""), request.args.get("row", "")
    row = row_of(get_session(), key, _pairs(), row_key)
    when = str(row.figure.year) if isinstance(row, FigureRow) else clock.today().isoformat()
    running = isinstance(row, FigureRow) and row.figure.running
    shown = {"form": form, "row": row, "answer": row_answer(row), "key": key, "when": when, "running": running}
    return render_template("figures/new.html", **shown)


def _pairs() -> tuple[tuple[str, str], ...]:
    return tuple((name, value) for name, value in request.args.items(multi=True) if name not in OWN)
