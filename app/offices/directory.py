"""The offices with all their dated links, loaded once: any day and any year can be read from it. No I/O."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from app.offices.rules import begins_or_ends_in, covers, figure_day, overlaps

REPORTING_TYPES = ("country", "multi_country")


@dataclass(frozen=True)
class Link:
    """A dated link of an office. `target` is a region, a country, an exemption's reason, or "" (the roster)."""

    target: str
    valid_from: date | None
    valid_to: date | None


@dataclass(frozen=True)
class OfficeRecord:
    """An office and its links. `name` is the English one; pages take theirs from the labels."""

    code: str
    type: str
    name: str
    short_name: str
    host: str
    time_zone: str
    dates_confidence: str
    source: str
    note: str
    retired_on: date | None
    regions: tuple[Link, ...] = ()
    countries: tuple[Link, ...] = ()
    roster: tuple[Link, ...] = ()
    exemptions: tuple[Link, ...] = ()

    @property
    def reports(self) -> bool:
        """A country or multi-country office: the only ones in k and N."""
        return self.type in REPORTING_TYPES

    def region_on(self, day: date) -> str | None:
        """The office's one region on a day; of two links that overlap, the later one."""
        valid = [link for link in self.regions if covers(link.valid_from, link.valid_to, day)]
        return max(valid, key=lambda link: link.valid_from or date.min).target if valid else None

    def countries_between(self, first: date, last: date) -> frozenset[str]:
        """The iso3 codes of the countries served on any day from first to last."""
        return frozenset(c.target for c in self.countries if overlaps(c.valid_from, c.valid_to, first, last))


@dataclass(frozen=True)
class OfficeRow:
    """An office as it is on one day."""

    code: str
    type: str
    name: str
    short_name: str
    host: str
    time_zone: str
    dates_confidence: str
    source: str
    note: str
    retired_on: date | None
    region: str | None
    countries: frozenset[str]
    on_roster: bool


@dataclass(frozen=True)
class RosterEntry:
    """A country or multi-country office in a year, as of the figure's day."""

    code: str
    type: str
    region: str | None
    countries: frozenset[str]
    on_roster: bool
    unknown_opening: bool
    opened_or_closed_in_year: bool
    exempt_reason: str | None

    @property
    def expected(self) -> bool:
        """In N: on the roster and not exempt."""
        return self.on_roster and self.exempt_reason is None


@dataclass(frozen=True)
class Roster:
    """Every country and multi-country office in a year, by code; `day` is the figure's day."""

    year: int
    day: date
    offices: tuple[RosterEntry, ...]

    @property
    def expected(self) -> tuple[RosterEntry, ...]:
        """The denominator."""
        return tuple(entry for entry in self.offices if entry.expected)


@dataclass(frozen=True)
class Directory:
    """Every office by its code, in the order of the codes."""

    offices: Mapping[str, OfficeRecord]

    def on(self, day: date) -> tuple[OfficeRow, ...]:
        """Every office as it is on `day`."""
        return tuple(as_of(office, day) for office in self.offices.values())

    def roster(self, year: int, today: date) -> Roster:
        """The roster of a year (METHODOLOGY, State of an office in a year), as known on `today`."""
        day = figure_day(year, today)
        entries = (entry_of(office, year, day) for office in self.offices.values() if office.reports)
        return Roster(year, day, tuple(entries))


def as_of(office: OfficeRecord, day: date) -> OfficeRow:
    """`office` as it is on `day`."""
    return OfficeRow(
        code=office.code,
        type=office.type,
        name=office.name,
        short_name=office.short_name,
        host=office.host,
        time_zone=office.time_zone,
        dates_confidence=office.dates_confidence,
        source=office.source,
        note=office.note,
        retired_on=office.retired_on,
        region=office.region_on(day),
        countries=office.countries_between(day, day),
        on_roster=any(covers(r.valid_from, r.valid_to, day) for r in office.roster),
    )


def entry_of(office: OfficeRecord, year: int, day: date) -> RosterEntry:
    """`office` in the roster of `year`, read on `day`. An unknown opening counts as open all along."""
    covering = [r for r in office.roster if covers(r.valid_from, r.valid_to, day)]
    reasons = [e.target for e in office.exemptions if covers(e.valid_from, e.valid_to, day)]
    return RosterEntry(
        code=office.code,
        type=office.type,
        region=office.region_on(day),
        countries=office.countries_between(day, day),
        on_roster=bool(covering),
        unknown_opening=any(r.valid_from is None for r in covering),
        opened_or_closed_in_year=any(begins_or_ends_in(r.valid_from, r.valid_to, year) for r in office.roster),
        exempt_reason=reasons[0] if covering and reasons else None,
    )
