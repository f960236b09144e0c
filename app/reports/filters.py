"""Filters that several reports share, read once from an address and written back to it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field, replace

from sqlalchemy.orm import Session

from app.activities.filters import Query, is_year
from app.activities.rules import FIRST_YEAR
from app.codelists.queries import support_types
from app.core import clock
from app.core.errors import Invalid, Problem
from app.core.i18n import N_
from app.coverage.definitions import DEFINITIONS
from app.coverage.rules import DEFINITION, Basis, Slice
from app.offices.queries import country_codes, region_codes
from app.provisions.queries import provisions
from app.reports.base import Parameter

NO_CHOICE = N_("This choice is not on the list.")
NO_DIGITS = N_("A year has four digits.")
NO_YEAR = N_("There is no figure for this year. Choose a year from 1989 to the running one.")
NO_DEFINITION = N_("There is no definition of this version.")
LATER = N_("The year to compare with must be an earlier one.")

CODED = ("region", "country", "support_type", "provision")
"""What narrows a slice, by its names in an address."""


@dataclass(frozen=True)
class YearFilter:
    """Years and bases, empty means all; and the version of the definition, for what is counted by one."""

    years: tuple[int, ...] = ()
    bases: tuple[Basis, ...] = tuple(Basis)
    definition: str = DEFINITION

    @classmethod
    def parse(cls, query: Query) -> YearFilter:
        """Read `year` and `basis`, each as often as it comes.

        Raises:
            Invalid: a year that is none, an unknown basis.
        """
        years = _filled(query, "year")
        if not all(map(is_year, years)):
            raise Invalid([Problem("year", NO_DIGITS)])
        bases = _filled(query, "basis")
        if not set(bases) <= set(Basis):
            raise Invalid([Problem("basis", NO_CHOICE)])
        chosen = tuple(b for b in Basis if b in bases) or tuple(Basis)
        return cls(tuple(dict.fromkeys(int(y) for y in years)), chosen)

    @classmethod
    def parse_defined(cls, query: Query) -> YearFilter:
        """Read `definition`, too.

        Raises:
            Invalid: as `parse`, and an unknown version.
        """
        return replace(cls.parse(query), definition=_definition((_filled(query, "definition") or [""])[-1]))

    def pairs(self) -> list[tuple[str, str]]:
        """The address's query again."""
        bases = self.bases if self.bases != tuple(Basis) else ()
        found = [("year", str(y)) for y in self.years] + [("basis", b.value) for b in bases]
        return found + _defined(self.definition)

    def describe(self) -> str:
        """The years, for a file's name."""
        return "-".join(str(y) for y in self.years)


@dataclass(frozen=True)
class SliceFilter:
    """Years, one basis, a slice of the whole, the version of the definition. `since` is the year to compare with."""

    years: tuple[int, ...] = ()
    basis: Basis = Basis.APPROVED
    part: Slice = field(default_factory=Slice)
    definition: str = DEFINITION
    since: int | None = None

    @classmethod
    def reader(cls, parameters: Iterable[Parameter]) -> Callable[[Query], SliceFilter]:
        """What reads these parameters, and no others, from an address.

        Raises (when it reads):
            Invalid: a year without a figure, an unknown basis or version, a comparison with a later year.
        """
        taken = frozenset(p.name for p in parameters)

        def parse(query: Query) -> SliceFilter:
            def last(name: str) -> str:
                return (_filled(query, name) or [""])[-1] if name in taken else ""

            since = _years([last("from")] if last("from") else [], "from")
            found = cls(
                years=_years(_filled(query, "year") if "year" in taken else [], "year"),
                basis=Basis(_choice("basis", last("basis"), tuple(Basis), NO_CHOICE) or Basis.APPROVED),
                part=Slice(**{name: last(name) or None for name in CODED}),
                definition=_definition(last("definition")),
                since=since[0] if since else None,
            )
            if since and since[0] >= min(found.years or (clock.today().year - 1,)):
                raise Invalid([Problem("from", LATER)])
            return found

        return parse

    def pairs(self) -> list[tuple[str, str]]:
        """The address's query again."""
        found = [("year", str(y)) for y in self.years]
        found += [("from", str(self.since))] if self.since is not None else []
        found += [("basis", self.basis.value)] if self.basis != Basis.APPROVED else []
        found += [(name, value) for name in CODED if (value := getattr(self.part, name))]
        return found + _defined(self.definition)

    def describe(self) -> str:
        """Years, slice and basis, for a file's name."""
        return "-".join(value for name, value in self.pairs() if name != "definition")

    def check(self, session: Session) -> None:
        """Look the codes up: a figure of something else than asked would be worse than none.

        Raises:
            Invalid: a region, country, support type or provision that is on no list.
        """
        lists: dict[str, Callable[[], Collection[str]]] = {
            "region": lambda: region_codes(session),
            "country": lambda: country_codes(session),
            "support_type": lambda: [t.code for t in support_types(session, include_retired=True)],
            "provision": lambda: [p.code for p in provisions(session, include_retired=True)],
        }
        asked = ((name, getattr(self.part, name)) for name in CODED)
        problems = [Problem(name, NO_CHOICE) for name, code in asked if code and code not in lists[name]()]
        if problems:
            raise Invalid(problems)


def _filled(query: Query, name: str) -> list[str]:
    return [text.strip() for text in query.getlist(name) if text.strip()]


def _years(texts: list[str], name: str) -> tuple[int, ...]:
    if not all(map(is_year, texts)):
        raise Invalid([Problem(name, NO_DIGITS)])
    years = tuple(dict.fromkeys(map(int, texts)))
    if not all(FIRST_YEAR <= year <= clock.today().year for year in years):
        raise Invalid([Problem(name, NO_YEAR)])
    return years


def _definition(version: str) -> str:
    return _choice("definition", version, DEFINITIONS, NO_DEFINITION) or DEFINITION


def _defined(version: str) -> list[tuple[str, str]]:
    return [("definition", version)] if version != DEFINITION else []


def _choice(name: str, value: str, choices: Collection[str], message: str) -> str:
    if value and value not in choices:
        raise Invalid([Problem(name, message)])
    return value
