"""The complete state of an office, region, country or benchmark: what the audit keeps and replaying compares."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from app.core.audit import canonical_json
from app.offices.models import (
    Country,
    Exemption,
    Office,
    OfficeCountry,
    OfficeRegion,
    OfficeReviewer,
    PublishedFigure,
    Region,
    RegionProposal,
    RegionReview,
    RosterInterval,
)

States = dict[str, dict[str, Any]]
LINKS: dict[str, Any] = {
    "regions": OfficeRegion,
    "countries": OfficeCountry,
    "roster": RosterInterval,
    "proposals": RegionProposal,
}
NOT_OURS = frozenset({"id", "office"})


def office_states(session: Session, keys: Iterable[str] | None = None) -> States:
    """Every office with its dated links by its code, or these."""
    wanted = None if keys is None else list(keys)
    found = _rows(session, Office, Office.code, wanted)
    for name, model in LINKS.items():
        links: dict[str, list[dict[str, Any]]] = defaultdict(list)
        statement = select(model) if wanted is None else select(model).where(model.office.in_(wanted))
        for row in session.scalars(statement):
            links[row.office].append({k: v for k, v in _columns(row).items() if k not in NOT_OURS})
        for code, state in found.items():
            state[name] = sorted(links[code], key=canonical_json)
    return found


def region_states(session: Session, keys: Iterable[str] | None = None) -> States:
    """Every region by its code, or these."""
    return _rows(session, Region, Region.code, keys)


def country_states(session: Session, keys: Iterable[str] | None = None) -> States:
    """Every country by its iso3 code, or these."""
    return _rows(session, Country, Country.iso3, keys)


def published_states(session: Session, keys: Iterable[str] | None = None) -> States:
    """Every figure that somebody else published by its code, or these."""
    return _rows(session, PublishedFigure, PublishedFigure.code, keys)


def exemption_states(session: Session) -> States:
    """Every exemption by its client id."""
    return {row.client_id: _columns(row) for row in session.scalars(select(Exemption))}


def reviewer_states(session: Session) -> States:
    """The reviewers of every office that has named ones."""
    named = session.scalars(select(OfficeReviewer))
    return {row.office: {"reviewer": row.reviewer_id, "deputy": row.deputy_id} for row in named}


def self_approval_states(session: Session) -> States:
    """Whether a region lets people approve their own work; no row: nobody ever said."""
    return {row.region: {"self_approval": row.self_approval} for row in session.scalars(select(RegionReview))}


def _rows(session: Session, model: Any, key: Any, keys: Iterable[str] | None) -> States:
    statement: Select[Any] = select(model)
    if keys is not None:
        statement = statement.where(key.in_(list(keys)))
    return {getattr(row, key.key): _columns(row) for row in session.scalars(statement)}


def _columns(row: Any) -> dict[str, Any]:
    return {c.key: getattr(row, c.key) for c in row.__mapper__.column_attrs}
