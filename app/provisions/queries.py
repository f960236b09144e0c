"""Reads of provisions with their instruments."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Row, Select, select
from sqlalchemy.orm import Session

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
    statement = _statement()
    if not include_retired:
        statement = statement.where(Provision.retired_on.is_(None))
    return tuple(_row(row) for row in session.execute(statement.order_by(Provision.position)))


def provision(session: Session, code: str) -> ProvisionRow | None:
    """One provision, retired or not; None if there is none."""
    row = session.execute(_statement().where(Provision.code == code)).first()
    return _row(row) if row else None


def _statement() -> Select[Provision, Instrument]:
    return select(Provision, Instrument).join(Instrument, Instrument.code == Provision.instrument)


def _row(row: Row[Provision, Instrument]) -> ProvisionRow:
    own, parent = row[0], row[1]
    instrument = InstrumentRow(**_columns(parent, InstrumentRow))
    return ProvisionRow(**_columns(own, ProvisionRow) | {"instrument": instrument})


def _columns(thing: Any, row_type: Any) -> dict[str, Any]:
    return {name: getattr(thing, name) for name in row_type.__dataclass_fields__}
