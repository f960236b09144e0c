"""Who may do what to a request. The subject has `office_codes`; None asks "to anything at all?"."""

from __future__ import annotations

from typing import Any

from app.core.permissions import Actor


def falls_to_own_office(actor: Actor | None, subject: Any) -> bool:
    """Country staff or lead of an office to which it falls."""
    if actor is None:
        return False
    return bool(actor.works_in) if subject is None else not actor.works_in.isdisjoint(subject.office_codes)


def falls_to_advised_office(actor: Actor | None, subject: Any) -> bool:
    """Adviser of the region of an office to which it falls."""
    if actor is None:
        return False
    return bool(actor.advises) if subject is None else not actor.advises.isdisjoint(subject.office_codes)


def has_a_role(actor: Actor | None, subject: Any) -> bool:
    """Works somewhere: not only an account."""
    return actor is not None and (bool(actor.roles) or actor.system)
