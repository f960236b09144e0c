"""The panels of coverage, each at an address of its own, with its table as CSV and its chart as SVG."""

from __future__ import annotations

from dataclasses import replace

from flask import Response, render_template

from app.core.errors import NotFound
from app.core.i18n import N_
from app.core.permissions import Permission
from app.core.web.db import get_session
from app.core.web.guard import requires, the_actor
from app.core.web.locale import _
from app.coverage.kept import kept_facts, kept_years
from app.coverage.rules import figure
from app.dashboards import words
from app.dashboards.address import Ask
from app.dashboards.blueprint import asked, bp
from app.dashboards.files import csv_file, is_rtl, svg_file
from app.dashboards.matrix import MATRICES, Grid, grid
from app.dashboards.names import Lists
from app.dashboards.panel_files import MATRIX_COLUMNS, TILE_COLUMNS, TREND_COLUMNS, definition_words, matrix_picture
from app.dashboards.panels import Frame, Link, frame
from app.dashboards.pictures import tiles_picture, trend_picture
from app.dashboards.tiles_page import MAPS, TileMap, meaning_words, tile_map
from app.dashboards.trend_page import EDGE, HEIGHT, WIDTH, TrendPage, trend_page

OVER_THE_YEARS = N_("Coverage over the years")
TREND_MEANING = N_(
    "Offices that provided support, of those expected, each year. A diamond is a figure published elsewhere."
)


def said(lists: Lists, ask: Ask, title: str) -> tuple[str, str]:
    """A panel's heading, and the filter and basis in words."""
    found = figure(kept_facts(get_session(), [ask.year])[ask.year], ask.basis, ask.part)
    return words.panel_heading(title, found, lists.names), words.lede(found, lists.names)


def _frame(lists: Lists, ask: Ask, title: str, endpoint: str, nav: dict[str, str] | None = None, **path: str) -> Frame:
    heading, lede = said(lists, ask, title)
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
    others = [Link(words.of(name), ask.url("dashboards.matrix", which=k), k == which) for k, name in MATRICES.items()]
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
    title, lede = said(lists, ask, found.title)
    canvas, height = matrix_picture(found, is_rtl())
    return svg_file(f"matrix-{which}", ask, canvas, height, title, lede, definition_words(found.meaning))


def _trend() -> tuple[Lists, Ask, TrendPage]:
    lists, ask = asked()
    return lists, ask, trend_page(get_session(), lists, ask, is_rtl())


def _trend_heading(lists: Lists, ask: Ask) -> str:
    """Without a year: the panel has all of them."""
    if ask.part.region is None:
        return _(OVER_THE_YEARS)
    return _("Coverage over the years, %(region)s", region=lists.names.region(ask.part.region))


@bp.get("/coverage/trend")
@requires(Permission.COVERAGE_READ)
def trend() -> str:
    """Coverage over the years, and each region small."""
    lists, ask, page = _trend()
    around = replace(_frame(lists, ask, "", "dashboards.trend"), heading=_trend_heading(lists, ask))
    return render_template("dashboards/trend.html", frame=around, page=page, box=(WIDTH, HEIGHT, EDGE))


@bp.get("/coverage/trend.csv")
@requires(Permission.COVERAGE_READ)
def trend_csv() -> Response:
    """A row for each year, of the whole and of each region."""
    _lists, ask, page = _trend()
    return csv_file("trend", ask, TREND_COLUMNS, page.cells)


@bp.get("/coverage/trend.svg")
@requires(Permission.COVERAGE_READ)
def trend_svg() -> Response:
    """Both charts as one picture."""
    lists, ask, page = _trend()
    _title, lede = said(lists, ask, "")
    title = _trend_heading(lists, ask)
    canvas, height = trend_picture(page, is_rtl())
    return svg_file("trend", ask, canvas, height, title, lede, definition_words(_(TREND_MEANING)))


def _tiles(which: str) -> tuple[Lists, Ask, TileMap]:
    lists, ask = asked()
    if which not in MAPS:
        raise NotFound(N_("There is no such map."))
    return lists, ask, tile_map(get_session(), the_actor(), lists, ask, which)


@bp.get("/coverage/map/<which>")
@requires(Permission.COVERAGE_READ)
def tiles(which: str) -> str:
    """A map of tiles, and its list."""
    lists, ask, page = _tiles(which)
    around = _frame(lists, ask, page.title, "dashboards.tiles", which=which)
    return render_template("dashboards/tiles.html", frame=around, page=page)


@bp.get("/coverage/map/<which>.csv")
@requires(Permission.COVERAGE_READ)
def tiles_csv(which: str) -> Response:
    """The map's list."""
    _lists, ask, page = _tiles(which)
    return csv_file(f"map-{which}", ask, TILE_COLUMNS, page.tiles)


@bp.get("/coverage/map/<which>.svg")
@requires(Permission.COVERAGE_READ)
def tiles_svg(which: str) -> Response:
    """The map as a picture."""
    lists, ask, page = _tiles(which)
    title, lede = said(lists, ask, page.title)
    canvas, height = tiles_picture(page, is_rtl())
    return svg_file(f"map-{which}", ask, canvas, height, title, f"{lede} {page.answer}", meaning_words(page))
