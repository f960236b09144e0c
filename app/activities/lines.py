"""Upkeep of what is derived from an activity: its confirmations, and its lines in lists and files."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import delete
from sqlalchemy.orm import Session

from app.activities.models import Activity, ActivityRevision, Confirmation, DeliveryLine, Participation
from app.activities.models_line import ActivityLine
from app.activities.reference import reference_data
from app.activities.rules import COUNTING, How, PartialDate, State, confirmed_years
from app.activities.tags import tags_of
from app.activities.wordindex import text_of
from app.core import clock
from app.core.events import Changed, announce
from app.core.rows import write_rows
from app.core.text import words

Wanted = dict[tuple[int | None, int, str], int | None]


def settle(session: Session, activity: Activity, actor_id: int | None) -> None:
    """Bring confirmations and lines in step with the activity, then tell who must know. Ends every service."""
    activity.changed_at = clock.now()
    session.flush()
    _settle_confirmations(session, activity, actor_id)
    session.flush()
    _settle_lines(session, activity)
    announce(session, Changed("activity", activity.id))


def read_revisions(activity: Activity) -> tuple[ActivityRevision, ActivityRevision]:
    """The revisions that the approved and the provisional basis read.

    A draft is read only where nothing was ever submitted: what the office is still writing is its own affair.
    """
    finished = [r for r in activity.revisions if r.state != State.DRAFT]
    last = finished[-1] if finished else activity.current
    return activity.approved or activity.submitted or last, activity.submitted or activity.approved or last


def live_deliveries(activity: Activity) -> list[DeliveryLine]:
    """Delivery lines that were not removed."""
    return [line for line in activity.deliveries if line.removed_at is None]


def _settle_confirmations(session: Session, activity: Activity, actor_id: int | None) -> None:
    wanted = _wanted_confirmations(activity, actor_id)
    for row in list(activity.confirmations):
        if wanted.pop((row.revision_id, row.year, row.how), _GONE) is _GONE:
            activity.confirmations.remove(row)
    session.flush()
    for (revision_id, year, how), by in wanted.items():
        activity.confirmations.append(
            Confirmation(revision_id=revision_id, year=year, how=how, recorded_by=by, recorded_at=clock.now())
        )


_GONE = -1


def _wanted_confirmations(activity: Activity, actor_id: int | None) -> Wanted:
    wanted: Wanted = {}
    for line in live_deliveries(activity):
        wanted.setdefault((None, PartialDate(line.on).year, How.DELIVERY), line.recorded_by)
    for row in activity.confirmations:
        if row.how == How.RETURN:  # the returns room adds and takes these
            wanted[(None, row.year, How.RETURN)] = row.recorded_by
    stronger = {year for _, year, _ in wanted}
    span = None
    if activity.source_first_year is not None and activity.source_last_year is not None:
        span = (activity.source_first_year, activity.source_last_year)
    for revision in {r.id: r for r in (activity.approved, activity.submitted) if r is not None}.values():
        years = confirmed_years(revision.status, revision.actual_start, revision.actual_end, span)
        for year, how in years.items():
            if how == How.START or year not in stronger:
                wanted[(revision.id, year, how)] = actor_id
    return wanted


def _settle_lines(session: Session, activity: Activity) -> None:
    # Lines are never held as objects, so there is none to look for among the thousands that a command may hold.
    clear = delete(ActivityLine).where(ActivityLine.activity_id == activity.id)
    session.execute(clear, execution_options={"synchronize_session": False})
    write_rows(session, ActivityLine.__table__, line_rows(session, activity))


def line_rows(session: Session, activity: Activity) -> list[dict[str, Any]]:
    """The lines of an activity as they should be."""
    approved, provisional = read_revisions(activity)
    revisions = {approved.id: approved, provisional.id: provisional}
    return [
        _line(session, activity, r, in_approved=r is approved, in_provisional=r is provisional)
        for r in revisions.values()
    ]


def line_of(session: Session, activity: Activity, revision: ActivityRevision) -> dict[str, Any]:
    """What the line of any revision would say, whether lists show it or not."""
    return _line(session, activity, revision, in_approved=False, in_provisional=False)


def joined(values: Iterable[str]) -> str:
    """Many codes as one cell."""
    return ";".join(values)


def in_one_order(codes: Iterable[str]) -> str:
    """Codes whose order says nothing, as one cell: the same however they were typed, and on both engines."""
    return joined(sorted(codes))


def confirmations_text(activity: Activity, revision: ActivityRevision) -> str:
    """`2024:delivery;2025:return`, of the activity and this revision; blank for a status that never counts."""
    if revision.status not in COUNTING:
        return ""
    rows = [c for c in activity.confirmations if c.revision_id in (None, revision.id)]
    order = list(How)
    return joined(f"{c.year}:{c.how}" for c in sorted(rows, key=lambda c: (c.year, order.index(How(c.how)))))


COPIED = (
    "status", "concerns", "title", "language", "summary", "delivered", "planned_start", "planned_end", "actual_start",
    "actual_end", "request_source", "source_symbol", "source_date", "status_reason", "scope", "term",
    "coordinator_involved", "government_agreement", "partners_agreement", "in_country_plan", "funding", "visibility",
    "sensitive", "submitted_at",
)  # fmt: skip


def _line(
    session: Session, activity: Activity, revision: ActivityRevision, *, in_approved: bool, in_provisional: bool
) -> dict[str, Any]:
    newest = activity.revisions[-1]
    line = {
        **{name: getattr(revision, name) for name in COPIED},
        **_identity(activity),
        **_tags(session, activity, revision),
        **_people(activity),
        "revision_id": revision.id,
        "in_approved": in_approved,
        "in_provisional": in_provisional,
        "revision": revision.number,
        "newest_revision": newest.number,
        "newest_workflow": newest.state,
        "workflow": revision.state,
        "ever_submitted": activity.ever_submitted,
    }
    return line | {"search": text_of(_words(session, activity, revision), tags_of(line))}


def _identity(activity: Activity) -> dict[str, Any]:
    return {
        "activity_id": activity.id,
        "reference": activity.reference,
        "uuid": activity.client_id,
        "approved_revision": activity.approved.number if activity.approved else None,
        "approved_at": activity.approved.decided_at if activity.approved else None,
        "awaiting": activity.submitted_revision_id is not None and activity.withdrawn_at is None,
        "withdrawn": activity.withdrawn_at is not None,
        "questioned": activity.questioned_at is not None,
        "set_aside": activity.set_aside_at is not None,
        "self_approved": activity.approved is not None and activity.approved.self_approved,
        "lead_office": activity.lead_office,
        "origin": activity.origin,
        "original_identifier": activity.original_identifier,
        "created_at": activity.created_at,
        "changed_at": activity.changed_at,
    }


def _tags(session: Session, activity: Activity, revision: ActivityRevision) -> dict[str, Any]:
    facets = reference_data(session).facets
    answers = {a.office: a.answer for a in activity.co_offices}

    def codes(list_key: str) -> str:
        return joined(c.code for c in revision.codes if c.list_key == list_key)

    return {
        "confirmations": confirmations_text(activity, revision),
        "co_offices": in_one_order(f"{c.office}:{answers.get(c.office, 'named')}" for c in revision.co_offices),
        "countries": in_one_order(c.country for c in revision.countries),
        "how": joined(t.support_type for t in revision.types if facets[t.support_type] == "how"),
        "about": joined(t.support_type for t in revision.types if facets[t.support_type] == "about"),
        "type_words": "; ".join(t.words for t in revision.types if t.words),
        "primary_type": revision.types[0].support_type if revision.types else None,
        "provisions": in_one_order(f"{p.provision}:{p.role}" for p in revision.provisions),
        "modality": codes("modality"),
        "target_groups": codes("target_group"),
        "obstacles": codes("obstacle"),
        "quality": codes("quality"),
        "counterparts": "; ".join(f"{c.counterpart.name} ({c.counterpart.kind})" for c in revision.counterparts),
        "partners": in_one_order(f"{p.partner}:{p.role}" for p in revision.partners),
        "milestones": "; ".join(f"{m.on or ''} {m.kind}: {m.law}".strip() for m in revision.milestones),
    }


def _people(activity: Activity) -> dict[str, Any]:
    lines = live_deliveries(activity)
    people: list[Participation] = [p for line in lines for p in line.participations]

    def total(name: str) -> int | None:
        known = [n for n in (getattr(p, name) for p in people) if n is not None]
        return sum(known) if known else None  # blank is not zero

    def blank(name: str) -> int:
        return sum(all(getattr(p, name) is None for p in line.participations) for line in lines)

    return {
        "delivery_lines": len(lines),
        "women": total("women"),
        "men": total("men"),
        "sex_not_recorded": total("not_recorded"),
        "lines_without_people": sum(1 for line in lines if not line.participations),
        "women_blank": blank("women"),
        "men_blank": blank("men"),
        "sex_not_recorded_blank": blank("not_recorded"),
    }


def _words(session: Session, activity: Activity, revision: ActivityRevision) -> list[str]:
    data = reference_data(session)
    texts = [
        activity.reference,
        activity.original_identifier or "",
        revision.title,
        revision.summary,
        revision.delivered,
        data.offices[activity.lead_office].name,
        *sorted(data.labels.of("country", c.country) for c in revision.countries),
        *(c.counterpart.name for c in revision.counterparts),
        *(m.law for m in revision.milestones),
    ]
    return words(" ".join(texts))
