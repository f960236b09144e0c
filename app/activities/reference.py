"""The reference data that checks and lines need, loaded once a session."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.activities.checks import Surroundings
from app.activities.models import Activity
from app.activities.rules import Content
from app.codelists.models import Code, SupportType
from app.codelists.queries import Labels, labels
from app.core import clock
from app.offices.directory import Directory, OfficeRecord
from app.offices.models import Country
from app.offices.queries import directory
from app.provisions.models import Provision

_KEY = "activity reference data"


@dataclass(frozen=True)
class ReferenceData:
    """Codes and links as they are now."""

    codes: dict[str, frozenset[str]]
    facets: dict[str, str]
    mandating: dict[str, bool]
    offerable: frozenset[str]
    directory: Directory
    countries: frozenset[str]
    term_limits: dict[str, int | None]
    labels: Labels

    @property
    def offices(self) -> Mapping[str, OfficeRecord]:
        """Every office by its code."""
        return self.directory.offices


def reference_data(session: Session) -> ReferenceData:
    """The data, from this session's own copy after the first call."""
    if _KEY not in session.info:
        session.info[_KEY] = _load(session)
    data = session.info[_KEY]
    assert isinstance(data, ReferenceData)
    return data


def _load(session: Session) -> ReferenceData:
    codes: dict[str, set[str]] = defaultdict(set)
    limits: dict[str, int | None] = {}
    for list_key, code, attributes in session.execute(
        select(Code.list_key, Code.code, Code.attributes).order_by(Code.list_key, Code.position)
    ):
        codes[list_key].add(code)
        if list_key == "term":
            months = attributes.get("up_to_months")
            limits[code] = int(months) if months else None
    provisions = session.execute(
        select(Provision.code, Provision.mandating, Provision.checked, Provision.retired_on)
    ).all()
    return ReferenceData(
        codes=defaultdict(frozenset, {key: frozenset(values) for key, values in codes.items()}),
        facets=dict(session.execute(select(SupportType.code, SupportType.facet)).all()),
        mandating={p.code: p.mandating for p in provisions},
        offerable=frozenset(p.code for p in provisions if p.checked and p.retired_on is None),
        directory=directory(session),
        countries=frozenset(session.scalars(select(Country.iso3))),
        term_limits=limits,
        labels=labels(session),
    )


def surroundings(session: Session, activity: Activity) -> Surroundings:
    """What the checks of this activity must know, as of today in its office."""
    data = reference_data(session)
    office = data.offices[activity.lead_office]
    newest = activity.revisions[-1] if activity.revisions else None
    return Surroundings(
        office=office.code,
        office_type=office.type,
        served=office.countries_between,
        today=clock.office_today(office.time_zone),
        codes=data.codes,
        facets=data.facets,
        mandating=data.mandating,
        offerable=data.offerable,
        kept=frozenset(p.provision for p in newest.provisions) if newest else frozenset(),
        offices=frozenset(data.offices),
        countries=data.countries,
        imported=activity.imported,
        has_deliveries=any(line.removed_at is None for line in activity.deliveries),
    )


def preset(content: Content, session: Session, office_code: str) -> Content:
    """`content` with what follows from the office filled in: the one country it serves."""
    office = reference_data(session).offices[office_code]
    today = clock.office_today(office.time_zone)
    served = office.countries_between(today, today)
    if not content.countries and len(served) == 1 and content.scope not in ("regional", "global"):
        return replace(content, countries=tuple(served))
    return content
