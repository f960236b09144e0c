"""request-activities: which activity answers which request."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.activities.models import Activity
from app.activities.policies import may_read_text
from app.asked.filters import RequestFilters
from app.asked.listing import chosen
from app.asked.models import RequestActivity, SupportRequest
from app.asked.queries import facts, told_links
from app.core.i18n import N_
from app.core.permissions import Actor, Permission, can
from app.core.tables import Column, Kind
from app.reports.asked import asked_report
from app.reports.naming import NOT_OPEN


@dataclass(frozen=True)
class Row:
    """One link, as the reader may know it."""

    request: str
    activity: str
    office: str | None
    title: str | None
    counts: bool


COLUMNS: tuple[Column[Any], ...] = (
    Column("request", N_("Request"), Kind.CODE, lambda r: r.request, "#request+code"),
    Column("activity", N_("Activity"), Kind.CODE, lambda r: r.activity, "#activity+code"),
    Column("lead_office", N_("Lead office"), Kind.CODE, lambda r: r.office, "#org+code+office", "office"),
    Column("title", N_("Title"), Kind.TEXT, lambda r: r.title),
    Column("counts", N_("Counts as support"), Kind.YES_NO, lambda r: r.counts),
)


def _rows(session: Session, actor: Actor, filters: RequestFilters) -> Iterator[Row]:
    wanted, given = frozenset(chosen(session, filters)[1]), facts(session).given_ids
    told = told_links(session)
    statement = (
        select(SupportRequest.id, SupportRequest.reference, Activity)
        .join(RequestActivity, RequestActivity.request_id == SupportRequest.id)
        .join(Activity, Activity.id == RequestActivity.activity_id)
        .order_by(SupportRequest.reference, Activity.reference)
    )
    for key, reference, activity in session.execute(statement):
        if reference not in wanted:
            continue
        counts = activity.id in given
        if not can(Permission.ACTIVITY_READ, actor, activity):
            if activity.id in told[key]:
                yield Row(reference, NOT_OPEN, NOT_OPEN, NOT_OPEN, counts)
            continue
        shown = activity.approved or activity.submitted or activity.current
        title = shown.title if may_read_text(actor, activity) else None
        yield Row(reference, activity.reference, activity.lead_office, title, counts)


REPORT = asked_report(
    "request-activities",
    N_("Requests and the activities that answer them"),
    N_(
        "A row for each pair of a request and an activity that answers it. Activities that are not open to you are"
        " counted without their reference. Counts as support: the activity is approved and qualifies in some year."
    ),
    _rows,
    COLUMNS,
)
