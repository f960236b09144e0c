"""What a list of requests is narrowed to, read once from an address and written back to it. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from urllib.parse import urlencode

from app.activities.filters import Query, is_year
from app.asked.counting import MEASURES, Part
from app.asked.rules import KINDS, RESPONSES
from app.core.errors import Invalid, Problem
from app.core.i18n import N_

NO_CHOICE = N_("This choice is not on the list.")
NO_YEAR = N_("A year has four digits.")
BACKWARDS = N_("The last year is before the first.")
# Name in an address -> the kind of label that names its values.
CODED: Mapping[str, str] = {
    "region": "region",
    "office": "office",
    "country": "country",
    "support_type": "support_type",
    "source": "request_source",
}
SHORT: Mapping[str, Mapping[str, str]] = {"kind": KINDS, "state_response": RESPONSES}
MARKS = ("juvenile_justice", "asks_help", "without_topics", "repeats", "withdrawn")
# Of several requests of a part: those that no office serves.
NO_REGION = "none"


@dataclass(frozen=True)
class RequestFilters:
    """A list of requests: a part of the whole, a measure in it, and what only lists ask."""

    show: str = "asked"
    part: Part = field(default_factory=Part)
    q: str = ""
    short: Mapping[str, str] = field(default_factory=dict)
    marks: Mapping[str, bool] = field(default_factory=dict)
    page: int = 1

    @classmethod
    def parse(cls, query: Query) -> RequestFilters:
        """Read an address's query.

        Raises:
            Invalid: a value that cannot be.
        """
        problems: list[Problem] = []
        first, last = _year("from", query, problems), _year("to", query, problems)
        single = _year("year", query, problems)
        if first and last and last < first:
            problems.append(Problem("to", BACKWARDS))
        show = _last(query, "show") or "asked"
        if show not in MEASURES:
            problems.append(Problem("show", NO_CHOICE))
        short = {name: _last(query, name) for name in SHORT}
        problems += [Problem(n, NO_CHOICE) for n, value in short.items() if value and value not in SHORT[n]]
        marks = {name: _last(query, name) for name in MARKS}
        problems += [Problem(n, NO_CHOICE) for n, value in marks.items() if value not in ("", "yes", "no")]
        page = _last(query, "page") or "1"
        if not (page.isascii() and page.isdecimal() and 0 < int(page[:6]) < 100_000):
            problems.append(Problem("page", NO_CHOICE))
        if problems:
            raise Invalid(problems)
        coded = {name: _last(query, name) or None for name in CODED}
        return cls(
            show=show,
            part=Part(single or first, single or last, **coded),
            q=_last(query, "q")[:200],
            short={name: value for name, value in short.items() if value},
            marks={name: value == "yes" for name, value in marks.items() if value},
            page=int(page),
        )

    def pairs(self) -> list[tuple[str, str]]:
        """The address's query again, from the first page."""
        found = [("show", self.show)] if self.show != "asked" else []
        found += year_pairs(self.part)
        found += [(name, value) for name in CODED if (value := getattr(self.part, name))]
        found += [("q", self.q)] if self.q else []
        found += list(self.short.items())
        return found + [(name, "yes" if value else "no") for name, value in self.marks.items()]

    def query_string(self, **changes: str) -> str:
        """The address's query as text, with `changes` put in (blank takes one out)."""
        pairs = [(name, value) for name, value in self.pairs() if name not in changes]
        return urlencode(pairs + [(name, value) for name, value in changes.items() if value])

    def describe(self) -> str:
        """What it is narrowed to, for a file's name."""
        words = [value for name, value in self.pairs() if name != "q"]
        return "-".join(words)

    def showing(self, measure: str) -> RequestFilters:
        """The same part with another measure."""
        return replace(self, show=measure, page=1)

    @property
    def narrowed(self) -> bool:
        """Something is asked for."""
        return bool(self.pairs())


def year_pairs(part: Part) -> list[tuple[str, str]]:
    """The years of a part as an address has them."""
    if part.first is not None and part.first == part.last:
        return [("year", str(part.first))]
    return [(name, str(year)) for name, year in (("from", part.first), ("to", part.last)) if year is not None]


def _last(query: Query, name: str) -> str:
    texts = [text.replace("\x00", "").strip() for text in query.getlist(name)]
    return next((text for text in reversed(texts) if text), "")


def _year(name: str, query: Query, problems: list[Problem]) -> int | None:
    text = _last(query, name)
    if text and not is_year(text):
        problems.append(Problem(name, NO_YEAR))
        return None
    return int(text) if text else None
