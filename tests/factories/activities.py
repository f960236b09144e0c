"""Activities for tests, made by the services that people use. `quick()` is what the quick log asks for, no more."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from sqlalchemy.orm import Session

from app.activities.models import Activity
from app.activities.reference import reference_data
from app.activities.review import approve_activity, return_activity
from app.activities.rules import Content, CounterpartTag, ProvisionTag, TypeTag
from app.activities.services import record_activity, save_activity, submit_activity
from app.core.permissions import SYSTEM, Actor
from app.wiring import wire

wire()  # the factory does it for the application; these tests have none

LED = "0060"
QUICK = Content(
    title="Course for judges",
    types=(TypeTag("training"),),
    request_source="government_request",
    provisions=(ProvisionTag("E1997-30-8", "mandated_by"),),
    status="active",
    actual_start="2025-03-10",
    delivered="A course of two days.",
    counterparts=(CounterpartTag("Ministry of Justice", "government"),),
    concerns="mainly",
)


def quick(**changes: Any) -> Content:
    """A content that may be submitted as it stands, by an office that serves one country."""
    return replace(QUICK, **changes)


def drafted(session: Session, office: str = LED, actor: Actor = SYSTEM, **changes: Any) -> Activity:
    """A draft."""
    return record_activity(session, actor, office, quick(**changes))


def submitted(session: Session, office: str = LED, actor: Actor = SYSTEM, **changes: Any) -> Activity:
    """Handed to the adviser."""
    made = drafted(session, office, actor, **changes)
    return submit_activity(session, actor, made, made.version)


def approved(session: Session, office: str = LED, actor: Actor = SYSTEM, **changes: Any) -> Activity:
    """Approved by the system, whoever wrote it."""
    made = submitted(session, office, actor, **changes)
    return approve_activity(session, SYSTEM, made, made.version)


def returned(session: Session, office: str = LED, actor: Actor = SYSTEM, **changes: Any) -> Activity:
    """Given back with a reason."""
    made = submitted(session, office, actor, **changes)
    return return_activity(session, SYSTEM, made, "Who was the counterpart?", made.version)


def proposed(session: Session, activity: Activity, *, submit: bool = True, **changes: Any) -> Activity:
    """A further revision over the activity's newest one, submitted unless said."""
    save_activity(session, SYSTEM, activity, quick(**changes), activity.version)
    return submit_activity(session, SYSTEM, activity, activity.version) if submit else activity


def country_of(session: Session, office: str) -> str:
    """One country that the office serves."""
    return min(link.target for link in reference_data(session).offices[office].countries)
