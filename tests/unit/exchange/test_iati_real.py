"""The real files of UNICEF and other publishers, compared with the index that came with them."""

from __future__ import annotations

from collections import Counter, defaultdict
from itertools import chain

import pytest

from app.exchange.iati_codes import COUNTRY
from app.exchange.iati_reader import (
    IatiActivity,
    check_file,
    our_status,
    read_iati,
    suggest_support_types,
)
from tests.unit.exchange.iati_files import REAL, SHARED, TODAY, needs_shared, rows

pytestmark = needs_shared
FILES = {"unicef_activities_dev.xml": 37, "other_publishers_dev.xml": 50, "dportal_raw_dev.xml": 5}


def activities_of(file: str) -> list[IatiActivity]:
    return list(read_iati(REAL / file, today=TODAY))


@pytest.mark.parametrize(("file", "count"), FILES.items())
def test_every_activity_is_read(file: str, count: int) -> None:
    check = check_file(REAL / file)
    assert (check.activities, check.version, check.encoding) == (count, "2.03", "UTF-8")
    assert check.duplicates == {}
    read = activities_of(file)
    assert [activity.position for activity in read] == list(range(1, count + 1))
    assert [activity.line for activity in read] == sorted(activity.line for activity in read)
    assert all(activity.title and activity.description and activity.original for activity in read)
    assert not [fault for activity in read for fault in activity.faults if fault.severity == "error"]


@pytest.mark.parametrize("file", ["unicef_activities_dev.xml", "other_publishers_dev.xml"])
def test_fields_equal_the_index(file: str) -> None:
    index = [row for row in rows(REAL / "index_dev.csv") if row["file"] == file]
    for row, activity in zip(index, activities_of(file), strict=True):
        own = [sector for sector in activity.sectors if sector.level == "activity"]
        countries = [country.iso2 for country in activity.recipient_countries if country.level == "activity"]
        assert activity.identifier == row["iati_identifier"]
        assert activity.reporting_org.ref == row["reporting_org"]
        assert (activity.office_code or "") == row["office_code"]
        assert "|".join(sorted(countries)) == row["country"]
        assert "|".join(sorted({s.code for s in own if s.vocabulary == "1"})) == row["sector_dac"]
        if activity.is_unicef:
            assert "|".join(sorted({s.code for s in own if s.vocabulary == "99"})) == row["sector_unicef"]
        assert "|".join(sorted({aid.code for aid in activity.default_aid_types})) == row["aid_type"]
        assert activity.activity_status == row["status"]
        assert our_status(activity.activity_status)


WORDS = {
    "The attribute 'code' is required but missing.": "has no code, which IATI requires.",
    "The attribute 'measure' is required but missing.": "has no measure, which IATI requires.",
    "The attribute 'vocabulary' is not allowed.": "has an attribute vocabulary, which IATI does not allow there.",
}


@pytest.mark.parametrize("file", ["unicef_activities_dev.xml", "other_publishers_dev.xml"])
def test_faults_equal_those_of_the_schema(file: str) -> None:
    """What a schema validator found, and how often; and nothing about the shape of valid activities."""
    expected: dict[str, Counter[str]] = defaultdict(Counter)
    for row in rows(REAL / "xsd_results_dev.csv"):
        if row["file"] == file and row["result"] == "invalid":
            element = row["message"].split("'")[1]
            words = next(ours for theirs, ours in WORDS.items() if row["message"].endswith(theirs))
            expected[row["iati_identifier"]][f"{element} {words}"] += int(row["times"])
    for activity in activities_of(file):
        found: Counter[str] = Counter()
        for fault in activity.faults:
            if "IATI requires" in fault.message or "IATI does not allow" in fault.message:
                found[fault.message] += fault.times
        assert found == expected[activity.identifier]


def test_office_codes_are_real_offices() -> None:
    offices = {row["office_code"] for row in rows(SHARED / "offices.csv")}
    for activity in chain(activities_of("unicef_activities_dev.xml")):
        assert activity.is_unicef
        assert activity.office_code in offices


def test_suggestions() -> None:
    table = rows(SHARED / "iati_support_types.csv")
    found = {a.identifier: suggest_support_types(a, table) for a in activities_of("unicef_activities_dev.xml")}
    told = {identifier for identifier, suggestions in found.items() if suggestions}
    child_protection = "XM-DAC-41122-Bangladesh-5070/A0/05/106/005"
    assert told == {
        child_protection,
        "XM-DAC-41122-Dominican Republic-1260/A0/05/802/004",
        "XM-DAC-41122-India-2040/A0/06/400/404",
    }
    assert {each.support_type for each in found[child_protection] if each.strength == "core"} == {
        "diversion", "alternatives", "training", "capacity_building", "social_workforce", "admin_of_justice",
        "child_victims_witnesses", "advisory_services",
    }  # fmt: skip


def test_foreign_namespaces_are_one_note_an_activity() -> None:
    for activity in activities_of("dportal_raw_dev.xml"):
        (fault,) = [fault for fault in activity.faults if "other standards" in fault.message]
        assert fault.severity == "note"
        assert "d-portal" in fault.value
        assert "dstore:dataset" in activity.original


def test_countries_of_transactions_stand_in() -> None:
    by_identifier = {activity.identifier: activity for activity in activities_of("other_publishers_dev.xml")}
    usaid = by_identifier["US-GOV-1-72066020CA00002"]
    assert [(country.iso2, country.level) for country in usaid.recipient_countries] == [("CD", "transaction")]


def test_our_list_of_countries_is_the_reference_list() -> None:
    assert {row["iso2"] for row in rows(SHARED / "countries.csv")} == COUNTRY


def test_the_sample_has_no_faults() -> None:
    (activity,) = read_iati(SHARED / "iati" / "sample_activity_203.xml", today=TODAY)
    assert [fault.message for fault in activity.faults] == []
    assert activity.titles["fr"].startswith("Projet pilote")
    assert activity.title_language == "en"
    assert [tag.code for tag in activity.tags] == ["16.3", "VG-35"]
    assert activity.office_code == "0000"
