"""Logs: one line a request, JSON in production. Never what people typed: no query string, no form, no cookie."""

from __future__ import annotations

import logging
import sys
import time
import uuid
from typing import Any

import structlog
from flask import Flask, Response, g, request
from structlog.tracebacks import ExceptionDictTransformer

HEADER = "X-Request-ID"


# Local variables would carry what people typed into the log.
_TRACEBACKS = structlog.processors.ExceptionRenderer(ExceptionDictTransformer(show_locals=False))


def configure(*, production: bool, level: int = logging.INFO) -> None:
    """Set up structlog for the process: JSON lines in production, plain ones in development, both on stderr."""
    plain = structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback)
    ending: list[Any] = [_TRACEBACKS, structlog.processors.JSONRenderer()] if production else [plain]
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            *ending,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=lambda *_: structlog.PrintLogger(sys.stderr),
        cache_logger_on_first_use=False,
    )


def install(app: Flask) -> None:
    """Give every request an id, an answer header with it, and a line in the log."""
    app.before_request(_begin)
    app.after_request(_end)


def request_id() -> str:
    """The id of this request: what a person quotes when something broke."""
    if "request_id" not in g:
        g.request_id = uuid.uuid4().hex[:12]
    return str(g.request_id)


def _begin() -> None:
    g.request_began = time.monotonic()
    request_id()


def _end(response: Response) -> Response:
    response.headers[HEADER] = request_id()
    if request.endpoint in ("static", "healthz"):
        return response
    actor = g.get("actor")
    began = g.get("request_began", time.monotonic())
    structlog.get_logger().info(
        "request",
        request_id=request_id(),
        method=request.method,
        endpoint=request.endpoint,
        path=request.path[:200],
        status=response.status_code,
        ms=round((time.monotonic() - began) * 1000, 1),
        user=actor.user_id if actor else None,
    )
    return response
