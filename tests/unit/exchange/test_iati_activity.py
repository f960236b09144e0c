"""One activity: its fields, its faults, and what is kept of it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from app.exchange.iati_reader import read_iati
from tests.unit.exchange.iati_files import TODAY, activity_xml, file_xml, only, read_one, written


def test_a_plain_activity_has_no_faults(tmp_path: Path) -> None:
    activity = read_one(tmp_path, activity_xml())
    assert activity.faults == ()
    assert (activity.identifier, activity.position, activity.line) == ("XX-1-A", 1, 3)
    assert (activity.title, activity.title_language) == ("Diversion for children", "en")
    assert (activity.description, activity.description_language) == ("What it is about.", "en")
    assert (activity.reporting_org.ref, activity.reporting_org.name) == ("XX-1", "Reporter")
    assert (activity.activity_status, activity.actual_start, activity.scope) == ("2", date(2020, 1, 1), None)
    assert [(c.iso2, c.percentage) for c in activity.recipient_countries] == [("KE", None)]
    assert not activity.is_unicef
    assert activity.office_code is None


def test_languages(tmp_path: Path) -> None:
    title = (
        "<title><narrative>Titre</narrative><narrative xml:lang='ES'>Título</narrative>"
        "<narrative xml:lang='EN_gb'>Title</narrative><narrative xml:lang='es'>Otro</narrative></title>"
    )
    description = (
        '<description type="2"><narrative>Buts</narrative></description>'
        '<description type="1"><narrative>Un</narrative></description>'
        '<description type="1"><narrative>Deux</narrative></description>'
    )
    activity = read_one(tmp_path, activity_xml(attributes='xml:lang="fra"', title=title, description=description))
    assert activity.titles == {"fr": "Titre", "es": "Título", "en-gb": "Title"}
    assert (activity.title, activity.title_language) == ("Title", "en-gb")
    assert only(activity, "A second title in the same language").value == "Otro"
    assert [(each.type, dict(each.texts)) for each in activity.descriptions] == [
        ("2", {"fr": "Buts"}),
        ("1", {"fr": "Un\n\nDeux"}),
    ]
    assert (activity.description, activity.description_language) == ("Un\n\nDeux", "fr")


def test_language_of_the_file_and_none(tmp_path: Path) -> None:
    xml = file_xml(activity_xml(attributes="")).replace("<iati-activities", '<iati-activities xml:lang="AR"')
    (activity,) = read_iati(written(tmp_path, xml))
    assert (activity.default_language, activity.title_language) == ("ar", "ar")
    assert read_one(tmp_path, activity_xml(attributes="")).title_language == ""


def budget(amount: str, last: str = "2020-12-31", currency: str = 'currency="USD"') -> str:
    return (
        f'<budget><period-start iso-date="2020-01-01"/><period-end iso-date="{last}"/>'
        f'<value {currency} value-date="2020-01-01">{amount}</value></budget>'
    )


@pytest.mark.parametrize(
    ("changes", "words", "severity"),
    [
        ({"iati_identifier": ""}, "no identifier", "error"),
        ({"iati_identifier": "<iati-identifier>  </iati-identifier>"}, "no identifier", "error"),
        ({"iati_identifier": "<iati-identifier>A\nB</iati-identifier>"}, "line breaks or odd blanks", "warning"),
        ({"title": ""}, "no title", "error"),
        ({"title": "<title><narrative>\u200b </narrative></title>"}, "no title", "error"),
        ({"title": "<title><narrative/></title>"}, "A narrative is empty", "note"),
        ({"activity_status": ""}, "no status", "error"),
        ({"activity_status": '<activity-status code=""/>'}, "The status has no code", "error"),
        ({"activity_status": '<activity-status code="9"/>'}, "status is not on IATI's list", "error"),
        ({"activity_scope": '<activity-scope code="9"/>'}, "code of activity-scope is not on IATI's list", "warning"),
        ({"reporting_org": ""}, "who reports it", "error"),
        (
            {"reporting_org": '<reporting-org ref="" type="10"><narrative>A</narrative></reporting-org>'},
            "no reference",
            "error",
        ),
        ({"participating_org": '<participating-org role="4"/>'}, "neither name nor reference", "warning"),
        (
            {"participating_org": '<participating-org role="7" ref="A"/>'},
            "role of participating-org is not on",
            "warning",
        ),
        (
            {"participating_org": '<participating-org role="1" type="5" ref="A"/>'},
            "type of participating-org is",
            "warning",
        ),
        ({"activity_date": '<activity-date type="2" iso-date="01/02/2020"/>'}, "actual start is not a date", "error"),
        ({"activity_date": '<activity-date type="2" iso-date=""/>'}, "actual start is blank", "warning"),
        (
            {"activity_date": '<activity-date type="3" iso-date="9999-12-31"/>'},
            "planned end cannot be right",
            "warning",
        ),
        (
            {"activity_date": '<activity-date type="8" iso-date="2020-01-01"/>'},
            "type of activity-date is not on",
            "warning",
        ),
        (
            {"activity_date": '<activity-date type="4" iso-date="2027-01-01"/>'},
            "actual end is in the future",
            "warning",
        ),
        ({"recipient_country": '<recipient-country code="KEN"/>'}, "no known two-letter code", "warning"),
        ({"recipient_country": '<recipient-country code="AN"/>'}, "no known two-letter code", "warning"),
        ({"recipient_country": '<recipient-country code=""/>'}, "code is blank", "warning"),
        ({"recipient_country": "<recipient-country/>"}, "recipient-country has no code", "warning"),
        ({"recipient_country": '<recipient-country code="ke"/>'}, "written in capitals", "note"),
        ({"recipient_country": ""}, "no recipient country or region", "warning"),
        (
            {"recipient_country": '<recipient-country code="KE" percentage="lots"/>'},
            "not a number from 0 to 100",
            "warning",
        ),
        ({"recipient_country": '<recipient-country code="KE" percentage="100%"/>'}, "should be a plain number", "note"),
        ({"recipient_region": '<recipient-region code="7" vocabulary="1"/>'}, "not on OECD-DAC's list", "warning"),
        ({"sector": ""}, "names no sector", "warning"),
        ({"sector": "<sector/>"}, "sector has no code", "warning"),
        ({"sector": '<sector code="151"/>'}, "five-digit", "warning"),
        ({"sector": '<sector code="15140"/>'}, "withdrawn", "note"),
        ({"sector": '<sector vocabulary="55" code="1"/>'}, "vocabulary is not on IATI's list", "warning"),
        ({"default_aid_type": '<default-aid-type code="Z9"/>'}, "aid type is not on", "warning"),
        ({"sector": '<sector code="15130" percentage="0"/>'}, "share is 0 percent", "note"),
        ({"extra": budget("-5")}, "The budget is below zero", "warning"),
        ({"extra": budget("5", last="2019-12-31")}, "The budget ends before it begins", "warning"),
        ({"extra": budget("5", currency="")}, "The amount has no currency", "warning"),
        ({"title": "<title><narrative>PilÃ´tÃ© dÃ©jÃ\xa0</narrative></title>"}, "looks garbled", "warning"),
        ({"tag": '<tag vocabulary="55" code="1"/>'}, "tag's vocabulary", "warning"),
        ({"location": '<location><location-id vocabulary="G1"/></location>'}, "location-id has no code", "warning"),
        ({"attributes": 'xmlns:d="u:d" d:a="1" d:b="2"'}, "other standards", "note"),
        ({"contact_info": "<contact-info><email>a@b.org</email></contact-info>"}, "Contact data was left out", "note"),
    ],
)
def test_faults(tmp_path: Path, changes: dict[str, str], words: str, severity: str) -> None:
    fault = only(read_one(tmp_path, activity_xml(**changes)), words)
    assert fault.severity == severity
    assert fault.line == 3 or "\n" in str(changes)
    assert fault.where.startswith("iati-activity[1]")


@pytest.mark.parametrize(
    ("dates", "words"),
    [
        ({"1": "2020-02-01", "3": "2020-01-31"}, "The planned end is before the planned start (2020-02-01)."),
        ({"2": "2020-02-01", "4": "2020-01-31"}, "The actual end is before the actual start (2020-02-01)."),
        ({"2": "2020-02-01", "3": "2020-01-31"}, "The planned end is before the actual start (2020-02-01)."),
        ({"1": "2020-02-01", "4": "2020-01-31"}, "The actual end is before the planned start (2020-02-01)."),
        ({"1": "2020-02-01", "3": "2020-02-01"}, ""),
        ({"1": "2030-02-01", "3": "2031-02-01"}, ""),
        ({"2": "2026-11-23", "4": "2026-11-23"}, ""),
        ({"2": "2026-11-24"}, "The actual start is in the future."),
    ],
)
def test_order_of_dates(tmp_path: Path, dates: dict[str, str], words: str) -> None:
    xml = "".join(f'<activity-date type="{kind}" iso-date="{day}"/>' for kind, day in dates.items())
    activity = read_one(tmp_path, activity_xml(activity_date=xml))
    assert [fault.message for fault in activity.faults] == ([words] if words else [])
    found = (activity.planned_start, activity.actual_start, activity.planned_end, activity.actual_end)
    assert [day and day.isoformat() for day in found] == [dates.get(kind) for kind in "1234"]


def test_odd_dates(tmp_path: Path) -> None:
    xml = (
        '<activity-date type="2" iso-date="2020-01-02T10:00:00Z"/><activity-date type="2" iso-date="2020-01-03"/>'
        '<activity-date type="1" iso-date="2020-01-01Z"/>'
    )
    activity = read_one(tmp_path, activity_xml(activity_date=xml))
    assert (activity.actual_start, activity.planned_start) == (date(2020, 1, 2), date(2020, 1, 1))
    assert only(activity, "has a time of day").severity == "note"
    assert only(activity, "A second actual start").value == "2020-01-03"
    path = written(tmp_path, file_xml(activity_xml(activity_date='<activity-date type="2" iso-date="2030-01-01"/>')))
    assert next(read_iati(path)).faults == ()  # without a today nothing is in the future
    assert next(read_iati(path, today=TODAY)).faults


COUNTRIES = "Not every one of the recipient countries and regions has a percentage."
SUM = "The percentages of the recipient countries and regions do not add up to 100."


@pytest.mark.parametrize(
    ("places", "words", "severity"),
    [
        ([("country", "KE", "60"), ("country", "UG", "40")], "", ""),
        ([("country", "KE", "33.33"), ("country", "UG", "33.33"), ("country", "TZ", "33.34")], "", ""),
        ([("country", "KE", "100"), ("region", "1", "298", "0")], "", ""),
        ([("country", "KE", "50"), ("region", "1", "298", "50")], "", ""),
        ([("region", "1", "298", "100"), ("region", "99", "X", "100")], "", ""),
        ([("country", "KE", "")], "", ""),
        ([("country", "KE", "60"), ("country", "UG", "39.5")], SUM, "note"),
        ([("country", "KE", "60"), ("country", "UG", "30")], SUM, "warning"),
        ([("country", "KE", "50")], SUM, "warning"),
        ([("country", "KE", "100"), ("region", "1", "298", "100")], SUM, "warning"),
        ([("country", "KE", ""), ("country", "UG", "")], COUNTRIES, "warning"),
        ([("country", "KE", "100"), ("country", "UG", "")], COUNTRIES, "warning"),
    ],
)
def test_percentages_of_places(tmp_path: Path, places: list[tuple[str, ...]], words: str, severity: str) -> None:
    xml = {"country": "", "region": ""}
    for kind, *vocabulary, code, share in places:
        said = f' vocabulary="{vocabulary[0]}"' if vocabulary else ""
        xml[kind] += f'<recipient-{kind} code="{code}"{said}' + (f' percentage="{share}"/>' if share else "/>")
    activity = read_one(tmp_path, activity_xml(recipient_country=xml["country"], recipient_region=xml["region"]))
    assert [(fault.message, fault.severity) for fault in activity.faults] == ([(words, severity)] if words else [])


def test_percentages_of_sectors_by_vocabulary(tmp_path: Path) -> None:
    xml = (
        '<sector code="15130" percentage="50"/><sector vocabulary="1" code="15132" percentage="50"/>'
        '<sector vocabulary="99" code="a" percentage="10.5"/><sector vocabulary="99" code="b" percentage="10"/>'
    )
    activity = read_one(tmp_path, activity_xml(sector=xml))
    fault = only(activity, "sectors of vocabulary 99 do not add up")
    assert (fault.severity, fault.value) == ("warning", "20.5")
    assert [(s.vocabulary, s.code, s.percentage) for s in activity.sectors][:2] == [
        ("1", "15130", Decimal(50)),
        ("1", "15132", Decimal(50)),
    ]


def test_the_caller_says_which_countries_are_known(tmp_path: Path) -> None:
    path = written(tmp_path, file_xml(activity_xml()))
    assert next(read_iati(path, countries={"UG"})).recipient_countries == ()


def test_contact_data_is_nowhere(tmp_path: Path) -> None:
    activity = read_one(
        tmp_path,
        activity_xml(
            attributes='xmlns:x="u:v" x:email="hidden1@example.org"',
            contact_info="<contact-info><person-name><narrative>Hidden Two</narrative></person-name></contact-info>",
            title="<title><narrative>Title<!-- <email>hidden3@example.org</email> --> goes on</narrative></title>",
            description="<description><narrative>Ask hidden.four@mail.example.org, or come.</narrative></description>",
            document_link='<document-link url="mailto:hidden5@example.org" format="text/html">'
            '<title><narrative>Mail</narrative></title><category code="A01"/></document-link>',
            extra="<x:note>before<x:Telephone>+1 555 HIDDEN6</x:Telephone>after</x:note><!-- kept -->",
        ),
    )
    everything = repr(activity).lower()
    assert "hidden" not in everything
    assert "beforeafter" in activity.original
    assert "<!-- kept -->" in activity.original
    assert activity.title == "Title goes on"
    assert activity.description == "Ask [e-mail address removed], or come."
    assert activity.document_links == ()
    assert only(activity, "Contact data").message == (
        "Contact data was left out: 3 elements, 3 addresses in text or attributes."
    )


def test_the_original_is_whole_and_xml_again(tmp_path: Path) -> None:
    xml = activity_xml(extra='<result type="1"><title><narrative>ناتج &amp; é</narrative></title></result>')
    original = read_one(tmp_path, xml).original
    assert etree.tostring(etree.fromstring(original), method="c14n") == etree.tostring(
        etree.fromstring(xml), method="c14n"
    )


def test_links_tags_and_counts(tmp_path: Path) -> None:
    link = (
        '<document-link url="{}" format="application/pdf"><title><narrative>Paper</narrative></title>'
        '<category code="A01"/><category code="B01"/><language code="EN"/></document-link>'
    )
    activity = read_one(
        tmp_path,
        activity_xml(
            attributes='humanitarian="true" hierarchy="2"',
            document_link="".join(
                map(link.format, ["https://a.org/x y", "javascript:alert(1)", "www.b.org", "https://a.org/x y"])
            ),
            tag='<tag vocabulary="3" code="16.3"><narrative>Law</narrative></tag>',
            default_aid_type='<default-aid-type code="D02"/>',
            activity_scope='<activity-scope code="4"/>',
            location="<location/><location/>",
        ),
    )
    assert [link.url for link in activity.document_links] == ["https://a.org/x y", "http://www.b.org"]
    first = activity.document_links[0]
    assert (first.title, first.format, first.language) == ("Paper", "application/pdf", "en")
    assert first.categories == ("A01", "B01")
    assert only(activity, "does not begin with http").value == "javascript:alert(1)"
    assert [(tag.vocabulary, tag.code, tag.name) for tag in activity.tags] == [("3", "16.3", "Law")]
    assert [(aid.vocabulary, aid.code) for aid in activity.default_aid_types] == [("1", "D02")]
    assert (activity.scope, activity.humanitarian, activity.hierarchy) == ("4", True, "2")
    assert (activity.locations, activity.transactions) == (2, 0)


OLD = """
<iati-activity xml:lang="en">
  <reporting-org ref="41122" type="40">UNICEF</reporting-org>
  <iati-identifier>41122-Afghanistan-0060/A0/04/001/002</iati-identifier>
  <title>Juvenile justice</title><title xml:lang="fr">Justice juvénile</title>
  <description type="1">About it</description>
  <activity-status code="2">Implementation</activity-status>
  <activity-date type="start-planned" iso-date="2010-01-01"/>
  <activity-date type="end-actual">2011-12-31</activity-date>
  <participating-org role="Funding" type="10" ref="SE-0">Sweden</participating-org>
  <recipient-country code="AF" percentage="100">Afghanistan</recipient-country>
  <sector vocabulary="DAC" code="15130">Legal</sector>
  <sector vocabulary="RO" code="23-03-01">Own</sector>
  <activity-website>https://example.org</activity-website>
</iati-activity>
"""


@pytest.mark.parametrize("version", ["1.01", "1.05", ""])
def test_iati_1_is_read_as_far_as_it_goes(tmp_path: Path, version: str) -> None:
    activity = read_one(tmp_path, OLD, version=version)
    assert activity.faults == ()
    assert activity.titles == {"en": "Juvenile justice", "fr": "Justice juvénile"}
    assert (activity.office_code, activity.is_unicef, activity.description) == ("0060", True, "About it")
    assert (activity.activity_status, activity.planned_start, activity.actual_end) == (
        "2",
        date(2010, 1, 1),
        date(2011, 12, 31),
    )
    assert [(org.role, org.ref, org.name) for org in activity.participating_orgs] == [("1", "SE-0", "Sweden")]
    assert [(s.vocabulary, s.code, s.name) for s in activity.sectors] == [
        ("1", "15130", "Legal"),
        ("99", "23-03-01", "Own"),
    ]


def test_iati_1_status_in_words_and_missing_codes(tmp_path: Path) -> None:
    xml = OLD.replace(' code="2">Implementation', ">Completion").replace('code="AF" ', "")
    activity = read_one(tmp_path, xml, version="1.03")
    assert activity.activity_status == "3"
    assert only(activity, "recipient-country has no code").severity == "warning"


@given(st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), min_size=1, max_size=60))
def test_any_text_comes_back(tmp_path: Path, text: str) -> None:
    node = etree.Element("narrative")
    try:
        node.text = text
    except ValueError:
        return  # not allowed in XML
    title = f"<title>{etree.tostring(node, encoding='unicode')}</title>"
    activity = read_one(tmp_path, activity_xml(title=title))
    if "@" not in text:
        assert activity.title == " ".join(activity.title.split())
        assert set(activity.title) <= set(text) | {" "}


def test_amounts_that_are_in_order_have_no_faults(tmp_path: Path) -> None:
    with_default = 'xml:lang="en" default-currency="USD"'
    for activity in (
        activity_xml(extra=budget("-0")),
        activity_xml(extra=budget("5", last="2020-01-01")),
        activity_xml(attributes=with_default, extra=budget("5", currency="")),
    ):
        told = [fault.message for fault in read_one(tmp_path, activity).faults]
        assert not [message for message in told if "budget " in message or "amount" in message], told


def test_a_sector_that_stands_twice_has_both_shares(tmp_path: Path) -> None:
    twice = '<sector code="15130" percentage="50"/>' * 2
    activity = read_one(tmp_path, activity_xml(sector=twice))
    assert [(s.code, s.percentage) for s in activity.sectors] == [("15130", Decimal(100))]
    assert {fault.severity for fault in activity.faults} == {"note"}
    assert only(activity, "the shares were added").value == "15130"


@pytest.mark.parametrize("declared", ["ISO-8859-1", "windows-1252"])
def test_a_file_in_utf_8_that_declares_another_encoding_is_told(tmp_path: Path, declared: str) -> None:
    title = "<title><narrative>Piloté déjà, l’été</narrative></title>"
    xml = file_xml(activity_xml(title=title), activity_xml(title=title)).replace("UTF-8", declared).encode()
    for activity in read_iati(written(tmp_path, xml)):
        assert only(activity, "looks garbled").where.startswith(f"iati-activity[{activity.position}]/title/narrative")
    right = file_xml(activity_xml(title=title.replace("’", "'"))).replace("UTF-8", declared).encode("latin-1")
    assert not [f for a in read_iati(written(tmp_path, right)) for f in a.faults if "garbled" in f.message]
