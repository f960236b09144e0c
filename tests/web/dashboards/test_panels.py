"""Every number on the panels is that of the downloaded files, on a random history; names go to those entitled."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterator
from urllib.parse import parse_qsl, urlsplit
from xml.etree import ElementTree

import pytest
from flask.testing import FlaskClient
from lxml import html
from sqlalchemy.orm import Session, sessionmaker

from app.core import clock
from tests.databases import Prepared
from tests.factories.history import History
from tests.integration.coverage.files import files_of
from tests.oracle import Oracle, YearOracle, giving
from tests.web.conftest import PEOPLE, SignIn
from tests.web.dashboards.conftest import TODAY, See
from tests.web.dashboards.conftest import words as text

YEAR = 2025
SLICE = ("region", "support_type", "provision", "with_type", "country")
FILTERS = ("", "&basis=provisional", "&region=ESARO", "&support_type=training&basis=provisional", "&country=ALB")
MATRICES = ("how-region", "about-region", "provision-region", "how-about")


def live(session: Session) -> None:
    """A history."""
    History(session, 3, others=("297R", "456C")).live(120)


LIVED = Prepared("lived", live, on=PEOPLE)


@pytest.fixture
def prepared() -> Prepared:
    """Every test has the same history."""
    return LIVED


_read: list[Oracle] = []


@pytest.fixture
def oracle(sessions: sessionmaker[Session]) -> Oracle:
    """What the files of the history say, read once."""
    if not _read:
        with sessions() as session:
            _read.append(files_of(session)[0])
    return _read[0]


def asked(url: str) -> dict[str, str]:
    """The query of an address."""
    return dict(parse_qsl(urlsplit(url).query))


def figure_of(oracle: Oracle, query: dict[str, str]) -> dict[str, str]:
    """The figure that an address asks for, recounted."""
    year: YearOracle = oracle.of_year(int(query["year"]), query.get("basis", "approved"))
    return year.figure(**{name: query[name] for name in SLICE if name in query})


def shown(found: dict[str, str]) -> str:
    """A cell of a heatmap as a page shows it."""
    k, n = found["numerator"], found["denominator"]
    return "–" if n == "0" else "0" if k == "0" else f"{found['percent']}%{k} of {n}"


def cells(page: html.HtmlElement) -> Iterator[tuple[str, str]]:
    """(address, text) of each cell of a heatmap."""
    for cell in page.xpath("//*[contains(@class, 'matrix')]//tbody//td/a"):
        yield cell.get("href"), "".join(cell.text_content().split("\n"))


def test_heatmaps_trend_and_their_files(client: FlaskClient, sign_in: SignIn, see: See, oracle: Oracle) -> None:
    sign_in(client, "hq@demo.example")
    filled = 0
    for query in FILTERS:
        for path in (*(f"/coverage/matrix/{which}" for which in MATRICES), "/coverage/trend"):
            page = see(f"{path}?year={YEAR}{query}")
            found = list(cells(page))
            for address, words in found:
                assert words.replace(" ", " ") == shown(figure_of(oracle, asked(address))), (path, query, address)
                filled += words != "0"
            rows = read_csv(client, f"{path}.csv?year={YEAR}{query}")
            ours = sorted(
                f"{row['numerator']} of {row['denominator']}" for row in rows if row["numerator"] not in ("", "0")
            )
            assert ours == sorted(words.split("%")[1] for _address, words in found if "%" in words)
    assert filled > 50


def test_the_running_year_is_joined_to_no_other(client: FlaskClient, sign_in: SignIn, see: See) -> None:
    sign_in(client, "hq@demo.example")
    page = see(f"/coverage/trend?year={YEAR}")
    chart = page.xpath("//*[@id='trend']//*[local-name()='svg']")[0]
    running = chart.xpath(".//*[local-name()='circle'][@class='dot running']")
    assert len(running) == 1
    ends = {line.get("x2") for line in chart.xpath(".//*[local-name()='line'][@class='line']")}
    assert ends
    assert running[0].get("cx") not in ends
    said = text(page, "//*[@id='trend']")
    assert "so far" in said
    assert "does not say out of how many offices" in said  # of 2008, in words
    for small in page.xpath("//*[@id='smalls']//li"):
        places = [f"{c.get('cx')} {c.get('cy')}" for c in small.xpath(".//*[@class='dot running']")]
        path = small.xpath(".//*[@class='line']/@d")[0]
        assert all(f"L{place}" not in path for place in places), path
        assert re.search(r"%.*\d+ of \d+", small.text_content(), re.DOTALL), "no percentage without its k and N"


def read_csv(client: FlaskClient, path: str) -> list[dict[str, str]]:
    """The rows of a file."""
    answer = client.get(path)
    assert answer.status_code == 200, (path, answer.text[:500])
    return list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig"), newline="")))


def test_maps_regions_countries_and_gaps(client: FlaskClient, sign_in: SignIn, see: See, oracle: Oracle) -> None:
    sign_in(client, "hq@demo.example")
    year = oracle.of_year(YEAR, "approved")
    tiles = read_csv(client, f"/coverage/map/offices.csv?year={YEAR}")
    assert {row["code"]: row["state"] for row in tiles} == year.states
    page = see(f"/coverage/map/offices?year={YEAR}")
    assert len(page.xpath("//*[@id='map']//li")) == len(page.xpath("//*[@id='list']//tbody/tr")) == len(year.states)
    places = read_csv(client, f"/coverage/map/countries.csv?year={YEAR}")
    reached = {row["code"] for row in places if row["state"] in ("reached", "only_multi")}
    assert reached == set().union(*(year.reached(year.read, region) for region in regions(oracle)))
    gaps = read_csv(client, f"/coverage/gaps.csv?year={YEAR}")
    for kind in ("unanswered", "nil"):
        assert {row["code"] for row in gaps if row["kind"] == kind} == {c for c, s in year.states.items() if s == kind}
    last = last_years(oracle)
    ended = {row["code"]: int(row["last_support"]) for row in gaps if row["kind"] == "ended"}
    assert ended == {
        code: last[code]
        for code, state in year.states.items()
        if state in ("unanswered", "nil", "declared") and last.get(code, YEAR) < YEAR
    }
    unused = {row["code"] for row in gaps if row["kind"] in ("how", "about")}
    assert all(
        (year.figure(support_type=code)["numerator"] == "0") == (code in unused) for code in ("training", "research")
    )
    for region in ("ESARO", "ECARO"):
        here = see(f"/coverage/gaps?year={YEAR}&region={region}")
        for kind in ("how", "about", "mandates", "standards"):
            empty = here.xpath(f"//*[@id='{kind}']//li/a/@href")
            assert all(figure_of(oracle, asked(link))["numerator"] == "0" for link in empty)
            whole = see(f"/coverage/gaps?year={YEAR}").xpath(f"//*[@id='regions']//a[contains(@href, '{region}')]")
            assert f"{len(empty)} of " in {
                f"{link.text_content().split(' of ')[0]} of " for link in whole if kind in link.get("href")
            }
        rows = see(f"/regions/{region}?year={YEAR}").xpath("//*[@id='offices']//tbody/tr")
        codes = {row.xpath("./th/a/@href")[0][-4:]: row for row in rows}
        assert set(codes) == {code for code in year.offices if year.region(code) == region}
        for code, row in codes.items():
            assert text(row, "./td[2]") == str(last.get(code, "none on record"))


def regions(oracle: Oracle) -> set[str]:
    """Every region of an office."""
    return {row["region"] for row in oracle.offices if row["region"]}


def last_years(oracle: Oracle) -> dict[str, int]:
    """{office: its last year with support, until YEAR}."""
    years = [oracle.of_year(year, "approved") for year in range(2010, YEAR + 1)]
    return {code: each.year for each in years for row in each.read for code in giving(row)}


def test_a_country_and_the_work(client: FlaskClient, sign_in: SignIn, see: See, oracle: Oracle) -> None:
    sign_in(client)
    for iso3 in ("AFG", "ALB", "BRB"):
        page = see(f"/countries/{iso3}")
        for link in page.xpath("//*[@id='years']//tbody//td[4]/a"):
            assert link.text_content() == figure_of(oracle, asked(link.get("href")))["activities"]
    year = oracle.of_year(YEAR, "approved")
    page = see(f"/coverage/work?year={YEAR}")
    seen = 0
    for link in page.xpath("//table//td/a"):
        k, n = link.text_content().split(" of ")
        assert int(n) == len(year.listed_rows())
        behind = see(link.get("href")).xpath("//main//*[@data-n]")[0]
        assert behind.get("data-n") == k
        assert int(behind.get("data-shown")) + int(behind.get("data-closed")) == int(k)
        seen += int(behind.get("data-closed"))
    assert seen > 0  # whoever reads may not open them all, and the numbers are the same
    asking = {
        row["code"]: row["activities"]
        for row in read_csv(client, f"/coverage/work.csv?year={YEAR}")
        if row["theme"] == "term"
    }
    for code, k in asking.items():
        assert int(k) == sum(row["term"] == code for row in year.listed_rows())


def test_what_is_not_counted_stands_behind_the_number(
    client: FlaskClient, sign_in: SignIn, see: See, oracle: Oracle
) -> None:
    sign_in(client, "hq@demo.example")
    page = see(f"/coverage/behind?year={YEAR}")
    told = {text(each, ".").rsplit(": ", 1)[0]: int(text(each, ".").rsplit(": ", 1)[1])
            for each in page.xpath("//*[@id='excluded']//summary")}  # fmt: skip
    confirmed = [row for row in oracle.approved if f"{YEAR}:" in row["confirmations"]]
    assert told.get("Withdrawn", 0) >= sum(row["withdrawn"] == "yes" for row in confirmed)
    assert sum(told.values()) > 5
    assert told.get("Waits for review", 0) >= sum(
        row["workflow"] == "submitted" and row["withdrawn"] == row["set_aside"] == "no" for row in confirmed
    )


def test_unanswered_offices_are_not_told_by_any_panel(
    client: FlaskClient, sign_in: SignIn, see: See, oracle: Oracle
) -> None:
    sign_in(client, "staff2@demo.example")
    year = oracle.of_year(YEAR, "approved")
    closed = {code for code, state in year.states.items() if state in ("unanswered", "nil", "declared")} - {"0420"}
    for row in read_csv(client, f"/coverage/map/offices.csv?year={YEAR}"):
        assert (row["state"] == "not_open") == (row["code"] in closed), row
    assert not closed & {row["code"] for row in read_csv(client, f"/coverage/gaps.csv?year={YEAR}")}
    page = see(f"/coverage/gaps?year={YEAR}")
    assert not closed & {link[-4:] for link in page.xpath("//main//section//tbody//th/a/@href") if "/offices/" in link}
    region = see(f"/regions/ESARO?year={YEAR}")
    assert not region.xpath("//a[contains(@href, '/reminder')]")
    assert not region.xpath("//th[.='Waits for']")
    assert "No return received" not in text(region, "//*[@id='offices']")


@pytest.mark.parametrize("language", ["en", "qps"])
def test_pictures_say_what_they_show(
    client: FlaskClient, sign_in: SignIn, oracle: Oracle, post: Callable[..., object], language: str
) -> None:
    sign_in(client)
    post(client, "/language", {"language": language, "next": "/"})
    paths = ["trend", "work", "map/offices", "map/countries", *(f"matrix/{which}" for which in MATRICES)]
    for path in paths:
        answer = client.get(f"/coverage/{path}.svg?year={YEAR}&region=ESARO")
        assert answer.mimetype == "image/svg+xml"
        assert "attachment" in answer.headers["Content-Disposition"]
        root = ElementTree.fromstring(answer.data)
        said = " ".join("".join(each.itertext()) for each in root.iter() if each.tag.endswith(("text", "title")))
        assert "Eastern and Southern Africa" in said
        assert "style" not in " ".join(f"{each.tag} {list(each.attrib)}" for each in root.iter())
        assert (root.get("direction") == "rtl") == (language == "qps")
        assert "Demonstration data" in said or language == "qps"


def test_changes_since_the_last_visit(
    client: FlaskClient, sign_in: SignIn, see: See, oracle: Oracle, sessions: sessionmaker[Session]
) -> None:
    sign_in(client, "adviser@demo.example")
    everything = see("/changes?since=2022-01-01&region=all")
    shown_count = int(everything.xpath("//*[@data-n]")[0].get("data-n"))
    assert shown_count > 0
    approved = [row for row in oracle.approved if row["approved_revision"] and row["visibility"] == "all_staff"]
    assert approved
    assert text(see("/changes"), "//h1") == "What changed in South Asia"
    nothing = see("/changes?region=all&since=2026-11-23")
    assert "Nothing changed" in text(nothing)
    assert TODAY.date() == clock.today()
    for bad in ("since=tomorrow", "since=2027-01-01", "region=NOWHERE"):
        see(f"/changes?{bad}", 422)


@pytest.mark.parametrize(
    "path", ["/regions/XX", "/countries/XXX", "/coverage/matrix/none", "/coverage/map/none.svg", "/coverage/work/none"]
)
def test_there_is_no_such_panel(client: FlaskClient, sign_in: SignIn, see: See, path: str) -> None:
    sign_in(client)
    see(path, 404)


def test_a_filter_is_carried_from_panel_to_panel(client: FlaskClient, sign_in: SignIn, see: See) -> None:
    sign_in(client)
    query = f"year={YEAR}&basis=provisional&region=ESARO&support_type=training&with_type=diversion&provision=CRC-4"
    page = see(f"/coverage?{query}")
    links = page.xpath("//nav[@class='shortcuts']//a/@href")
    assert len(links) == 7
    for link in links:
        assert asked(link) == asked(f"?{query}")
        around = see(link)
        said = text(around, "//*[@class='lede']")
        assert "Training" in said
        assert "provisional" in said
        assert len(around.xpath("//ul[@class='chips'][@aria-label]/li")) == 4
