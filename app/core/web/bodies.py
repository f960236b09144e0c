"""Addresses that take more than a form's text: how much, said and held before anything is read."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Flask, request

from app.core.errors import TrackerError
from app.core.files import no_room
from app.core.i18n import N_

MB = 1024 * 1024
CHUNK = 64 * 1024
# The fields beside the files, and what stands between them.
BESIDE = MB


class TooMuch(TrackerError):
    """More than may be sent at once."""

    status = 413

    template = N_(
        "What you sent has %(sent)s MB; at most %(most)s MB can be sent here at once. Nothing was stored. Go back, and"
        " send fewer files, a smaller one, or its rows in parts."
    )

    def __init__(self, sent: int, most: int) -> None:
        self.values = {"sent": f"{-(-sent // MB):,}", "most": f"{most // MB:,}"}
        super().__init__(self.template % self.values)


def install(app: Flask, longer: Mapping[str, int]) -> None:
    """`longer`: endpoint → bytes of files that may be sent to it."""

    @app.before_request
    def _take() -> None:
        most = longer.get(request.endpoint or "")
        if most is None:
            return
        request.max_content_length = most + BESIDE
        if (request.content_length or 0) > request.max_content_length:
            _let_finish(2 * request.max_content_length)
            raise TooMuch(request.content_length or 0, most)
        with no_room():  # large parts go to temporary files
            _ = request.files

    @app.teardown_request
    def _close(_error: BaseException | None) -> None:
        request.close()


def _let_finish(most: int) -> None:
    """Throw away what comes, up to `most`: a browser that is still sending does not read the answer."""
    left = most
    while left > 0:
        got = request.environ["wsgi.input"].read(min(CHUNK, left))
        if not got:
            return
        left -= len(got)
