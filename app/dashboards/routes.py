"""Pages that join rooms: home, coverage and what is behind it, offices, provisions, support types."""

from __future__ import annotations

from flask import current_app, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.accounts import services as accounts
from app.core.errors import Invalid, NotFound, Problem
from app.core.i18n import N_
from app.core.permissions import Permission
from app.core.web import locale
from app.core.web.addresses import own_path
from app.core.web.db import get_session
from app.core.web.guard import current_actor, requires, the_actor
from app.core.web.locale import _
from app.dashboards import routes_panels, routes_paragraph, routes_places, routes_work
from app.dashboards.address import last_value
from app.dashboards.behind import behind_page
from app.dashboards.blueprint import asked, bp
from app.dashboards.coverage_page import coverage_page, selects, state_rows
from app.dashboards.home_page import home_page
from app.dashboards.names import names_of
from app.dashboards.office_list import office_list
from app.dashboards.office_page import office_page
from app.dashboards.panels import files_of, links
from app.dashboards.tag_pages import provision_page, provisions_by_instrument, support_type_page, types_by_facet
from app.offices.queries import office as find_office
from app.provisions.services import confirm_provision as confirm

__all__ = ["bp", "routes_panels", "routes_paragraph", "routes_places", "routes_work"]


@bp.get("/")
@requires(Permission.SIGNED_IN)
def home() -> str:
    """What waits, and where we stand."""
    session = get_session()
    return render_template("dashboards/home.html", page=home_page(session, the_actor(), names_of(session)))


@bp.get("/coverage")
@requires(Permission.COVERAGE_READ)
def coverage() -> str:
    """One figure, what it is made of, over the years, by region, type and provision."""
    lists, ask = asked()
    return render_template(
        "dashboards/coverage.html",
        page=coverage_page(get_session(), lists, ask),
        trend_files=files_of(ask, "dashboards.trend"),
        panel_links=links(ask, "dashboards.coverage"),
    )


@bp.get("/coverage/behind")
@requires(Permission.COVERAGE_READ)
def behind() -> str:
    """Explain this number: every office by its state, with its activities."""
    lists, ask = asked()
    only = last_value(request.args, "office")
    if only and find_office(get_session(), only) is None:
        raise NotFound(N_("There is no office with this code."))
    page = behind_page(get_session(), the_actor(), lists, ask, only)
    return render_template("dashboards/behind.html", page=page, states=state_rows(page.figure, ask))


@bp.get("/offices")
@requires(Permission.OFFICE_READ)
def offices() -> str:
    """Every office by region."""
    lists, ask = asked()
    page = office_list(get_session(), the_actor(), lists, ask)
    return render_template("dashboards/offices.html", page=page, selects=selects(lists, ask, [ask.year]))


@bp.get("/offices/<code>")
@requires(Permission.OFFICE_READ)
def office(code: str) -> str:
    """One office."""
    session = get_session()
    return render_template("dashboards/office.html", page=office_page(session, the_actor(), names_of(session), code))


@bp.get("/provisions")
@requires(Permission.PROVISION_READ)
def provisions() -> str:
    """Every provision by instrument."""
    session = get_session()
    groups = provisions_by_instrument(session, names_of(session))
    unchecked = [line for group in groups for line in group.provisions if not line[0].checked]
    return render_template("dashboards/provisions.html", groups=groups, unchecked=unchecked)


@bp.get("/provisions/<code>")
@requires(Permission.PROVISION_READ)
def provision(code: str) -> str:
    """One provision, and what is tagged to it."""
    session = get_session()
    page = provision_page(session, the_actor(), names_of(session), code)
    return render_template("dashboards/provision.html", page=page)


@bp.post("/provisions/<code>/confirm")
@requires(Permission.PROVISION_CONFIRM)
def confirm_provision(code: str) -> Response:
    """Say that somebody read the source and the provision is right."""
    confirm(get_session(), the_actor(), code)
    flash(_("The provision is confirmed. It is offered in the form from now on."), "success")
    return redirect(url_for("dashboards.provision", code=code), 303)


@bp.get("/support-types")
@requires(Permission.COVERAGE_READ)
def support_types() -> str:
    """Every support type by facet."""
    session = get_session()
    return render_template("dashboards/support_types.html", facets=types_by_facet(session, names_of(session)))


@bp.get("/support-types/<code>")
@requires(Permission.COVERAGE_READ)
def support_type(code: str) -> str:
    """One support type, and what is tagged to it."""
    session = get_session()
    page = support_type_page(session, the_actor(), names_of(session), code)
    return render_template("dashboards/support_type.html", page=page)


@bp.post("/language")
@requires(Permission.PUBLIC)
def set_language() -> Response:
    """Read in another language from now on; back to the page that the person came from."""
    code = request.form.get("language", "")
    if not locale.is_offered(code):
        raise Invalid([Problem("language", N_("This language is not offered."))])
    actor = current_actor()
    if actor is not None and actor.user_id is not None:
        accounts.set_language(get_session(), actor.user_id, code)
    back = own_path(request.form.get("next")) or url_for("dashboards.home")
    return locale.remember(current_app.make_response(redirect(back, 303)), code)
