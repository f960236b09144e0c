"""The rules of an activity that need no database: dates, content, what a draft and a submission must have.

Source: METHODOLOGY.md ("Words", "Revisions", "The years of an activity") and the form's table of fields.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, replace
from datetime import date
from enum import StrEnum
from functools import lru_cache
from typing import Any

from app.core.i18n import N_

TITLE_LIMIT = 150
SUMMARY_LIMIT = 2000
TEXT_LIMIT = 2000
OTHER_TYPE = "other"
CODE_LISTS = {"modalities": "modality", "target_groups": "target_group", "obstacles": "obstacle", "quality": "quality"}
FIRST_YEAR = 1989  # the Convention's own year: nothing of ours is older


class State(StrEnum):
    """Where a revision is in its workflow."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    APPROVED = "approved"
    REPLACED = "replaced"


class Status(StrEnum):
    """How far the delivery has come (activity_status.csv)."""

    REQUESTED = "requested"
    PLANNED = "planned"
    ACTIVE = "active"
    FINALISING = "finalising"
    CLOSED = "closed"
    SUSPENDED = "suspended"
    CANCELLED = "cancelled"


NOT_BEGUN = frozenset({Status.REQUESTED, Status.PLANNED})
COUNTING = frozenset({Status.ACTIVE, Status.FINALISING, Status.CLOSED, Status.SUSPENDED})
NEEDS_REASON = frozenset({Status.SUSPENDED, Status.CANCELLED})


class How(StrEnum):
    """Why an activity counts in a year, strongest first."""

    START = "start"
    DELIVERY = "delivery"
    RETURN = "return"
    DATES = "dates"


_PARTIAL = re.compile(r"\d{4}(-\d{2}(-\d{2})?)?")


@dataclass(frozen=True, order=True)
class PartialDate:
    """A date known to the day, the month or the year; it covers all of what it names. Text is ISO 8601."""

    text: str

    def __post_init__(self) -> None:
        """Raises ValueError where the text is no such date."""
        if not _PARTIAL.fullmatch(self.text):
            raise ValueError(f"“{self.text}” is not a date")
        self.earliest()

    def earliest(self) -> date:
        """The first day it may be."""
        return date.fromisoformat((self.text + "-01-01")[:10])

    def latest(self) -> date:
        """The last day it may be."""
        first = self.earliest()
        if len(self.text) == 10:
            return first
        month = 12 if len(self.text) == 4 else first.month
        return date(first.year, month, monthrange(first.year, month)[1])

    @property
    def year(self) -> int:
        """The year, always known."""
        return self.earliest().year

    @property
    def precision(self) -> str:
        """day, month or year."""
        return {10: "day", 7: "month", 4: "year"}[len(self.text)]


@lru_cache(maxsize=10_000)
def partial(text: str | None) -> PartialDate | None:
    """`PartialDate` of a text, None of a blank. Raises ValueError where it is no date."""
    return PartialDate(text) if text else None


def months_begun(start: date, end: date) -> int:
    """Whole months begun from start to end, both inclusive: one day is 1, 1 January to 31 December is 12."""
    months = (end.year - start.year) * 12 + end.month - start.month
    return months + (1 if end.day >= start.day else 0)


def derived_term(content: Content, limits: Mapping[str, int | None]) -> str | None:
    """short, medium or long from the dates (1997/30 para 8; limits in terms.csv), actual before planned.

    No start, or an end before it: None. No end: the term without a limit.
    """
    start = partial(content.actual_start or content.planned_start)
    if start is None:
        return None
    end = partial(content.actual_end or content.planned_end)
    if end and end.latest() < start.earliest():
        return None
    months = months_begun(start.earliest(), end.latest()) if end else None
    for code, limit in limits.items():
        if limit is None or (months is not None and months <= limit):
            return code
    return None


def begun_anew(content: Content) -> Content:
    """What an earlier content presets of a new one: all but its dates, what was delivered, and what came of it."""
    blank: dict[str, Any] = dict.fromkeys(("planned_start", "planned_end", "actual_start", "actual_end"))
    blank |= dict.fromkeys(("delivered", "status_reason", "results", "lessons"), "")
    return replace(content, **blank, milestones=())


@dataclass(frozen=True)
class TypeTag:
    """A support type; `words` say what “other” is."""

    code: str
    words: str = ""


@dataclass(frozen=True)
class ProvisionTag:
    """A provision in a role (choices.csv, provision_role)."""

    code: str
    role: str


@dataclass(frozen=True)
class CounterpartTag:
    """With whom: a known counterpart by id, or a new one by name and kind."""

    name: str
    kind: str
    id: int | None = None


@dataclass(frozen=True)
class PartnerTag:
    """A partner agency and its role."""

    code: str
    role: str


@dataclass(frozen=True)
class MilestoneTag:
    """A step of a law: kind and contribution are codes, `on` a partial date."""

    kind: str
    law: str
    on: str | None = None
    link: str = ""
    contribution: str | None = None


@dataclass(frozen=True)
class Content:
    """All that a revision says. Blank text is ""; a code or date not recorded is None; never a guessed zero."""

    title: str = ""
    language: str = "en"
    types: tuple[TypeTag, ...] = ()
    request_source: str | None = None
    source_symbol: str = ""
    source_date: str | None = None
    provisions: tuple[ProvisionTag, ...] = ()
    status: str | None = None
    status_reason: str = ""
    planned_start: str | None = None
    planned_end: str | None = None
    actual_start: str | None = None
    actual_end: str | None = None
    delivered: str = ""
    counterparts: tuple[CounterpartTag, ...] = ()
    concerns: str | None = None
    scope: str | None = None
    countries: tuple[str, ...] = ()
    countries_reason: str = ""
    term_override: str | None = None
    term_reason: str = ""
    summary: str = ""
    modalities: tuple[str, ...] = ()
    target_groups: tuple[str, ...] = ()
    co_offices: tuple[str, ...] = ()
    partners: tuple[PartnerTag, ...] = ()
    coordinator_involved: str | None = None
    government_agreement: str | None = None
    partners_agreement: str | None = None
    in_country_plan: str | None = None
    milestones: tuple[MilestoneTag, ...] = ()
    obstacles: tuple[str, ...] = ()
    funding: str | None = None
    funding_amount_usd: str | None = None
    guidance_used: str = ""
    results: str = ""
    lessons: str = ""
    quality: tuple[str, ...] = ()
    visibility: str = "office_region"
    sensitive: bool = False

    def but(self, changes: Mapping[str, Any]) -> Content:
        """A content with other values in these fields: what `dataclasses.replace` makes, in a tenth of its time.

        Raises:
            TypeError: there is no such field.
        """
        mine = vars(self)
        if not changes.keys() <= mine.keys():
            raise TypeError(f"no fields of a content: {', '.join(changes.keys() - mine.keys())}")
        made = object.__new__(Content)
        vars(made).update(mine)
        vars(made).update(changes)
        return made

    def to_dict(self) -> dict[str, Any]:
        """Plain values, for the audit event and for showing two versions side by side."""
        return {name: _plain_value(value) for name, value in vars(self).items()}

    @classmethod
    def from_dict(cls, told: Mapping[str, Any]) -> Content:
        """The content that `to_dict` told, read back from an audit event; fields that we have no more are left."""
        known = {f.name: told[f.name] for f in fields(cls) if f.name in told}
        for name, value in known.items():
            if isinstance(value, list):
                tag = TAG_CLASSES.get(name)
                known[name] = tuple(tag(**each) if tag else each for each in value)
        return cls(**known)


def _plain_value(value: Any) -> Any:
    """Tags as mappings: what `asdict` makes of them in a tenth of its time."""
    return (
        tuple(dict(vars(each)) if hasattr(each, "__dict__") else each for each in value)
        if isinstance(value, tuple)
        else value
    )


TAG_CLASSES: Mapping[str, type[Any]] = {
    "types": TypeTag,
    "provisions": ProvisionTag,
    "counterparts": CounterpartTag,
    "partners": PartnerTag,
    "milestones": MilestoneTag,
}
CONTENT_FIELDS = tuple(f.name for f in fields(Content))

# What must be there to submit, and the field it is missed at. A house test proves that the quick log has them all.
REQUIRED_TO_SUBMIT = (
    "office", "title", "how", "request_source", "mandate", "status", "counterparts", "concerns", "countries",
)  # fmt: skip
# Required by the status that was chosen.
REQUIRED_BY_STATUS = ("actual_start", "actual_end", "delivered", "status_reason")


def confirmed_years(
    content_status: str | None,
    actual_start: str | None,
    actual_end: str | None,
    source_years: tuple[int, int] | None,
) -> dict[int, How]:
    """The years confirmed by one revision's own dates: {year: start | dates} (METHODOLOGY, The years of an activity).

    `source_years` is the span in which an imported record's source says that it ran; it is cut to the actual dates.
    Planned dates never count; a cancelled or not yet begun activity confirms nothing. Years of deliveries and returns
    are added by the caller; a `dates` year gives way to any of them.
    """
    start = partial(actual_start)
    if start is None or content_status not in COUNTING:
        return {}
    years = {start.year: How.START}
    end = partial(actual_end)
    # A known end fills the years between; without one, an import's source says which years, and only those.
    first, last = (start.year, end.year) if end else source_years or (start.year, start.year)
    for year in range(max(start.year + 1, first), last + 1):
        years[year] = How.DATES
    return years


def derived_scope(office_type: str, countries: Iterable[str]) -> str:
    """The scope a record has unless somebody says otherwise."""
    if office_type == "regional":
        return "regional"
    if office_type == "hq":
        return "global"
    return "multi_country" if len(set(countries)) > 1 else "national"


DIFFERENT_SCOPE = frozenset({"regional", "global"})

STATUS_WORDS = {
    "needs_start": N_("Give the date it began: day, month or year is enough."),
    "needs_end": N_("A closed activity needs the date it ended."),
    "needs_delivered": N_("Say in a sentence what was delivered."),
    "needs_reason": N_("Say in a sentence why."),
    "planned_only": N_(
        "It has not begun yet, so it can have planned dates only. Clear this date or change the status."
    ),
}
