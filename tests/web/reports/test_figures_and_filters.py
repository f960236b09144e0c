"""Freezing from a report's row, the permanent page, withdrawal; saving a filter and finding it again."""

from __future__ import annotations

import re

import pytest
from click.testing import CliRunner
from lxml import html

from app.activities.models import Activity
from app.activities.services import withdraw_activity
from app.cli import main
from app.core.db import new_client_id, unit_of_work
from app.core.permissions import SYSTEM
from tests.factories.activities import approved


@pytest.fixture
def records(sessions):
    """One record of 2025 that only its office may open, one that everybody may."""
    with unit_of_work(sessions) as session:
        own = approved(session, "0420", visibility="office", countries=("BRB",))
        return own.reference, approved(session, "0060", visibility="all_staff").reference


def main_text(answer) -> str:
    return " ".join(html.fromstring(answer.text).xpath("//main")[0].text_content().split())


@pytest.fixture
def shell(engine_url, tmp_path, monkeypatch):
    """A command of the shell on this test's own database."""
    monkeypatch.setenv("TRACKER_ENV", "development")
    monkeypatch.setenv("TRACKER_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("TRACKER_DATABASE_URL", engine_url)
    return lambda *words: CliRunner().invoke(main, words)


@pytest.mark.both_engines
def test_a_row_is_frozen_shown_compared_and_withdrawn(client, sign_in, post, records, sessions, shell) -> None:
    closed, opened = records
    sign_in(client, "hq@demo.example")
    page = html.fromstring(client.get("/reports/trend?year=2025").text)
    freeze = page.xpath("//tbody/tr[1]//a[contains(@href, '/figures/new')]/@href")[0]
    assert re.search(r"World: 2 of \d+ offices", main_text(client.get(freeze)))
    assert post(client, freeze, {"title": "", "client_id": new_client_id()}).status_code == 422
    answer = post(client, freeze, {"title": "For the report", "client_id": new_client_id()})
    assert answer.status_code == 303
    figure = answer.headers["Location"]
    text = main_text(client.get(figure))
    for said in ("The seal is whole", "it is the same", "Today it is the same figure", opened, closed):
        assert said in text
    cited = rf"Cite as: For the report: 2 of \d+ offices \(.*%\)\. .*, 2025: World; definition 2026-1, .*{figure}"
    assert re.search(cited, text)
    rows = html.fromstring(client.get(figure).text).xpath("//*[@id='activities']//tbody/tr")
    told = {tuple(" ".join(cell.text_content().split()) for cell in row) for row in rows}
    assert (f"Course for judges {opened}", "Afghanistan Country Office", "1") in told
    assert len(told) == 2
    assert "For the report" not in main_text(client.get("/figures?changed=yes"))
    with unit_of_work(sessions) as session:
        gone = session.query(Activity).filter_by(reference=closed).one()
        withdraw_activity(session, SYSTEM, gone, "Logged twice.", gone.version)
    assert "For the report" in main_text(client.get("/figures?changed=yes"))
    text = main_text(client.get(figure))
    assert f"Activities that went: {closed}." in text
    assert "Offices that left k: " in text
    assert "The seal is whole" in text
    assert post(client, f"{figure}/withdrawal", {"reason": ""}).status_code == 422
    assert post(client, f"{figure}/withdrawal", {"reason": "It was the wrong year."}).status_code == 303
    assert "It was the wrong year." in main_text(client.get(figure))
    assert re.search(r"Cite as: WITHDRAWN on [0-9-]+, not to be quoted: For the report", main_text(client.get(figure)))
    assert post(client, f"{figure}/withdrawal", {"reason": "Again."}).status_code == 409
    assert "Withdrawn" in main_text(client.get("/figures"))
    assert "For the report" not in main_text(client.get("/figures?changed=yes")), "nobody quotes it any more"
    assert "For the report (withdrawn): 2 of " in shell("figures", "list").output
    assert shell("figures", "verify").output == "Frozen figures that stand: 1.\n", "what happened since is no matter"
    today = shell("report", "trend", "--filter", "year=2025", "--format", "csv").stdout_bytes
    assert today == client.get("/reports/trend.csv?year=2025").get_data()


def test_a_permanent_page_tells_nobody_more_than_the_pages_of_the_day(client, sign_in, post, records) -> None:
    closed, opened = records
    sign_in(client, "hq@demo.example")
    address = "/figures/new?report=trend&year=2025&row=2025/approved/world//"
    figure = post(client, address, {"title": "For the report", "client_id": new_client_id()}).headers["Location"]
    post(client, "/sign-out")
    sign_in(client, "staff@demo.example")
    page = client.get(figure)
    text = main_text(page)
    assert opened in text
    assert closed not in text
    assert "1 more, not open to you" in text
    assert re.search(r"Unanswered: \d+ .*more, not open to you", text)
    assert "Withdraw this figure" not in text
    assert client.get(address).status_code == 403


def test_a_filter_is_saved_beside_its_page_and_on_the_first_one(client, sign_in, post) -> None:
    sign_in(client)
    for path in ("/activities?about=diversion", "/coverage?year=2025&region=ROSA", "/reports/terms?year=2025"):
        link = html.fromstring(client.get(path).text).xpath("//a[starts-with(@href, '/saved-filters')]/@href")[0]
        form = html.fromstring(client.get(link).text).xpath("//form[@action='/saved-filters']")[0]
        sent = {each.get("name"): each.get("value") or "" for each in form.xpath(".//input")} | {
            "name": f"Of {path[:5]}"
        }
        answer = client.post("/saved-filters", data=sent)
        assert (answer.status_code, answer.headers["Location"]) == (303, path)
        assert f'href="{path.replace("&", "&amp;")}"' in client.get("/").text
        assert sent["name"] in client.get(path).text
        again = post(client, "/saved-filters", sent | {"client_id": new_client_id()})
        assert again.status_code == 422
        assert "You have a filter of this name" in again.text
    remove = html.fromstring(client.get("/saved-filters").text).xpath("//form[contains(@action, '/remove')]/@action")
    assert len(remove) == 3
    assert post(client, remove[0]).headers["Location"] == "/saved-filters"
    assert len(html.fromstring(client.get("/saved-filters").text).xpath("//form[contains(@action, '/remove')]")) == 2
    assert post(client, remove[0]).status_code == 404


@pytest.mark.both_engines
def test_every_figure_of_a_report_opens_down_to_its_records(client, sign_in, records) -> None:
    """Also of rows that no list of activities could be asked for: kinds of terms, entry points, two support types."""
    closed, _opened = records
    sign_in(client, "staff@demo.example")
    seen = set()
    for key in ("coverage", "terms", "entry-points", "how-by-about", "participations", "quality"):
        page = html.fromstring(client.get(f"/reports/{key}?year=2025").text)
        for row in page.xpath("//tbody/tr"):
            (link,) = row.xpath(".//a[contains(@href, '/figures/behind')]/@href")
            head = [" ".join(cell.text_content().split()) for cell in page.xpath("//thead//th")]
            told = dict(zip(head, (" ".join(cell.text_content().split()) for cell in row), strict=True))
            if told["Activities"] == "0" and key in seen:
                continue
            seen.add(key)
            text = main_text(client.get(link))
            behind = html.fromstring(client.get(link).text)
            shown = len(behind.xpath("//*[@id='activities']//tbody/tr"))
            more = re.search(r"(\d+) more, not open to you", text)
            assert str(shown + (int(more[1]) if more else 0)) == told["Activities"], (key, told)
            assert len(behind.xpath("//*[@id='offices']//li")) == int(told["k"]), (key, told)
            assert closed not in text
            assert (f"{told['k']} of {told['N']}" in text) or told["N"] == "0"
    assert len(seen) == 6
    assert client.get("/figures/behind?report=coverage&row=none").status_code == 404
    assert client.get("/figures/behind?report=none&row=none").status_code == 404


def test_a_tag_has_states_as_any_slice(client, sign_in, post, records) -> None:
    """Who provided elsewhere has answered with none here (METHODOLOGY, Qualifying): frozen, and counted anew."""
    sign_in(client, "hq@demo.example")
    whole = post(
        client,
        "/figures/new?report=coverage&year=2025&row=2025/approved/world//",
        {"title": "Whole", "client_id": new_client_id()},
    ).headers["Location"]
    tag = post(
        client,
        "/figures/new?report=terms&year=2025&row=2025/approved/term/long/",
        {"title": "Long", "client_id": new_client_id()},
    ).headers["Location"]
    told = {}
    for name, address in (("whole", whole), ("tag", tag)):
        page = html.fromstring(client.get(address).text)
        states = (
            " ".join(each.text_content().split()).rsplit(": ", 1) for each in page.xpath("//*[@id='offices']//summary")
        )
        told[name] = {label: int(count) for label, count in states}
        assert "The seal is whole" in main_text(client.get(address))
        assert "it is the same" in main_text(client.get(address))
    assert told["whole"]["Provided support"] == 2
    assert told["tag"]["Unanswered"] == told["whole"]["Unanswered"]
    assert told["tag"]["Provided support"] + told["tag"]["Answered, none here"] == 2
