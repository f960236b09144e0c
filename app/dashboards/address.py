"""What a coverage address asks for: the year, the basis and the slice. Read once, written back into every link."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field, replace
from datetime import date
from functools import lru_cache
from typing import Any, Protocol
from urllib.parse import urlencode

from flask import g, url_for

from app.activities.rules import FIRST_YEAR
from app.core.errors import Invalid, Problem
from app.core.i18n import N_
from app.coverage.rules import Basis, Slice
from app.dashboards.names import Lists

NO_YEAR = N_("There is no figure for this year. Choose a year from 1989 to the running one.")
NO_BASIS = N_("The basis is “approved” or “provisional”.")
NO_REGION = N_("There is no such region.")
NO_TYPE = N_("There is no such support type.")
NO_COUNTRY = N_("There is no such country.")
NO_PROVISION = N_("There is no such provision.")


FILTERS = ("region", "support_type", "with_type", "provision", "country")


class Query(Protocol):
    """An address's query, as werkzeug's MultiDict gives it."""

    def getlist(self, key: str) -> list[str]: ...


@dataclass(frozen=True)
class Ask:
    """One figure, as an address asks for it."""

    year: int
    basis: Basis = Basis.APPROVED
    part: Slice = field(default_factory=Slice)

    @classmethod
    def parse(cls, query: Query, lists: Lists, today: date) -> Ask:
        """Read an address's query; blank ones mean no filter, names it does not know are left alone.

        Raises:
            Invalid: a year without a figure, or a code that is on no list. A figure of something else than asked
                would be worse than none.
        """
        problems: list[Problem] = []
        year = _year(query, today, problems)
        basis = _one_of(query, "basis", tuple(Basis), NO_BASIS, problems)
        part = Slice(
            region=_one_of(query, "region", lists.regions, NO_REGION, problems),
            support_type=_one_of(query, "support_type", [t.code for t in lists.types], NO_TYPE, problems),
            provision=_one_of(query, "provision", [p.code for p in lists.provisions], NO_PROVISION, problems),
            with_type=_one_of(query, "with_type", [t.code for t in lists.types], NO_TYPE, problems),
            country=_one_of(query, "country", lists.countries, NO_COUNTRY, problems),
        )
        if part.with_type and (part.support_type or part.with_type) == part.with_type:  # the same, or it alone
            part = replace(part, support_type=part.with_type, with_type=None)
        if problems:
            raise Invalid(problems)
        return cls(year, Basis(basis or Basis.APPROVED), part)

    def pairs(self) -> list[tuple[str, str]]:
        """The address's query again."""
        part = self.part
        found = [("year", str(self.year))]
        found += [("basis", self.basis.value)] if self.basis != Basis.APPROVED else []
        return found + [(name, value) for name in FILTERS if (value := getattr(part, name))]

    def narrowed(self, **changes: str | None) -> Ask:
        """The same with another region, support type or provision (None takes the filter off)."""
        return replace(self, part=replace(self.part, **changes))

    def url(self, endpoint: str, **values: Any) -> str:
        """Another page with the same filter; a region in its path stands there only."""
        pairs = [pair for pair in self.pairs() if pair[0] != "region" or "code" not in values]
        return f"{url_for(endpoint, **values)}?{urlencode(pairs)}"

    def coverage_url(self) -> str:
        """The page of this figure."""
        return f"{_path('dashboards.coverage')}?{_query(self)}"

    def behind_url(self, anchor: str = "", office: str = "") -> str:
        """The page of what is behind this figure, at one of its lists; of one office alone."""
        query = _query(self) + (f"&{urlencode([('office', office)])}" if office else "")
        return f"{_path('dashboards.behind')}?{query}" + (f"#{anchor}" if anchor else "")


@lru_cache(maxsize=4096)
def _query(ask: Ask) -> str:
    return urlencode(ask.pairs())


def _path(endpoint: str) -> str:
    """The address of a page without parameters. A matrix has hundreds of links to one page."""
    known: dict[str, str] = g.setdefault("paths", {})
    if endpoint not in known:
        known[endpoint] = url_for(endpoint)
    return known[endpoint]


def last_value(query: Query, name: str) -> str:
    """The last filled value of a name, "" if there is none."""
    filled = [v.strip() for v in query.getlist(name) if v.strip()]
    return filled[-1] if filled else ""


def _year(query: Query, today: date, problems: list[Problem]) -> int:
    text = last_value(query, "year")
    if not text:
        return today.year
    if len(text) == 4 and text.isascii() and text.isdigit() and FIRST_YEAR <= int(text) <= today.year:
        return int(text)
    problems.append(Problem("year", NO_YEAR))
    return today.year


def _one_of(query: Query, name: str, choices: Collection[str], message: str, problems: list[Problem]) -> str | None:
    value = last_value(query, name)
    if value and value not in choices:
        problems.append(Problem(name, message))
    return value or None
