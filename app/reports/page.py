"""What the list of reports and the page of one show."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from typing import Any
from urllib.parse import urlencode

from flask import url_for
from markupsafe import Markup
from sqlalchemy.orm import Session

from app.activities.filters import Query
from app.codelists.queries import labels
from app.core.permissions import Actor, Permission, can
from app.core.web.locale import _, current_locale, number
from app.coverage.definitions import DEFINITIONS
from app.reports.base import Report
from app.reports.choices import Pick, picks
from app.reports.export import FORMATS, Asked, can_be_made, formats_of
from app.reports.registry import GROUPS
from app.reports.renderers.html import Cells, cells
from app.reports.words import Said, Speaker, in_words

MOST_ROWS = 100
"""A page is for a look; whoever wants all takes the file."""
FEW_PARAMETERS = 8
WIDE = 8


@dataclass(frozen=True)
class File:
    """A file of a report: what kind it is, and where."""

    label: str
    name: str
    url: str


@dataclass(frozen=True)
class Entry:
    """One report in the list."""

    key: str
    title: str
    definition: str
    url: str
    files: list[File]


@dataclass(frozen=True)
class ReportPage:
    """Everything that the page of a report shows. `more` tells that the files have further rows."""

    key: str
    title: str
    definition: str
    version: str
    version_words: str
    said: list[Said]
    picks: list[Pick]
    clear_url: str
    heads: list[tuple[str, bool]]
    rows: list[Markup]
    more: bool
    count: str
    files: list[File]
    many_filters: bool

    @property
    def wide(self) -> bool:
        """Wider than a page: it scrolls in a box of its own."""
        return len(self.heads) > WIDE


def report_list(actor: Actor) -> list[tuple[str, list[Entry]]]:
    """The reports that the actor may read, by group."""
    return [(_(title), [_entry(r) for r in reports if can(r.permission, actor)]) for title, reports in GROUPS]


def _entry(report: Report) -> Entry:
    url = url_for("reports.report", key=report.key)
    return Entry(report.key, _(report.title), _(report.definition), url, files_of(report, ""))


def files_of(report: Report, query: str) -> list[File]:
    """The files of a report with the filters of `query`."""
    return [
        File(_(FORMATS[ending].label), _(FORMATS[ending].name), _with(f"/reports/{report.key}.{ending}", query))
        for ending in formats_of(report)
    ]


def report_page(session: Session, actor: Actor, report: Report, query: Query) -> ReportPage:
    """The page of one report with the filters of the address.

    Raises:
        Invalid: a filter that cannot be.
    """
    filters = report.read(session, query)
    speaker = Speaker(labels(session), current_locale().code, _)
    table = report.table(session, actor, filters)
    shown = list(islice(table.rows, MOST_ROWS + 1))
    more = len(shown) > MOST_ROWS
    heads, make = cells(table.columns, shown, speaker, _extras(report, filters, actor), whole=not more)
    version = report.version(filters)
    query_string = urlencode(report.pairs(filters))
    few = len(report.parameters) <= FEW_PARAMETERS
    return ReportPage(
        key=report.key,
        title=_(report.title),
        definition=_(report.definition),
        version=version,
        version_words=_(report.meaning or DEFINITIONS[version].words),
        said=in_words(report, filters, speaker),
        picks=picks(session, report, filters, speaker) if few else [],
        clear_url=url_for("reports.report", key=report.key),
        heads=heads,
        rows=[make(row) for row in shown[:MOST_ROWS]],
        more=more,
        count=number(min(len(shown), MOST_ROWS)),
        files=[
            file
            for ending, file in zip(formats_of(report), files_of(report, query_string), strict=True)
            if can_be_made(session, Asked(report, actor, filters), ending)
        ],
        many_filters=not few,
    )


def _with(path: str, query: str) -> str:
    return f"{path}?{query}" if query else path


def _extras(report: Report, filters: Any, actor: Actor) -> Cells | None:
    """A further column: where a figure is opened, and for those who may, where it is frozen."""
    if report.figures is None:
        return None
    freezes = can(Permission.FIGURE_FREEZE, actor)
    pairs = [("report", report.key), *report.pairs(filters)]

    def cell(row: Any) -> Markup:
        links, name = [], ", ".join(_(words) for words in report.row_words(row))
        asked = [*pairs, ("row", row.key)]
        endpoint, query = report.opens(filters, row) if report.opens is not None else ("figures.behind", asked)
        links.append((f"{url_for(endpoint)}?{urlencode(query)}", _("Open"), _("Open: %(row)s", row=name)))
        if freezes:
            url = f"{url_for('figures.new')}?{urlencode(asked)}"
            links.append((url, _("Freeze"), _("Freeze this figure: %(row)s", row=name)))
        made = (Markup('<a href="{}" aria-label="{}">{}</a>').format(url, said, text) for url, text, said in links)
        return Markup("<td>{}</td>").format(Markup(" · ").join(made))

    return Cells(_("Behind it"), cell)
