"""Office codes in identifiers, suggested support types, and codes translated into ours."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.exchange.iati_reader import office_code_from_identifier, our_scope, our_status, suggest_support_types
from tests.unit.exchange.iati_files import activity_xml, read_one

TABLE = [
    {"vocabulary": "99", "code": "23-03-01", "support_type": "diversion", "strength": "core"},
    {"vocabulary": "99", "code": "23-03-02", "support_type": "training", "strength": "core"},
    {"vocabulary": "1", "code": "15160", "support_type": "monitoring", "strength": "related"},
    {"vocabulary": "1", "code": "15130", "support_type": "law_reform", "strength": "core"},
    {"vocabulary": "1", "code": "15132", "support_type": "training", "strength": "core"},
    {"vocabulary": "1", "code": "15180", "support_type": "law_reform", "strength": "related"},
]
UNICEF = '<reporting-org ref="XM-DAC-41122" type="40"><narrative>UNICEF</narrative></reporting-org>'


@pytest.mark.parametrize(
    ("identifier", "code"),
    [
        ("XM-DAC-41122-Bangladesh-5070/A0/05/106/001", "5070"),
        ("41122-Afghanistan-0060/A0/05/106/001", "0060"),
        (" XM-DAC-41122-Guinea-Bissau-6850/A0/05/001 ", "6850"),
        ("XM-DAC-41122-Timor-Leste-7060/A0/05/001", "7060"),
        ("XM-DAC-41122-Fiji (Pacific Islands)-1430/A0/06/801/004", "1430"),
        ("XM-DAC-41122-Kosovo (UN SC resolution 1244)-8971/A0/05/001/003", "8971"),
        ("XM-DAC-41122-Palestine, State of-7050/A0/05/001", "7050"),
        ("XM-DAC-41122-Cote D'Ivoire-2250/A0/05/001", "2250"),
        ("XM-DAC-41122-Sao Tome & Principe-6830/A0/05/001", "6830"),
        ("XM-DAC-41122-EAPRO, Thailand-420R/A0/05/001", "420R"),
        ("XM-DAC-41122-eapro, thailand-420r/a0/05/001", "420R"),
        ("XM-DAC-41122-Division of Human Resources-456K/K0/10/005/008", "456K"),
        ("XM-DAC-41122-Procurement Services-120X/A0/05", "120X"),
        ("XM-DAC-41122-Plan 2018-2019/Kenya-2400/A0/05/001", "2400"),
        ("XM-DAC-41122-Exampleland-0000/X", "0000"),
        ("XM-DAC-41122-Bangladesh/A0/05/106/001", None),
        ("XM-DAC-41122-5070/A0/05", None),
        ("XM-DAC-41122-Report-2019", None),
        ("XM-DAC-41122-Bangladesh-50701/A0/05", None),
        ("XM-DAC-47059-Bangladesh-5070/A0/05", None),
        ("XM-DAC-411220-Bangladesh-5070/A0/05", None),
        ("GB-1-41122-Bangladesh-5070/A0/05", None),
        ("GB-COH-04154075-PRI-008", None),
        ("", None),
    ],
)
def test_office_code(identifier: str, code: str | None) -> None:
    assert office_code_from_identifier(identifier) == code


@given(st.text(st.sampled_from("41122-XMDAC/05R a("), max_size=60))
def test_office_code_has_four_characters_or_is_none(tail: str) -> None:
    code = office_code_from_identifier("XM-DAC-41122-" + tail)
    assert code is None or len(code) == 4


def test_vocabulary_99_means_something_only_from_unicef(tmp_path: Path) -> None:
    sectors = '<sector vocabulary="99" code="23-03-01" percentage="12.50"><narrative>Diversion</narrative></sector>'
    from_unicef = read_one(tmp_path, activity_xml(reporting_org=UNICEF, sector=sectors))
    (suggestion,) = suggest_support_types(from_unicef, TABLE)
    assert (suggestion.support_type, suggestion.strength) == ("diversion", "core")
    assert suggestion.because == "UNICEF code 23-03-01 Diversion, 12.5 %"
    assert suggest_support_types(read_one(tmp_path, activity_xml(sector=sectors)), TABLE) == ()


def test_core_comes_first_and_wins_and_reasons_are_joined(tmp_path: Path) -> None:
    sectors = (
        '<sector code="15160" percentage="20"/><sector code="15180" percentage="20"/>'
        '<sector vocabulary="1" code="15130" percentage="20"/><sector code="15132" percentage="40"/>'
        '<sector vocabulary="99" code="23-03-02" percentage="100"/>'
    )
    found = suggest_support_types(read_one(tmp_path, activity_xml(reporting_org=UNICEF, sector=sectors)), TABLE)
    assert [(each.support_type, each.strength) for each in found] == [
        ("training", "core"),
        ("law_reform", "core"),
        ("monitoring", "related"),
    ]
    assert "15132 Police, 40 %" in found[0].because
    assert "23-03-02" in found[0].because
    assert "15130" in found[1].because
    assert "15180" in found[1].because


def test_three_digit_sectors_suggest_nothing(tmp_path: Path) -> None:
    activity = read_one(tmp_path, activity_xml(sector='<sector vocabulary="2" code="151"/>'))
    assert suggest_support_types(activity, [*TABLE, {**TABLE[2], "code": "151"}]) == ()


def test_sectors_of_transactions_suggest_where_the_activity_has_none(tmp_path: Path) -> None:
    transaction = (
        '<transaction><transaction-type code="3"/><transaction-date iso-date="2020-01-01"/>'
        '<value value-date="2020-01-01">1</value><sector code="15130"/></transaction>'
    )
    activity = read_one(tmp_path, activity_xml(sector="", transaction=transaction * 2))
    assert [(s.vocabulary, s.code, s.level) for s in activity.sectors] == [("1", "15130", "transaction")]
    (suggestion,) = suggest_support_types(activity, TABLE)
    assert suggestion.because.endswith("named by transactions")


def test_our_codes() -> None:
    assert [our_status(code) for code in ("1", "2", "3", "4", "5", "6", "7", "", None)] == [
        "planned", "active", "finalising", "closed", "cancelled", "suspended", None, None, None,
    ]  # fmt: skip
    assert [our_scope(code) for code in ("1", "2", "3", "4", "5", "8", "9", None)] == [
        "global", "regional", "multi_country", "national", "subnational", "subnational", None, None,
    ]  # fmt: skip


def test_a_sector_of_no_percent_suggests_nothing(tmp_path: Path) -> None:
    none = '<sector code="15130" percentage="0.0"/><sector code="15160" percentage="100"/>'
    found = suggest_support_types(read_one(tmp_path, activity_xml(sector=none)), TABLE)
    assert [each.support_type for each in found] == ["monitoring"]
