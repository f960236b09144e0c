"""The activities of a part that answer no request on the register: the offices' own programme (1997/30 para 9)."""

from __future__ import annotations

from dataclasses import dataclass

from flask import url_for
from sqlalchemy.orm import Session

from app.activities.filters import ActivityFilters
from app.activities.queries import lines
from app.activities.reference import reference_data
from app.activities.words import Words
from app.asked.counting import balance
from app.asked.filters import CODED, NO_REGION, RequestFilters
from app.asked.queries import facts
from app.core.db import AnyRow
from app.core.permissions import Actor
from app.core.web.locale import _, number
from app.coverage.rules import percent

MOST = 300
CHUNK = 500


@dataclass(frozen=True)
class Given:
    """One activity, as the reader may see it."""

    reference: str
    url: str
    title: str
    office: str
    source: str


@dataclass(frozen=True)
class GivenPage:
    """Everything that the page shows. `closed`: activities that the reader may not open."""

    sentence: str
    lede: str
    rows: list[Given]
    closed: int
    more: int


def given_page(session: Session, actor: Actor, filters: RequestFilters) -> GivenPage:
    """The page of a part."""
    words, found = Words(reference_data(session)), balance(facts(session), filters.part)
    keys = list(found.given_not_asked)
    rows: list[AnyRow] = []
    for start in range(0, len(keys), CHUNK):
        rows += session.execute(lines(actor, ActivityFilters(), keys[start : start + CHUNK])).all()
    shown = sorted(rows, key=lambda row: row.reference)[:MOST]
    k, n = len(keys), len(found.given)
    told = [(name, value) for name in CODED if (value := getattr(filters.part, name))]
    years = [str(year) for year in (filters.part.first, filters.part.last) if year is not None]
    return GivenPage(
        sentence=_("%(k)s of %(n)s activities answer no request on the register (%(percent)s%%)", k=number(k),
                   n=number(n), percent=percent(k, n)) if n else _("No activity is on record here."),
        lede=". ".join([*(words.of(CODED[c], v) if v != NO_REGION else _("No office serves it") for c, v in told),
                        "–".join(dict.fromkeys(years)) or _("Every year on record")]),
        rows=[
            Given(row.reference, url_for("activities.record", reference=row.reference), row.title,
                  words.of("office", row.lead_office), words.of("request_source", row.request_source))
            for row in shown
        ],
        closed=k - len(rows),
        more=len(rows) - len(shown),
    )  # fmt: skip
