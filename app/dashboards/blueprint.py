"""The room's blueprint, what all its pages know, and what an address asks for."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, request

from app.core import clock
from app.core.web.db import get_session
from app.dashboards import definitions, words
from app.dashboards.address import Ask
from app.dashboards.listing import new_activity_url, record_url
from app.dashboards.names import Lists, lists_of

bp = Blueprint("dashboards", __name__)


@bp.context_processor
def _words() -> dict[str, Any]:
    """Every page of this room tells figures in words, links records, and says on paper when it was made."""
    return {
        "w": words,
        "definitions": definitions,
        "record_url": record_url,
        "new_activity_url": new_activity_url,
        "generated_at": clock.stamp(),
    }


def asked() -> tuple[Lists, Ask]:
    """The lists, and the figure that the request's address asks for."""
    lists = lists_of(get_session())
    return lists, Ask.parse(request.args, lists, clock.today())
