"""An office's year on one page: who sees what, signing, ticking, stale and double forms, naughty text."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session, sessionmaker

from app.core.db import unit_of_work
from app.coverage.kept import kept_facts
from app.coverage.rules import State, figure
from app.returns.models import AnnualReturn
from tests.factories.activities import approved
from tests.web.conftest import sign_in_as
from tests.web.returns.conftest import ADMIN, ADVISER, HQ, LEAD, PAGE, STAFF, STRANGER, YEAR, Send, tree, words

NAUGHTY = "<script>alert(1)</script> '\" ‮ \u0000 {{ 7*7 }} عربى =HYPERLINK(1)"


def kept(sessions: sessionmaker[Session]) -> AnnualReturn | None:
    with sessions() as session:
        return session.scalar(select(AnnualReturn))


def state(sessions: sessionmaker[Session]) -> State:
    with sessions() as session:
        found = figure(kept_facts(session, [YEAR])[YEAR])
        return next(s for s, offices in found.by_state.items() if "0060" in offices)


def test_the_lead_ticks_accepts_and_signs(
    client: FlaskClient, sign_in: Any, world: dict[str, str], see: Any, send: Send, sessions: sessionmaker[Session]
) -> None:
    sign_in(client, LEAD)
    page = see()
    assert words(page, "//p[@class='sentence']") == "You have not signed the 2025 return."
    assert words(page, "//*[@class='lede']") == "Due 31 January 2026, 12 days late"
    assert not page.xpath("//input[@name='ticked'][@checked]")
    joint = {f"joint-{world['joint']}": "accept"}
    answer = send(PAGE, do="support", ticked=[world["ongoing"], world["joint"]], words="As planned.", **joint)
    assert answer.status_code == 303
    page = see()
    assert words(page, "//p[@class='sentence']") == "The 2025 return is signed: support was given."
    assert "Mentoring of judges" in words(page)
    assert state(sessions) == State.PROVIDED
    found = kept(sessions)
    assert found is not None
    assert (found.state, found.recorded_by, found.words) == ("signed", "office", "As planned.")


def test_staff_prepare_and_cannot_sign(
    client: FlaskClient, sign_in: Any, world: dict[str, str], see: Any, send: Send, sessions: sessionmaker[Session]
) -> None:
    sign_in(client, STAFF)
    page = see()
    assert words(page, "//p[@class='sentence']") == "Your office has not signed the 2025 return."
    assert not page.xpath("//button[@value='support'] | //button[@value='nil']")
    assert send(PAGE, do="draft", ticked=[world["ongoing"]], words="So far.").status_code == 303
    page = see()
    assert page.xpath(f"//input[@name='ticked'][@value='{world['ongoing']}']/@checked")
    assert words(page, "//textarea[@id='words']") == "So far."
    assert send(PAGE, do="support", ticked=[world["ongoing"]]).status_code == 403
    assert state(sessions) == State.UNANSWERED


@pytest.mark.parametrize("email", [STRANGER, "nobody"])
def test_another_offices_return_is_no_page(
    client: FlaskClient, sign_in: Any, post: Any, world: dict[str, str], email: str
) -> None:
    if email == "nobody":
        assert client.get(PAGE).status_code == 302
        return
    sign_in(client, email)
    assert client.get(PAGE).status_code == 404
    for path in (PAGE, f"{PAGE}/sentence"):
        assert post(client, path, {"do": "draft", "version": "0"}).status_code == 404
    for path in (f"{PAGE}/record", f"{PAGE}/confirm", f"{PAGE}/reopen"):
        assert post(client, path, {"version": "0"}).status_code == 403
    assert client.get(f"{PAGE}/reminder").status_code == 403


@pytest.mark.parametrize("email", [HQ, ADMIN])
def test_headquarters_reads_and_writes_nothing(
    client: FlaskClient, sign_in: Any, post: Any, world: dict[str, str], see: Any, email: str
) -> None:
    sign_in(client, email)
    page = see()
    assert words(page, "//p[@class='sentence']") == "Afghanistan Country Office has not signed the 2025 return."
    assert "Mentoring of judges" in words(page, "//*[@id='tickable']")
    assert not page.xpath("//main//form")
    for path in (PAGE, f"{PAGE}/record", f"{PAGE}/confirm", f"{PAGE}/reopen", f"{PAGE}/sentence"):
        assert post(client, path, {"do": "nil", "words": "x", "evidence": "y", "version": "0"}).status_code == 403


def test_the_adviser_records_and_the_lead_confirms(
    app: Flask, client: FlaskClient, sign_in: Any, world: dict[str, str], see: Any, send: Send, sessions: Any
) -> None:
    sign_in(client, ADVISER)
    path = f"{PAGE}/record"
    refused = send(path, do="nil", words="No request came.")
    assert refused.status_code == 422
    assert "Say who gave you the answer" in words(tree(refused))
    assert words(tree(refused), "//textarea[@id='words']") == "No request came."
    assert send(path, do="nil", words="No request came.", evidence="Ms A., telephone, 10 February").status_code == 303
    assert "not confirmed it yet" in words(see())
    lead = app.test_client()
    sign_in_as(lead, LEAD)
    page = tree(lead.get(PAGE))
    form = page.xpath(f"//form[@action='{PAGE}/confirm']")[0]
    hidden = {i.get("name"): i.get("value") for i in form.xpath(".//input[@type='hidden']")}
    assert lead.post(f"{PAGE}/confirm", data={**hidden, "version": "9"}).status_code == 409
    assert [lead.post(f"{PAGE}/confirm", data=hidden).status_code for _ in range(2)] == [303, 303]
    found = kept(sessions)
    assert found is not None
    assert (found.recorded_by, found.version) == ("adviser", 2)
    assert found.confirmed_at is not None
    assert "Ms A., telephone, 10 February" in words(tree(lead.get(PAGE)))


def test_a_refused_form_keeps_everything(
    client: FlaskClient, sign_in: Any, world: dict[str, str], send: Send, sessions: sessionmaker[Session]
) -> None:
    sign_in(client, LEAD)
    answer = send(PAGE, do="nil", ticked=[world["ongoing"]], **{f"joint-{world['joint']}": "decline"})
    assert answer.status_code == 422
    page = tree(answer)
    assert page.xpath("//*[@role='alert']//a[@href='#words']")
    assert page.xpath("//*[@role='alert']//a[@href='#ticked']")
    assert page.xpath(f"//input[@name='ticked'][@value='{world['ongoing']}']/@checked")
    assert page.xpath(f"//input[@name='joint-{world['joint']}'][@value='decline']/@checked")
    assert kept(sessions) is None


def test_a_stale_form_loses_nothing(
    client: FlaskClient, sign_in: Any, world: dict[str, str], send: Send, post: Callable[..., Any]
) -> None:
    sign_in(client, LEAD)
    assert send(PAGE, do="draft", words="Theirs.").status_code == 303
    answer = post(client, PAGE, {"do": "nil", "words": "Mine.", "version": "0"})
    assert answer.status_code == 409
    page = tree(answer)
    assert "Theirs." in words(page, "//*[@id='kept']")
    assert words(page, "//textarea[@id='words']") == "Mine."
    assert page.xpath("//form[@id='return']//input[@name='version']/@value") == ["1"]
    assert post(client, PAGE, {"do": "nil", "words": "Mine.", "version": "1"}).status_code == 303
    late = post(client, PAGE, {"do": "draft", "words": "Too late.", "version": "1"})
    assert late.status_code == 409
    assert "Too late." in words(tree(late), "//textarea[@id='typed']")


def test_sent_twice_is_signed_once(
    client: FlaskClient, sign_in: Any, world: dict[str, str], post: Callable[..., Any], sessions: Any
) -> None:
    sign_in(client, LEAD)
    data = {"do": "support", "ticked": world["ongoing"], "words": "x", "version": "0"}
    assert [post(client, PAGE, data).status_code for _ in range(6)] == [303] * 6
    with sessions() as session:
        assert session.scalar(select(func.count()).select_from(AnnualReturn)) == 1
        assert session.scalars(select(AnnualReturn.version)).all() == [1]


def test_a_nil_return_beside_an_activity_is_warned_of(
    client: FlaskClient, sign_in: Any, world: dict[str, str], see: Any, send: Send, sessions: sessionmaker[Session]
) -> None:
    sign_in(client, LEAD)
    assert not see().xpath("//*[@id='contradiction']")
    send(PAGE, do="support", ticked=[world["ongoing"]])
    send(f"{PAGE}/reopen", reason="Look again.")
    assert not see().xpath("//*[@id='contradiction']")
    with unit_of_work(sessions) as session:
        approved(session, title="Counts already")
    page = see()
    assert "Counts already" in words(page, "//*[@id='counting']")
    assert page.xpath("//*[@id='contradiction']")
    assert send(PAGE, do="nil", words="None.").status_code == 303
    assert "contradiction" in words(see())
    with sessions() as session:
        assert figure(kept_facts(session, [YEAR])[YEAR]).contradictions == ("0060",)


def test_reopening_needs_a_reason(client: FlaskClient, sign_in: Any, world: Any, see: Any, send: Send) -> None:
    sign_in(client, LEAD)
    send(PAGE, do="nil", words="None.")
    assert send(f"{PAGE}/reopen", reason=" ").status_code == 422
    assert send(f"{PAGE}/reopen", reason="x" * 2001).status_code == 422
    assert send(f"{PAGE}/reopen", reason="A workshop came to light.", version="7").status_code == 409
    assert send(f"{PAGE}/reopen", reason="A workshop came to light.").status_code == 303
    assert "A workshop came to light." in words(see())
    assert see().xpath("//button[@value='support']")


@pytest.mark.parametrize("where", ["words", "reason", "sentence", "evidence"])
def test_naughty_text_comes_back_as_text(
    client: FlaskClient, sign_in: Any, world: Any, see: Any, send: Send, where: str
) -> None:
    sign_in(client, ADVISER if where == "evidence" else LEAD)
    if where == "words":
        assert send(PAGE, do="nil", words=NAUGHTY).status_code == 303
    elif where == "evidence":
        assert send(f"{PAGE}/record", do="nil", words="x", evidence=NAUGHTY).status_code == 303
    elif where == "sentence":
        assert send(f"{PAGE}/sentence", sentence=NAUGHTY).status_code == 303
    else:
        send(PAGE, do="nil", words="x")
        assert send(f"{PAGE}/reopen", reason=NAUGHTY).status_code == 303
    page = see()
    assert "<script>alert(1)</script>" in words(page)
    assert "{{ 7*7 }}" in words(page)
    assert "\u0000" not in words(page)
    assert not page.xpath("//main//script")


def test_unknown_ticks_and_answers(client: FlaskClient, sign_in: Any, world: dict[str, str], send: Send) -> None:
    sign_in(client, LEAD)
    assert send(PAGE, do="support", ticked=["ROSA-1999-9999"]).status_code == 422
    assert send(PAGE, do="support", ticked=[world["joint"]]).status_code == 422
    assert send(PAGE, do="perhaps").status_code == 422
    assert send(PAGE, do="support", **{"joint-ROSA-1999-9999": "accept"}).status_code == 303


def test_years_that_cannot_be_signed(
    client: FlaskClient, sign_in: Any, world: Any, see: Any, post: Callable[..., Any]
) -> None:
    sign_in(client, LEAD)
    assert "it has no round" in words(see("/offices/0060/returns/2024"))
    assert "has not begun yet" in words(see("/offices/0060/returns/2027"))
    for year in ("2024", "2027"):
        path = f"/offices/0060/returns/{year}"
        answer = post(client, path, {"do": "nil", "words": "Kept words.", "version": "0"})
        assert answer.status_code == 409
        assert "Kept words." in answer.text
    for path in ("/offices/0060/returns/1850", "/offices/0060/returns/2999", "/offices/9999/returns/2025"):
        assert client.get(path).status_code == 404


def test_the_sentence(client: FlaskClient, sign_in: Any, world: Any, see: Any, send: Send, post: Any) -> None:
    sign_in(client, STAFF)
    path = f"{PAGE}/sentence"
    assert send(path, sentence="Evacuated since August.").status_code == 303
    assert words(see(), "//blockquote") == "Evacuated since August."
    refused = send(path, sentence="x" * 301)
    assert refused.status_code == 422
    assert words(tree(refused), "//textarea[@id='sentence']") == "x" * 301
    stale = post(client, path, {"sentence": "Another.", "seen": ""})
    assert stale.status_code == 409
    assert words(tree(stale), "//textarea[@id='sentence']") == "Another."
    assert send(path, sentence="").status_code == 303
    assert not see().xpath("//blockquote")


def test_a_sensitive_title_stays_withheld(
    client: FlaskClient, sign_in: Any, world: Any, see: Any, sessions: sessionmaker[Session]
) -> None:
    with unit_of_work(sessions) as session:
        approved(session, title="Secret talks", sensitive=True)
        approved(session, title="Own affair", visibility="office")
    sign_in(client, HQ)
    text = words(see(), "//*[@id='counting']")
    assert "Secret talks" not in text
    assert "Title withheld (sensitive)" in text
