"""Imports as a person does them: send, look, take, look up, undo; with the wrong rows in a spreadsheet to mend."""

from __future__ import annotations

import csv
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from app.activities.models import Activity
from app.core.db import new_client_id, unit_of_work
from app.exchange.reading import look
from tests.factories.activities import approved
from tests.integration.exchange.sheets import csv_text, row
from tests.web.conftest import SignIn
from tests.web.exchange.sending import GOOD, MIXED, Post, checked, count, fields, send


@pytest.mark.both_engines
def test_from_the_file_to_drafts_and_back(staff: FlaskClient, post: Post, sessions: sessionmaker[Session]) -> None:
    page = checked(staff, post, GOOD)
    shown = staff.get(page).text
    assert "2 rows: 2 new" in shown
    assert "Course for judges" in shown
    sent = fields(staff.get(page), "take") | {"scope": "all"}
    assert post(staff, f"{page}/take", sent).status_code == 303
    assert post(staff, f"{page}/take", sent).status_code == 303  # a second press
    assert count(sessions) == 2
    told = staff.get(page)
    assert "Undo the whole import" in told.text
    assert "SHA-256" in told.text
    assert "a.csv" in staff.get("/imports").text
    assert post(staff, f"{page}/undo", fields(told, "undo")).status_code == 303
    assert count(sessions) == 0
    assert "Undone" in staff.get(page).text


def test_a_file_that_leaves_no_doubt_is_looked_at_at_once(staff: FlaskClient, post: Post) -> None:
    shown = staff.get(send(staff, post, GOOD)).text
    assert "2 rows: 2 new" in shown
    assert "Columns are parted by: <bdi>Comma</bdi>" in shown
    doubtful = {
        "a column nobody knows": csv_text([row(mood="good")]),
        "dates of either order": csv_text([row(actual_start="03/04/2025")]),
    }
    for why, data in doubtful.items():
        asked = staff.get(send(staff, post, data)).text
        assert "Sent, not looked at" in asked, why
        assert "Look at every row" in asked


def test_the_wrong_rows_come_back_to_be_mended(
    staff: FlaskClient, post: Post, sessions: sessionmaker[Session], tmp_path: Path
) -> None:
    page = checked(staff, post, MIXED)
    shown = staff.get(f"{page}?show=wrong").text
    assert "Give it a title." in shown
    assert "magic" in shown
    assert post(staff, f"{page}/take", fields(staff.get(page), "take") | {"scope": "all"}).status_code == 422
    assert count(sessions) == 0
    bad = staff.get(f"{page}/bad-rows.xlsx")
    path = tmp_path / "bad.xlsx"
    path.write_bytes(bad.data)
    found = look(path)
    assert found.rows == 2
    assert found.columns[-2].heading == "What is wrong"
    reasons = found.columns[-2].samples[0].splitlines()
    assert reasons[0] == "title: Give it a title.", "each reason names its column, in the order of the columns"
    assert reasons[1].startswith("how: “magic” is not")
    assert found.columns[[c.heading for c in found.columns].index("summary")].samples == ["=1+1"]
    assert post(staff, f"{page}/take", fields(staff.get(page), "take") | {"scope": "good"}).status_code == 303
    assert count(sessions) == 1


@pytest.fixture
def records(sessions: sessionmaker[Session]) -> dict[str, str]:
    """References: ours, one of ours whose text no file has, and one of another office that all may read."""
    with unit_of_work(sessions) as session:
        made = {
            "ours": approved(session, title="Ours", summary="=1+1", lessons="In no file"),
            "secret": approved(session, title="SECRET", summary="SECRET", sensitive=True),
            "theirs": approved(session, "2040", title="Theirs", visibility="all_staff"),
        }
        return {name: each.reference for name, each in made.items()}


@pytest.mark.parametrize("who", ["staff", "adviser", "hq", "admin"])
@pytest.mark.parametrize("ending", ["csv", "json", "xlsx"])
def test_a_file_sent_back_through_the_page_is_unchanged(
    client: FlaskClient, sign_in: SignIn, post: Post, records: dict[str, str], who: str, ending: str
) -> None:
    """Whoever made it: a row that changes nothing needs no right to change."""
    sign_in(client, f"{who}@demo.example")
    if who == "hq":
        assert post(client, "/imports", {"client_id": new_client_id()}).status_code in (403, 422)
    data = client.get(f"/activities.{ending}").data
    if who == "hq" and client.get("/imports").status_code == 403:
        return
    page = checked(client, post, data, name=f"a.{ending}")
    assert "3 rows: 3 unchanged" in client.get(page).text


@pytest.mark.parametrize("who", ["staff", "adviser"])
def test_results_and_amounts_come_back_unchanged(
    client: FlaskClient, sign_in: SignIn, post: Post, sessions: sessionmaker[Session], who: str
) -> None:
    """What is in no list is in a file beside it: amounts of nothing and none apart, words of sensitive records out."""
    with unit_of_work(sessions) as session:
        approved(session, funding_amount_usd="0.00", lessons="=1+1\n00123")
        approved(session, lessons="Only these")
        approved(session, lessons="SECRET", results="SECRET", sensitive=True)
        approved(session, "2040", results="Theirs", visibility="all_staff")
        approved(session)
    sign_in(client, f"{who}@demo.example")
    answer = client.get("/reports/activity-results.csv")
    rows = list(csv.DictReader(StringIO(answer.data.decode("utf-8-sig"), newline="")))
    assert [row["funding_amount_usd"] for row in rows] == ["0.00", "", "", ""]
    assert "SECRET" not in answer.text
    page = checked(client, post, answer.data)
    assert "4 rows: 4 unchanged" in client.get(page).text
    page = checked(client, post, answer.text.replace("Theirs", "Ours"))
    assert "4 rows: 3 unchanged, 1 wrong" in client.get(page).text


def test_a_row_of_another_office_that_says_something_else_is_refused(
    staff: FlaskClient, post: Post, records: dict[str, str]
) -> None:
    told = staff.get("/activities.csv").data.decode("utf-8-sig")
    page = checked(staff, post, told.replace("Theirs", "Mine now"))
    assert "3 rows: 2 unchanged, 1 wrong" in staff.get(page).text
    page = checked(staff, post, f"reference,title\n{records['theirs']},Theirs\n")
    assert "1 wrong" in staff.get(page).text, "without its revision nobody can tell what the file was made of"


def test_mending_a_row_whose_text_was_left_out_takes_nothing_away(
    staff: FlaskClient, post: Post, records: dict[str, str], sessions: sessionmaker[Session]
) -> None:
    told = staff.get("/activities.csv").data.decode("utf-8-sig")
    (line,) = [line for line in told.splitlines() if line.startswith(records["secret"])]
    head = told.splitlines()[0]
    page = checked(staff, post, f"{head}\n{line.replace('government_request', 'partner_request')}\n")
    assert "1 row: 1 changed" in staff.get(page).text
    assert post(staff, f"{page}/take", fields(staff.get(page), "take") | {"scope": "all"}).status_code == 303
    with sessions() as session:
        kept = session.scalars(select(Activity).where(Activity.reference == records["secret"])).one().current
        assert (kept.title, kept.summary) == ("SECRET", "SECRET")


def test_the_words_of_rows_are_for_who_sent_them(
    staff: FlaskClient, post: Post, sign_in: SignIn, sessions: sessionmaker[Session]
) -> None:
    page = checked(staff, post, csv_text([row(title="SECRET", how="SECRET dance"), row(title="SECRET too")]))
    assert "SECRET dance" in staff.get(page).text
    post(staff, "/sign-out")
    sign_in(staff, "admin@demo.example")
    shown = staff.get(page)
    assert "1 new, 1 wrong" in shown.text
    assert "are open to who sent the file" in shown.text
    assert "SECRET" not in shown.text
    assert staff.get(f"{page}/bad-rows.xlsx").status_code == 403


@pytest.mark.parametrize(
    ("data", "words"),
    [(b"MZ\x90\x00", "not a table"), (b"", "Choose a file."), (b'title\n"open', "never closed"), (b"\x00" * 50, "NUL")],
)
def test_refusals_stand_at_the_file(staff: FlaskClient, post: Post, data: bytes, words: str) -> None:
    sent: dict[str, Any] = {"client_id": new_client_id(), "file": (BytesIO(data), "a.csv" if data else "")}
    answer = post(staff, "/imports", sent)
    assert answer.status_code == 422
    assert words in answer.text


def test_columns_are_matched_by_hand(staff: FlaskClient, post: Post) -> None:
    page = send(staff, post, "Bureau,Quoi\n0060,A\n")
    shown = staff.get(page)
    assert "No column says the title, the reference or the UUID" in shown.text
    sent = fields(shown, "columns")
    assert post(staff, f"{page}/columns", sent).status_code == 422
    sent |= {"keys-0": "lead_office", "keys-1": "title"}
    assert post(staff, f"{page}/columns", sent).status_code == 303
    assert "1 row: 1 new" in staff.get(page).text


def test_another_delimiter_shows_the_columns_anew(staff: FlaskClient, post: Post) -> None:
    page = send(staff, post, "lead_office;title,x\n0060;A,b\n")
    sent = fields(staff.get(page), "columns") | {"delimiter": ","}
    assert post(staff, f"{page}/columns", sent).status_code == 303
    assert "title,x" not in staff.get(page).text


def test_it_is_nobody_elses(staff: FlaskClient, post: Post, app: Flask, sign_in: SignIn) -> None:
    page = checked(staff, post, GOOD)
    sent = fields(staff.get(page), "take")
    other = app.test_client()
    sign_in(other, "staff2@demo.example")
    assert other.get(page).status_code == 404
    assert post(other, f"{page}/take", sent | {"scope": "good"}).status_code == 404
    admin = app.test_client()
    sign_in(admin, "admin@demo.example")
    assert admin.get(page).status_code == 200
    assert post(admin, f"{page}/take", sent | {"scope": "good"}).status_code == 404


def test_what_the_rows_are_can_be_said(staff: FlaskClient, post: Post) -> None:
    page = send(staff, post, "Reference,Date,Women,Name\nX,2025-04-03,3,Course\n")
    form = fields(staff.get(page), "columns")
    assert (form["of"], form["keys-1"]) == ("deliveries", "on")
    post(staff, f"{page}/columns", form | {"of": "activities"})
    form = fields(staff.get(page), "columns")
    assert (form["of"], form["keys-0"], form["keys-1"]) == ("activities", "reference", "")
    post(staff, f"{page}/columns", form | {"of": "deliveries"})
    post(staff, f"{page}/columns", fields(staff.get(page), "columns"))
    shown = staff.get(page).text
    assert "There is no record with this reference" in shown
    assert staff.get(f"{page}/bad-rows.xlsx").status_code == 200
