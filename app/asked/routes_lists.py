"""The list of requests, the sheet of States that got nothing, and what was given without being asked."""

from __future__ import annotations

from flask import render_template, request

from app.asked.blueprint import bp
from app.asked.filters import RequestFilters
from app.asked.given_page import given_page
from app.asked.list_page import list_page
from app.asked.listing import check_codes
from app.asked.nothing_page import nothing_page
from app.core import clock
from app.core.permissions import Permission
from app.core.web.db import get_session
from app.core.web.guard import requires, the_actor
from app.offices.queries import region_codes


@bp.get("/requests")
@requires(Permission.REQUEST_READ)
def index() -> str:
    """Every request, or those of a part."""
    session = get_session()
    filters = RequestFilters.parse(request.args)
    check_codes(session, filters)
    page = list_page(session, filters)
    return render_template("asked/index.html", page=page, generated_at=clock.stamp())


@bp.get("/requests/nothing-given")
@requires(Permission.REQUEST_READ)
def nothing_given() -> str:
    """Which States asked and got nothing, and why."""
    session = get_session()
    filters = RequestFilters.parse(request.args)
    check_codes(session, filters)
    page = nothing_page(session, filters, list(region_codes(session)))
    return render_template("asked/nothing.html", page=page, generated_at=clock.stamp())


@bp.get("/requests/given-not-asked")
@requires(Permission.REQUEST_READ)
def given_not_asked() -> str:
    """The activities of a part that answer no request on the register."""
    session = get_session()
    filters = RequestFilters.parse(request.args)
    check_codes(session, filters)
    page = given_page(session, the_actor(), filters)
    return render_template("asked/given.html", page=page, generated_at=clock.stamp())
