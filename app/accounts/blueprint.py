"""The blueprint that the room's pages hang on; `routes.py` brings them together."""

from __future__ import annotations

from flask import Blueprint
from werkzeug.wrappers import Response

bp = Blueprint("accounts", __name__)

Answer = str | Response | tuple[str, int]
