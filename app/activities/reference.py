"""The reference data that checks and lines need, kept by the process while its version is the same."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.activities.checks import Surroundings
from app.activities.models import Activity
from app.activities.rules import CODE_LISTS, Content, TypeTag, derived_scope
from app.codelists.queries import Labels, labels, merged_codes, small_lists, support_types
from app.core import clock
from app.core.versions import shared
from app.offices.directory import Directory, OfficeRecord
from app.offices.models import Country
from app.offices.queries import directory
from app.provisions.queries import provisions


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
    """The data as it is now."""
    return shared(session, "activity reference data", lambda: _load(session))


def _load(session: Session) -> ReferenceData:
    lists = small_lists(session)
    every = provisions(session, include_retired=True)
    months = {row.code: row.attributes.get("up_to_months") for row in lists.get("term", ())}
    return ReferenceData(
        codes=defaultdict(frozenset, {key: frozenset(row.code for row in rows) for key, rows in lists.items()}),
        facets={t.code: t.facet for t in support_types(session, include_retired=True)},
        mandating={p.code: p.mandating for p in every},
        offerable=frozenset(p.code for p in every if p.offerable),
        directory=directory(session),
        countries=frozenset(session.scalars(select(Country.iso3))),
        term_limits={code: int(limit) if limit else None for code, limit in months.items()},
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


def office_today(session: Session, office_code: str) -> date:
    """The day it is in the office."""
    return clock.office_today(reference_data(session).offices[office_code].time_zone)


@dataclass(frozen=True)
class Presets:
    """What fills in a content of one office today: the countries it serves, and what merged codes became."""

    served: frozenset[str]
    merged: Mapping[tuple[str, str], str]

    def applied(self, content: Content) -> Content:
        """`content` with the one country that the office serves filled in, and merged codes as what they became."""
        content = unmerged(content, self.merged)
        if not content.countries and len(self.served) == 1 and content.scope not in ("regional", "global"):
            return content.but({"countries": tuple(self.served)})
        return content


def presets(session: Session, office_code: str) -> Presets:
    """Those of the office, as of today there."""
    office = reference_data(session).offices[office_code]
    today = clock.office_today(office.time_zone)
    return Presets(office.countries_between(today, today), merged_codes(session))


def preset(content: Content, session: Session, office_code: str) -> Content:
    """`content` as a save of the office keeps it."""
    return presets(session, office_code).applied(content)


def unmerged(content: Content, merged: Mapping[tuple[str, str], str]) -> Content:
    """`content` with each code that was merged into another one replaced by that: a form may have been open long."""
    if not merged:
        return content

    def now(list_key: str, code: str) -> str:
        return merged.get((list_key, code), code)

    kinds: dict[str, TypeTag] = {}
    for tag in content.types:
        kinds.setdefault(now("support_type", tag.code), replace(tag, code=now("support_type", tag.code)))
    partners = (replace(p, code=now("partner_agency", p.code)) for p in content.partners)
    lists: dict[str, Any] = {
        name: tuple(dict.fromkeys(now(list_key, code) for code in getattr(content, name)))
        for name, list_key in CODE_LISTS.items()
    }
    source = content.request_source
    return replace(
        content,
        **lists,
        types=tuple(kinds.values()),
        partners=tuple(dict.fromkeys(partners)),
        milestones=tuple(replace(m, kind=now("milestone", m.kind)) for m in content.milestones),
        request_source=now("request_source", source) if source else source,
    )


def as_kept(content: Content, session: Session, office_code: str) -> Content:
    """`content` as the record would say it once saved: for comparing what was typed with what is there."""
    told = preset(content, session, office_code)
    office = reference_data(session).offices[office_code]
    return replace(told, scope=told.scope or derived_scope(office.type, told.countries))
