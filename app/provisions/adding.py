"""New instruments and provisions, and what is said of an instrument. A code is never given twice."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.core import audit
from app.core.errors import Invalid, NotFound, Problem
from app.core.events import Changed, announce
from app.core.i18n import N_
from app.core.permissions import Actor, Permission, demand
from app.provisions.models import Instrument, Provision
from app.provisions.services import NO_INSTRUMENT, Wording, check_seen, recorded, wording_problems
from app.provisions.states import instrument_states

CODE = re.compile(r"[A-Z][A-Z0-9-]{1,39}\Z")
HERE = "here"
"""The origin of what no reference file holds."""
BAD_CODE = N_("A code has capital letters, digits and hyphens only, begins with a letter, and has at most 40 of them.")
USED_CODE = N_("This code is given already. A code is never given twice.")
NO_KIND = N_("Say what it is: a treaty, a resolution, guidelines, a general comment…")
NO_DAY = N_("Give the day on which it was adopted.")
NO_ADDRESS = N_("An address begins with https:// or http://.")
NO_PLACE = N_("Say where in the instrument it stands, such as article 40 or paragraph 12.")
RETIRED = N_("This instrument is retired. Bring it back first.")
LONG_KIND = N_("This text has more than 60 characters.")
MOST_KIND = 60


@dataclass(frozen=True)
class InstrumentDetails:
    """What is said of an instrument. Its title is a name."""

    kind: str
    adopting_body: str
    symbol: str
    adopted: date | None
    source_address: str
    reason: str = ""

    def values(self) -> dict[str, Any]:
        """The columns."""
        return {
            "kind": self.kind.strip(), "adopting_body": self.adopting_body.strip(), "symbol": self.symbol.strip(),
            "adopted": self.adopted.isoformat() if self.adopted else "", "source_address": self.source_address.strip(),
        }  # fmt: skip


@dataclass(frozen=True)
class NewProvision:
    """The command for a new provision. Its short name is a name."""

    code: str
    instrument: str
    place: str
    kind: str
    mandating: bool
    wording: Wording


def add_instrument(session: Session, actor: Actor, code: str, details: InstrumentDetails) -> Instrument:
    """Add an instrument, without provisions. Added twice as the same, it is added once.

    Raises:
        Invalid: a code that cannot be or is given already, or something is missing. Forbidden.
    """
    demand(Permission.PROVISION_EDIT, actor)
    there = session.get(Instrument, code)
    if there is not None and _says(there, details.values()):
        return there
    problems = [*_code_problems(code, there), *_detail_problems(details)]
    if problems:
        raise Invalid(problems)
    last = session.scalar(select(func.max(Instrument.position))) or 0
    made = Instrument(code=code, in_force="", position=last + 1, retired_on=None, **details.values())
    session.add(made)
    return _done(session, actor, "instrument.added", made, details.reason)


def describe_instrument(
    session: Session, actor: Actor, code: str, details: InstrumentDetails, seen: str | None = None
) -> Instrument:
    """Put another kind, body, symbol, day or source.

    Raises:
        Invalid: something is missing. Stale, NotFound, Forbidden.
    """
    demand(Permission.PROVISION_EDIT, actor)
    found = session.get(Instrument, code, with_for_update=True)
    if found is None:
        raise NotFound(NO_INSTRUMENT)
    if _says(found, details.values()):
        return found
    check_seen(instrument_states(session, [code])[code], seen)
    problems = list(_detail_problems(details))
    if problems:
        raise Invalid(problems)
    for name, value in details.values().items():
        setattr(found, name, value)
    return _done(session, actor, "instrument.edited", found, details.reason)


def add_provision(session: Session, actor: Actor, command: NewProvision) -> Provision:
    """Add a provision to an instrument, unchecked: the form offers it once it is confirmed, like one from the files.

    Added twice as the same, it is added once.

    Raises:
        Invalid: a code that cannot be or is given already, or something is missing. NotFound: no such instrument.
        Forbidden.
    """
    demand(Permission.PROVISION_EDIT, actor)
    parent, there = session.get(Instrument, command.instrument), session.get(Provision, command.code)
    if parent is None:
        raise NotFound(NO_INSTRUMENT)
    if there is not None and _says(there, _columns(command)):
        return there
    problems = [*_code_problems(command.code, there), *_provision_problems(command, parent)]
    if problems:
        raise Invalid(problems)
    last = session.scalar(select(func.max(Provision.position))) or 0
    made = Provision(
        code=command.code, year=int(parent.adopted[:4]), origin=HERE, confidence="medium", checked=False,
        checked_by=None, position=last + 1, retired_on=None, **_columns(command),
    )  # fmt: skip
    session.add(made)
    return recorded(session, actor, "provision.added", made, command.wording.reason)


def _columns(command: NewProvision) -> dict[str, Any]:
    wording = command.wording
    return {
        "instrument": command.instrument, "place": command.place.strip(), "kind": command.kind.strip(),
        "mandating": command.mandating, "summary": wording.summary.strip(),
        "addressed_to": wording.addressed_to.strip(), "status": wording.status.strip(),
        "source_address": wording.source_address.strip(),
    }  # fmt: skip


def _says(row: Instrument | Provision, values: dict[str, Any]) -> bool:
    return all(getattr(row, name) == value for name, value in values.items())


def _code_problems(code: str, there: object | None) -> Iterator[Problem]:
    if not CODE.match(code):
        yield Problem("code", BAD_CODE)
    elif there is not None:
        yield Problem("code", USED_CODE)


def _detail_problems(details: InstrumentDetails) -> Iterator[Problem]:
    yield from _kind_problems(details.kind)
    if details.adopted is None:
        yield Problem("adopted", NO_DAY)
    if not details.source_address.strip().startswith(("https://", "http://")):
        yield Problem("source_address", NO_ADDRESS)


def _kind_problems(kind: str) -> Iterator[Problem]:
    if not kind.strip():
        yield Problem("kind", NO_KIND)
    if len(kind.strip()) > MOST_KIND:
        yield Problem("kind", LONG_KIND)


def _provision_problems(command: NewProvision, parent: Instrument) -> Iterator[Problem]:
    if parent.retired_on is not None:
        yield Problem("", RETIRED)
    if not command.place.strip():
        yield Problem("place", NO_PLACE)
    yield from wording_problems(command.wording)


def _done(session: Session, actor: Actor, action: str, instrument: Instrument, reason: str) -> Instrument:
    session.flush()
    state = instrument_states(session, [instrument.code])[instrument.code]
    subject = ("instrument", instrument.code)
    audit.record(session, actor_id=actor.user_id, action=action, subject=subject, state=state, reason=reason)
    announce(session, Changed("instrument", instrument.code))
    return instrument
