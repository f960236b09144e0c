"""Exemptions as the page lists them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.activities.words import Words
from app.offices.models import Exemption
from app.offices.rules import covers


@dataclass(frozen=True)
class ExemptionLine:
    """One exemption. `years`: those whose 31 December it covers, the last one open where it has no end."""

    key: int
    office: str
    name: str
    valid_from: date
    valid_to: date | None
    reason: str
    holds: bool
    first_year: int
    last_year: int | None

    @property
    def years(self) -> str:
        """The years in which the office is not expected."""
        if self.last_year is None:
            return f"{self.first_year}–"
        if self.last_year < self.first_year:
            return ""
        return str(self.first_year) if self.first_year == self.last_year else f"{self.first_year}–{self.last_year}"


def exemption_lines(session: Session, vocabulary: Words, today: date) -> list[ExemptionLine]:
    """Every exemption, the newest first."""
    found = session.scalars(select(Exemption).order_by(Exemption.valid_from.desc(), Exemption.id.desc()))
    return [
        ExemptionLine(
            key=each.id,
            office=each.office,
            name=vocabulary.of("office", each.office),
            valid_from=each.valid_from,
            valid_to=each.valid_to,
            reason=each.reason,
            holds=covers(each.valid_from, each.valid_to, today),
            first_year=each.valid_from.year,
            last_year=_last_year(each.valid_to),
        )
        for each in found
    ]


def _last_year(valid_to: date | None) -> int | None:
    if valid_to is None:
        return None
    return valid_to.year if (valid_to.month, valid_to.day) == (12, 31) else valid_to.year - 1
