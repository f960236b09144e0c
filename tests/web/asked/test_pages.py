"""Requests as people meet them: three clicks to who got nothing, and one from a request to the log."""

from __future__ import annotations

import re
from csv import DictReader
from datetime import UTC, date, datetime
from io import BytesIO, StringIO

import pytest
from lxml import html

from app.asked.queries import find_request
from app.asked.services import link_activity
from app.core import clock
from app.core.db import unit_of_work
from app.core.permissions import SYSTEM
from tests.factories.activities import approved, drafted, submitted
from tests.factories.requests import answered, asked
from tests.integration.exchange.hostile import FEW_OF_REQUESTS

TODAY = datetime(2026, 11, 24, 9, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _frozen():
    with clock.pretending(TODAY):
        yield


@pytest.fixture
def world(sessions):
    """Afghanistan asked and was declined, Nepal was supported, Albania waits since 2012."""
    with unit_of_work(sessions) as session:
        answered(session, "declined", date(2025, 2, 3))
        supported = asked(session, country="NPL", received_on="2025-01-10", provisions=())
        link_activity(session, SYSTEM, supported, approved(session, "0060", title="Helped"))
        asked(session, country="ALB", received_on="2012", provisions=())


@pytest.fixture
def staff(world, client, sign_in):
    sign_in(client, "staff@demo.example")
    return client


def page(client, path, status=200):
    answer = client.get(path)
    assert answer.status_code == status, (path, answer.status_code, answer.text[:600])
    return html.document_fromstring(answer.text)


def words(tree, path="//main"):
    return " ".join(tree.xpath(path)[0].text_content().split())


def token(client, path):
    return re.search(r'name="csrf_token"[^>]*value="([^"]+)"', client.get(path).text)[1]


def send(client, path, at, **data):
    return client.post(path, data={"csrf_token": token(client, at), **data})


def test_who_asked_and_got_nothing_and_why_in_three_clicks(staff):
    home = page(staff, "/")
    (requests_link,) = set(home.xpath("//nav//a[contains(., 'Requests')]/@href"))
    listed = page(staff, requests_link)
    (nothing_link,) = listed.xpath("//main//a[contains(., 'got nothing')]/@href")
    sheet = page(staff, nothing_link)
    text = words(sheet)
    assert "1 of 2 States that asked have no support for any of their requests (50.0%)" in text
    assert "Afghanistan" in text
    assert "Declined: No staff." in text
    assert "Nepal" not in text
    assert "Albania" not in text  # asked longer ago
    assert "Albania" in words(page(staff, "/requests/nothing-given?from=2010"))


def test_every_number_of_the_list_opens_exactly_its_requests(staff):
    listed = page(staff, "/requests")
    assert "With support: 1 of 3 requests (33.3%); open: 2" in words(listed)
    for link in listed.xpath("//nav[@aria-label='Shares']//a"):
        said = link.getparent().text_content().replace(link.text_content(), "").split()[0]
        opened = page(staff, link.get("href"))
        said = "0" if said == "–" else said  # nothing to count
        assert opened.xpath("//p[@class='count']/@data-n") == [said], link.text_content()


def test_lists_and_files_are_the_same(staff):
    for query in ("", "?show=open", "?country=AFG", "?from=2024&q=minimum", "?kind=request&asks_help=yes"):
        n = int(page(staff, f"/requests{query}").xpath("//p[@class='count']/@data-n")[0])
        assert len(staff.get(f"/requests.csv{query}").text.strip().splitlines()) == n + 1
        assert len(staff.get(f"/requests.json{query}").json["rows"]) == n
    for wrong in ("show=odd", "country=XX", "from=20", "from=2025&to=2024", "kind=wish", "page=0"):
        assert staff.get(f"/requests?{wrong}").status_code == 422


def test_log_support_for_this_presets_the_log_and_links_it(staff, sessions):
    form = page(staff, "/activities/new?request=REQ-2026-0001")
    checked = set(form.xpath("//form[contains(@class, 'activity')]//input[@checked]/@value"))
    assert {"law_reform", "diversion", "E1997-30-8"} <= checked
    assert "crc_concluding_observations" in checked | set(form.xpath("//option[@selected]/@value"))
    assert form.xpath("//input[@name='source_symbol']/@value") == ["CRC/C/AFG/CO/1, 73"]
    assert form.xpath("//input[@name='asked_by']/@value") == ["REQ-2026-0001"]
    client_id = form.xpath("//form[contains(@class, 'activity')]//input[@name='client_id']/@value")[0]
    sent = {"client_id": client_id, "office": "0060", "asked_by": "REQ-2026-0001", "do": "draft"}
    refused = send(staff, "/activities/new", "/me", **sent, title="")
    assert refused.status_code == 422
    assert 'name="asked_by" value="REQ-2026-0001"' in " ".join(refused.text.split())
    saved = send(staff, "/activities/new", "/me", **sent, title="Help with the code")
    assert saved.status_code == 302
    assert "It is linked to REQ-2026-0001." in words(page(staff, saved.headers["Location"]))
    again = send(staff, "/activities/new", "/me", **sent, title="Help with the code")
    assert again.headers["Location"] == saved.headers["Location"]
    with sessions() as session:
        assert len(find_request(session, "REQ-2026-0001").activities) == 1
    assert staff.get("/activities/new?request=REQ-1900-0001").status_code == 404


def test_an_activity_offers_the_open_requests_of_its_country(staff, sessions):
    with unit_of_work(sessions) as session:
        waiting, work = asked(session), approved(session, "0060", title="Of this year")
        references = waiting.reference, work.reference
    record = page(staff, f"/activities/{references[1]}")
    assert references[0] in words(record, "//*[@id='requests']")
    answer = send(staff, f"/activities/{references[1]}/requests", "/me", request=references[0])
    assert answer.status_code == 302
    assert "Answers" in words(page(staff, f"/activities/{references[1]}"), "//*[@id='requests']")
    assert "counts as support" in words(page(staff, f"/requests/{references[0]}"), "//*[@id='activities']")


def test_a_refused_form_keeps_all_that_was_typed(staff):
    typed = {"kind": "need", "asked": "", "asker": "The ministry", "symbol": "CRC/C/1", "received_on-year": "20x5",
             "client_id": "0" * 8 + "-0000-4000-8000-" + "0" * 12}  # fmt: skip
    answer = send(staff, "/requests/new", "/me", **typed)
    assert answer.status_code == 422
    tree = html.document_fromstring(answer.text)
    assert tree.xpath("//input[@name='asker']/@value") == ["The ministry"]
    assert tree.xpath("//input[@name='received_on-year']/@value") == ["20x5"]
    assert "need" in tree.xpath("//input[@name='kind'][@checked]/@value")
    declined = send(staff, "/requests/REQ-2026-0001/answer", "/me", answer="declined", version="2")
    assert declined.status_code == 422
    assert "Say why" in declined.text


def test_a_stale_form_shows_both_and_takes_over_what_only_the_other_changed(staff, sessions):
    edit = page(staff, "/requests/REQ-2026-0001/edit")
    seen = edit.xpath("//input[@name='version']/@value")[0]
    fields = {"kind": "request", "country": "AFG", "source": "crc_concluding_observations", "offices": "0060",
              "received_on-day": "1", "received_on-month": "3", "received_on-year": "2024", "paragraph": "73",
              "types": ["law_reform", "diversion"], "provisions": "E1997-30-8", "symbol": "CRC/C/AFG/CO/1"}  # fmt: skip
    text = "Technical help to raise the minimum age of criminal responsibility."
    path = "/requests/REQ-2026-0001/edit"
    first = send(staff, path, path, **fields | {"paragraph": "74"}, asked=text, version=seen)
    assert first.status_code == 302
    stale = send(staff, path, path, **fields, asked="Mine.", version=seen)
    assert stale.status_code == 409
    tree = html.document_fromstring(stale.text)
    assert tree.xpath("//textarea[@name='asked']")[0].text.strip() == "Mine."
    assert tree.xpath("//input[@name='paragraph']/@value") == ["74"]
    again = send(staff, path, path, **fields | {"paragraph": "74"}, asked="Mine.",
                 version=tree.xpath("//input[@name='version']/@value")[0])  # fmt: skip
    assert again.status_code == 302


def test_the_import_page_looks_before_it_keeps(world, client, sign_in):
    sign_in(client, "hq@demo.example")
    data = b"State,Recommendation\nNepal,Train judges\nAtlantis,Train judges\n"

    def read(**more):
        sent = {"csrf_token": token(client, "/requests/import"), "source": "upr", **more}
        return client.post("/requests/import", data=sent, content_type="multipart/form-data")

    looked = read(file=(BytesIO(data), "f.csv"), only_look="y")
    assert "Nothing was kept" in looked.text
    assert "Atlantis" in looked.text
    assert 'data-n="3"' in client.get("/requests").text
    kept = read(file=(BytesIO(data), "f.csv"))
    assert "1 request is new." in kept.text
    assert 'data-n="4"' in client.get("/requests").text
    assert read().status_code == 422
    assert read(file=(BytesIO(b"\xff\xfe\x00"), "f.csv")).status_code == 422


def test_a_file_that_was_read_is_looked_up_and_undone(world, client, sign_in):
    sign_in(client, "hq@demo.example")
    data = b"State,Recommendation\nNepal,Train judges\nNepal,Raise the age\n"
    sent = {"csrf_token": token(client, "/requests/import"), "source": "upr", "file": (BytesIO(data), "upr.csv")}
    client.post("/requests/import", data=sent, content_type="multipart/form-data")
    assert 'data-n="5"' in client.get("/requests").text
    page = html.fromstring(client.get("/requests/import").text).xpath("//*[@id='read']//tbody//a/@href")[0]
    shown = client.get(page).text
    for said in ("It brought 2 requests.", "upr.csv", "Train judges", "Nepal", "SHA-256"):
        assert said in shown
    undone = client.post(f"{page}/undo", data={"csrf_token": token(client, page)})
    assert undone.status_code == 303
    assert "Undone" in client.get(page).text
    assert "Undo the whole import" not in client.get(page).text
    assert 'data-n="3"' in client.get("/requests").text
    again = client.post(f"{page}/undo", data={"csrf_token": token(client, page)})
    assert again.status_code == 409
    assert "It is undone already." in again.text


def test_the_import_page_shows_the_order_of_dates_and_lets_the_other_be_chosen(world, client, sign_in):
    sign_in(client, "hq@demo.example")
    data = b"State,Recommendation,Adopted on,Response,date\n"
    data += b"Nepal,Train judges,,Perhaps,03/04/2019\nNepal,Raise the age,,,03/25/2019\n"

    def look(**more):
        sent = {"csrf_token": token(client, "/requests/import"), "source": "upr", "only_look": "y", **more}
        sent["file"] = (BytesIO(data), "f.csv")
        answer = client.post("/requests/import", data=sent, content_type="multipart/form-data")
        assert answer.status_code == 200
        return " ".join(html.fromstring(answer.text).text_content().split())

    looked = look()
    assert "were read month first: March 4." in looked
    assert "Warning, Response: This says neither that the State accepted it" in looked
    assert "Found: Perhaps" in looked
    other = look(order="dmy")
    assert "were read day first: 3 April." in other
    assert "Error, date: This date does not fit the order chosen for the file (day first). Found: 03/25/2019" in other
    assert 'data-n="3"' in client.get("/requests").text


@pytest.mark.parametrize("name", FEW_OF_REQUESTS)
def test_a_hostile_file_is_refused_on_the_page_and_leaves_nothing(world, client, sign_in, name):
    sign_in(client, "hq@demo.example")
    data, said = FEW_OF_REQUESTS[name]
    sent = {"csrf_token": token(client, "/requests/import"), "source": "upr", "file": (BytesIO(data), "f.csv")}
    answer = client.post("/requests/import", data=sent, content_type="multipart/form-data")
    assert answer.status_code == 422
    assert said in answer.text
    assert 'data-n="3"' in client.get("/requests").text


@pytest.mark.parametrize("path", ["/countries/AFG", "/offices/0060", "/regions/ROSA"])
def test_asked_stands_beside_given_and_each_number_opens_its_list(staff, path):
    tree = page(staff, path)
    assert "With support:" in words(tree, "//*[@id='asked']")
    opened = 0
    for link in tree.xpath("//*[@id='asked']//li//a"):
        k, _of, n = " ".join(link.text_content().split()).partition(" of ")
        url = link.get("href")
        if url.startswith("/requests?"):
            assert page(staff, url).xpath("//*[@data-n]")[0].get("data-n") == k, (url, k, n)
            opened += 1
    assert opened > 1


def test_a_country_shows_asked_beside_given_and_who_else(staff):
    text = words(page(staff, "/countries/AFG"), "//*[@id='asked']")
    assert "Given and not asked" in text
    partners = words(page(staff, "/countries/AFG/partners"))
    assert "Training" in partners
    assert "Other (say what)" not in partners, "it is no kind of support that could be missing"
    assert staff.get("/reports/who-works-where.csv?country=AFG").status_code == 200


def test_a_share_is_frozen_and_its_page_says_what_moved(world, client, sign_in, sessions):
    sign_in(client, "hq@demo.example")
    report = page(client, "/reports/request-figures")
    freeze = next(a for a in report.xpath("//main//td//a/@href") if "/figures/new" in a and "supported" in a)
    assert page(client, freeze).xpath("//main//input[@name='client_id']")
    tree = page(client, freeze)
    data = {"title": "Asked and given", "client_id": tree.xpath("//main//input[@name='client_id']/@value")[0]}
    made = send(client, freeze, freeze, **data)
    assert made.status_code == 303
    text = words(page(client, made.headers["Location"]))
    assert "1 of 3 (33.3%)" in text
    assert "Today it is the same figure" in text
    with unit_of_work(sessions) as session:
        asked(session, country="NPL", provisions=())
    text = words(page(client, made.headers["Location"]))
    assert "Today: 1 of 4 (25.0%)" in text
    assert "1 came and 0 went" in text
    assert "Asked and given" in words(page(client, "/figures"))


def test_a_draft_that_answers_a_request_is_its_offices_own_affair(staff, app, sign_in, sessions):
    with unit_of_work(sessions) as session:
        waits = asked(session, country="AFG", received_on="2026-02-03", provisions=())
        drafts = drafted(session, "0060", title="Not yet said")
        link_activity(session, SYSTEM, waits, drafts)
        reference, draft = waits.reference, drafts.reference
    address = f"/requests/{reference}"
    sign_in(outsider := app.test_client(), "hq@demo.example")
    mine, theirs = page(staff, address), page(outsider, address)
    assert draft in words(mine)
    for tree in (mine, theirs):
        assert "nobody has answered it" in words(tree)
        assert "Work on it is recorded" not in words(tree)
    assert "No activity is linked yet." in words(theirs)
    assert draft not in theirs.text_content()
    assert "Activity linked" not in words(theirs)
    for client in (staff, outsider):
        rows = {
            row["reference"]: row
            for row in DictReader(StringIO(client.get("/requests.csv?country=AFG").text.lstrip("\ufeff")))
        }
        assert rows[reference]["activities"] == "0"
    assert draft not in outsider.get("/reports/request-activities.csv").text
    assert reference not in outsider.get("/reports/request-activities.csv").text


def test_the_history_of_a_request_names_no_record_that_is_closed_to_the_reader(staff, app, sign_in, sessions):
    with unit_of_work(sessions) as session:
        waits = asked(session, country="AFG", received_on="2026-02-03", provisions=())
        closed = submitted(session, "0060", visibility="office", title="For the office")
        link_activity(session, SYSTEM, waits, closed)
        reference, activity = waits.reference, closed.reference
    sign_in(outsider := app.test_client(), "staff2@demo.example")
    told = page(outsider, f"/requests/{reference}")
    assert "1 more, not open to you" in words(told)
    assert "an activity that is not open to you" in words(told)
    assert activity not in told.text_content()
    assert activity in words(page(staff, f"/requests/{reference}"))
