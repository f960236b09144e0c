"""The audit: a page with filters, and the same as files."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from flask import Response, current_app, render_template, request, url_for
from sqlalchemy.orm import Session

from app.administration.audit_page import COLUMNS, AuditFilter, as_line, audit_page, events, told_reason
from app.administration.blueprint import Answer, bp
from app.core import clock
from app.core.permissions import Permission
from app.core.tables import Table
from app.core.web.db import get_session, streamed
from app.core.web.guard import requires


@bp.get("/audit")
@requires(Permission.AUDIT_READ)
def audit() -> Answer:
    """Who did what, the newest first."""
    given = AuditFilter.read(request.args)
    page = audit_page(get_session(), given)
    asked: dict[str, Any] = {**given.query(), "before": page.older}
    older = url_for("administration.audit", **asked) if page.older else ""
    return render_template(
        "administration/audit.html", page=page, given=given, older=older, query=given.query(), why=told_reason
    )


@bp.get("/audit.csv")
@requires(Permission.AUDIT_READ)
def audit_csv() -> Response:
    """The same as a file for a spreadsheet."""
    given, write = AuditFilter.read(request.args), current_app.extensions["tracker.write_csv"]

    def produce(session: Session) -> Iterator[bytes]:
        yield from write(Table(COLUMNS, events(session, given)))

    return _file(produce, "csv", "text/csv; charset=utf-8")


@bp.get("/audit.jsonl")
@requires(Permission.AUDIT_READ)
def audit_jsonl() -> Response:
    """The same, a JSON object a line."""
    given = AuditFilter.read(request.args)

    def produce(session: Session) -> Iterator[bytes]:
        for event in events(session, given):
            yield as_line(event).encode()

    return _file(produce, "jsonl", "application/x-ndjson; charset=utf-8")


def _file(produce: object, ending: str, kind: str) -> Response:
    response = Response(streamed(produce), content_type=kind)  # type: ignore[arg-type]
    name = f"audit_{clock.today().isoformat()}.{ending}"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
