"""The list of activities."""

from __future__ import annotations

import re

from flask import redirect, render_template, request, url_for
from werkzeug.datastructures import MultiDict

from app.activities.blueprint import Answer, bp
from app.activities.filters import ActivityFilters
from app.activities.list_page import FIELDS, ListPage, make_page
from app.activities.queries import page_of_lines
from app.activities.queries_work import visible_references
from app.core.errors import Invalid, Problem
from app.core.permissions import Permission
from app.core.web.db import get_session
from app.core.web.guard import requires, the_actor

REFERENCE = re.compile(r"[A-Z]+-[0-9]{4}-[0-9]+")
"""What a reference looks like: no other search is worth a question to the database."""


@bp.get("/activities")
@requires(Permission.ACTIVITY_LIST)
def index() -> Answer:
    """One page of the list. What is wrong in the address is said (422), and the list shown without it.

    Whoever writes nothing but a reference into the search wants that record.
    """
    if (named := _named()) is not None:
        return redirect(url_for("activities.record", reference=named))
    filters, problems = _filters()
    page, more = _page(filters)
    problems = (*problems, *more)
    html = render_template("activities/index.html", page=page, problems=problems)
    return (html, 422) if problems else html


def _named() -> str | None:
    """The reference that is all of the search, if its record is open to the reader."""
    if list(request.args) != ["q"]:
        return None
    reference = request.args["q"].strip().upper()
    if not REFERENCE.fullmatch(reference):
        return None
    return next(iter(visible_references(get_session(), the_actor(), [reference])), None)


def _filters() -> tuple[ActivityFilters, tuple[Problem, ...]]:
    try:
        return ActivityFilters.parse(request.args), ()
    except Invalid as refused:
        wrong = {problem.field for problem in refused.problems}
        rest = MultiDict((k, v) for k, v in request.args.items(multi=True) if k not in wrong)
        return ActivityFilters.parse(rest), refused.problems


def _page(filters: ActivityFilters) -> tuple[ListPage, tuple[Problem, ...]]:
    session, actor = get_session(), the_actor()
    try:
        return make_page(session, actor, filters, page_of_lines(session, actor, filters, fields=FIELDS)), ()
    except Invalid as refused:  # a broken place in the list
        first = filters.from_the_start()
        return make_page(session, actor, first, page_of_lines(session, actor, first, fields=FIELDS)), refused.problems
