"""Pages of places: the regions, each region office by office."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from flask import Response, render_template, request

from app.activities.rules import FIRST_YEAR
from app.core import clock
from app.core.errors import Invalid, NotFound, Problem
from app.core.i18n import N_
from app.core.permissions import Permission
from app.core.web.db import get_session
from app.core.web.guard import requires, the_actor
from app.core.web.locale import _
from app.coverage.kept import kept_years
from app.dashboards.address import NO_REGION, Ask, last_value
from app.dashboards.blueprint import asked, bp
from app.dashboards.changes_page import changes_page, default_region
from app.dashboards.country_page import country_list, country_page
from app.dashboards.coverage_page import Choice
from app.dashboards.files import csv_file
from app.dashboards.names import Lists, lists_of
from app.dashboards.panel_files import REGION_COLUMNS
from app.dashboards.panels import choices
from app.dashboards.partners_page import partners_page
from app.dashboards.region_page import RegionPage, region_list, region_page
from app.returns.queries import round_to_show

NO_DAY = N_("Give a day that has been, as year-month-day: 2025-03-31.")


def _of_the_round(lists: Lists, ask: Ask) -> Ask:
    """Without a year in the address, the year whose round is being collected: that is what waits."""
    if last_value(request.args, "year"):
        return ask
    today = clock.today()
    year = round_to_show(get_session(), today)
    return replace(ask, year=min(year, today.year)) if year else ask


@bp.get("/regions")
@requires(Permission.COVERAGE_READ)
def regions() -> str:
    """Every region in one line."""
    lists, ask = asked()
    ask = _of_the_round(lists, ask.narrowed(region=None))
    session = get_session()
    page = region_list(session, the_actor(), lists, ask)
    selects = choices(lists, ask, kept_years(session))
    selects.pop("region")
    return render_template("dashboards/regions.html", page=page, selects=selects)


def _region(code: str) -> tuple[Lists, RegionPage]:
    lists, ask = asked()
    if code not in lists.regions:
        raise NotFound(N_("There is no such region."))
    ask = _of_the_round(lists, ask).narrowed(region=code, support_type=None, with_type=None, provision=None,
                                             country=None)  # fmt: skip
    return lists, region_page(get_session(), the_actor(), lists, ask)


@bp.get("/regions/<code>")
@requires(Permission.COVERAGE_READ)
def region(code: str) -> str:
    """Each office of a region in one line, and whom it waits for."""
    lists, page = _region(code)
    selects = choices(lists, page.ask, page.years)
    selects.pop("region")
    return render_template("dashboards/region.html", page=page, selects=selects)


@bp.get("/countries")
@requires(Permission.COVERAGE_READ)
def countries() -> str:
    """Every programme country by region."""
    lists, ask = asked()
    session = get_session()
    page = country_list(session, lists, ask)
    return render_template("dashboards/countries.html", page=page, selects=choices(lists, ask, kept_years(session)))


@bp.get("/countries/<iso3>")
@requires(Permission.COVERAGE_READ)
def country(iso3: str) -> str:
    """A country before a mission, on one sheet."""
    lists = lists_of(get_session())
    if iso3 not in lists.countries:
        raise NotFound(N_("There is no such country."))
    page = country_page(get_session(), the_actor(), lists, iso3)
    return render_template("dashboards/country.html", page=page)


@bp.get("/countries/<iso3>/partners")
@requires(Permission.COVERAGE_READ)
def country_partners(iso3: str) -> str:
    """Who else works in a country, on what, since when."""
    lists = lists_of(get_session())
    if iso3 not in lists.countries:
        raise NotFound(N_("There is no such country."))
    page = partners_page(get_session(), the_actor(), lists.names, iso3)
    return render_template("dashboards/partners.html", page=page)


@bp.get("/changes")
@requires(Permission.SIGNED_IN)
def changes() -> str:
    """What changed since the person's last visit, or since a day of their choice."""
    session, actor = get_session(), the_actor()
    lists = lists_of(session)
    asked_for = last_value(request.args, "region")
    if asked_for and asked_for not in (*lists.regions, "all"):
        raise Invalid([Problem("region", NO_REGION)])
    region = asked_for or default_region(actor, lists.regions) or "all"
    page = changes_page(session, actor, lists, None if region == "all" else region, _since())
    regions = [Choice(code, lists.names.region(code), code == region) for code in lists.regions]
    selects = [Choice("all", _("All regions"), region == "all"), *regions]
    return render_template("dashboards/changes.html", page=page, regions=selects)


def _since() -> date | None:
    """The day in the address, None without one."""
    text = last_value(request.args, "since")
    if not text:
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise Invalid([Problem("since", NO_DAY)]) from None
    if day.year < FIRST_YEAR or day > clock.today():
        raise Invalid([Problem("since", NO_DAY)])
    return day


@bp.get("/regions/<code>.csv")
@requires(Permission.COVERAGE_READ)
def region_csv(code: str) -> Response:
    """The region's table, as far as the reader may know it."""
    page = _region(code)[1]
    return csv_file("region", page.ask, REGION_COLUMNS, page.offices)
