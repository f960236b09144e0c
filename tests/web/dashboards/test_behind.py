"""What is behind a number: the lists add up for every reader, and unanswered offices keep their names."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session, sessionmaker

from app.coverage.queries import year_facts
from app.coverage.rules import Basis, Slice, figure
from app.dashboards.behind import activities_of_offices
from app.offices.queries import directory
from tests.web.conftest import SignIn
from tests.web.dashboards.conftest import DECLARED, EXEMPT, NIL, PROVIDED, UNANSWERED, YEAR, See, offices_in
from tests.web.dashboards.conftest import words as text

pytestmark = pytest.mark.usefixtures("world")
SOUTH_ASIA = f"/coverage/behind?year={YEAR}&region=ROSA"
CLOSED = DECLARED | NIL | UNANSWERED


@pytest.mark.parametrize(
    "email", ["staff@demo.example", "staff2@demo.example", "adviser@demo.example", "hq@demo.example"]
)
@pytest.mark.parametrize("query", ["", "&basis=provisional", "&region=ROSA", "&support_type=training&region=LACRO"])
def test_shown_and_closed_are_the_figures_count(
    client: FlaskClient, sign_in: SignIn, see: See, sessions: sessionmaker[Session], email: str, query: str
) -> None:
    sign_in(client, email)
    page = see(f"/coverage/behind?year={YEAR}{query}")
    with sessions() as session:
        facts = year_facts(session, YEAR)
    basis = Basis.PROVISIONAL if "provisional" in query else Basis.APPROVED
    region = "ROSA" if "ROSA" in query else "LACRO" if "LACRO" in query else None
    found = figure(facts, basis, Slice(region, "training" if "training" in query else None))
    count = page.xpath("//*[@id='activities']//*[@data-shown]")[0]
    shown, closed = int(count.get("data-shown")), int(count.get("data-closed"))
    assert shown + closed == int(count.get("data-n")) == len(found.activity_ids)
    listed = {
        link
        for link in page.xpath("//main//section[not(@id='declared')]//table//a/@href")
        if link.startswith("/activities/")
    }
    assert len(listed) == shown
    assert offices_in(page, "provided") == set(found.by_state["provided"])


def test_a_reader_from_elsewhere_opens_less_and_counts_the_same(client: FlaskClient, sign_in: SignIn, see: See) -> None:
    sign_in(client, "staff2@demo.example")
    said = text(see(f"/coverage/behind?year={YEAR}"))
    assert "5 activities" in said
    assert "1 is open to you" in said
    assert "4 more, not open to you" in said
    assert "Open to its office" not in said


def test_the_adviser_sees_every_name_of_the_region(client: FlaskClient, sign_in: SignIn, see: See) -> None:
    sign_in(client, "adviser@demo.example")
    page = see(SOUTH_ASIA)
    assert offices_in(page, "provided") == PROVIDED
    assert offices_in(page, "declared") == DECLARED
    assert offices_in(page, "nil") == NIL
    assert offices_in(page, "unanswered") == UNANSWERED
    assert offices_in(page, "not_expected") == EXEMPT
    assert offices_in(page, "contradictions") == {"2970"}
    assert "Flood" in text(page, "//*[@id='not_expected']")
    assert "Of the regional office" in text(page, "//*[@id='other']")


def test_a_nil_return_beside_an_activity_is_marked_on_the_page_of_its_office(
    client: FlaskClient, sign_in: SignIn, see: See
) -> None:
    sign_in(client, "adviser@demo.example")
    assert "Nil return, beside an activity: a contradiction" in text(see("/offices/2970"), "//*[@id='years']")
    for code in NIL - {"2970"}:
        said = text(see(f"/offices/{code}"), "//*[@id='years']")
        assert "Nil return" in said
        assert "contradiction" not in said


@pytest.mark.parametrize("email", ["staff@demo.example", "lead@demo.example", "staff2@demo.example"])
def test_others_see_how_many_have_not_answered_and_not_who(
    client: FlaskClient, sign_in: SignIn, see: See, email: str
) -> None:
    sign_in(client, email)
    page = see(SOUTH_ASIA)
    assert offices_in(page, "provided") == PROVIDED
    assert offices_in(page, "not_expected") == EXEMPT
    assert "1 office" in text(page, "//*[@id='unanswered']")
    for code in CLOSED:
        assert f"/offices/{code}" not in page.xpath("//main//a/@href"), code
    assert "2970" not in str(offices_in(page, "contradictions"))


def test_nobody_finds_out_by_elimination(client: FlaskClient, sign_in: SignIn, see: See) -> None:
    """In a slice, on the list of offices and on an office's own page the rule is the same."""
    sign_in(client, "staff2@demo.example")
    for query in ("&support_type=research", "&basis=provisional&support_type=research", "&provision=CRC-40"):
        links = set(see(SOUTH_ASIA + query).xpath("//main//a/@href"))
        assert not links & {f"/offices/{code}" for code in NIL | UNANSWERED | {"5070"}}
    for code in CLOSED:
        page = see(f"{SOUTH_ASIA}&office={code}")
        assert not page.xpath("//*[@id='declared' or @id='nil' or @id='unanswered']")
        assert not page.xpath("//*[@id='years']//tbody//th[normalize-space()='2025']")
        own = see(f"/offices/{code}")
        assert not own.xpath("//*[@id='years']//tbody//th[normalize-space()='2025']")
        listed = see(f"/offices?year={YEAR}").xpath(f"//tr[.//a[@href='/offices/{code}']]/td[4]")[0]
        assert listed.text_content().strip() == "not open to you"


def test_the_readers_own_office_comes_first(client: FlaskClient, sign_in: SignIn, see: See) -> None:
    sign_in(client)
    page = see(SOUTH_ASIA)
    sections = page.xpath("//main//section/@id")
    assert sections[0] == "own"
    assert "Afghanistan Country Office: Provided support" in text(page, "//*[@id='own']")


def test_a_joint_activity_stands_with_each_office_and_is_counted_once(
    client: FlaskClient, sign_in: SignIn, see: See
) -> None:
    sign_in(client, "hq@demo.example")
    page = see(SOUTH_ASIA)
    rows = page.xpath("//*[@id='provided']//tbody/tr[.//a[contains(., 'Together')]]//th//a/@href")
    assert set(rows) == {"/offices/2040", "/offices/2970"}
    assert page.xpath("//*[@data-n]")[0].get("data-n") == "4"


def test_one_office_alone(client: FlaskClient, sign_in: SignIn, see: See) -> None:
    sign_in(client, "hq@demo.example")
    page = see(f"/coverage/behind?year={YEAR}&office=0060")
    assert offices_in(page, "provided") == {"0060"}
    assert page.xpath("//*[@data-n]")[0].get("data-n") == "2"
    assert "No return received" in text(see(f"/coverage/behind?year={YEAR}&office=0780"))
    see("/coverage/behind?office=9999", 404)
    see("/coverage/behind?office=%27", 404)


def test_a_declared_office_leads_to_what_waits_for_review(client: FlaskClient, sign_in: SignIn, see: See) -> None:
    for who, shown in (("adviser", True), ("staff2", False)):
        sign_in(client, f"{who}@demo.example")
        section = see(SOUTH_ASIA).xpath("//*[@id='declared']")[0]
        assert bool(section.xpath(".//a[starts-with(@href, '/activities/')]")) is shown
        client.delete_cookie("session")


def test_answered_elsewhere_is_answered_none_here(client: FlaskClient, sign_in: SignIn, see: See) -> None:
    sign_in(client, "adviser@demo.example")
    page = see(f"{SOUTH_ASIA}&support_type=research")
    assert offices_in(page, "answered_none") == PROVIDED | NIL, "a nil return is an answer with none here, too"
    assert not page.xpath("//*[@id='nil']")
    tile = see("/coverage?year=2025&region=ROSA&support_type=research").xpath("//a[contains(@href, '#answered_none')]")
    assert {each.text_content().strip() for each in tile} & {str(len(PROVIDED | NIL))}
    assert "that is not in this selection" in text(page, "//*[@id='answered_none']")


def test_countries_reached_are_named(client: FlaskClient, sign_in: SignIn, see: See) -> None:
    sign_in(client)
    said = text(see(SOUTH_ASIA), "//*[@id='countries']")
    assert "Afghanistan" in said
    assert "India" in said


def test_a_large_list_shows_a_few_of_each_office(
    client: FlaskClient, sign_in: SignIn, see: See, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.dashboards.behind.WHOLE_LIST", 1)
    monkeypatch.setattr("app.dashboards.behind.A_FEW", 1)
    sign_in(client, "hq@demo.example")
    page = see(SOUTH_ASIA)
    more = page.xpath("//a[contains(., '1 more that you may open')]/@href")
    assert more == [f"/coverage/behind?year={YEAR}&region=ROSA&office=0060"]
    assert len(see(more[0]).xpath("//*[@id='provided']//td//a")) == 2


def test_the_map_of_offices_holds_every_listed_activity(sessions: sessionmaker[Session]) -> None:
    with sessions() as session:
        facts = year_facts(session, YEAR)
        offices = directory(session).offices
    found = figure(facts)
    of_office = activities_of_offices(facts, found)
    assert set().union(*of_office.values()) == set(found.activity_ids)
    assert set(of_office) <= set(offices)
