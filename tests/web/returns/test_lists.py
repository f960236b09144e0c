"""The list of returns, reminders, rounds and exemptions."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session, sessionmaker

from app.core.db import unit_of_work
from app.core.permissions import SYSTEM
from app.offices.models import Exemption
from app.returns.models import Round
from app.returns.services import sign_return
from tests.web.returns.conftest import ADMIN, ADVISER, HQ, LEAD, PAGE, STAFF, STRANGER, YEAR, Send, tree, words


def rows(page: Any, section: str) -> list[str]:
    return [" ".join(row.text_content().split()) for row in page.xpath(f"//*[@id='{section}']//tbody/tr")]


def test_own_offices_over_the_years(client: FlaskClient, sign_in: Any, world: Any, see: Any) -> None:
    sign_in(client, STAFF)
    page = see("/returns")
    assert rows(page, "own") == ["2025, Afghanistan Country Office Not signed Due 31 January 2026, 12 days late"]
    assert not page.xpath("//*[@id='offices']")


@pytest.mark.parametrize(("email", "regions"), [(ADVISER, 1), (HQ, 7), (ADMIN, 7)])
def test_those_whom_one_looks_after(
    client: FlaskClient, sign_in: Any, world: Any, see: Any, sessions: Any, email: str, regions: int
) -> None:
    sign_in(client, email)
    page = see("/returns")
    found = rows(page, "offices")
    assert any(row.startswith("Afghanistan") for row in found)
    assert len({td.text_content() for td in page.xpath("//*[@id='offices']//td[@data-label='Region']")}) == regions
    assert "7 March" not in words(page)
    assert "next reminded on 21 February 2026" in words(page)


def test_strangers_see_their_own_only(client: FlaskClient, sign_in: Any, world: Any, see: Any) -> None:
    sign_in(client, STRANGER)
    assert "Afghanistan" not in words(see("/returns"))


def test_tabs_count_what_they_show(
    client: FlaskClient, sign_in: Any, world: Any, see: Any, sessions: sessionmaker[Session]
) -> None:
    with unit_of_work(sessions) as session:
        sign_return(session, SYSTEM, "0060", YEAR, "nil", words="none")
    sign_in(client, ADVISER)
    page = see("/returns")
    for link in page.xpath("//ul[@class='chips']//a"):
        count = int(link.xpath("./span")[0].text)
        assert len(rows(see(link.get("href")), "offices")) == count
    assert rows(see("/returns?show=signed"), "offices")[0].startswith(
        "Afghanistan Country Office South Asia Nil return"
    )
    assert len(rows(see("/returns?show=nonsense&year=x"), "offices")) == len(rows(page, "offices"))


def test_without_a_round(client: FlaskClient, sign_in: Any, see: Any) -> None:
    sign_in(client, HQ)
    assert "No round has been opened yet" in words(see("/returns"))


def test_a_reminder_is_drafted_and_not_sent(client: FlaskClient, sign_in: Any, world: Any, see: Any) -> None:
    sign_in(client, ADVISER)
    link = see("/returns").xpath("//*[@id='offices']//a[contains(@href, '0060') and contains(@href, 'reminder')]")[0]
    page = see(link.get("href"))
    body = words(page, "//textarea[@id='body']")
    assert (
        "The annual return of Afghanistan Country Office for 2025 is not signed. It was due on 31 January 2026." in body
    )
    assert re.search(rf"https?://[^ ]+{PAGE}", body), "an address that opens from a mail"
    mail = urlsplit(page.xpath("//a[starts-with(@href, 'mailto:')]/@href")[0])
    assert unquote(mail.path) == LEAD
    assert parse_qs(mail.query)["subject"] == [
        "Afghanistan Country Office: annual return for 2025, was due 31 January 2026"
    ]
    assert "\r\n" in parse_qs(mail.query)["body"][0]


def test_no_reminder_of_a_signed_return(
    client: FlaskClient, sign_in: Any, world: Any, see: Any, sessions: sessionmaker[Session]
) -> None:
    with unit_of_work(sessions) as session:
        sign_return(session, SYSTEM, "0060", YEAR, "nil", words="none")
    sign_in(client, ADVISER)
    assert client.get(f"{PAGE}/reminder").status_code == 409
    assert client.get("/offices/0420/returns/2025/reminder").status_code == 404


@pytest.mark.parametrize("email", [LEAD, STAFF, ADVISER])
def test_rounds_are_not_open_to_all(client: FlaskClient, sign_in: Any, post: Any, world: Any, email: str) -> None:
    sign_in(client, email)
    for path in ("/rounds", "/rounds/2025", "/exemptions"):
        assert client.get(path).status_code == 403
    for path in ("/rounds/2025", "/exemptions", "/exemptions/1/end"):
        assert post(client, path).status_code == 403


def days(name: str, day: str, month: str, year: str) -> dict[str, str]:
    return {f"{name}-day": day, f"{name}-month": month, f"{name}-year": year}


def test_a_round_is_opened_and_changed(
    client: FlaskClient, sign_in: Any, world: Any, see: Any, send: Send, sessions: sessionmaker[Session]
) -> None:
    sign_in(client, HQ)
    assert see("/rounds").xpath("//a[@href='/rounds/2026']")
    path = "/rounds/2026"
    page = see(path)
    assert page.xpath("//input[@id='opens_on-day']/@value") == ["1"]
    good = days("opens_on", "1", "11", "2026") | days("due_on", "15", "2", "2027")
    assert send(path, path, **good | days("due_on", "", "2", "2027")).status_code == 422
    assert send(path, path, **good | days("due_on", "30", "2", "2027")).status_code == 422
    assert send(path, path, **good | days("due_on", "1", "1", "2020")).status_code == 422
    assert send(path, path, **good).status_code == 303
    stale = send(path, path, **good | days("due_on", "20", "2", "2027") | {"seen": ""})
    assert stale.status_code == 409
    assert tree(stale).xpath("//input[@id='due_on-day']/@value") == ["20"]
    assert "15 February 2027" in words(tree(stale))
    with sessions() as session:
        assert [str(d) for d in session.scalars(select(Round.due_on).where(Round.year == 2026))] == ["2027-02-15"]
    assert client.get("/rounds/2031").status_code == 404


def test_an_exemption_is_added_and_ended(
    client: FlaskClient, sign_in: Any, world: Any, see: Any, send: Send, sessions: sessionmaker[Session]
) -> None:
    sign_in(client, ADMIN)
    path = "/exemptions"
    good = {"office": "0060", "reason": "<b>Evacuated</b>", **days("valid_from", "15", "8", "2025")}
    refused = send(path, path, **{**good, "reason": ""})
    assert refused.status_code == 422
    assert tree(refused).xpath("//select[@id='office']/option[@selected]/@value") == ["0060"]
    key = tree(refused).xpath("//input[@name='client_id']/@value")[0]
    assert [send(path, path, **good, client_id=key).status_code for _ in range(3)] == [303] * 3
    assert "<b>Evacuated</b>" in words(see(path), "//tbody")
    assert "No return is expected for this year. The office is exempt" in words(see(PAGE))
    with sessions() as session:
        assert session.scalar(select(func.count()).select_from(Exemption)) == 1
        number = session.scalars(select(Exemption.id)).one()
    end = f"/exemptions/{number}/end"
    field = f"end-{number}-valid_to"
    assert send(end, path, **days(field, "1", "1", "2020")).status_code == 422
    assert send(end, path, **days(field, "", "1", "2026")).status_code == 422
    assert send(end, path, **days(field, "31", "12", "2025"), **{f"end-{number}-seen": "2020-01-01"}).status_code == 409
    assert send(end, path, **days(field, "31", "12", "2025")).status_code == 303
    assert "31 December 2025" in words(see(path), "//tbody")
    assert client.post("/exemptions/9999/end").status_code in (400, 404, 419, 422)
