"""Who may do what to an activity, as predicates with readable names. `app/policy.py` puts them in its table.

Each takes (actor, subject). The subject is an office code, an `Activity`, or a line with the same attributes
(`lead_office`, `ever_submitted`, `visibility`, `co_office_codes`); None asks "to anything at all?".
"""

from __future__ import annotations

from typing import Any

from app.activities.models import Activity
from app.core.permissions import Actor, Permission, Role, can


def lead_office_of(subject: Any) -> str:
    """The office code of a subject."""
    return subject if isinstance(subject, str) else str(subject.lead_office)


def works_in_office(actor: Actor | None, subject: Any) -> bool:
    """Country staff or lead of the (lead) office."""
    if actor is None:
        return False
    return bool(actor.works_in) if subject is None else lead_office_of(subject) in actor.works_in


def advises_office(actor: Actor | None, subject: Any) -> bool:
    """Adviser of the office's region."""
    if actor is None:
        return False
    return bool(actor.advises) if subject is None else lead_office_of(subject) in actor.advises


def speaks_for_other_office(actor: Actor | None, subject: Any) -> bool:
    """May log for the office without being its staff: an adviser for the regional office, headquarters for its own.

    Those offices are in no k and no N (METHODOLOGY, Words), but they can lead activities.
    """
    if actor is None or subject is None:
        return actor is not None and bool(actor.own_other_offices)
    return lead_office_of(subject) in actor.own_other_offices


def advises_submitted(actor: Actor | None, subject: Any) -> bool:
    """Adviser of the office, once the record was submitted: drafts are the office's own affair."""
    return advises_office(actor, subject) and (subject is None or bool(subject.ever_submitted))


def sees_the_world(actor: Actor | None, subject: Any) -> bool:
    """Headquarters and administrators see every submitted record."""
    if actor is None or not (actor.headquarters or actor.administrator):
        return False
    return subject is None or bool(subject.ever_submitted)


def works_in_co_office(actor: Actor | None, subject: Any) -> bool:
    """Staff or lead of an office that the submitted record names as joining in."""
    if actor is None:
        return False
    if subject is None:
        return bool(actor.works_in)
    return bool(subject.ever_submitted) and not actor.works_in.isdisjoint(co_offices_of(subject))


def visibility_admits(actor: Actor | None, subject: Any) -> bool:
    """The record is open to all staff, or to the region's staff and the actor's home is there."""
    if actor is None:
        return False
    if subject is None:
        return True
    if not subject.ever_submitted:
        return False
    visibility = visibility_of(subject)
    if visibility == "all_staff":
        return True
    return visibility == "office_region" and lead_office_of(subject) in actor.region_offices


def may_decide(actor: Actor | None, subject: Any) -> bool:
    """Adviser of the office's region; for offices without one above them (regional, headquarters), headquarters."""
    if actor is None:
        return False
    if subject is None:
        return bool(actor.advises) or actor.headquarters
    office = lead_office_of(subject)
    return office in actor.advises or (actor.headquarters and office in actor.own_other_offices)


def may_read_text(actor: Actor, activity: Activity) -> bool:
    """Texts of a record that any of its living revisions calls sensitive are for the office and its adviser."""
    living = (activity.current, activity.submitted, activity.approved)
    sensitive = any(revision.sensitive for revision in living if revision is not None)
    return not sensitive or can(Permission.ACTIVITY_READ_TEXT, actor, activity)


def is_system(actor: Actor | None, subject: Any) -> bool:
    """A command acts, not a person."""
    return actor is not None and actor.system


def is_administrator(actor: Actor | None, subject: Any) -> bool:
    """Administrator."""
    return actor is not None and Role.ADMINISTRATOR in actor.roles


def co_offices_of(subject: Any) -> frozenset[str]:
    """Office codes named by any revision that counts or is being worked on."""
    if isinstance(subject, Activity):
        revisions = {r.id: r for r in (subject.current, subject.submitted, subject.approved) if r is not None}
        return frozenset(c.office for r in revisions.values() if r.state != "draft" for c in r.co_offices)
    return frozenset(subject.co_office_codes)


def visibility_of(subject: Any) -> str:
    """The visibility that rules now: of the approved revision where there is one, else of the newest."""
    if isinstance(subject, Activity):
        return (subject.approved or subject.submitted or subject.current).visibility
    return str(subject.visibility)
