"""The panels of gaps and of the work itself."""

from __future__ import annotations

from flask import Response, render_template, request

from app.core.errors import NotFound
from app.core.i18n import N_
from app.core.permissions import Permission
from app.core.web.db import get_session
from app.core.web.guard import requires, the_actor
from app.core.web.locale import _
from app.coverage.kept import kept_years
from app.dashboards.address import Ask, last_value
from app.dashboards.blueprint import asked, bp
from app.dashboards.files import csv_file, is_rtl, svg_file
from app.dashboards.gaps_page import gaps_page
from app.dashboards.names import Lists
from app.dashboards.panel_files import GAP_COLUMNS, WORK_COLUMNS
from app.dashboards.panels import Frame, frame
from app.dashboards.pictures import work_picture
from app.dashboards.routes_panels import said
from app.dashboards.work_page import MEANINGS, work_behind, work_page

GAPS = N_("Gaps")
WORK = N_("The work")
WORK_MEANING = N_("Of the activities that count in the year, how many say this. One can stand in several lines.")


def _frame(lists: Lists, ask: Ask, title: str, endpoint: str, *, picture: bool) -> Frame:
    heading, lede = said(lists, ask, title)
    return frame(lists, ask, kept_years(get_session()), heading, lede, endpoint, picture=picture)


@bp.get("/coverage/gaps")
@requires(Permission.COVERAGE_READ)
def gaps() -> str:
    """What is missing, as far as the reader may know it."""
    lists, ask = asked()
    page = gaps_page(get_session(), the_actor(), lists, ask)
    around = _frame(lists, ask, _(GAPS), "dashboards.gaps", picture=False)
    return render_template("dashboards/gaps.html", frame=around, page=page)


@bp.get("/coverage/gaps.csv")
@requires(Permission.COVERAGE_READ)
def gaps_csv() -> Response:
    """The gaps that the reader may know, a row each."""
    lists, ask = asked()
    return csv_file("gaps", ask, GAP_COLUMNS, gaps_page(get_session(), the_actor(), lists, ask).gaps)


@bp.get("/coverage/work")
@requires(Permission.COVERAGE_READ)
def work() -> str:
    """What the activities of the figure are like."""
    lists, ask = asked()
    around = _frame(lists, ask, _(WORK), "dashboards.work", picture=True)
    return render_template("dashboards/work.html", frame=around, page=work_page(get_session(), lists, ask))


@bp.get("/coverage/work.csv")
@requires(Permission.COVERAGE_READ)
def work_csv() -> Response:
    """Each line of each theme."""
    lists, ask = asked()
    return csv_file("work", ask, WORK_COLUMNS, work_page(get_session(), lists, ask).shares)


@bp.get("/coverage/work.svg")
@requires(Permission.COVERAGE_READ)
def work_svg() -> Response:
    """The themes as bars."""
    lists, ask = asked()
    page = work_page(get_session(), lists, ask)
    title, lede = said(lists, ask, _(WORK))
    canvas, height = work_picture(page, is_rtl())
    return svg_file("work", ask, canvas, height, title, f"{lede} {page.answer}.", _(WORK_MEANING))


@bp.get("/coverage/work/<theme>")
@requires(Permission.COVERAGE_READ)
def work_list(theme: str) -> str:
    """The activities behind one line of a theme."""
    lists, ask = asked()
    if theme not in MEANINGS:
        raise NotFound(N_("There is no such theme."))
    page = work_behind(get_session(), the_actor(), lists, ask, theme, last_value(request.args, "tag"))
    _heading, lede = said(lists, ask, "")
    return render_template("dashboards/work_list.html", page=page, lede=lede)
