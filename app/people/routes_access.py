"""Who can see and sign for an office, confirmed on a day; and all that is kept about one person."""

from __future__ import annotations

import json
from typing import Any

from flask import flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from app.accounts.models import User
from app.core.errors import NotFound, Stale
from app.core.permissions import Permission
from app.core.web.db import get_session
from app.core.web.guard import NO_SUCH, require, requires, requires_fresh, the_actor
from app.core.web.locale import _
from app.offices.queries import office as find_office
from app.people.admin import confirm_access, find_person
from app.people.admin_page import access_list, access_page
from app.people.blueprint import Answer, bp
from app.people.export import export_person
from app.people.forms_admin import AccessForm


@bp.get("/people/access")
@requires(Permission.ACCESS_REVIEW)
def access_index() -> Answer:
    """Offices whose access one looks over."""
    return render_template("people/access_index.html", lines=access_list(get_session(), the_actor()))


@bp.get("/people/access/<code>")
@requires(Permission.ACCESS_REVIEW)
def access(code: str) -> Answer:
    """Who can see and sign for this office."""
    return _access(code)


def _access(code: str, status: int = 200) -> Answer:
    if find_office(get_session(), code) is None:
        raise NotFound(NO_SUCH)
    require(Permission.ACCESS_REVIEW, code)
    page = access_page(get_session(), the_actor(), code)
    form = AccessForm(formdata=None, data={"seen": page.seen})
    return render_template("people/access.html", page=page, form=form, stale=status == 409), status


@bp.post("/people/access/<code>")
@requires(Permission.ACCESS_REVIEW)
@requires_fresh
def confirm(code: str) -> Answer:
    """The list is right, today."""
    form = AccessForm()
    if find_office(get_session(), code) is None or not form.validate():
        return _access(code, 422)
    try:
        confirm_access(get_session(), the_actor(), code, form.seen.data or "", form.client_id.data or "")
    except Stale:
        return _access(code, 409)
    flash(_("Confirmed. Thank you."), "success")
    return redirect(url_for("people.access", code=code), 303)


@bp.get("/me/export.json")
@requires(Permission.ACCOUNT_OWN)
def export_me() -> Response:
    """All that is kept about oneself."""
    return _file(get_session().get_one(User, the_actor().user_id), to_themselves=True)


@bp.get("/administration/people/<int:key>/export.json")
@requires(Permission.PERSON_ADMINISTER)
def export(key: int) -> Response:
    """What is kept about somebody who leaves, to be handed to them, without what they said about records."""
    return _file(find_person(get_session(), the_actor(), key), to_themselves=key == the_actor().user_id)


def _file(user: User, *, to_themselves: bool) -> Response:
    told: dict[str, Any] = export_person(get_session(), user, to_themselves=to_themselves)
    text = json.dumps(told, ensure_ascii=False, indent=1)
    answer = Response(text, content_type="application/json")
    answer.headers["Content-Disposition"] = f'attachment; filename="person-{user.id}.json"'
    return answer
