"""What was typed is never lost: neither with the session nor with the token that ended meanwhile."""

from __future__ import annotations

import re
from html import unescape

import time_machine
from bs4 import BeautifulSoup
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.factories.people import PASSWORD
from tests.web.conftest import SignIn, csrf_of
from tests.web.test_sign_in import NOON, STAFF, timedelta

LONG = ('Line one: “law” & <b>bold</b> "quoted" عربى\n' * 60)[:2000]


def send_again(client: FlaskClient, page: TestResponse, **more: str) -> TestResponse:
    """Press the one button of the main form of `page`."""
    form = BeautifulSoup(page.text, "html.parser").select("main form")[0]
    fields: dict[str, list[str]] = {}
    for each in form.select("input[name]"):
        fields.setdefault(str(each["name"]), []).append(str(each.get("value", "")))
    return client.post(str(form["action"]), data={**fields, **more})


def given_back(page: TestResponse) -> str:
    """The text in the first read-only box."""
    found = re.search(r"<textarea[^>]*readonly[^>]*>\n?(.*?)</textarea>", page.text, re.S)
    assert found
    return unescape(found.group(1))


def test_an_ended_token_gives_the_text_back_and_a_button_to_send_it(client: FlaskClient, sign_in: SignIn) -> None:
    assert len(LONG) == 2000
    with time_machine.travel(NOON, tick=False) as clock:
        sign_in(client, STAFF)
        token = csrf_of(client.get("/me"))
        for hours in (6, 11, 13):  # at work, with the form open
            clock.move_to(NOON + timedelta(hours=hours))
            client.get("/me")
        page = client.post("/probe/form", data={"csrf_token": token, "text": [LONG, "second"]})
        assert page.status_code == 400
        assert given_back(page).strip() == LONG.strip()
        again = send_again(client, page)
    assert again.status_code == 200
    assert again.text.replace("\r\n", "\n") == f"{LONG}|second"


def test_an_ended_session_gives_the_text_back_after_signing_in_on_the_page(
    client: FlaskClient, sign_in: SignIn, app: Flask
) -> None:
    sign_in(client, STAFF)
    token = csrf_of(client.get("/me"))
    client.delete_cookie("session")
    page = client.post("/probe/form?from=x", data={"csrf_token": token, "text": LONG})
    assert page.status_code == 401
    assert given_back(page).strip() == LONG.strip()
    wrong = send_again(client, page, email=STAFF, password="wrong")
    assert wrong.status_code == 422
    assert given_back(wrong).strip() == LONG.strip()
    assert "wrong" not in wrong.text
    signed_in = send_again(client, wrong, email=STAFF, password=PASSWORD)
    assert signed_in.status_code == 200
    assert PASSWORD not in signed_in.text
    again = send_again(client, signed_in)
    assert again.request.path == "/probe/form"
    assert again.request.query_string == b"from=x"
    assert again.text.replace("\r\n", "\n") == LONG


def test_fields_named_like_those_of_the_sign_in_form_survive(client: FlaskClient, sign_in: SignIn) -> None:
    sign_in(client, STAFF)
    client.delete_cookie("session")
    page = client.post("/probe/form", data={"text": "x", "email": "partner@ngo.example", "next": "step"})
    signed_in = send_again(client, page, email=STAFF, password=PASSWORD)
    names = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', signed_in.text)
    assert ("email", "partner@ngo.example") in names
    assert ("next", "step") in names


def test_throttled_on_the_resend_page_keeps_the_text_too(client: FlaskClient, sign_in: SignIn) -> None:
    sign_in(client, STAFF)
    client.delete_cookie("session")
    page = client.post("/probe/form", data={"text": LONG})
    for _ in range(5):
        page = send_again(client, page, email=STAFF, password="wrong")
    page = send_again(client, page, email=STAFF, password=PASSWORD)
    assert page.status_code == 429
    assert given_back(page).strip() == LONG.strip()


def test_another_sites_form_is_not_offered_for_sending(client: FlaskClient, sign_in: SignIn) -> None:
    sign_in(client, STAFF)
    for headers in ({"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}, {"Origin": "null"}):
        page = client.post("/probe/form", data={"text": "planted by another site"}, headers=headers)
        assert page.status_code == 400
        assert "planted" not in page.text
    client.delete_cookie("session")
    page = client.post("/probe/form", data={"text": "planted"}, headers={"Origin": "https://evil.example"})
    assert page.status_code == 400
    assert "planted" not in page.text


def test_an_ended_token_on_the_resend_page_itself_keeps_the_text(client: FlaskClient, sign_in: SignIn) -> None:
    sign_in(client, STAFF)
    client.delete_cookie("session")
    page = client.post("/probe/form", data={"text": LONG})
    client.delete_cookie("session")
    page = send_again(client, page, email=STAFF, password=PASSWORD)
    assert page.status_code == 400
    assert given_back(page).strip() == LONG.strip()
    signed_in = send_again(client, page, email=STAFF, password=PASSWORD)
    assert send_again(client, signed_in).text.replace("\r\n", "\n") == LONG


def test_the_resend_page_sends_to_our_own_addresses_only(client: FlaskClient, sign_in: SignIn) -> None:
    sign_in(client, STAFF)
    token = csrf_of(client.get("/me"))
    data = {"csrf_token": token, "kept_for": "//evil.example/x", "kept-text": "x"}
    assert client.post("/sign-in/resend", data=data).status_code == 400
