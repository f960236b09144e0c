"""What every panel of coverage has around its content: the filter, the way to the other panels, the files."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from flask import url_for

from app.core.i18n import N_
from app.core.web.locale import _
from app.coverage.rules import Basis
from app.dashboards import definitions
from app.dashboards.address import FILTERS, Ask
from app.dashboards.coverage_page import Choice, chips
from app.dashboards.names import Lists

PANELS: tuple[tuple[str, dict[str, str], str], ...] = (
    ("dashboards.coverage", {}, N_("Overview")),
    ("dashboards.trend", {}, N_("Over the years")),
    ("dashboards.matrix", {"which": "how-region"}, N_("Heatmaps")),
    ("dashboards.tiles", {"which": "countries"}, N_("Countries")),
    ("dashboards.tiles", {"which": "offices"}, N_("Office map")),
    ("dashboards.gaps", {}, N_("Gaps")),
    ("dashboards.work", {}, N_("The work")),
)
CHOSEN = ("year", "basis", "region")


@dataclass(frozen=True)
class Link:
    """A link of a short row of links."""

    label: str
    url: str
    current: bool


@dataclass(frozen=True)
class Frame:
    """The surroundings of a panel. `carried` are the parts of the filter that its form sends along unseen."""

    heading: str
    lede: str
    ask: Ask
    nav: list[Link]
    action: str
    clear_url: str
    selects: dict[str, list[Choice]]
    carried: list[tuple[str, str]]
    chips: list[dict[str, str]]
    files: list[Link]


def links(ask: Ask, endpoint: str, values: dict[str, str] | None = None) -> list[Link]:
    """The way to every panel, with the same filter."""
    here = (endpoint, values or {})
    return [Link(_(label), ask.url(each, **path), here == (each, path)) for each, path, label in PANELS]


def frame(
    lists: Lists,
    ask: Ask,
    years: Iterable[int],
    heading: str,
    lede: str,
    endpoint: str,
    values: dict[str, str] | None = None,
    nav_values: dict[str, str] | None = None,
    *,
    picture: bool = True,
) -> Frame:
    """The surroundings of the panel at `endpoint`."""
    path: dict[str, Any] = dict(values or {})
    action = url_for(endpoint, **path)
    return Frame(
        heading=heading,
        lede=lede,
        ask=ask,
        nav=links(ask, endpoint, path if nav_values is None else nav_values),
        action=action,
        clear_url=action,
        selects=choices(lists, ask, years),
        carried=[(name, code) for name in FILTERS if name not in CHOSEN and (code := getattr(ask.part, name))],
        chips=chips(lists, ask, endpoint, **path),
        files=files_of(ask, endpoint, path, picture=picture),
    )


def files_of(ask: Ask, endpoint: str, path: Mapping[str, Any] | None = None, *, picture: bool = True) -> list[Link]:
    """The files of the panel at `endpoint`."""
    values = path or {}
    pictures = [Link(_("Download the chart (SVG)"), ask.url(f"{endpoint}_svg", **values), False)] if picture else []
    return [*pictures, Link(_("Download the table (CSV)"), ask.url(f"{endpoint}_csv", **values), False)]


def choices(lists: Lists, ask: Ask, years: Iterable[int]) -> dict[str, list[Choice]]:
    """The options that every panel offers; types and provisions are chosen on the overview, and travel along."""
    region = ask.part.region
    regions = [Choice(code, lists.names.region(code), code == region) for code in lists.regions]
    return {
        "year": [Choice(str(y), str(y), y == ask.year) for y in sorted({*years, ask.year}, reverse=True)],
        "basis": [Choice(b.value, definitions.basis_words(b), b == ask.basis) for b in Basis],
        "region": [Choice("", _("All regions"), not region), *regions],
    }
