"""activity-results: what came of an activity, what it cost, and the reasons that its record gives."""

from __future__ import annotations

from sqlalchemy import or_, select

from app.activities.models import ActivityRevision
from app.activities.models_line import ActivityLine
from app.activities.queries import BESIDE
from app.activities.queries_files import text_for_files, text_left_out
from app.core.db import AnySelect
from app.core.i18n import N_
from app.core.tables import Column, Kind
from app.reports.children import HEAD, child_report

R = ActivityRevision
TEXTS = tuple(getattr(R, name) for name in BESIDE)


def _statement() -> AnySelect:
    shown = (text_for_files(column) for column in TEXTS)
    return (
        select(*HEAD, R.funding_amount_usd, R.term_override, *shown, text_left_out().label("text_left_out"))
        .join(R, R.id == ActivityLine.revision_id)
        .where(or_(R.funding_amount_usd.is_not(None), *(column != "" for column in TEXTS)))
        .order_by(ActivityLine.activity_id, R.id)
    )


REPORT = child_report(
    "activity-results",
    N_("Results, lessons and amounts of activities"),
    N_(
        "One row for each activity you may open whose record has results, lessons, the guidance that was used, an"
        " amount in US dollars (blank where none is recorded; 0 is an amount), or the reason of its term or of its"
        " countries. The text of sensitive records is left out."
    ),
    _statement,
    (
        Column("funding_amount_usd", N_("Amount in US dollars"), Kind.DECIMAL, lambda r: r.funding_amount_usd),
        Column("results", N_("Results"), Kind.TEXT, lambda r: r.results),
        Column("lessons", N_("Lessons"), Kind.TEXT, lambda r: r.lessons),
        Column("guidance_used", N_("Guidance used"), Kind.TEXT, lambda r: r.guidance_used),
        Column(
            "term_override", N_("Term, other than by its dates"), Kind.CODE, lambda r: r.term_override, names="term"
        ),
        Column("term_reason", N_("Why the term differs"), Kind.TEXT, lambda r: r.term_reason),
        Column("countries_reason", N_("How each country was supported"), Kind.TEXT, lambda r: r.countries_reason),
        Column("text_left_out", N_("Text left out, for it is sensitive"), Kind.YES_NO, lambda r: r.text_left_out),
    ),
)
