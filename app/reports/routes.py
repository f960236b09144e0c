"""The addresses of the files: /activities.csv, /coverage.csv, /offices.csv, /returns.csv."""

from __future__ import annotations

from collections.abc import Iterator

from flask import Blueprint, Response, request
from sqlalchemy.orm import Session

from app.activities.queries import holds_demonstration
from app.core import clock
from app.core.permissions import Actor
from app.core.web.db import get_session, streamed
from app.core.web.guard import current_actor, requires
from app.reports.base import Report
from app.reports.registry import REPORTS
from app.reports.renderers.csv import write_csv

bp = Blueprint("reports", __name__)


def file_name(report: Report, detail: str, *, demo: bool, ending: str) -> str:
    """Says report, filter and day; demonstration data say so first."""
    parts = [report.key, detail, clock.today().isoformat()]
    return ("DEMO_" if demo else "") + "_".join(part for part in parts if part) + "." + ending


def csv_response(report: Report, actor: Actor) -> Response:
    """The report as a streamed CSV file, filtered by the request's address. Raises Invalid before a byte is sent."""
    filters = report.parse(request.args)
    name = file_name(report, report.describe(filters), demo=holds_demonstration(get_session()), ending="csv")

    def produce(session: Session) -> Iterator[bytes]:
        yield from write_csv(report.table(session, actor, filters))

    response = Response(streamed(produce), content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _register(report: Report) -> None:
    @requires(report.permission)
    def view() -> Response:
        actor = current_actor()
        assert actor is not None
        return csv_response(report, actor)

    bp.add_url_rule(f"/{report.key}.csv", f"{report.key}_csv", view)


for _report in REPORTS.values():
    _register(_report)
