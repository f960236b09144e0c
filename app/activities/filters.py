"""The filters of activity lists, read once from an address and written back to it. Pure."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Protocol
from urllib.parse import urlencode

from app.core.errors import Invalid, Problem
from app.core.i18n import N_


class Query(Protocol):
    """An address's query, as werkzeug's MultiDict gives it."""

    def getlist(self, key: str) -> list[str]: ...


# Filter name -> the code list that names its values; for the labels of chips and for the selects of the page.
CODED: Mapping[str, str] = {
    "region": "region",
    "office": "office",
    "country": "country",
    "support_type": "support_type",
    "how": "support_type",
    "about": "support_type",
    "provision": "provision",
    "role": "provision_role",
    "request_source": "request_source",
    "workflow": "workflow",
    "status": "activity_status",
    "concerns": "concerns_children_in_conflict",
    "scope": "scope",
    "term": "term",
    "modality": "modality",
    "target_group": "target_group",
    "counterpart_kind": "counterpart_kind",
    "partner": "partner_agency",
    "partner_role": "partner_role",
    "co_office": "office",
    "co_office_answer": "co_office_answer",
    "obstacle": "obstacle",
    "quality": "quality",
    "funding": "funding",
    "coordinator_involved": "yes_no_unknown",
    "government_agreement": "government_agreement",
    "partners_agreement": "government_agreement",
    "in_country_plan": "yes_no_unknown",
    "visibility": "visibility",
    "language": "language",
    "origin": "origin",
    "confirmation": "confirmation",
}
NOT_RECORDED = "not_recorded"
"""As the value of a coded filter: the record says nothing. That is not the answer "not known"."""
MARKS = ("awaiting", "withdrawn", "questioned", "set_aside", "sensitive", "joint", "self_approved", "mine", "asks_us")
SORTS = ("changed", "reference", "office", "start", "title")
BASES = ("approved", "provisional")
PAGE = 50


@dataclass(frozen=True)
class ActivityFilters:
    """What a list is narrowed to. Several values of one filter mean any of them; several filters mean all of them."""

    q: str = ""
    year: tuple[int, ...] = ()
    coded: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    marks: Mapping[str, bool] = field(default_factory=dict)
    basis: str = "approved"
    sort: str = "changed"
    descending: bool = True
    after: str = ""
    before: str = ""

    @classmethod
    def parse(cls, query: Query) -> ActivityFilters:
        """Read an address's query. Names it does not know are left alone.

        Raises:
            Invalid: a value that cannot be (a year that is none, an unknown basis or sort).
        """
        problems: list[Problem] = []
        years = _years(query.getlist("year"), problems)
        basis = _one_of("basis", query, BASES, problems)
        sort = _one_of("sort", query, SORTS, problems)
        direction = _one_of("direction", query, ("desc" if sort == "changed" else "asc", "asc", "desc"), problems)
        coded = {name: tuple(dict.fromkeys(_filled(query.getlist(name)))) for name in CODED}
        marks = {name: _mark(name, query, problems) for name in MARKS}
        if problems:
            raise Invalid(problems)
        return cls(
            q=" ".join(_filled(query.getlist("q")))[:200].strip(),
            year=years,
            coded={name: values for name, values in coded.items() if values},
            marks={name: value for name, value in marks.items() if value is not None},
            basis=basis,
            sort=sort,
            descending=direction == "desc",
            after=(query.getlist("after") or [""])[0],
            before=(query.getlist("before") or [""])[0],
        )

    def pairs(self, *, without: tuple[str, str] | None = None, paging: bool = False) -> list[tuple[str, str]]:
        """The address's query again, as pairs; `without` leaves one (name, value) out."""
        found = [("q", self.q)] if self.q else []
        found += [("year", str(y)) for y in self.year]
        found += [(name, value) for name, values in self.coded.items() for value in values]
        found += [(name, "yes" if value else "no") for name, value in self.marks.items()]
        found += [("basis", self.basis)] if self.basis != "approved" else []
        found += [("sort", self.sort)] if self.sort != "changed" else []
        if self.descending != (self.sort == "changed"):
            found.append(("direction", "desc" if self.descending else "asc"))
        if paging:
            found += [(name, value) for name, value in (("after", self.after), ("before", self.before)) if value]
        return [pair for pair in found if pair != without]

    def query_string(self, **changes: str) -> str:
        """The address's query as text, with `changes` put in (blank takes one out)."""
        pairs = [(name, value) for name, value in self.pairs() if name not in changes]
        return urlencode(pairs + [(name, value) for name, value in changes.items() if value])

    def from_the_start(self) -> ActivityFilters:
        """The same list from its first page."""
        return replace(self, after="", before="")


def cursor(value: str, activity_id: int) -> str:
    """The place in a sorted list just after this row, as one opaque word."""
    return base64.urlsafe_b64encode(json.dumps([value, activity_id]).encode()).decode().rstrip("=")


def read_cursor(text: str) -> tuple[str, int]:
    """Sort value and id of a cursor.

    Raises:
        Invalid: it is none of ours.
    """
    try:
        value, key = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        str(value).encode()  # a lone surrogate is text to JSON, and to no database
    except (ValueError, TypeError, RecursionError):
        raise broken_address() from None
    if not isinstance(value, str) or not isinstance(key, int) or not 0 <= key < 2**62 or "\x00" in value:
        raise broken_address()
    return value, key


def broken_address() -> Invalid:
    """The refusal of a paging address that is none of ours."""
    return Invalid([Problem("after", N_("This page address is broken. Start again from the first page."))])


def _filled(values: Iterable[str]) -> list[str]:
    return [v.replace("\x00", "").strip() for v in values if v.replace("\x00", "").strip()]


def is_year(text: str) -> bool:
    """Four ASCII digits, the first not 0: the same year written back is the same text."""
    return text.isascii() and text.isdigit() and len(text) == 4 and text[0] != "0"


def _years(values: list[str], problems: list[Problem]) -> tuple[int, ...]:
    years = []
    for text in _filled(values):
        if is_year(text):
            years.append(int(text))
        else:
            problems.append(Problem("year", N_("A year has four digits.")))
    return tuple(dict.fromkeys(years))


def _one_of(name: str, query: Query, choices: tuple[str, ...], problems: list[Problem]) -> str:
    values = _filled(query.getlist(name))
    if not values:
        return choices[0]
    if values[-1] not in choices:
        problems.append(Problem(name, N_("This choice is not on the list.")))
    return values[-1]


def _mark(name: str, query: Query, problems: list[Problem]) -> bool | None:
    values = _filled(query.getlist(name))
    if not values:
        return None
    if values[-1] not in ("yes", "no"):
        problems.append(Problem(name, N_("This choice is not on the list.")))
    return values[-1] == "yes"
