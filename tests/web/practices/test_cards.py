"""A practice card from an activity's lesson to the library, with its reviewer always in sight."""

from __future__ import annotations

import re

import pytest
from lxml import html

from app.core.db import unit_of_work
from tests.factories.activities import approved


@pytest.fixture
def reference(sessions):
    with unit_of_work(sessions) as session:
        return approved(session, "0060", lessons="Ask the police first.", obstacles=("funds",)).reference


def send(client, path, **data):
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', client.get("/me").text)[1]
    return client.post(path, data={"csrf_token": token, **data})


def field(answer, name):
    tree = html.document_fromstring(answer.text)
    return (tree.xpath(f"//form//*[@name='{name}'][not(@type='radio')]/@value") or [""])[0]


def test_a_card_from_lesson_to_library(client, app, sign_in, reference):
    sign_in(client, "staff@demo.example")
    record = client.get(f"/activities/{reference}")
    (make,) = re.findall(r'href="(/practices/new[^"]+)"', record.text)
    form = client.get(make)
    assert "Ask the police first." in form.text
    typed = {"client_id": field(form, "client_id"), "step": "good_practice", "title": "Begin with the police",
             "problem": "Nobody came.", "done": "A course.", "learned": "Ask first.", "obstacles": "funds",
             "types": "training"}  # fmt: skip
    assert send(client, make, **typed | {"title": ""}).status_code == 422
    saved = send(client, make, **typed)
    path = saved.headers["Location"]
    assert send(client, make, **typed).headers["Location"] == path
    card = client.get(path)
    assert "Draft, not reviewed" in card.text
    lacking = send(client, f"{path}/submit", version=field(card, "version"))
    assert lacking.status_code == 422
    assert "A good practice needs evidence" in lacking.text
    typed |= {"version": field(lacking, "version"), "step": "lesson", "failed": "y"}
    assert send(client, f"{path}/edit", **typed).status_code == 302
    assert send(client, f"{path}/edit", **typed).status_code == 409
    card = client.get(path)
    assert send(client, f"{path}/submit", version=field(card, "version")).status_code == 302
    adviser = app.test_client()
    sign_in(adviser, "adviser@demo.example")
    waiting = adviser.get(path)
    returned = send(adviser, f"{path}/review", do="return", version=field(waiting, "version"), words="")
    assert returned.status_code == 422
    done = send(adviser, f"{path}/review", do="accept", version=field(waiting, "version"), words="Clear.")
    assert done.status_code == 302
    other = app.test_client()
    sign_in(other, "staff2@demo.example")
    reuse = {"office": "0420", "words": "It worked here, too.", "client_id": field(other.get(path), "client_id")}
    assert send(other, f"{path}/reuses", **reuse).status_code == 302
    library = other.get("/practices?support_type=training&obstacle=funds&region=ROSA&reused=yes&failed=yes")
    assert "Begin with the police" in library.text
    assert re.search(r"Reviewed by Person \d+ on", library.text)
    assert "Used again 1 time" in library.text
    assert "Begin with the police" not in other.get("/practices?obstacle=law").text
    assert "Begin with the police" in other.get("/reports/practices.csv?step=lesson").text
    assert other.get("/practices?step=odd").status_code == 422


def test_drafts_and_sensitive_records_stay_with_their_office(client, app, sign_in, sessions, reference):
    with unit_of_work(sessions) as session:
        secret = approved(session, "0060", sensitive=True).reference
    sign_in(client, "staff@demo.example")
    assert client.get(f"/practices/new?activity={secret}").status_code == 409
    form = client.get(f"/practices/new?activity={reference}")
    sent = {"client_id": field(form, "client_id"), "step": "lesson", "title": "A draft"}
    path = send(client, f"/practices/new?activity={reference}", **sent).headers["Location"]
    other = app.test_client()
    sign_in(other, "staff2@demo.example")
    assert other.get(path).status_code == 404
    assert "A draft" not in other.get("/practices").text
    assert other.get(f"/practices/new?activity={reference}").status_code == 404
