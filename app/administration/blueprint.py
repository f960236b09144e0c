"""The blueprint that the room's pages hang on; `routes.py` brings them together."""

from __future__ import annotations

from flask import Blueprint
from werkzeug.wrappers import Response

bp = Blueprint("administration", __name__, url_prefix="/administration")

Answer = str | Response | tuple[str, int]
