"""What a person sees when something is refused or breaks: what happened, what was kept, what to do next."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape

import structlog
from flask import Flask, Response, current_app, g, render_template, request
from jinja2 import TemplateError
from sqlalchemy.exc import DataError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.exceptions import HTTPException, InternalServerError, NotFound

from app.core.errors import Forbidden, Invalid, TrackerError
from app.core.i18n import N_
from app.core.web import addresses, db, guard, logs
from app.core.web.addresses import FILES
from app.core.web.locale import _

BUSY = N_("The tracker is busy. What you sent was not saved. Wait a moment, then try again.")
BROKEN = N_("Something broke on our side. Nothing was saved. Please try again; if it breaks again, write to us.")
RETRY_AFTER = "5"
SECRETS = frozenset(
    {"csrf_token", "password", "current", "code", "answer", "confirm-password", "confirm-code", "confirm-passkey"}
)
TITLES: Mapping[int, str] = {
    400: N_("We could not read this request"),
    401: N_("Please sign in"),
    403: N_("This is not open to you"),
    404: N_("There is no such page"),
    405: N_("This page cannot be used that way"),
    409: N_("This cannot be done now"),
    413: N_("That is too much to send at once"),
    414: N_("This address is too long"),
    422: N_("Something needs to be put right"),
    429: N_("Too many attempts"),
    500: N_("Something broke"),
    503: N_("The tracker is busy"),
    507: N_("There is no room left"),
}
MESSAGES: Mapping[int, str] = {
    400: N_("The address or the form was damaged on its way. Go back and try again."),
    403: guard.NO_RIGHT,
    404: N_("Check the address, or start from the home page. The page may also be one that is not open to you."),
    405: N_("Go back and use the buttons on the page."),
    413: N_("What you sent is larger than the tracker takes. Shorten the text, go back and send it again."),
    414: N_("Start from the home page."),
    429: N_("Wait a few minutes, then try again."),
}


def install(app: Flask) -> None:
    """Register the handlers, and turn addresses away that name nothing."""
    app.before_request(_refuse_naughty)
    app.register_error_handler(TrackerError, _tracker_error)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(OperationalError, _database_error)
    app.register_error_handler(PoolTimeout, _database_error)
    app.register_error_handler(DataError, _out_of_range)
    app.register_error_handler(OverflowError, _out_of_range)
    app.register_error_handler(InternalServerError, _crash)


@dataclass(frozen=True)
class Again:
    """A form that broke on our side, to be sent again as it was: its address and its fields."""

    target: str
    fields: Sequence[tuple[str, str]]


def error_response(
    status: int,
    message: str,
    *,
    title: str | None = None,
    kept: str = "",
    reference: str = "",
    retry: str = "",
    again: Again | None = None,
) -> Response:
    """A page, or JSON or plain text where the address ends so. `kept` is what the person typed, given back."""
    heading = title or _(TITLES.get(status, TITLES[400]))
    body, kind = _body(status, heading, message, kept, reference, again)
    response = Response(body, status=status, content_type=kind)
    if retry:
        response.headers["Retry-After"] = retry
    return response


def typed_text() -> str:
    """What the person typed into the form that was refused, a paragraph a field; no secrets."""
    if request.method in db.SAFE_METHODS:
        return ""
    try:
        pairs = list(request.form.items(multi=True))
    except HTTPException:
        return ""  # too large to read, or broken
    texts = [value for name, value in pairs if name not in SECRETS and not name.endswith("_id") and value.strip()]
    return "\n\n".join(texts)


def form_to_send_again() -> Again | None:
    """This request's form, for one press of a button once we are well again.

    None where it held a secret, or before its token was found good: it may be another site's.
    """
    if not g.get("csrf_valid"):
        return None
    here = addresses.own_path(request.full_path if request.query_string else request.path)
    try:
        fields = [(name, value) for name, value in request.form.items(multi=True) if name != "csrf_token"]
    except HTTPException:
        return None
    if here is None or not fields or any(name in SECRETS for name, _value in fields):
        return None
    return Again(here, fields)


def _body(
    status: int, title: str, message: str, kept: str, reference: str, again: Again | None = None
) -> tuple[str, str]:
    if request.path.endswith(".json"):
        told = {"status": status, "title": title, "message": message, "reference": reference}
        return json.dumps(told, ensure_ascii=False), "application/json"
    if request.path.endswith(FILES):
        return f"{title}\n{message}\n{reference}".strip() + "\n", "text/plain; charset=utf-8"
    values: dict[str, object] = {
        "status": status,
        "title": title,
        "message": message,
        "kept": kept,
        "reference": reference,
    }
    values["again"] = again
    try:
        return render_template("errors/error.html", **values), "text/html; charset=utf-8"
    except Exception as error:
        # The page itself failed (the database is gone, a template is broken): the bare words still reach the person.
        if current_app.testing and isinstance(error, TemplateError):
            raise
        structlog.get_logger().warning("the error page could not be shown", exc_info=True)
        return _bare(title, message, kept, reference), "text/html; charset=utf-8"


def _bare(title: str, message: str, kept: str, reference: str) -> str:
    text = f"<pre>{escape(kept)}</pre>" if kept else ""
    return (
        f'<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>{escape(title)}</title></head>'
        f"<body><h1>{escape(title)}</h1><p>{escape(message)}</p>{text}<p>{escape(reference)}</p></body></html>"
    )


def _refuse_naughty() -> None:
    if addresses.is_naughty(request.path):
        raise NotFound
    if any("\x00" in value for value in request.args.values()):
        raise NotFound


def _tracker_error(error: TrackerError) -> Response:
    if isinstance(error, Forbidden):
        guard.audit_refusal()
    if isinstance(error, Invalid):
        message = " ".join(_(problem.message) for problem in error.problems)
    else:
        message = _(error.template or str(error), **error.values)
    retry = str(getattr(error, "retry_after", "") or "")
    return error_response(error.status, message, kept=typed_text(), retry=retry)


def _http_error(error: HTTPException) -> Response | HTTPException:
    status = error.code or 500
    if status < 400:
        return error  # a redirect
    message = MESSAGES.get(status, MESSAGES[400])
    kept = "" if status in (400, 413) else typed_text()
    response = error_response(status, _(message), kept=kept)
    for name, value in error.get_headers():
        if name.lower() in ("allow", "retry-after"):
            response.headers[name] = value
    return response


def _database_error(error: Exception) -> Response:
    if not db.is_busy(error):
        return _broken(error)
    structlog.get_logger().warning("database busy", request_id=logs.request_id(), error=type(error).__name__)
    guard.stop_asking()
    db.roll_back()
    return error_response(503, _(BUSY), kept=typed_text(), retry=RETRY_AFTER, again=form_to_send_again())


def _out_of_range(error: Exception) -> Response:
    """A number or text that no column can hold. In an address it names nothing; in a form it is a fault of ours."""
    if request.method not in db.SAFE_METHODS:
        return _broken(error)
    db.roll_back()
    return error_response(404, _(MESSAGES[404]))


def _crash(error: InternalServerError) -> Response:
    original = error.original_exception
    return _database_error(original) if isinstance(original, Exception) else _broken(error)


def _broken(error: BaseException) -> Response:
    """Rolled back, logged under the reference that the person sees. Under test it is raised for the test to see."""
    if current_app.config["PROPAGATE_EXCEPTIONS"]:
        raise error
    structlog.get_logger().error("crash", request_id=logs.request_id(), path=request.path[:200], exc_info=error)
    guard.stop_asking()
    db.roll_back()
    return error_response(500, _(BROKEN), kept=typed_text(), reference=logs.request_id(), again=form_to_send_again())
