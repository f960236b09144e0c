"""Reads of requests: one, the facts of all, and what is offered to a country's activities."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import date
from typing import Any

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session, selectinload

from app.activities.models_line import ActivityLine
from app.asked.counting import Asked, Facts, Given
from app.asked.models import (
    RequestActivity,
    RequestOffice,
    RequestProvision,
    RequestType,
    SupportRequest,
)
from app.asked.rules import RequestContent, asked_on, is_recommendation_of_para_8
from app.core import clock
from app.core.audit import AuditEvent
from app.core.errors import NotFound
from app.core.i18n import N_
from app.core.versions import REFERENCE, shared
from app.coverage.keeping import as_support, cells_changed_here
from app.coverage.models import KeptSupport, KeptYear
from app.offices.queries import directory

REQUESTS = "requests"
"""The domain of the versions that every change of a request raises."""
CHUNK = 500
R = SupportRequest


def find_request(session: Session, reference: str) -> SupportRequest:
    """The request of a reference.

    Raises:
        NotFound: there is none.
    """
    found = session.scalar(select(SupportRequest).where(SupportRequest.reference == reference))
    if found is None:
        raise NotFound(N_("There is no request with this reference."))
    return found


def facts(session: Session, today: date | None = None) -> Facts:
    """All that the figures rest on. What the processes keep of it follows the versions of what it is made of."""
    day = today or clock.today()
    asked = shared(session, ("requests asked", day), lambda: _asked(session, day), REQUESTS, REFERENCE)
    return Facts(day, asked, given(session, day))


def facts_of_requests(session: Session, today: date | None = None) -> Facts:
    """What the figures of requests alone rest on: of what was given only that which answers one.

    However many activities there are: for pages that are opened often. What was given without being asked, and the
    States with support since a recommendation, need `facts`.
    """
    day = today or clock.today()
    asked = shared(session, ("requests asked", day), lambda: _asked(session, day), REQUESTS, REFERENCE)
    return Facts(day, asked, given(session, day, answering=True))


def given(session: Session, day: date, *, answering: bool = False) -> tuple[Given, ...]:
    """Every activity that qualifies on the approved basis in some year; or those that answer a request."""
    if cells_changed_here(session):
        return _given(session, day, answering=answering)
    years = tuple(session.execute(select(KeptYear.year, KeptYear.version).order_by(KeptYear.year)).all())
    key = ("support given", answering, day, tuple(map(tuple, years)))
    follows = (REQUESTS, REFERENCE) if answering else (REFERENCE,)
    return shared(session, key, lambda: _given(session, day, answering=answering), *follows)


def regions_of_countries(session: Session, day: date) -> dict[str, str]:
    """{State: region of the offices that serve it on the day}; of several the one of the first office by its code."""
    found: dict[str, str] = {}
    for office in directory(session).on(day):
        if office.type in ("country", "multi_country") and office.region:
            for country in office.countries:
                found.setdefault(country, office.region)
    return found


def offices_serving(session: Session, country: str, day: date | None = None) -> tuple[str, ...]:
    """The country and multi-country offices that serve a State on the day, by code."""
    on = directory(session).on(day or clock.today())
    return tuple(o.code for o in on if o.type in ("country", "multi_country") and country in o.countries)


def _tags(session: Session, model: Any, column: Any) -> Mapping[int, frozenset[Any]]:
    found: dict[int, set[Any]] = defaultdict(set)
    for key, value in session.execute(select(model.request_id, column)):
        found[key].add(value)
    return defaultdict(frozenset, {key: frozenset(values) for key, values in found.items()})


def _asked(session: Session, day: date) -> tuple[Asked, ...]:
    regions = regions_of_countries(session, day)
    types = _tags(session, RequestType, RequestType.support_type)
    cited = _tags(session, RequestProvision, RequestProvision.provision)
    offices = _tags(session, RequestOffice, RequestOffice.office)
    activities = _tags(session, RequestActivity, RequestActivity.activity_id)
    columns = (
        R.id, R.reference, R.country, R.source, R.document_on, R.transmitted_on, R.received_on, R.answer,
        R.answered_on, R.target_on, R.met,
    )  # fmt: skip
    statement = select(*columns).where(R.withdrawn_at.is_(None)).order_by(R.reference)
    rows: Iterable[Any] = session.execute(statement)
    return tuple(
        Asked(
            reference=row.reference,
            country=row.country,
            region=regions.get(row.country, ""),
            offices=offices[row.id],
            source=row.source,
            recommended=is_recommendation_of_para_8(row.source, cited[row.id]),
            types=types[row.id],
            asked_on=asked_on(row.document_on, row.transmitted_on, row.received_on),
            answer=row.answer,
            answered_on=row.answered_on,
            target_on=row.target_on,
            met=row.met,
            activities=activities[row.id],
        )
        for row in rows
    )


def _given(session: Session, day: date, *, answering: bool) -> tuple[Given, ...]:
    regions = {o.code: o.region for o in directory(session).on(day) if o.region}
    statement = select(*KeptSupport.__table__.columns).where(KeptSupport.basis == "approved")
    if answering:
        statement = statement.where(KeptSupport.activity_id.in_(select(RequestActivity.activity_id)))
    rows: Iterable[Any] = session.execute(statement.order_by(KeptSupport.activity_id, KeptSupport.year))
    years: dict[int, set[int]] = defaultdict(set)
    found: dict[int, Any] = {}
    for row in rows:
        years[row.activity_id].add(row.year)
        found[row.activity_id] = row
    made = []
    for key, row in found.items():
        support = as_support(row)
        made.append(
            Given(
                activity_id=key,
                offices=support.offices,
                regions=frozenset(regions[code] for code in support.offices if code in regions),
                countries=support.countries,
                types=support.types,
                years=frozenset(years[key]),
            )
        )
    return tuple(made)


def requests_of(session: Session, references: Collection[str]) -> dict[str, SupportRequest]:
    """{reference: request} of these."""
    found: dict[str, SupportRequest] = {}
    wanted = sorted(references)
    for start in range(0, len(wanted), CHUNK):
        part = select(SupportRequest).where(SupportRequest.reference.in_(wanted[start : start + CHUNK]))
        found |= {each.reference: each for each in session.scalars(part)}
    return found


def contents_read(session: Session, references: Collection[str]) -> dict[str, RequestContent]:
    """{reference: what the request said when it was read from a file}."""
    found: dict[str, RequestContent] = {}
    wanted, event = sorted(references), AuditEvent
    for start in range(0, len(wanted), CHUNK):
        part = select(event.subject_key, event.state).where(
            event.subject_kind == "request",
            event.subject_key.in_(wanted[start : start + CHUNK]),
            event.action == "request.imported",
        )
        told = session.execute(part)
        found |= {reference: RequestContent.from_dict(json.loads(state)["content"]) for reference, state in told}
    return found


def links_of_activity(session: Session, activity_id: int) -> list[SupportRequest]:
    """The requests that an activity answers, by reference."""
    statement = (
        select(SupportRequest)
        .join(RequestActivity, RequestActivity.request_id == SupportRequest.id)
        .where(RequestActivity.activity_id == activity_id)
    )
    found = statement.order_by(SupportRequest.reference).options(selectinload(R.offices))
    return list(session.scalars(found))


def open_requests(session: Session, countries: Collection[str], most: int = 50) -> list[SupportRequest]:
    """Requests of these countries that wait for support: not declined, not met; the longest waiting first."""
    when = func.coalesce(R.received_on, R.transmitted_on, R.document_on, "9999")
    statement = select(SupportRequest).where(
        R.country.in_(sorted(countries)), R.withdrawn_at.is_(None), R.answer != "declined",
        R.met.is_(None) | (R.met != "met"),
    )  # fmt: skip
    ordered = statement.order_by(when, R.id).limit(most).options(selectinload(R.offices))
    return list(session.scalars(ordered))


def linked_ids(session: Session, request_id: int) -> list[int]:
    """The activities that are linked to a request, drafts too."""
    return list(session.scalars(select(RequestActivity.activity_id).where(RequestActivity.request_id == request_id)))


def told_links(session: Session, request_ids: Collection[int] | None = None) -> dict[int, frozenset[int]]:
    """{request: activities that everybody is told to answer it}, of these requests or of all.

    A draft is its office's own affair, and what was withdrawn answers nothing.
    """
    link, line = RequestActivity, ActivityLine
    told = exists().where(line.activity_id == link.activity_id, line.ever_submitted, line.withdrawn.is_(False))
    statement = select(link.request_id, link.activity_id).where(told)
    if request_ids is not None:
        statement = statement.where(link.request_id.in_(request_ids))
    found: dict[int, set[int]] = defaultdict(set)
    for request, activity in session.execute(statement):
        found[request].add(activity)
    return defaultdict(frozenset, {key: frozenset(ids) for key, ids in found.items()})
