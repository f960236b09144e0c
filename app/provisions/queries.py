"""Reads of provisions with their instruments."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from app.core.versions import shared
from app.provisions.models import Instrument, Provision


@dataclass(frozen=True)
class InstrumentRow:
    """A convention, resolution, set of rules or comment. Its title is the label of kind "instrument"."""

    code: str
    kind: str
    adopting_body: str
    symbol: str
    adopted: str
    in_force: str
    source_address: str
    position: int


@dataclass(frozen=True)
class ProvisionRow:
    """A provision with its instrument. Its short name is the label of kind "provision"."""

    code: str
    instrument: InstrumentRow
    place: str
    year: int
    summary: str
    addressed_to: str
    kind: str
    mandating: bool
    status: str
    origin: str
    source_address: str
    confidence: str
    checked: bool
    position: int
    retired_on: date | None

    @property
    def offerable(self) -> bool:
        """May be offered in the form: in use, and its source confirmed."""
        return self.checked and self.retired_on is None


def provisions(session: Session, include_retired: bool = False) -> tuple[ProvisionRow, ...]:
    """Every provision, unchecked ones included, in the order of the list."""
    every = shared(session, "provisions", lambda: _load(session))
    return every if include_retired else tuple(row for row in every if row.retired_on is None)


def provision(session: Session, code: str) -> ProvisionRow | None:
    """One provision, retired or not; None if there is none."""
    return next((row for row in provisions(session, include_retired=True) if row.code == code), None)


def _load(session: Session) -> tuple[ProvisionRow, ...]:
    statement = select(Provision, Instrument).join(Instrument, Instrument.code == Provision.instrument)
    return tuple(_row(row) for row in session.execute(statement.order_by(Provision.position)))


def _row(row: Row[Provision, Instrument]) -> ProvisionRow:
    own, parent = row[0], row[1]
    instrument = InstrumentRow(**_columns(parent, InstrumentRow))
    return ProvisionRow(**_columns(own, ProvisionRow) | {"instrument": instrument})


def _columns(thing: Any, row_type: Any) -> dict[str, Any]:
    return {name: getattr(thing, name) for name in row_type.__dataclass_fields__}
