"""The list of reports, each as a page and as files. /coverage.csv and the like are the same files at old addresses."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from flask import Blueprint, Response, render_template, request
from sqlalchemy.orm import Session

from app.activities.queries import holds_demonstration
from app.core import clock
from app.core.permissions import Permission
from app.core.web.db import get_session, streamed
from app.core.web.guard import require, requires, the_actor
from app.reports.base import Report
from app.reports.export import FORMATS, file_name
from app.reports.page import report_list, report_page
from app.reports.registry import REPORTS, find_report

bp = Blueprint("reports", __name__)
# The files from which everything can be recomputed have short addresses, too.
SHORT = ("activities", "coverage", "offices", "returns", "requests")


def file_response(report: Report, ending: str) -> Response:
    """The report as a streamed file, filtered by the request's address. Raises Invalid before a byte is sent."""
    require(report.permission, None)
    actor, session = the_actor(), get_session()
    filters = report.read(session, request.args)
    name = file_name(report, report.describe(filters), demo=holds_demonstration(session), ending=ending)
    form = FORMATS[ending]

    def stream(own: Session) -> Iterator[bytes]:
        yield from form.produce(own, report, actor, filters)

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
    page = report_page(get_session(), the_actor(), found, request.args)
    return render_template("reports/report.html", page=page, generated_at=clock.stamp())


@bp.get("/reports/<key>.csv")
@requires(Permission.SIGNED_IN)
def report_csv(key: str) -> Response:
    """One report as CSV."""
    return file_response(find_report(key), "csv")


@bp.get("/reports/<key>.json")
@requires(Permission.SIGNED_IN)
def report_json(key: str) -> Response:
    """One report as JSON."""
    return file_response(find_report(key), "json")


def _short(found: Report, ending: str) -> Callable[[], Response]:
    return requires(found.permission)(lambda: file_response(found, ending))


for _key in SHORT:
    for _ending in FORMATS:
        bp.add_url_rule(f"/{_key}.{_ending}", f"{_key}_{_ending}", _short(REPORTS[_key], _ending))
