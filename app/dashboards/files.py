"""The files of a panel: its table as CSV, its chart as SVG. What they show is what the page shows."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from flask import Response, current_app

from app.activities.queries import holds_demonstration
from app.core import clock
from app.core.i18n import N_
from app.core.tables import Column, Kind, Table
from app.core.web.addresses import address_of_this_page
from app.core.web.db import get_session
from app.core.web.locale import _, current_locale
from app.coverage.rules import DEFINITION
from app.dashboards.address import Ask
from app.dashboards.svg import Canvas, Caption, document

MADE_UP = N_("Demonstration data: made up, not real")
CsvWriter = Callable[[Table[Any]], Iterable[bytes]]


def csv_file(key: str, ask: Ask, columns: tuple[Column[Any], ...], rows: Iterable[Any]) -> Response:
    """A panel's table. Each row says the filter, the basis and the definition, and whether the data are made up."""
    demo = holds_demonstration(get_session())
    asked = (*_narrowed(ask), ("basis", N_("Basis"), ask.basis.value), ("definition", N_("Definition"), DEFINITION))
    said = [_constant(name, label, Kind.CODE, value) for name, label, value in asked]
    table = Table((*columns, *said, _constant("demonstration", N_("Demonstration data"), Kind.YES_NO, demo)), rows)
    # The writer is of the reports' room, which stands beside this one: the composition root hands it over.
    write: CsvWriter = current_app.extensions["tracker.write_csv"]
    response = Response(b"".join(write(table)), content_type="text/csv; charset=utf-8")
    return _named(response, key, ask, "csv", demo)


def svg_file(key: str, ask: Ask, canvas: Canvas, height: float, title: str, lede: str, definition: str) -> Response:
    """A panel's chart with its caption."""
    demo = holds_demonstration(get_session())
    caption = Caption(
        title=title,
        filter=lede,
        definition=definition,
        source=f"{_('Technical assistance tracker')} · {address_of_this_page()} · {clock.now():%Y-%m-%d %H:%M} UTC",
        demonstration=_(MADE_UP) if demo else "",
        language=current_locale().tag,
    )
    response = Response(document(canvas, height, caption), content_type="image/svg+xml; charset=utf-8")
    return _named(response, key, ask, "svg", demo)


def is_rtl() -> bool:
    """The reader's language is written from the right."""
    return current_locale().direction == "rtl"


def _constant(key: str, label: str, kind: Kind, value: Any) -> Column[Any]:
    return Column(key, label, kind, lambda _row: value)


def _narrowed(ask: Ask) -> tuple[tuple[str, str, str | None], ...]:
    """(column, label, code) of everything that narrows the figure."""
    part = ask.part
    return (
        ("filter_region", N_("Filter: region"), part.region),
        ("filter_support_type", N_("Filter: support type"), part.support_type),
        ("filter_with_type", N_("Filter: second support type"), part.with_type),
        ("filter_provision", N_("Filter: provision"), part.provision),
        ("filter_country", N_("Filter: country"), part.country),
    )


def _named(response: Response, key: str, ask: Ask, ending: str, demo: bool) -> Response:
    mark = "DEMO_" if demo else ""
    narrowed = filter(None, (value for _key, _label, value in _narrowed(ask)))
    told = [key, str(ask.year), *narrowed, ask.basis.value, f"definition-{DEFINITION}"]
    name = f"{mark}{'_'.join(told)}_{clock.now():%Y-%m-%dT%H%MZ}.{ending}"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
