"""Writes to provisions and instruments. Each act has one door; nothing is ever deleted.

`seen` is the fingerprint of what the form showed, None for commands.
"""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from sqlalchemy.orm import Session

from app.core import audit, clock
from app.core.errors import Invalid, NotFound, Problem, Stale
from app.core.events import Changed, announce
from app.core.i18n import N_
from app.core.permissions import Actor, Permission, demand
from app.provisions.models import Instrument, Provision
from app.provisions.states import instrument_states, provision_states

NO_PROVISION = N_("There is no such provision.")
NO_INSTRUMENT = N_("There is no such instrument.")
MOST = 2000


def confirm_provision(session: Session, actor: Actor, code: str, reason: str = "") -> Provision:
    """Say that somebody read the source and the provision is right: from now on it is offered in the form.

    Confirming it twice is once. A later sync of the reference data leaves it confirmed.

    Raises:
        Forbidden: only administrators confirm. NotFound: there is no such provision.
    """
    demand(Permission.PROVISION_CONFIRM, actor)
    provision = _provision(session, code)
    if provision.checked:
        return provision
    provision.checked = True
    provision.checked_by = actor.user_id
    return recorded(session, actor, "provision.confirm", provision, reason)


@dataclass(frozen=True)
class Wording:
    """The command for what is said of a provision. Its names, and its summary in other languages, are names."""

    summary: str
    addressed_to: str
    status: str
    source_address: str
    reason: str = ""


def edit_provision(session: Session, actor: Actor, code: str, command: Wording, seen: str | None = None) -> Provision:
    """Put another summary, addressee, status or source.

    Raises:
        Invalid: no summary, a text too long, an address that is none. Stale, NotFound, Forbidden.
    """
    demand(Permission.PROVISION_EDIT, actor)
    found = _provision(session, code)
    check_seen(provision_states(session, [code])[code], seen)
    problems = wording_problems(command)
    if problems:
        raise Invalid(problems)
    found.summary, found.addressed_to = command.summary.strip(), command.addressed_to.strip()
    found.status, found.source_address = command.status.strip(), command.source_address.strip()
    return recorded(session, actor, "provision.edited", found, command.reason)


def retire_provision(
    session: Session, actor: Actor, code: str, *, back: bool = False, reason: str = "", seen: str | None = None
) -> Provision:
    """Offer a provision no more; it stays wherever it is cited. `back`: offer it again. Twice is once.

    Raises:
        Stale, NotFound, Forbidden.
    """
    demand(Permission.PROVISION_EDIT, actor)
    found = _provision(session, code)
    if (found.retired_on is None) == back:
        return found
    check_seen(provision_states(session, [code])[code], seen)
    found.retired_on = None if back else clock.today()
    return recorded(session, actor, "provision.brought-back" if back else "provision.retired", found, reason)


def retire_instrument(
    session: Session, actor: Actor, code: str, *, back: bool = False, reason: str = "", seen: str | None = None
) -> Instrument:
    """Take an instrument out of use with all its provisions; `back`: use it again, and they stay as they are.

    Raises:
        Stale, NotFound, Forbidden.
    """
    demand(Permission.PROVISION_EDIT, actor)
    found = session.get(Instrument, code, with_for_update=True)
    if found is None:
        raise NotFound(NO_INSTRUMENT)
    if (found.retired_on is None) == back:
        return found
    check_seen(instrument_states(session, [code])[code], seen)
    found.retired_on = None if back else clock.today()
    session.flush()
    state = instrument_states(session, [code])[code]
    action = "instrument.brought-back" if back else "instrument.retired"
    subject = ("instrument", code)
    audit.record(session, actor_id=actor.user_id, action=action, subject=subject, state=state, reason=reason)
    announce(session, Changed("instrument", code))
    for each in [] if back else _of_instrument(session, code):
        retire_provision(session, actor, each, reason=reason)
    return found


def _of_instrument(session: Session, code: str) -> list[str]:
    rows = session.query(Provision.code).filter(Provision.instrument == code, Provision.retired_on.is_(None))
    return [each for (each,) in rows.order_by(Provision.code)]


def _provision(session: Session, code: str) -> Provision:
    found = session.get(Provision, code, with_for_update=True)
    if found is None:
        raise NotFound(NO_PROVISION)
    return found


def check_seen(state: dict[str, object], seen: str | None) -> None:
    """Raises Stale where the state is not the one that the form showed; None is for commands, which show none."""
    if seen is not None and seen != audit.fingerprint(state):
        raise Stale(0, 1)


def wording_problems(command: Wording) -> list[Problem]:
    """What is wrong with what is said of a provision."""
    problems = []
    if not command.summary.strip():
        problems.append(Problem("summary", N_("Say in plain words what the provision says.")))
    texts = ("summary", "addressed_to", "status", "source_address")
    too_long = N_("This text has more than 2,000 characters.")
    problems += [Problem(name, too_long) for name in texts if len(getattr(command, name)) > MOST]
    if urlsplit(command.source_address.strip()).scheme not in ("https", "http"):
        problems.append(Problem("source_address", N_("An address begins with https:// or http://.")))
    return problems


def recorded(session: Session, actor: Actor, action: str, provision: Provision, reason: str) -> Provision:
    """The provision, once the audit holds it and everybody knows."""
    session.flush()
    state = provision_states(session, [provision.code])[provision.code]
    subject = ("provision", provision.code)
    audit.record(session, actor_id=actor.user_id, action=action, subject=subject, state=state, reason=reason)
    announce(session, Changed("provision", provision.code))
    return provision
