"""request-figures: every share of requests, by world, region, office, State and year; each row can be frozen."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy.orm import Session

from app.asked.counting import LABELS
from app.asked.filters import RequestFilters
from app.core.i18n import N_
from app.core.permissions import Actor
from app.core.tables import Column, Kind
from app.coverage.rules import percent
from app.reports.asked import DEFINED, AskedRow, asked_report, behind, places

COLUMNS: tuple[Column[Any], ...] = (
    Column("dimension", N_("Dimension"), Kind.CODE, lambda r: r.place.dimension, names="dimension"),
    Column("code", N_("Of what"), Kind.CODE, lambda r: r.place.code, names=lambda r: r.place.kind),
    Column("measure", N_("What"), Kind.CODE, lambda r: r.measure, names="request_measure"),
    Column("label", N_("Label"), Kind.TEXT, lambda r: r.label, on_page=False),
    Column("numerator", N_("k"), Kind.INTEGER, lambda r: r.k, "#indicator+num"),
    Column("denominator", N_("N"), Kind.INTEGER, lambda r: r.n, "#indicator+denominator"),
    Column("percent", N_("Percent"), Kind.PERCENT, lambda r: percent(r.k, r.n), "#indicator+pct"),
    DEFINED,
)


def figures(session: Session, filters: RequestFilters, _source: object = None) -> Iterator[AskedRow]:
    """A row for each measure of each part."""
    for place in places(session, filters):
        for measure in LABELS:
            yield AskedRow(place, measure)


def _rows(session: Session, actor: Actor, filters: RequestFilters) -> Iterator[AskedRow]:
    return figures(session, filters)


REPORT = asked_report(
    "request-figures",
    N_("Figures of requests"),
    N_(
        "A row for each share: requests open, answered, supported, met and by age (k) of those they are a part of (N),"
        " activities given and not asked, States with nothing, and States with a recommendation under para 8 that"
        " received support since; for the whole, each region, office, State and year."
    ),
    _rows,
    COLUMNS,
    figures=figures,
    opens=behind,
    row_words=lambda row: (row.place.label, LABELS[row.measure]),
)
