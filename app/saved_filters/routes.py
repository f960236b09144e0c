"""Saving and removing filters; the list beside each filter and on the first page."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.core.errors import Invalid
from app.core.permissions import Permission
from app.core.web.addresses import own_path
from app.core.web.db import get_session
from app.core.web.guard import current_actor, requires, the_actor
from app.core.web.locale import _
from app.saved_filters import services
from app.saved_filters.forms import SaveFilterForm
from app.saved_filters.models import SavedFilter
from app.saved_filters.queries import saved_filters

bp = Blueprint("saved_filters", __name__)


@bp.app_context_processor
def _everywhere() -> dict[str, Callable[..., Any]]:
    """Any page can show a person's filters: `saved_filters()`, of this page alone `saved_filters(request.path)`."""

    def mine(path: str | None = None) -> Sequence[SavedFilter]:
        actor = current_actor()
        return saved_filters(get_session(), actor, path) if actor and actor.user_id is not None else ()

    return {"saved_filters": mine}


@bp.get("/saved-filters")
@requires(Permission.FILTER_SAVE)
def index() -> str:
    """The person's own filters, to open or remove; and a name for the one of the page that they came from."""
    address = own_path(request.args.get("address")) or ""
    form = SaveFilterForm(formdata=None, data={"address": address})
    return render_template("saved_filters/index.html", form=form, back=address)


@bp.post("/saved-filters")
@requires(Permission.FILTER_SAVE)
def save() -> tuple[str, int] | Response:
    """Save the filter of the page that the person came from, and go back there."""
    form = SaveFilterForm()
    if form.validate():
        try:
            saved = services.save_filter(get_session(), the_actor(), form.to_command())
        except Invalid as refused:
            form.add_problems(refused)
        else:
            flash(_("The filter is saved. You find it here and on your first page."), "success")
            return redirect(saved.address, 303)
    back = own_path(form.address.data) or "/"
    return render_template("saved_filters/index.html", form=form, back=back), 422


@bp.post("/saved-filters/<int:filter_id>/remove")
@requires(Permission.FILTER_SAVE)
def remove(filter_id: int) -> Response:
    """Remove one of the person's own filters."""
    services.remove_filter(get_session(), the_actor(), filter_id)
    flash(_("The filter is removed."), "success")
    return redirect(url_for("saved_filters.index"), 303)
