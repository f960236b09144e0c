"""The registry, report by report: each is listed, answers without parameters, and says the same in every form."""

from __future__ import annotations

import csv
import io
import json
import re

import pytest
from lxml import html

from app.core import clock
from app.core.permissions import SYSTEM
from app.reports.base import Report
from app.reports.page import MOST_ROWS
from app.reports.registry import REPORTS
from app.returns.services import open_round, sign_return
from tests.databases import Prepared
from tests.factories.activities import approved, submitted
from tests.web.conftest import PEOPLE

EACH = pytest.mark.parametrize("report", REPORTS.values(), ids=list(REPORTS))


def write(session):
    """A few records."""
    year = clock.today().year
    open_round(session, year - 1)
    approved(session, "0060", actual_start=f"{year}-01-02")
    approved(session, "2040", actual_start=f"{year - 1}-02")
    submitted(session, "3300", actual_start=f"{year}-01-02")
    sign_return(session, SYSTEM, "0490", year - 1, "nil", words="Nobody asked.")


FEW = Prepared("a few records", write, on=PEOPLE)


@pytest.fixture
def prepared(request):
    return FEW if "hq" in request.fixturenames else PEOPLE


@pytest.fixture
def hq(client, sign_in):
    """Headquarters' browser, on a few records."""
    sign_in(client, "hq@demo.example")
    return client


def rows_of(answer) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(answer.get_data().decode("utf-8-sig"), newline="")))


def plain(value) -> str:
    """A JSON value as CSV has it."""
    if isinstance(value, list):
        return ";".join(value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else str(value)


@EACH
def test_a_report_is_told_once(report: Report) -> None:
    assert re.fullmatch(r"[a-z]+(-[a-z]+)*", report.key)
    assert report.title
    assert report.definition.endswith(".")
    assert len(report.definition) > 60
    names = [p.name for p in report.parameters]
    assert len(set(names)) == len(names)


def test_every_report_is_listed_with_its_definition(hq) -> None:
    page = html.fromstring(hq.get("/reports").text)
    text = " ".join(page.text_content().split())
    links = set(page.xpath("//main//a/@href"))
    for report in REPORTS.values():
        assert report.definition in text
        assert {f"/reports/{report.key}", f"/reports/{report.key}.csv", f"/reports/{report.key}.json"} <= links


@EACH
def test_page_csv_and_json_are_the_same_rows(hq, report: Report) -> None:
    data = hq.get(f"/reports/{report.key}.csv")
    told = json.loads(hq.get(f"/reports/{report.key}.json").text, parse_float=str)
    page = html.fromstring(hq.get(f"/reports/{report.key}").text)
    rows = rows_of(data)
    assert data.status_code == 200
    assert report.key in data.headers["Content-Disposition"]
    assert (told["report"], told["definition_version"], told["demonstration"]) == (report.key, "2026-1", False)
    assert [c["key"] for c in told["columns"]] == (list(rows[0]) if rows else [c["key"] for c in told["columns"]])
    kinds = {c["key"]: c["kind"] for c in told["columns"]}
    for mine, theirs in zip(rows, told["rows"], strict=True):
        for key, value in theirs.items():
            if kinds[key] not in ("text", "code"):  # CSV guards text against formulas
                assert mine[key] == plain(value), key
    assert len(page.xpath("//main//tbody/tr")) == min(len(rows), MOST_ROWS)


def test_filters_narrow_every_form_alike(hq) -> None:
    year = clock.today().year
    query = f"?year={year}&region=ROSA&basis=provisional"
    told = json.loads(hq.get(f"/reports/trend.json{query}").text)
    assert told["filters"] == {"year": [str(year)], "basis": ["provisional"], "region": ["ROSA"]}
    assert "Region: South Asia" in told["filters_in_words"]
    assert told["bases"] == ["provisional"]
    assert [(row["code"], row["numerator"]) for row in told["rows"]] == [("ROSA", 2)]
    assert [row["code"] for row in rows_of(hq.get(f"/reports/trend.csv{query}"))] == ["ROSA"]
    page = html.fromstring(hq.get(f"/reports/trend{query}").text)
    assert f"/reports/trend.csv?year={year}&basis=provisional&region=ROSA" in page.xpath("//main//a/@href")


def test_old_addresses_are_the_same_files(hq) -> None:
    for key in ("activities", "coverage", "offices", "returns"):
        assert hq.get(f"/{key}.csv").get_data() == hq.get(f"/reports/{key}.csv").get_data()
        old, new = (json.loads(hq.get(f"{path}/{key}.json").text) for path in ("", "/reports"))
        assert old["rows"] == new["rows"]


@pytest.mark.parametrize(
    ("path", "status"),
    [("/reports/nothing", 404), ("/reports/nothing.csv", 404), ("/reports/nothing.json", 404),
     ("/reports/trend.csv?region=XX", 422), ("/reports/trend.json?basis=odd", 422), ("/reports/trend?year=20", 422),
     ("/reports/trend?year=1066", 422), ("/reports/terms?definition=1997", 422),
     ("/reports/changes?year=2024&from=2025", 422), ("/reports/changes.csv?year={running}", 422)],
)  # fmt: skip
def test_what_cannot_be_is_refused_before_a_byte_is_sent(hq, path: str, status: int) -> None:
    assert hq.get(path.format(running=clock.today().year)).status_code == status


def test_names_of_silent_offices_stay_with_those_entitled(hq, client, sign_in, post) -> None:
    year = clock.today().year - 1
    for_hq = {row["office"] for row in rows_of(hq.get(f"/reports/unanswered.csv?year={year}"))}
    total = sum(int(row["offices"]) for row in rows_of(hq.get(f"/reports/unanswered.csv?year={year}")))
    assert {"0490", "2040"}.isdisjoint(for_hq)
    assert {"0420", "0060"} <= for_hq
    post(client, "/sign-out")
    sign_in(client, "staff2@demo.example")
    rows = rows_of(client.get(f"/reports/unanswered.csv?year={year}"))
    assert {row["office"] for row in rows} == {"0420", "not_open_to_you"}
    assert sum(int(row["offices"]) for row in rows) == total
    assert rows_of(client.get(f"/reports/nil-returns.csv?year={year}")) == []
    assert "0490" not in client.get(f"/reports/nil-returns?year={year}").text
    changes = rows_of(client.get(f"/reports/changes.csv?year={year}"))
    states = {row[name] for row in changes for name in ("state", "state_from") if row["office"] != "0420"}
    assert states <= {"provided", "not_expected", "not_open_to_you"}
    assert "0490" not in {row["office"] for row in changes}, "nil after silence is nobody else's affair"


def test_the_newest_year_comes_first_and_a_part_of_the_rows_keeps_every_column(hq) -> None:
    """What is the same in the first rows only may differ in the rest."""
    whole = html.fromstring(hq.get("/reports/coverage").text)
    rows = whole.xpath("//tbody/tr")
    assert len(rows) == MOST_ROWS
    assert rows[0].xpath("string(th)") == str(clock.today().year)
    assert "Basis" in whole.xpath("//thead//th/text()")
    years = [row["year"] for row in rows_of(hq.get("/reports/coverage.csv"))]
    assert years == sorted(years, reverse=True)
