"""Further reads of the activity pages: what an office used before, names of people, a record's history and original."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from app.accounts.models import User
from app.activities.models import (
    Activity,
    Counterpart,
    ImportedOriginal,
    RevisionCounterpart,
    RevisionProvision,
    RevisionType,
)
from app.activities.models_line import ActivityLine
from app.activities.rules import Content
from app.codelists.queries import small_lists
from app.core import clock
from app.core.audit import AuditEvent
from app.core.permissions import Role
from app.offices.models import Membership


def most_used_types(session: Session, office: str) -> list[str]:
    """Support types in the office's records, the most used first."""
    return _most_used(session, office, RevisionType, RevisionType.support_type)


def most_used_provisions(session: Session, office: str) -> list[str]:
    """Provisions in the office's records, the most used first."""
    return _most_used(session, office, RevisionProvision, RevisionProvision.provision)


def _most_used(session: Session, office: str, tag: Any, column: Any) -> list[str]:
    statement = (
        select(column)
        .join(ActivityLine, ActivityLine.revision_id == tag.revision_id)
        .where(ActivityLine.lead_office == office)
        .group_by(column)
        .order_by(func.count().desc(), column)
    )
    return list(session.scalars(statement))


def every_code(session: Session, *, retired: bool = False) -> dict[str, list[str]]:
    """The codes of every small list in their order."""
    found: dict[str, list[str]] = defaultdict(list)
    for list_key, rows in small_lists(session).items():
        found[list_key] = [row.code for row in rows if retired or row.retired_on is None]
    return found


def last_language(session: Session, office: str) -> str | None:
    """The language in which the office last wrote here by hand."""
    statement = (
        select(ActivityLine.language)
        .where(ActivityLine.lead_office == office, ActivityLine.origin == "form")
        .order_by(ActivityLine.changed_at.desc(), ActivityLine.activity_id.desc())
        .limit(1)
    )
    return session.scalar(statement)


def names_of(session: Session, ids: Iterable[int | None]) -> dict[int, str]:
    """Names of people by id; those unknown are left out."""
    wanted = {each for each in ids if each is not None}
    if not wanted:
        return {}
    rows = session.execute(select(User.id, User.name).where(User.id.in_(wanted)))
    return dict(rows.all())


def advisers_of(session: Session, region: str) -> list[str]:
    """Names of the region's advisers of today."""
    day = clock.today()
    statement = (
        select(User.name)
        .join(Membership, Membership.user_id == User.id)
        .where(
            User.active,
            Membership.role == Role.REGIONAL_ADVISER,
            Membership.region == region,
            Membership.valid_from <= day,
            or_(Membership.valid_to.is_(None), Membership.valid_to >= day),
        )
        .order_by(User.name)
    )
    return list(dict.fromkeys(session.scalars(statement)))


def imported_original(session: Session, activity_id: int) -> ImportedOriginal | None:
    """The record as its source wrote it; None for those recorded here."""
    return session.get(ImportedOriginal, activity_id)


def content_at(session: Session, reference: str, version: int) -> Content | None:
    """What the record said at this version, from its audit events; None where none tells."""
    about = (AuditEvent.subject_kind == "activity", AuditEvent.subject_key == reference)
    for state in session.scalars(select(AuditEvent.state).where(*about).order_by(AuditEvent.id.desc())):
        told = json.loads(state)
        if told.get("identity", {}).get("version") == version:
            return Content.from_dict(told["content"])
    return None


def sent_before(session: Session, client_id: str) -> Activity | None:
    """The activity that this very form made when it was sent the first time."""
    return session.scalar(select(Activity).where(Activity.client_id == client_id))


@dataclass(frozen=True)
class Event:
    """One line of a record's history."""

    at: Any
    actor_id: int | None
    action: str
    reason: str
    revision: int | None


def history(session: Session, reference: str) -> list[Event]:
    """What was done to a record, newest first."""
    statement = (
        select(AuditEvent.at, AuditEvent.actor_id, AuditEvent.action, AuditEvent.reason, AuditEvent.revision)
        .where(AuditEvent.subject_kind == "activity", AuditEvent.subject_key == reference)
        .order_by(AuditEvent.id.desc())
    )
    return [Event(*row) for row in session.execute(statement)]


def known_counterparts(session: Session, office: str) -> list[tuple[int, str, str]]:
    """The office's counterparts as (id, name, kind), last used first."""
    last_used = func.max(RevisionCounterpart.revision_id)
    statement = (
        select(Counterpart.id, Counterpart.name, Counterpart.kind)
        .outerjoin(RevisionCounterpart, RevisionCounterpart.counterpart_id == Counterpart.id)
        .where(Counterpart.office == office, Counterpart.merged_into.is_(None))
        .group_by(Counterpart.id, Counterpart.name, Counterpart.kind)
        .order_by(func.coalesce(last_used, 0).desc(), Counterpart.name)
        .limit(200)
    )
    return [(key, name, kind) for key, name, kind in session.execute(statement)]


def countries_last_used(session: Session, office: str) -> list[str]:
    """Countries of the office's newest record that has any: ticked first in a multi-country office's form."""
    line = ActivityLine
    newest = session.scalar(
        select(line.countries)
        .where(line.lead_office == office, line.countries != "")
        .order_by(line.changed_at.desc(), line.activity_id.desc())
        .limit(1)
    )
    return newest.split(";") if newest else []
