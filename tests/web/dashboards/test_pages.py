"""Home, offices, provisions, support types, files, and the choice of language."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session, sessionmaker
from werkzeug.datastructures import MultiDict
from werkzeug.test import TestResponse

from app.accounts.models import User
from app.activities.filters import ActivityFilters
from app.activities.queries import count_lines
from app.core.audit import AuditEvent
from app.offices.queries import actor_for
from app.provisions.models import Provision
from tests.factories.people import make_person
from tests.web.conftest import SignIn, sign_in_as
from tests.web.dashboards.conftest import YEAR, See, offices_in
from tests.web.dashboards.conftest import words as text

pytestmark = pytest.mark.usefixtures("world")
Post = Callable[..., TestResponse]
UNCHECKED = "E1997-30-7"


@pytest.mark.parametrize(
    ("email", "tasks", "idle"),
    [
        ("staff@demo.example", ["Drafts of colleagues"], ["My drafts", "Returned to me", "Questioned"]),
        (
            "lead@demo.example",
            ["To submit", "To sign"],
            ["Joint work to accept", "Awaiting review", "My drafts", "Returned to me", "Questioned"],
        ),
        (
            "adviser@demo.example",
            ["To review", "Not collected", "No return received, 2025", "Contradictions, 2025"],
            [],
        ),
        (
            "hq@demo.example",
            ["Awaiting review", "Not collected", "No return received, 2025", "Contradictions, 2025"],
            ["Contradictions", "Figures changed"],
        ),
        ("admin@demo.example", ["Provisions to confirm"], []),
    ],
)
def test_home_shows_what_waits_and_each_count_is_its_lists(
    client: FlaskClient,
    sign_in: SignIn,
    see: See,
    sessions: sessionmaker[Session],
    people: dict[str, User],
    email: str,
    tasks: list[str],
    idle: list[str],
) -> None:
    sign_in(client, email)
    page = see("/")
    assert [" ".join(each.split()) for each in page.xpath("//main//section[1]//h2/text()")] == tasks
    links = page.xpath("//main//section[1]//p[@class='big']//a")
    empty = page.xpath("//main//section[1]//p[contains(@class, 'idle')]/a")
    assert [link.text_content() for link in empty] == idle
    for link in empty:
        see(link.get("href"))
    with sessions() as session:
        actor = actor_for(session, people[email].id)
        assert actor is not None
        for link in links:
            path, _, query = link.get("href").partition("?")
            if path == "/activities":
                pairs = [tuple(pair.split("=", 1)) for pair in query.split("&")]
                assert count_lines(session, actor, ActivityFilters.parse(MultiDict(pairs))) == int(link.text_content())
            elif "unanswered" in query:
                section = see(link.get("href")).xpath("//*[@id='unanswered']//*[@data-n]")[0]
                assert section.get("data-n") == link.text_content()
            elif path == "/#returns":
                assert len(page.xpath("//*[@id='returns']//li") or ()) == int(link.text_content())
            elif path == "/review":
                assert see(path).xpath("//*[contains(@class, 'count')]/@data-n") == [link.text_content()]
            else:
                see(link.get("href"))


def test_staff_log_from_home_and_see_their_own_state_first(client: FlaskClient, sign_in: SignIn, see: See) -> None:
    sign_in(client)
    page = see("/")
    assert page.xpath("//a[contains(@class, 'primary')]/@href") == ["/activities/new"]
    places = [each.text_content().strip() for each in page.xpath("//*[@id='standing']//h3")]
    assert places == ["Afghanistan Country Office", "South Asia", "The world"]
    assert "Begun" in text(page, "//*[@id='newest']")


def test_somebody_without_a_role_is_told_what_to_do(
    client: FlaskClient, see: See, sessions: sessionmaker[Session]
) -> None:
    with sessions() as session, session.begin():
        make_person(session, "nobody@demo.example", role=None)
    sign_in_as(client, "nobody@demo.example")
    assert "You have no role yet" in text(see("/"))
    see("/coverage")


def test_offices_by_region_with_states(client: FlaskClient, sign_in: SignIn, see: See) -> None:
    sign_in(client, "adviser@demo.example")
    page = see(f"/offices?year={YEAR}&region=ROSA")
    states = {
        row.xpath(".//th//a/@href")[0][-4:]: text(row, "./td[4]") for row in page.xpath("//*[@id='ROSA']//tbody/tr")
    }
    assert states["0060"] == "Provided support"
    assert states["3300"] == "Declared, not yet approved"
    assert states["0490"] == "Nil return"
    assert states["0780"] == "No return received"
    assert states["2740"] == "Not expected"
    assert "297R" in offices_in(page, "others")


def test_an_office_says_what_it_is_and_what_it_did(client: FlaskClient, sign_in: SignIn, see: See) -> None:
    sign_in(client)
    page = see("/offices/0060")
    said = text(page)
    assert "Announced, and not yet a fact: region EAPRO+ROSA" in said
    assert "opening date unknown" in said
    years = {text(row, "./th"): text(row, "./td[1]") for row in page.xpath("//*[@id='years']//tbody/tr")}
    assert years == {"2026 so far": "Not collected", "2025": "Provided support", "2008": "Provided support"}
    assert "Begun" in text(page, "//*[@id='activities']")
    assert page.xpath("//*[@id='activities']//*[@data-n]")[0].get("data-n") == "4"
    assert page.xpath("//a[contains(@class, 'primary')]")


def test_another_office_shows_the_years_with_support_and_hides_what_is_closed(
    client: FlaskClient, sign_in: SignIn, see: See
) -> None:
    sign_in(client, "staff2@demo.example")
    page = see("/offices/0060")
    assert [text(row, "./th") for row in page.xpath("//*[@id='years']//tbody/tr")] == ["2025", "2008"]
    assert "Begun" not in text(page)
    assert "Open to its office" not in text(page)
    assert not page.xpath("//a[contains(@class, 'primary')]")


@pytest.mark.parametrize("path", ["/offices/9999", "/offices/%27", "/provisions/NONE", "/support-types/none"])
def test_there_is_no_such_thing(client: FlaskClient, sign_in: SignIn, see: See, path: str) -> None:
    sign_in(client)
    see(path, 404)


def test_a_provision_shows_who_cited_it(client: FlaskClient, sign_in: SignIn, see: See) -> None:
    sign_in(client)
    page = see("/provisions/E1997-30-8")
    assert "A mandating provision" in text(page)
    assert "undocs.org" in page.xpath("//main//a[contains(., 'Official text')]/@href")[0]
    links = page.xpath("//*[@id='years']//a[contains(., ' of ')]/@href")
    assert f"/coverage/behind?year={YEAR}&provision=E1997-30-8#provided" in links
    assert "Open to its region" in text(page, "//*[@id='activities']")
    for link in links:
        see(link)


def test_unchecked_provisions_are_marked_everywhere(client: FlaskClient, sign_in: SignIn, see: See) -> None:
    sign_in(client)
    assert "unchecked" in text(see("/provisions"), f"//tr[.//a[@href='/provisions/{UNCHECKED}']]")
    page = see(f"/provisions/{UNCHECKED}")
    assert "Unchecked" in text(page)
    assert not page.xpath("//button[contains(., 'Confirm')]")
    assert "(unchecked)" in text(see("/coverage?year=2025"), "//*[@id='provisions']")


def test_only_an_administrator_confirms(
    client: FlaskClient, sign_in: SignIn, see: See, post: Post, sessions: sessionmaker[Session]
) -> None:
    sign_in(client, "hq@demo.example")
    assert post(client, f"/provisions/{UNCHECKED}/confirm").status_code == 403
    post(client, "/sign-out")
    sign_in(client, "admin@demo.example")
    assert see(f"/provisions/{UNCHECKED}").xpath("//button[contains(., 'Confirm this provision')]")
    assert post(client, f"/provisions/{UNCHECKED}/confirm").status_code == 303
    assert "is confirmed" in text(see(f"/provisions/{UNCHECKED}"))
    assert post(client, "/provisions/NONE/confirm").status_code == 404
    with sessions() as session:
        assert session.get_one(Provision, UNCHECKED).checked
        assert session.query(AuditEvent).filter_by(action="provision.confirm").count() == 1


def test_a_support_type_shows_definition_facet_and_figure(client: FlaskClient, sign_in: SignIn, see: See) -> None:
    sign_in(client)
    page = see("/support-types/training")
    assert "how the office helped" in text(page)
    assert "Courses and in-service learning" in text(page)
    assert see(page.xpath("//*[@id='years']//a[contains(., ' of ')]/@href")[0]) is not None
    index = see("/support-types")
    assert len(index.xpath("//*[@id='how']//tbody/tr")) + len(index.xpath("//*[@id='about']//tbody/tr")) == 28


def test_language_is_remembered_and_leads_back_to_our_own_pages_only(
    client: FlaskClient, sign_in: SignIn, see: See, post: Post
) -> None:
    sign_in(client)
    answer = post(client, "/language", {"language": "qps", "next": "/coverage?year=2025"})
    assert answer.headers["Location"] == "/coverage?year=2025"
    assert "language=qps" in answer.headers["Set-Cookie"]
    assert see("/").get("dir") == "rtl"
    for bad in ("//evil.example", "https://evil.example/", "/\\evil.example", "javascript:alert(1)"):
        assert post(client, "/language", {"language": "en", "next": bad}).headers["Location"] == "/"
    assert post(client, "/language", {"language": "xx"}).status_code == 422
    for path in ("/coverage?year=2025", "/language"):  # a page that answers a form leads back to where that stood
        headers = {"Referer": "http://localhost/coverage"}
        shown = client.get(path) if "?" in path else client.post(path, data={}, headers=headers)
        leads = re.search(r'name="next"\s+value="([^"]*)"', shown.text)
        assert leads
        assert client.get(leads[1]).status_code == 200, path
    assert see("/").get("dir") == "ltr"
