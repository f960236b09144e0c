"""Headers of every answer, addresses of static files, and how much may be sent to us."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from functools import lru_cache
from pathlib import Path
from typing import Any

from flask import Flask, Request, Response, current_app, g, request, url_for
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface, SessionMixin
from flask_compress import Compress
from itsdangerous import BadSignature
from werkzeug.middleware.proxy_fix import ProxyFix

from app.core.web.addresses import LONGEST

POLICY = "; ".join(
    (
        "default-src 'none'",
        "style-src 'self'",
        "script-src 'self'",
        "img-src 'self' data:",
        "connect-src 'self'",
        "font-src 'none'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
HSTS = "max-age=31536000; includeSubDomains"
COMPRESSED = [
    "text/html",
    "text/css",
    "text/csv",
    "text/plain",
    "text/javascript",
    "application/javascript",
    "application/json",
    "image/svg+xml",
]
LIMITS = {
    # A whole activity form with every text at its longest stays below 300 kB. An upload raises its own limit.
    "MAX_CONTENT_LENGTH": 2 * 1024 * 1024,
    "MAX_FORM_MEMORY_SIZE": 1024 * 1024,
    "MAX_FORM_PARTS": 2000,
}
_YEAR = 365 * 24 * 3600

Wsgi = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


def install(app: Flask, *, production: bool, proxies: int) -> None:
    """Headers, compression, limits. `proxies` says how many proxies in front of us to believe."""
    app.config.update(LIMITS)
    app.config.update(
        COMPRESS_MIMETYPES=COMPRESSED,
        COMPRESS_ALGORITHM=["br", "zstd", "gzip"],
        COMPRESS_BR_LEVEL=5,  # a tenth less than level 4 for half a millisecond; above that little is won
        COMPRESS_ALGORITHM_STREAMING=["zstd", "br", "gzip"],
        PRODUCTION=production,
    )
    app.session_interface = CookieSessions()
    app.after_request(_set_headers)
    Compress(app)
    wsgi: Any = app.wsgi_app
    if proxies:
        wsgi = ProxyFix(wsgi, x_for=proxies, x_proto=proxies, x_host=proxies)
    app.wsgi_app = _short_addresses(wsgi)  # type: ignore[method-assign, assignment]
    app.jinja_env.globals["asset"] = asset


class CookieSessions(SecureCookieSessionInterface):
    """Flask's own, but silent on static files: `Vary: Cookie` would make browsers fetch them anew at each sign-in.

    And without a look at the clock: how long somebody stays signed in is decided by the session's row. A cookie signed
    in the future is good, or a step back of the clock, and a second between two machines, would throw people out.
    """

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        """What the cookie says; nothing if it says nothing, or was not signed by us."""
        serializer = self.get_signing_serializer(app)
        if serializer is None:
            return None
        try:
            return self.session_class(serializer.loads(request.cookies.get(self.get_cookie_name(app), "")))
        except BadSignature:
            return self.session_class()

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Write the cookie where it changed."""
        if request.endpoint != "static":
            super().save_session(app, session, response)


def static_file(filename: str) -> Response:
    """A file of static/, read whole: they are small, and a stream that is compressed would leave its file open."""
    request.environ.pop("HTTP_RANGE", None)
    response = current_app.send_static_file(filename)
    response.direct_passthrough = False
    response.get_data()
    response.headers.pop("Accept-Ranges", None)
    return response


def asset(name: str) -> str:
    """The address of a file in static/, with its fingerprint, so that a browser keeps it for a year."""
    return url_for("static", filename=name, v=_fingerprint(name))


def _fingerprint(name: str) -> str:
    # A running production server's files do not change; a developer's do.
    find = _hash if current_app.config["PRODUCTION"] else _hash.__wrapped__
    return find(str(current_app.static_folder), name)


@lru_cache(maxsize=256)
def _hash(folder: str, name: str) -> str:
    path = Path(folder) / name
    return hashlib.sha256(path.read_bytes()).hexdigest()[:12] if path.is_file() else "0"


def _set_headers(response: Response) -> Response:
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    if current_app.config["PRODUCTION"]:
        response.headers.setdefault("Strict-Transport-Security", HSTS)
    _set_caching(response)
    return response


def _set_caching(response: Response) -> None:
    if request.endpoint == "static" and response.status_code in (200, 206, 304):
        # Only the fingerprint of the file as it is now: an old page must not pin a new file under an old name.
        lasting = request.args.get("v") == _fingerprint((request.view_args or {}).get("filename", ""))
        response.headers["Cache-Control"] = f"public, max-age={_YEAR}, immutable" if lasting else "public, no-cache"
    elif "Cache-Control" not in response.headers:
        response.headers["Cache-Control"] = "private, no-store" if g.get("actor") else "no-store"


def _short_addresses(wsgi: Wsgi) -> Wsgi:
    """Answer an endless address before routing reads numbers of thousands of digits out of it."""

    def run(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        if len(environ.get("PATH_INFO", "")) <= LONGEST:
            return wsgi(environ, start_response)
        start_response("414 URI Too Long", [("Content-Type", "text/plain; charset=utf-8")])
        return [b"This address is too long.\n"]

    return run
