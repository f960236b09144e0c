"""The panels of coverage, each at an address of its own, with its table as CSV and its chart as SVG."""

from __future__ import annotations

from flask import Response, render_template

from app.core.errors import NotFound
from app.core.i18n import N_
from app.core.permissions import Permission
from app.core.web.db import get_session
from app.core.web.guard import requires
from app.coverage.kept import kept_facts, kept_years
from app.coverage.rules import figure
from app.dashboards import words
from app.dashboards.address import Ask
from app.dashboards.blueprint import asked, bp
from app.dashboards.files import csv_file, is_rtl, svg_file
from app.dashboards.matrix import MATRICES, Grid, grid
from app.dashboards.names import Lists
from app.dashboards.panel_files import MATRIX_COLUMNS, definition_words, matrix_picture
from app.dashboards.panels import Frame, Link, frame


def _said(lists: Lists, ask: Ask, title: str) -> tuple[str, str]:
    """A panel's heading, and the filter and basis in words."""
    found = figure(kept_facts(get_session(), [ask.year])[ask.year], ask.basis, ask.part)
    return words.panel_heading(title, found, lists.names), words.lede(found, lists.names)


def _frame(lists: Lists, ask: Ask, title: str, endpoint: str, nav: dict[str, str] | None = None, **path: str) -> Frame:
    heading, lede = _said(lists, ask, title)
    return frame(lists, ask, kept_years(get_session()), heading, lede, endpoint, path, nav)


def _grid(which: str) -> tuple[Lists, Ask, Grid]:
    lists, ask = asked()
    if which not in MATRICES:
        raise NotFound(N_("There is no such heatmap."))
    return lists, ask, grid(get_session(), lists, ask, which)


@bp.get("/coverage/matrix/<which>")
@requires(Permission.COVERAGE_READ)
def matrix(which: str) -> str:
    """A heatmap."""
    lists, ask, found = _grid(which)
    around = _frame(lists, ask, found.title, "dashboards.matrix", {"which": "how-region"}, which=which)
    others = [
        Link(words.of(title), ask.url("dashboards.matrix", which=key), key == which) for key, title in MATRICES.items()
    ]
    return render_template("dashboards/matrix.html", frame=around, grid=found, others=others)


@bp.get("/coverage/matrix/<which>.csv")
@requires(Permission.COVERAGE_READ)
def matrix_csv(which: str) -> Response:
    """The heatmap's cells, a row each."""
    _lists, ask, found = _grid(which)
    return csv_file(f"matrix-{which}", ask, MATRIX_COLUMNS, found.cells)


@bp.get("/coverage/matrix/<which>.svg")
@requires(Permission.COVERAGE_READ)
def matrix_svg(which: str) -> Response:
    """The heatmap as a picture."""
    lists, ask, found = _grid(which)
    title, lede = _said(lists, ask, found.title)
    canvas, height = matrix_picture(found, is_rtl())
    return svg_file(f"matrix-{which}", ask, canvas, height, title, lede, definition_words(found.meaning))
