"""Asked and given: one function gives every figure of requests, on plain facts. No database.

`balance(facts, part)` takes no actor; pages, lists, files and frozen figures all call it, and what a reader may open is
asked afterwards. Source: METHODOLOGY ("The figures", "Laws"); 1997/30 paras 3, 8 and 9; CRC 45(b).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from functools import cached_property
from statistics import median

from app.asked.rules import PROMISED, Answer, Met, met_due_on, year_of
from app.core.i18n import N_

DEFINITION = "2026-1"
HALF_A_YEAR, YEAR, TWO_YEARS = timedelta(days=183), timedelta(days=365), timedelta(days=730)


@dataclass(frozen=True)
class Asked:
    """One request as figures read it. `region` is that of the offices which serve the State, "" where none does."""

    reference: str
    country: str
    region: str = ""
    offices: frozenset[str] = frozenset()
    source: str = ""
    recommended: bool = False
    types: frozenset[str] = frozenset()
    asked_on: str | None = None
    answer: str = Answer.OPEN
    answered_on: date | None = None
    target_on: date | None = None
    met: str | None = None
    activities: frozenset[int] = frozenset()

    @property
    def year(self) -> int | None:
        """The year in which it was asked."""
        return year_of(self.asked_on)

    @property
    def day(self) -> date | None:
        """The first day from which it waits: a date known to the month or year is taken at its beginning."""
        return date.fromisoformat((self.asked_on + "-01-01")[:10]) if self.asked_on else None

    @property
    def days_to_answer(self) -> int | None:
        """Days from asking to answering, where both days are known and in this order."""
        whole = self.asked_on is not None and len(self.asked_on) == 10
        if self.answer == Answer.OPEN or self.answered_on is None or self.day is None or not whole:
            return None
        days = (self.answered_on - self.day).days
        return days if days >= 0 else None


@dataclass(frozen=True)
class Given:
    """An activity that qualifies on the approved basis, with the years in which it does."""

    activity_id: int
    offices: frozenset[str]
    regions: frozenset[str]
    countries: frozenset[str]
    types: frozenset[str]
    years: frozenset[int]


@dataclass(frozen=True)
class Facts:
    """All that the figures of a day rest on."""

    today: date
    asked: tuple[Asked, ...] = ()
    given: tuple[Given, ...] = ()

    @cached_property
    def given_ids(self) -> frozenset[int]:
        """Every activity that qualifies in some year."""
        return frozenset(each.activity_id for each in self.given)

    @cached_property
    def answering(self) -> frozenset[int]:
        """Every activity that answers some request."""
        return frozenset(key for each in self.asked for key in each.activities)

    @cached_property
    def years_given(self) -> Mapping[str, int]:
        """{State: the last year in which qualifying support named it}."""
        found: dict[str, int] = {}
        for each in self.given:
            for country in each.countries:
                found[country] = max(found.get(country, 0), *each.years)
        return found


@dataclass(frozen=True)
class Part:
    """A part of the whole. Years are inclusive; a request without a date lies in no year."""

    first: int | None = None
    last: int | None = None
    region: str | None = None
    office: str | None = None
    country: str | None = None
    support_type: str | None = None
    source: str | None = None

    def has_year(self, year: int | None) -> bool:
        """The year lies in the part."""
        if self.first is None and self.last is None:
            return True
        return year is not None and (self.first or 0) <= year <= (self.last or 9999)

    def admits(self, each: Asked) -> bool:
        """The request lies in the part."""
        return (
            self.has_year(each.year)
            and self.region in (None, each.region or "none")
            and (self.office is None or self.office in each.offices)
            and self.country in (None, each.country)
            and (self.support_type is None or self.support_type in each.types)
            and self.source in (None, each.source)
        )

    def admits_given(self, each: Given) -> bool:
        """The support lies in the part: one of its years does, and its places and types do. It has no source."""
        return (
            any(map(self.has_year, each.years))
            and (self.region is None or self.region in each.regions)
            and (self.office is None or self.office in each.offices)
            and (self.country is None or self.country in each.countries)
            and (self.support_type is None or self.support_type in each.types)
        )


References = tuple[str, ...]


@dataclass(frozen=True)
class Balance:
    """What was asked and what was given in a part, each as the references or ids behind it."""

    today: date
    part: Part
    asked: tuple[Asked, ...]
    facts: Facts

    def _which(self, keep: Callable[[Asked], object]) -> References:
        return tuple(sorted(each.reference for each in self.asked if keep(each)))

    def supported(self, each: Asked) -> bool:
        """An activity that answers it qualifies, in whatever year."""
        return not self.facts.given_ids.isdisjoint(each.activities)

    def members(self, measure: str) -> References:
        """The requests behind a measure."""
        return self._which(lambda each: MEASURES[measure].keep(self, each))

    def base(self, measure: str) -> References:
        """The requests of which they are a part."""
        return self._which(lambda each: MEASURES[measure].of(self, each))

    @cached_property
    def given(self) -> tuple[int, ...]:
        """The activities of the part that qualify."""
        return tuple(sorted(each.activity_id for each in self.facts.given if self.part.admits_given(each)))

    @cached_property
    def given_not_asked(self) -> tuple[int, ...]:
        """Of these, those that answer no request on the register: the offices' own programme (para 9)."""
        return tuple(key for key in self.given if key not in self.facts.answering)

    @cached_property
    def days(self) -> tuple[int, ...]:
        """Days to the answer, of the answered requests whose days are known; ascending."""
        known = (each.days_to_answer for each in self.asked)
        return tuple(sorted(days for days in known if days is not None))

    @property
    def median_days(self) -> Decimal | None:
        """The median of them, half-up to a whole day; None where none is known."""
        if not self.days:
            return None
        return Decimal(str(median(self.days))).quantize(Decimal(1), rounding=ROUND_HALF_UP)

    @cached_property
    def states(self) -> tuple[str, ...]:
        """The States that asked."""
        return tuple(sorted({each.country for each in self.asked}))

    @cached_property
    def states_with_nothing(self) -> tuple[str, ...]:
        """Of these, those of which no request has support."""
        with_support = {each.country for each in self.asked if self.supported(each)}
        return tuple(state for state in self.states if state not in with_support)

    @cached_property
    def recommended(self) -> tuple[str, ...]:
        """States with a recommendation under para 8."""
        return tuple(sorted({each.country for each in self.asked if each.recommended}))

    @cached_property
    def recommended_supported(self) -> tuple[str, ...]:
        """Of these, those that qualifying support named in the year of their first recommendation or later."""
        first: dict[str, int] = {}
        for each in self.asked:
            if each.recommended:
                first[each.country] = min(first.get(each.country, 9999), each.year or 0)
        return tuple(sorted(state for state, year in first.items() if self.facts.years_given.get(state, -1) >= year))


def balance(facts: Facts, part: Part | None = None) -> Balance:
    """What was asked and given in a part of the whole."""
    part = part or Part()
    return Balance(facts.today, part, tuple(filter(part.admits, facts.asked)), facts)


def age_of(each: Asked, today: date) -> str:
    """How long it has waited: a code of AGES."""
    if each.day is None:
        return "age_unknown"
    waited = today - each.day
    for code, most in (("age_half_year", HALF_A_YEAR), ("age_year", YEAR), ("age_two_years", TWO_YEARS)):
        if waited < most:
            return code
    return "age_longer"


Test = Callable[[Balance, Asked], object]


@dataclass(frozen=True)
class Measure:
    """A share of requests: which count, of which, and what it is called."""

    label: str
    keep: Test
    of: Test


def _all(found: Balance, each: Asked) -> bool:
    return True


def _answered(found: Balance, each: Asked) -> bool:
    return each.answer != Answer.OPEN


def _open(found: Balance, each: Asked) -> bool:
    return each.answer == Answer.OPEN


def _is(answer: Answer) -> Test:
    return lambda found, each: each.answer == answer


def _met(met: Met) -> Test:
    return lambda found, each: each.met == met


def _promised(found: Balance, each: Asked) -> bool:
    return each.answer in PROMISED


def _due(found: Balance, each: Asked) -> bool:
    """A year has gone since the answer."""
    due = met_due_on(each.answer, each.answered_on)
    return due is not None and due <= found.today


def _late(found: Balance, each: Asked) -> bool:
    """The day that was named has gone, and there is no support."""
    passed = each.target_on is not None and each.target_on < found.today
    return _promised(found, each) and passed and not found.supported(each)


def _aged(code: str) -> Test:
    return lambda found, each: _open(found, each) and age_of(each, found.today) == code


AGES: Mapping[str, str] = {
    "age_half_year": N_("Open for less than half a year"),
    "age_year": N_("Open for half a year to a year"),
    "age_two_years": N_("Open for one to two years"),
    "age_longer": N_("Open for two years or longer"),
    "age_unknown": N_("Open, no date known"),
}
MEASURES: Mapping[str, Measure] = {
    "asked": Measure(N_("All requests"), _all, _all),
    "open": Measure(N_("Open"), _open, _all),
    "answered": Measure(N_("Answered"), _answered, _all),
    "accepted": Measure(N_("Accepted"), _is(Answer.ACCEPTED), _all),
    "referred": Measure(N_("Referred"), _is(Answer.REFERRED), _all),
    "declined": Measure(N_("Declined"), _is(Answer.DECLINED), _all),
    "supported": Measure(N_("Asked and given"), lambda f, e: f.supported(e), _all),
    "without_support": Measure(N_("Asked, nothing given so far"), lambda f, e: not f.supported(e), _all),
    "asked_not_given": Measure(
        N_("Asked and not given: open, no support"), lambda f, e: _open(f, e) and not f.supported(e), _all
    ),
    "late": Measure(N_("Target date passed, no support"), _late, _promised),
    "met": Measure(N_("Met"), _met(Met.MET), _promised),
    "partly_met": Measure(N_("Partly met"), _met(Met.PARTLY), _promised),
    "not_met": Measure(N_("Not met"), _met(Met.NOT_MET), _promised),
    "met_overdue": Measure(
        N_("“Was it met?” not answered, a year after the answer"), lambda f, e: e.met is None and _due(f, e), _due
    ),
    **{code: Measure(label, _aged(code), _open) for code, label in AGES.items()},
}
"""Every share of requests that there is. Each is a part of its base: a member that is none is left out by `share`."""


def share(found: Balance, measure: str) -> tuple[References, References]:
    """(the requests that count, those of which they are a part) of a measure; the first are among the second."""
    base = found.base(measure)
    among = frozenset(base)
    return tuple(ref for ref in found.members(measure) if ref in among), base


Read = Callable[[Balance], tuple[Iterable[object], Iterable[object]]]
FURTHER: Mapping[str, tuple[str, Read]] = {
    "given_not_asked": (N_("Given and not asked, of all activities"), lambda f: (f.given_not_asked, f.given)),
    "states_with_nothing": (
        N_("States with nothing, of the States that asked"),
        lambda f: (f.states_with_nothing, f.states),
    ),
    "recommended_supported": (
        N_("States with support since, of those with a recommendation under para 8"),
        lambda f: (f.recommended_supported, f.recommended),
    ),
}
"""Shares of other things than requests: of activities (by id) and of States."""
LABELS: Mapping[str, str] = {
    **{code: measure.label for code, measure in MEASURES.items()},
    **{code: label for code, (label, _read) in FURTHER.items()},
}


def counted(found: Balance, measure: str) -> tuple[References, References]:
    """(what counts, what it is a part of) of any measure, as texts."""
    if measure in FURTHER:
        members, base = FURTHER[measure][1](found)
        return tuple(map(str, members)), tuple(map(str, base))
    return share(found, measure)


def of_countries(asked: Iterable[Asked]) -> dict[str, tuple[Asked, ...]]:
    """{State: its requests}."""
    found: dict[str, list[Asked]] = {}
    for each in asked:
        found.setdefault(each.country, []).append(each)
    return {country: tuple(own) for country, own in sorted(found.items())}
