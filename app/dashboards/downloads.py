"""The files that a person can take away, each with what it holds."""

from __future__ import annotations

from dataclasses import dataclass

from flask import current_app, url_for
from sqlalchemy.orm import Session

from app.core import clock
from app.core.i18n import N_
from app.core.web.locale import _
from app.coverage.queries import years_on_record

FILES = (
    (
        "reports.coverage_csv",
        N_("Coverage"),
        N_(
            "A row for each figure: offices that provided support (k) of the offices expected (N), by year and basis,"
            " for the world, each region, support type and provision, and region by support type."
        ),
        True,
    ),
    (
        "reports.offices_csv",
        N_("Offices and their states"),
        N_(
            "Each country and multi-country office in a year: its region, countries and state. States other than"
            " provided are open to the office, the advisers of its region and headquarters."
        ),
        True,
    ),
    (
        "reports.returns_csv",
        N_("Annual returns"),
        N_(
            "Each annual return: support or nil, signed when, on time or late, and the activities ticked. Open to the"
            " office, the advisers of its region and headquarters."
        ),
        False,
    ),
    (
        "reports.activities_csv",
        N_("Activities"),
        N_(
            "One row for each activity that you may open. To take away a selection, filter the list of activities and"
            " download it there."
        ),
        False,
    ),
)


@dataclass(frozen=True)
class Download:
    """One file: its name, what it holds, its address, and its address for each year."""

    title: str
    definition: str
    file: str
    url: str
    years: list[tuple[str, str]]


def downloads(session: Session) -> list[Download]:
    """The files that this application serves."""
    years = [str(year) for year in sorted(years_on_record(session), reverse=True)]
    return [
        _download(endpoint, title, meaning, years if by_year else [])
        for endpoint, title, meaning, by_year in FILES
        if endpoint in current_app.view_functions
    ]


def _download(endpoint: str, title: str, meaning: str, years: list[str]) -> Download:
    url = url_for(endpoint)
    by_year = [(year, url_for(endpoint, year=year)) for year in years]
    return Download(_(title), _(meaning), url.rsplit("/", 1)[-1], url, by_year)


def read_at() -> str:
    """When the page was made, for the footer on paper."""
    return clock.now().strftime("%Y-%m-%d %H:%M UTC")
