"""Writes to provisions."""

from __future__ import annotations

from sqlalchemy.orm import Session

from app.core.audit import record
from app.core.errors import NotFound
from app.core.events import Changed, announce
from app.core.i18n import N_
from app.core.permissions import Actor, Permission, demand
from app.provisions.models import Provision


def confirm_provision(session: Session, actor: Actor, code: str) -> Provision:
    """Say that somebody read the source and the provision is right: from now on it is offered in the form.

    Confirming it twice is once. A later sync of the reference data leaves it confirmed.

    Raises:
        Forbidden: only administrators confirm. NotFound: there is no such provision.
    """
    demand(Permission.PROVISION_CONFIRM, actor)
    provision = session.get(Provision, code)
    if provision is None:
        raise NotFound(N_("There is no such provision."))
    if provision.checked:
        return provision
    provision.checked = True
    provision.checked_by = actor.user_id
    record(
        session,
        actor_id=actor.user_id,
        action="provision.confirm",
        subject=("provision", code),
        state={"code": code, "checked": True, "confidence": provision.confidence},
    )
    announce(session, Changed("provision", code))
    return provision
