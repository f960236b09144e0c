"""Filters that several reports share, read once from an address."""

from __future__ import annotations

from dataclasses import dataclass

from app.activities.filters import Query, is_year
from app.core.errors import Invalid, Problem
from app.core.i18n import N_
from app.coverage.rules import Basis


@dataclass(frozen=True)
class YearFilter:
    """Years and bases; empty means all."""

    years: tuple[int, ...] = ()
    bases: tuple[Basis, ...] = tuple(Basis)

    @classmethod
    def parse(cls, query: Query) -> YearFilter:
        """Read `year` and `basis`, each as often as it comes.

        Raises:
            Invalid: a year that is none, an unknown basis.
        """
        years = [text.strip() for text in query.getlist("year") if text.strip()]
        if not all(map(is_year, years)):
            raise Invalid([Problem("year", N_("A year has four digits."))])
        bases = [text.strip() for text in query.getlist("basis") if text.strip()]
        if not set(bases) <= set(Basis):
            raise Invalid([Problem("basis", N_("This choice is not on the list."))])
        chosen = tuple(b for b in Basis if b in bases) or tuple(Basis)
        return cls(tuple(dict.fromkeys(int(y) for y in years)), chosen)

    def describe(self) -> str:
        """The years, for a file's name."""
        return "-".join(str(y) for y in self.years)
