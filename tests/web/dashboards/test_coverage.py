"""The coverage page: its numbers are the function's, its links lead somewhere, and no address breaks it."""

from __future__ import annotations

import gzip
import re
from collections.abc import Callable
from datetime import date
from urllib.parse import parse_qsl, urlsplit

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session, sessionmaker
from werkzeug.test import TestResponse

from app.core.db import unit_of_work
from app.coverage.queries import year_facts
from app.coverage.rules import Basis, Slice, State, figure
from app.dashboards import words
from app.dashboards.names import names_of
from app.offices.models import Exemption
from app.offices.queries import directory
from tests.web.conftest import SignIn
from tests.web.dashboards.conftest import YEAR, See
from tests.web.dashboards.conftest import words as text

pytestmark = pytest.mark.usefixtures("world")


@pytest.mark.parametrize(
    ("query", "basis", "part"),
    [
        ("", Basis.APPROVED, Slice()),
        ("&basis=provisional", Basis.PROVISIONAL, Slice()),
        ("&region=ROSA", Basis.APPROVED, Slice("ROSA")),
        ("&region=ROSA&support_type=training", Basis.APPROVED, Slice("ROSA", "training")),
        ("&provision=E1997-30-8&basis=provisional", Basis.PROVISIONAL, Slice(provision="E1997-30-8")),
        ("&region=EAPRO&support_type=research&provision=CRC-40", Basis.APPROVED, Slice("EAPRO", "research", "CRC-40")),
    ],
)
def test_the_answer_is_the_functions(
    client: FlaskClient,
    sign_in: SignIn,
    see: See,
    sessions: sessionmaker[Session],
    query: str,
    basis: Basis,
    part: Slice,
) -> None:
    sign_in(client, "hq@demo.example")
    page = see(f"/coverage?year={YEAR}{query}")
    with sessions() as session:
        found = figure(year_facts(session, YEAR), basis, part)
        assert text(page, "//*[@id='answer']") == words.answer(found, names_of(session))
    assert words.line(found) in text(page)
    states = [int(cell) for cell in page.xpath("//*[@id='states']//tbody//td[1]//text()[normalize-space()]")]
    unanswered, not_expected = found.count(State.UNANSWERED), found.count(State.NOT_EXPECTED)
    assert states == [found.k, found.count(State.DECLARED), found.answered_none, unanswered, not_expected]
    assert sum(states[:4]) == found.n


def test_south_asia_in_2025(client: FlaskClient, sign_in: SignIn, see: See) -> None:
    sign_in(client, "adviser@demo.example")
    page = see(f"/coverage?year={YEAR}&region=ROSA")
    assert text(page, "//h1") == "Coverage in 2025, South Asia"
    assert "3 of 7 offices (42.9%); 1 unanswered, 2 declared; range 42.9–85.7%" in text(page)
    assert "1 office signed a nil return beside an activity" in text(page)
    assert "5 of 7 offices provided support or declared it" in text(page)


def test_regions_add_up_and_every_cell_of_the_matrix_is_a_figure(
    client: FlaskClient, sign_in: SignIn, see: See, sessions: sessionmaker[Session]
) -> None:
    sign_in(client)
    page = see(f"/coverage?year={YEAR}")
    rows = [link.text_content().split(" of ") for link in page.xpath("//*[@id='regions']//tr/td[3]//a")]
    *regions, whole = [(int(k), int(n)) for k, n in rows]
    assert (sum(k for k, _ in regions), sum(n for _, n in regions)) == whole
    with sessions() as session:
        facts = year_facts(session, YEAR)
    cells = [
        cell
        for which in ("how-region", "about-region")
        for cell in see(f"/coverage/matrix/{which}?year={YEAR}").xpath("//*[@id='matrix']//tbody//td/a")
    ]
    assert len(cells) == 28 * 7
    for cell in cells:
        asked = dict(parse_qsl(urlsplit(cell.get("href")).query))
        found = figure(facts, part=Slice(asked["region"], asked["support_type"]))
        expected = f"{words.share(found.percent)}{words.k_of_n(found.k, found.n)}" if found.k else "0"
        assert cell.text_content() == expected


def test_every_kind_of_link_answers_and_its_anchor_is_there(client: FlaskClient, sign_in: SignIn, see: See) -> None:
    sign_in(client, "hq@demo.example")
    for query in ("", f"?year={YEAR}", "?year=2025&support_type=training&provision=E1997-30-8&basis=provisional"):
        kinds = {}
        for link in see(f"/coverage{query}").xpath("//main//a/@href"):
            parts = urlsplit(link)
            if not parts.netloc:
                names = tuple(sorted(name for name, _ in parse_qsl(parts.query)))
                kinds[(parts.path, names, parts.fragment)] = link
        assert len(kinds) > 10
        for (path, _names, fragment), link in kinds.items():
            if path.endswith((".csv", ".svg")):
                assert client.get(link).status_code == 200
            elif path != "/activities":
                page = see(link)
                assert not fragment or page.xpath(f"//*[@id='{fragment}']"), link


def test_2008_stands_beside_what_was_published(client: FlaskClient, sign_in: SignIn, see: See) -> None:
    sign_in(client)
    page = see("/coverage?year=2008")
    said = text(page, "//*[@id='published']")
    assert "85% of country offices" in said
    assert "declared coverage: 1 of" in said
    assert "does not say out of how many offices" in said
    assert "more than 120 countries" in said
    assert "createsolutions.org" in page.xpath("//*[@id='published']//a/@href")[0]
    assert page.xpath("//*[@id='trend']//*[local-name()='path'][contains(@class, 'diamond')]")
    assert "returns were collected" in text(page)
    assert "◆ published, 2008" in text(page, "//*[@id='trend']")


FREEZE = "//a[contains(@href, '/figures/new')]"


@pytest.mark.parametrize("part", ["", "&region=ROSA", "&support_type=training&basis=provisional", "&provision=CRC-4"])
def test_a_figure_is_frozen_from_where_it_stands(client: FlaskClient, sign_in: SignIn, see: See, part: str) -> None:
    sign_in(client, "hq@demo.example")
    page = see(f"/coverage?year=2025{part}")
    frozen = see(page.xpath(FREEZE)[0].get("href"))
    k_of_n = re.match(r"\d+ of \d+", text(page, "//*[@id='answer']").strip())
    assert k_of_n
    assert k_of_n[0] in text(frozen, "//main")


def test_nobody_else_freezes_one(client: FlaskClient, sign_in: SignIn, see: See) -> None:
    sign_in(client)
    assert not see("/coverage?year=2025").xpath(FREEZE)


def test_a_slice_stands_beside_nothing_published(client: FlaskClient, sign_in: SignIn, see: See) -> None:
    sign_in(client)
    page = see("/coverage?year=2008&region=ROSA")
    assert not page.xpath("//*[@id='published']")
    assert not page.xpath("//*[contains(@class, 'diamond')]")


def test_the_form_and_the_chips_carry_the_filters(client: FlaskClient, sign_in: SignIn, see: See) -> None:
    sign_in(client)
    page = see("/coverage?year=2025&region=ROSA&support_type=training&basis=provisional")
    form = page.xpath("//details[contains(@class, 'filters')]//form")[0]
    chosen = {s.get("name"): s.xpath("./option[@selected]/@value") for s in form.xpath(".//select")}
    assert chosen == {
        "year": ["2025"],
        "basis": ["provisional"],
        "region": ["ROSA"],
        "support_type": ["training"],
        "provision": [""],
    }
    chips = page.xpath("//ul[contains(@class, 'chips')]//a/@href")
    assert chips == [
        "/coverage?year=2025&basis=provisional&support_type=training",
        "/coverage?year=2025&basis=provisional&region=ROSA",
    ]
    assert "provisional: approved and submitted records" in text(page, "//*[@class='lede']")


@pytest.mark.parametrize(
    "query",
    [
        "year=abc", "year=99999", "year=0000", "year=2999", "year=٢٠٠٨", "year=-1", "basis=all", "region=HQ",
        "region=<script>", "support_type=%27%3B--", "provision=CRC-999", "region=ROSA&region=XX",
    ],
)  # fmt: skip
def test_an_address_that_cannot_be_is_refused_in_words(
    client: FlaskClient, sign_in: SignIn, see: See, query: str
) -> None:
    sign_in(client)
    for path in ("/coverage", "/coverage/behind", "/offices"):
        page = see(f"{path}?{query}", 422)
        assert "<script>" not in client.get(f"{path}?{query}").text.split("<main")[1]
        assert text(page, "//h1") == "Something needs to be put right"


def test_blank_and_unknown_parameters_are_no_filter(client: FlaskClient, sign_in: SignIn, see: See) -> None:
    sign_in(client)
    page = see("/coverage?year=&region=&support_type=&provision=&basis=&colour=blue")
    assert text(page, "//h1") == "Coverage in 2026 so far"


def test_nobody_expected(client: FlaskClient, sign_in: SignIn, see: See, sessions: sessionmaker[Session]) -> None:
    with unit_of_work(sessions) as session:
        for office in directory(session).roster(YEAR, date(2026, 11, 23)).offices:
            if office.region == "ROSA" and office.expected:
                session.add(Exemption(office=office.code, valid_from=date(2025, 1, 1), reason="Closed for repair"))
    sign_in(client)
    page = see(f"/coverage?year={YEAR}&region=ROSA")
    assert text(page, "//*[@id='answer']") == "No office was expected to provide support in 2025."
    assert "no office expected" in text(page)
    assert "in neither k nor N" in text(page)
    see(f"/coverage/behind?year={YEAR}&region=ROSA")
    see(f"/coverage?year={YEAR}&region=ROSA&support_type=training&provision=CRC-40")


def test_every_string_is_translated(
    client: FlaskClient, sign_in: SignIn, see: See, post: Callable[..., TestResponse]
) -> None:
    sign_in(client, "hq@demo.example")
    assert post(client, "/language", {"language": "qps", "next": "/"}).status_code == 303
    for path in (f"/coverage?year={YEAR}", f"/coverage/behind?year={YEAR}&support_type=training", "/"):
        page = see(path)
        assert page.get("dir") == "rtl"
        for element in page.xpath("//main//h1 | //main//h2 | //main//h3 | //main//thead//th | //main//dt"):
            said = element.text_content().strip()
            named = element.xpath(".//bdi")  # names are data, in the languages that they have
            assert named or not re.search("[a-z]", said) or "[" in said, said


def test_the_page_is_light(client: FlaskClient, sign_in: SignIn) -> None:
    sign_in(client, "hq@demo.example")
    assert len(gzip.compress(client.get(f"/coverage?year={YEAR}").data)) < 20_000
