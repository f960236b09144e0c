"""The files of activities and reports: what each says of itself, what comes back of it, and what never leaves."""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from collections.abc import Iterator

import pytest
from flask.testing import FlaskClient
from lxml import etree

from app.activities.deliveries import Delivery, People, add_delivery
from app.activities.rules import ProvisionTag, TypeTag
from app.activities.services import withdraw_activity
from app.core.db import unit_of_work
from app.core.permissions import SYSTEM
from app.reports.export import FORMATS, formats_of
from app.reports.registry import REPORTS
from app.reports.renderers.csv import unguard
from config import ROOT
from tests.factories.activities import approved, drafted, proposed, submitted
from tests.house.world import World, new_world
from tests.sheets import cells, formulas, sheet_names

SCHEMA = ROOT.parent / "shared" / "data" / "iati" / "iati-activities-schema.xsd"
NAME = r'filename="{}_([A-Za-z0-9-]+_)?definition-2026-1_\d{{4}}-\d\d-\d\dT\d{{4}}Z\.{}"'
NAUGHTY = (
    "=1+1", "'=1+1", "'leading", "+31 6", "@SUM(A1)", "-2-3", "a\nb", "\u200bzero width", "\u202eright to left\u202c",
    'say "yes", twice', "<r><t>x</t></r>", "_x0041_", "_x005F_x0041_", "0060", "مرحبا", "🙂 astral", "a;b", "＝1",
)  # fmt: skip
SECRET = "SECRET of the court"


@pytest.fixture(scope="module")
def world(server, tmp_path_factory) -> Iterator[World]:
    """Records with text of every kind, a sensitive one, and some that do not go out; nobody changes them."""
    with new_world(server, tmp_path_factory.mktemp("files")) as made:
        _fill(made.sessions)
        yield made


@pytest.fixture(scope="module")
def hq(world) -> FlaskClient:
    """Headquarters' browser."""
    return world.browser("hq")


def _fill(sessions) -> None:
    with unit_of_work(sessions) as session:
        for number, text in enumerate(NAUGHTY):
            approved(session, title=text, summary=text, actual_start="2025-03" if number % 2 else "2025-03-10")
        approved(session, title=SECRET, summary=SECRET, delivered=SECRET, sensitive=True, visibility="all_staff")
        submitted(session, title="Not yet approved")
        drafted(session, title="A draft")
        gone = approved(session, title="Logged twice")
        withdraw_activity(session, SYSTEM, gone, "Logged twice.", gone.version)
        approved(
            session,
            "0420",
            title="Of two countries",
            countries=("BRB", "LCA"),
            countries_reason="Both asked.",
            provisions=(ProvisionTag("E1997-30-8", "mandated_by"), ProvisionTag("E1997-30-8", "asked_under"),
                        ProvisionTag("CRC-4", "mandated_by")),
            types=(TypeTag("training"), TypeTag("diversion"), TypeTag("law_reform")),
        )  # fmt: skip
        was = approved(session, title="Was open once")
        proposed(session, was, title="Is closed now", sensitive=True)


def csv_rows(data: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline="")))


@pytest.mark.parametrize("ending", FORMATS)
def test_every_report_has_every_file_the_same_in_every_language(world, ending) -> None:
    """Contract: report × renderer × locale."""
    client = world.fresh_browser("hq")
    for report in REPORTS.values():
        path = f"/reports/{report.key}.{ending}"
        if ending not in formats_of(report):
            assert client.get(path).status_code == 404, path
            continue
        told = []
        for language in ("en", "qps"):
            client.set_cookie("language", language)
            answer = client.get(path)
            assert (answer.status_code, answer.content_type) == (200, FORMATS[ending].content_type), path
            assert re.search(NAME.format(report.key, re.escape(ending)), answer.headers["Content-Disposition"]), path
            told.append(re.sub(rb"\d\d:\d\d(:\d\d)?", b"", unpacked(answer.data)))
        assert told[0] == told[1] or ending == "xlsx", path
        CHECKS.get(ending, lambda _report, _data: None)(report, answer.data)


def check_workbook(report, data: bytes) -> None:
    assert sheet_names(data)[1] == "About"
    assert not formulas(data)
    said = {row[0]: row[1] for row in cells(data, "About") if row}
    assert said["Report"] == report.key
    assert said["Definition version"] == "2026-1"


def check_archive(report, data: bytes) -> None:
    archive = zipfile.ZipFile(io.BytesIO(data))
    assert archive.testzip() is None
    assert {"README.txt", "about.json", f"{report.key}.csv"} <= set(archive.namelist())


def check_json(report, data: bytes) -> None:
    assert {"report", "filters_in_words", "definition_version", "generated_at", "demonstration", "provisional"} <= set(
        json.loads(data)
    )


CHECKS = {"xlsx": check_workbook, "zip": check_archive, "json": check_json}


def test_text_of_every_kind_comes_back_from_csv_xlsx_and_json(hq) -> None:
    plain = {r["title"] for r in json.loads(hq.get("/activities.json").text)["rows"]}
    from_csv = csv_rows(hq.get("/activities.csv").data)
    book = hq.get("/activities.xlsx").data
    head, *rows = cells(book, "activities")
    assert set(NAUGHTY) < plain
    assert {unguard(row["title"]) for row in from_csv} == plain
    assert {row[head.index("title")] for row in rows} == plain - {""} | {None}
    assert {row[head.index("summary")] for row in rows} >= set(NAUGHTY)
    assert not formulas(book)


def test_the_workbook_has_the_same_table_with_types(hq) -> None:
    told = json.loads(hq.get("/activities.json").text)
    book = hq.get("/activities.xlsx").data
    head, *rows = cells(book, "activities")
    assert head == [c["key"] for c in told["columns"]]
    assert len(rows) == len(told["rows"])
    for mine, theirs in zip(rows, told["rows"], strict=True):
        for key, value in zip(head, mine, strict=True):
            assert value == as_cell(theirs[key]), key


def as_cell(value):
    """A JSON value as a cell has it."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ";".join(value) or None
    return None if value == "" else value


def test_a_workbook_says_what_it_is(hq) -> None:
    said = dict(
        row[:2] for row in cells(hq.get("/activities.xlsx?year=2025&basis=provisional").data, "About") if row[0]
    )
    assert said["Filters"].startswith("Year: 2025")
    assert said["Basis"].startswith("Provisional")
    assert said["Definition version"] == "2026-1"
    assert said["Demonstration data"] == "No."
    assert said["Text left out"].startswith("2 sensitive")
    assert said["title"] == "Title"


def test_no_file_has_the_text_of_a_sensitive_record_for_anybody(world) -> None:
    for who in ("hq", "staff", "adviser"):
        client = world.browser(who)
        for report in ("activities", "activity-counterparts"):
            for ending in formats_of(REPORTS[report]):
                data = client.get(f"/reports/{report}.{ending}").data
                assert SECRET.encode() not in unpacked(data), (who, report, ending)
        rows = csv_rows(client.get("/activities.csv").data)
        assert [row["title"] for row in rows if row["text_left_out"] == "yes"] == ["", ""]
        assert json.loads(client.get("/activities.json").text)["sensitive_text_left_out"] == 2
        assert b"Text left out: 2 sensitive records" in client.get("/activities.iati.xml").data
        assert b"2 sensitive records are in it without their text" in client.get("/activities.4w.csv").data


def unpacked(data: bytes) -> bytes:
    """All that is in an archive or a workbook, else the bytes themselves."""
    if not data.startswith(b"PK"):
        return data
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return b"".join(archive.read(name) for name in archive.namelist())


def test_the_other_version_of_a_record_that_became_sensitive_leaves_without_text(hq) -> None:
    for basis in ("approved", "provisional"):
        text = hq.get(f"/activities.csv?basis={basis}").text
        assert "Was open once" not in text
        assert "Is closed now" not in text


def test_the_archive_has_the_long_tables_beside_the_wide_one(hq) -> None:
    archive = zipfile.ZipFile(io.BytesIO(hq.get("/activities.zip?office=0420").data))
    assert archive.namelist() == [
        "README.txt", "about.json", "activities.csv", "activity-provisions.csv", "activity-countries.csv",
        "activity-types.csv", "activity-counterparts.csv", "activity-partners.csv", "activity-deliveries.csv",
        "activity-milestones.csv", "activity-obstacles.csv", "activity-next-steps.csv", "activity-results.csv",
    ]  # fmt: skip
    tables = {name: csv_rows(archive.read(name)) for name in archive.namelist() if name.endswith(".csv")}
    assert [row["title"] for row in tables["activities.csv"]] == ["Of two countries"]
    assert [(r["provision"], r["role"]) for r in tables["activity-provisions.csv"]] == [
        ("CRC-4", "mandated_by"), ("E1997-30-8", "asked_under"), ("E1997-30-8", "mandated_by"),
    ]  # fmt: skip
    assert [r["country"] for r in tables["activity-countries.csv"]] == ["BRB", "LCA"]
    assert [(r["support_type"], r["facet"], r["primary"]) for r in tables["activity-types.csv"]] == [
        ("training", "how", "yes"), ("diversion", "about", "no"), ("law_reform", "how", "no"),
    ]  # fmt: skip
    assert tables["activity-partners.csv"] == []
    readme = archive.read("README.txt").decode()
    for said in ("Office: ", "Definition version: 2026-1", "Demonstration data: No.", "activity-milestones.csv"):
        assert said in readme
    assert json.loads(archive.read("about.json"))["filters"] == {"office": ["0420"]}


def iati(answer):
    return etree.fromstring(answer.data)


def test_the_iati_file_is_valid(hq) -> None:
    if not SCHEMA.exists():
        pytest.skip("the IATI schema is not on this machine")
    schema = etree.XMLSchema(etree.parse(str(SCHEMA)))
    for query in ("", "?basis=provisional", "?year=2025"):
        schema.assertValid(iati(hq.get(f"/activities.iati.xml{query}")))
    nothing = hq.get("/activities.iati.xml?year=2025&q=court--<x>")
    assert nothing.status_code == 404
    assert "needs at least one" in nothing.text


def test_the_iati_file_has_what_is_approved_with_its_mandate(hq) -> None:
    found = iati(hq.get("/activities.iati.xml"))
    titles = found.xpath("//title/narrative/text()")
    assert set(NAUGHTY) < set(titles)
    assert {"Not yet approved", "A draft", "Logged twice"}.isdisjoint(titles)
    assert "Sensitive record: its text is left out" in titles
    two = found.xpath("//iati-activity[title/narrative='Of two countries']")[0]
    assert [c.get("code") for c in two.xpath("recipient-country")] == ["BB", "LC"]
    tags = two.xpath("tag[@vocabulary='99']")
    assert [t.get("code") for t in tags] == ["CRC-4", "E1997-30-8"]
    assert all(t.get("vocabulary-uri").endswith("provisions") for t in tags)
    assert "Asked for under" in tags[1].xpath("string(narrative)")
    for path in ("recipient-country", "sector[@vocabulary='1']", "sector[@vocabulary='99']"):
        assert sum(round(float(e.get("percentage")) * 100) for e in two.xpath(path)) == 10_000, path
    partial = found.xpath("//activity-date[narrative]")[0]
    assert (partial.get("iso-date"), partial.xpath("string(narrative)")) == (
        "2025-03-01",
        "Known to the month: 2025-03",
    )
    said = found.getprevious().text
    for words in ("Definition version: 2026-1", "Demonstration data: No.", "Not in this file: 2 records"):
        assert words in said
    provisional = iati(hq.get("/activities.iati.xml?basis=provisional"))
    assert "Not yet approved" in provisional.xpath("//title/narrative/text()")


def test_the_4w_sheet_has_tags_and_a_row_for_each_country(hq) -> None:
    text = hq.get("/activities.4w.csv").data.decode("utf-8-sig")
    labels, tags, *rows = list(csv.reader(io.StringIO(text, newline="")))
    assert len(set(tags)) == len(tags)
    assert all(re.fullmatch(r"#[a-z]+(\+[a-z0-9_]+)*", tag) for tag in tags)
    assert len(labels) == len(tags) == len(rows[0])
    told = [dict(zip(tags, row, strict=True)) for row in rows]
    two = [row for row in told if row["#activity+name"] == "Of two countries"]
    assert [row["#country+name"] for row in two] == ["Barbados", "Saint Lucia"]
    assert {row["#meta+reached"] for row in two} == {"Not recorded by country"}
    assert {row["#meta+demonstration"] for row in told} == {"No."}
    assert {row["#meta+kept_back"][:1] for row in told} == {"2"}
    assert {"Not yet approved", "A draft", "Logged twice"}.isdisjoint(row["#activity+name"] for row in told)
    assert "'=1+1" in {row["#activity+name"] for row in told}


def test_files_follow_the_filters_of_the_list(hq) -> None:
    assert len(csv_rows(hq.get("/activities.csv?office=0420").data)) == 1
    assert len(cells(hq.get("/activities.xlsx?office=0420").data, "activities")) == 2
    assert len(iati(hq.get("/activities.iati.xml?office=0420"))) == 1
    for ending in FORMATS:
        assert hq.get(f"/activities.{ending}?year=20").status_code == 422


def test_blank_is_not_zero_in_any_file(hq) -> None:
    rows = json.loads(hq.get("/activities.json?office=0420").text)["rows"]
    assert [(row["delivery_lines"], row["participations_women"]) for row in rows] == [(0, None)]
    head, row = cells(hq.get("/activities.xlsx?office=0420").data, "activities")
    found = dict(zip(head, row, strict=True))
    assert (found["delivery_lines"], found["participations_women"]) == (0, None)


@pytest.mark.parametrize(
    ("address", "name"),
    [
        ("/activities.csv?withdrawn=yes&how=training", "activities_approved_how-training_withdrawn-yes_definition"),
        ("/activities.csv?withdrawn=no&sort=title", "activities_approved_withdrawn-no_definition"),
        ("/activities.csv?q=%D8%B9%D8%AF%D8%A7%D9%84%D8%A9", "activities_approved_q-4871d3f3_definition"),
        ("/reports/trend.csv?year=2025&region=ROSA", "trend_2025-ROSA_definition"),
        ("/coverage/gaps.csv?year=2025&region=ROSA", "gaps_2025_ROSA_approved_definition"),
    ],
)
def test_a_file_is_named_after_the_filters_that_it_was_made_by(hq, address: str, name: str) -> None:
    told = hq.get(address).headers["Content-Disposition"]
    assert f'filename="{name}-2026-1_' in told


def test_a_file_says_how_many_of_its_records_nobody_has_approved(client, sign_in, sessions) -> None:
    with unit_of_work(sessions) as session:
        approved(session)
        drafted(session)
        submitted(session)
    sign_in(client)
    assert json.loads(client.get("/activities.json").text)["unapproved"] == 2
    about = zipfile.ZipFile(io.BytesIO(client.get("/activities.zip").data)).read("README.txt").decode()
    assert "Not approved: 2 records have no approved version" in about
    assert json.loads(client.get("/activities.json?workflow=approved").text)["unapproved"] == 0
    wanted = "Provisional, not for publication"
    assert (wanted in client.get("/activities.iati.xml?basis=provisional").text, wanted in
            client.get("/activities.iati.xml").text) == (True, False)  # fmt: skip


def test_a_file_that_cannot_be_made_is_not_offered(hq) -> None:
    links = {query: hq.get(f"/reports/activities{query}").text for query in ("", "?workflow=draft")}
    assert ["activities.iati.xml" in page for page in links.values()] == [True, False]


def test_each_sum_says_how_many_lines_were_blank(client, sign_in, sessions) -> None:
    """METHODOLOGY: unknown numbers stay blank. A line without people is blank of each."""
    with unit_of_work(sessions) as session:
        activity = approved(session)
        for people in ((), (People(women=0, men=3),), (People(women=2), People(men=1, profession="judges"))):
            add_delivery(session, SYSTEM, activity, Delivery("2025-03", people=people, people_basis="counted"))
        approved(session)
    sign_in(client, "hq@demo.example")
    rows = list(csv.DictReader(io.StringIO(client.get("/activities.csv").data.decode("utf-8-sig"), newline="")))
    names = ("participations_women", "participations_men", "participations_sex_not_recorded", "women_blank",
             "men_blank", "sex_not_recorded_blank")  # fmt: skip
    assert [[row[name] for name in names] for row in rows] == [
        ["2", "4", "", "1", "1", "3"], ["", "", "", "0", "0", "0"],
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("/reports/who-works-where.json?year=2008", "who-works-where has no filter year. It has: country."),
        ("/reports/coverage?region=ROSA", "coverage has no filter region."),
        ("/reports/changes.json?year=2025&year=2024", "takes one value only"),
    ],
)
def test_a_filter_that_a_report_does_not_have_is_refused(hq, address: str, words: str) -> None:
    """Without it the file would answer something else than was asked."""
    answer = hq.get(address)
    assert answer.status_code == 422
    assert words in answer.text
    assert hq.get("/reports/who-works-where.json?utm_source=mail").status_code == 200
