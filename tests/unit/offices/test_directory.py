"""The roster of a year, read from dated links (METHODOLOGY, State of an office in a year)."""

from __future__ import annotations

from datetime import date
from typing import Any

from app.offices.directory import Directory, Link, OfficeRecord

TODAY = date(2026, 11, 23)
ALWAYS = Link("", None, None)


def an_office(code: str = "0060", kind: str = "country", **links: Any) -> OfficeRecord:
    plain = {"name": "An office", "short_name": "Office", "host": "AFG", "time_zone": "Asia/Kabul"}
    rest: dict[str, Any] = {"dates_confidence": "", "source": "", "note": "", "retired_on": None}
    return OfficeRecord(code=code, type=kind, **plain, **rest, **links)


def entry(year: int, **links: Any) -> Any:
    return Directory({"0060": an_office(**links)}).roster(year, TODAY).offices[0]


def test_unknown_opening_counts_as_open_and_says_so() -> None:
    found = entry(1990, roster=(ALWAYS,))
    assert (found.on_roster, found.unknown_opening, found.expected) == (True, True, True)


def test_closed_in_a_year_is_on_its_roster_and_off_the_next() -> None:
    roster = (Link("", date(1997, 1, 1), date(2012, 12, 31)),)
    closing, after, before = entry(2012, roster=roster), entry(2013, roster=roster), entry(1996, roster=roster)
    assert (closing.on_roster, closing.opened_or_closed_in_year) == (True, True)
    assert (after.on_roster, after.opened_or_closed_in_year) == (False, False)
    assert not before.on_roster


def test_opened_in_the_running_year_counts_from_its_first_day() -> None:
    assert entry(2026, roster=(Link("", TODAY, None),)).on_roster
    assert not entry(2026, roster=(Link("", date(2026, 12, 1), None),)).on_roster


def test_exempt_is_not_expected_and_keeps_its_reason() -> None:
    exempt = (Link("evacuated", date(2020, 6, 1), date(2021, 6, 1)),)
    found = entry(2020, roster=(ALWAYS,), exemptions=exempt)
    assert (found.on_roster, found.exempt_reason, found.expected) == (True, "evacuated", False)
    assert entry(2021, roster=(ALWAYS,), exemptions=exempt).expected
    assert entry(2020, exemptions=exempt).exempt_reason is None


def test_region_is_that_of_31_december() -> None:
    moved = (Link("MENARO", None, date(2020, 6, 30)), Link("ESARO", date(2020, 7, 1), None))
    assert [entry(year, regions=moved).region for year in (2019, 2020)] == ["MENARO", "ESARO"]


def test_of_two_regions_on_a_day_the_later_begun_holds() -> None:
    both = (Link("ESARO", date(2020, 7, 1), None), Link("MENARO", None, None))
    assert entry(2020, regions=both).region == "ESARO"


def test_countries_are_those_of_the_day() -> None:
    served = (Link("FJI", None, None), Link("NRU", date(2020, 1, 1), date(2020, 6, 30)))
    assert entry(2020, countries=served).countries == {"FJI"}
    office = an_office(countries=served)
    assert office.countries_between(date(2020, 6, 30), date(2020, 12, 31)) == {"FJI", "NRU"}


def test_regional_offices_and_headquarters_are_in_no_roster() -> None:
    offices = {kind: an_office(kind, kind, roster=(ALWAYS,)) for kind in ("regional", "hq", "multi_country", "country")}
    roster = Directory(offices).roster(2020, TODAY)
    assert [e.type for e in roster.offices] == ["multi_country", "country"]
    assert roster.expected == roster.offices
