"""The list of reports, each as a page and as files. /coverage.csv and the like are the same files at old addresses."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from flask import Blueprint, Response, current_app, render_template, request
from sqlalchemy.orm import Session

from app.activities.queries import holds_demonstration
from app.core import clock
from app.core.errors import NotFound
from app.core.i18n import N_
from app.core.permissions import Permission
from app.core.web.db import get_session, streamed
from app.core.web.guard import require, requires, the_actor
from app.reports.base import Report
from app.reports.export import FORMATS, Asked, check_file, file_name, formats_of
from app.reports.page import report_list, report_page
from app.reports.registry import REPORTS, find_report, refuse_other

bp = Blueprint("reports", __name__)
# The files from which everything can be recomputed have short addresses, too.
SHORT = ("activities", "coverage", "offices", "returns", "requests")


def file_response(report: Report, ending: str) -> Response:
    """The report as a streamed file, filtered by the request's address.

    Raises (before a byte is sent):
        Invalid: a filter that cannot be. NotFound: there is no such file, or nothing that could stand in it.
    """
    require(report.permission, None)
    if ending not in formats_of(report):
        raise NotFound(N_("There is no such file of this report."))
    refuse_other(report, request.args)
    session = get_session()
    asked = Asked(report, the_actor(), report.read(session, request.args), current_app.extensions["tracker.base_url"])
    check_file(session, asked, ending)
    name = file_name(report, asked.filters, demo=holds_demonstration(session), ending=ending)
    form = FORMATS[ending]

    def stream(own: Session) -> Iterator[bytes]:
        yield from form.produce(own, asked)

    response = Response(streamed(stream), content_type=form.content_type)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@bp.get("/reports")
@requires(Permission.SIGNED_IN)
def index() -> str:
    """Every report with its definition."""
    return render_template("reports/index.html", groups=report_list(the_actor()), generated_at=clock.stamp())


@bp.get("/reports/<key>")
@requires(Permission.SIGNED_IN)
def report(key: str) -> str:
    """One report: what it means, its filters in words, its first rows, and its files."""
    found = find_report(key)
    require(found.permission, None)
    refuse_other(found, request.args)
    page = report_page(get_session(), the_actor(), found, request.args)
    return render_template("reports/report.html", page=page, generated_at=clock.stamp())


def _file(ending: str) -> Callable[[str], Response]:
    return requires(Permission.SIGNED_IN)(lambda key: file_response(find_report(key), ending))


def _short(found: Report, ending: str) -> Callable[[], Response]:
    return requires(found.permission)(lambda: file_response(found, ending))


for _ending in FORMATS:
    _name = _ending.replace(".", "_")
    bp.add_url_rule(f"/reports/<key>.{_ending}", f"report_{_name}", _file(_ending))
    for _key in SHORT:
        if _ending in formats_of(REPORTS[_key]):
            bp.add_url_rule(f"/{_key}.{_ending}", f"{_key}_{_name}", _short(REPORTS[_key], _ending))
