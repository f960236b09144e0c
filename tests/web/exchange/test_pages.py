"""Imports as a person does them: send, look, take, look up, undo; with the wrong rows in a spreadsheet to mend."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from flask import Flask
from flask.testing import FlaskClient
from lxml import etree
from sqlalchemy import func, select
from sqlalchemy.orm import Session, sessionmaker
from werkzeug.test import TestResponse

from app.activities.models import Activity, DeliveryLine, ImportBatch
from app.activities.services import save_activity
from app.core.db import new_client_id, unit_of_work
from app.core.permissions import SYSTEM
from app.exchange.desk import Desk
from app.exchange.models import Import, ImportRow
from app.exchange.reading import look
from app.exchange.routes import EXTENSION
from app.exchange.sheet_cells import read_cells, sheet_names
from app.exchange.sheet_columns import DELIVERIES, matched, what_rows_are
from app.exchange.work import CHECK, TAKE, UNDO, Job, work
from config import ROOT
from tests.factories.activities import approved, quick
from tests.integration.exchange.sheets import csv_text, row
from tests.web.conftest import SignIn

Post = Callable[..., TestResponse]
GOOD = csv_text([row(), row(title="Second course", summary="=1+1")])
MIXED = csv_text([row(), row(title="", how="magic", summary="=1+1"), row(lead_office="0420")])
SAMPLE = ROOT / "tests" / "data"


@pytest.fixture
def staff(client: FlaskClient, sign_in: SignIn) -> FlaskClient:
    sign_in(client)
    return client


def send(client: FlaskClient, post: Post, data: str | bytes, name: str = "a.csv", **more: str) -> str:
    """The address of the import."""
    whole = data.encode() if isinstance(data, str) else data
    sent = {"client_id": new_client_id(), "file": (BytesIO(whole), name), **more}
    answer = post(client, "/imports", sent)
    assert answer.status_code == 303, answer.text
    return str(answer.headers["Location"])


def fields(page: TestResponse, action: str) -> dict[str, Any]:
    """What the form of this action would send."""
    form = re.search(rf'<form[^>]*action="[^"]*{action}"[^>]*>(.*?)</form>', page.text, re.DOTALL)
    assert form, page.text
    found: dict[str, Any] = dict(re.findall(r'<input[^>]*name="([^"]+)"[^>]*value="([^"]*)"', form[1]))
    for name, body in re.findall(r'<select[^>]*name="([^"]+)"[^>]*>(.*?)</select>', form[1], re.DOTALL):
        chosen = re.search(r'<option[^>]*selected[^>]*value="([^"]*)"|<option value="([^"]*)"[^>]*selected', body)
        found[name] = (chosen[1] or chosen[2] or "") if chosen else ""
    return found


def checked(client: FlaskClient, post: Post, data: str | bytes, **more: str) -> str:
    """Sent, and looked at; where the page asks how it is read, with what it proposes."""
    page = send(client, post, data, **more)
    shown = client.get(page)
    if "Sent, not looked at" in shown.text:
        answer = post(client, f"{page}/columns", fields(shown, "columns"))
        assert answer.status_code == 303, answer.text
    return page


def count(sessions: sessionmaker[Session]) -> int:
    with sessions() as session:
        return session.scalar(select(func.count()).select_from(Activity)) or 0


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


def test_the_template_is_read_again(staff: FlaskClient, post: Post, tmp_path: Path) -> None:
    for ending in ("xlsx", "csv"):
        path = tmp_path / f"t.{ending}"
        path.write_bytes(staff.get(f"/imports/template.{ending}").data)
        found = look(path)
        assert found.rows == 0
        assert "title" in matched([c.heading for c in found.columns])
        assert "" not in matched([c.heading for c in found.columns])
    path.write_bytes(staff.get("/imports/template.csv?rows=deliveries").data)
    headings = [c.heading for c in look(path).columns]
    assert what_rows_are(headings) == DELIVERIES
    assert "" not in matched(headings, of=DELIVERIES)


def test_what_is_handed_out_opens_in_any_language(staff: FlaskClient, post: Post, tmp_path: Path) -> None:
    post(staff, "/language", {"language": "qps", "next": "/imports"})
    page = checked(staff, post, MIXED)
    for place in ("/imports/template.xlsx", f"{page}/bad-rows.xlsx"):
        path = tmp_path / "t.xlsx"
        path.write_bytes(staff.get(place).data)
        name = sheet_names(path)[0]
        assert name.startswith("Àçt")
        assert next(iter(read_cells(path, name)))[0] == 1


def test_the_template_has_a_sheet_of_deliveries(
    staff: FlaskClient, post: Post, sessions: sessionmaker[Session], tmp_path: Path
) -> None:
    """Filled in as somebody does without a connection: activities on one sheet, their deliveries on the other."""
    path = tmp_path / "t.xlsx"
    path.write_bytes(staff.get("/imports/template.xlsx").data)
    sheets = {name: [list(row) for row in read_cells(path, name)] for name in sheet_names(path)}
    assert list(sheets) == ["Activities", "Deliveries", "Help", "Lists"]
    filled = {
        "Activities": {"Lead office *": "0060", "Title *": "Course", "Original identifier": "A-7",
                       "Status *": "active", "Actual start": "2025-03"},
        "Deliveries": {"Lead office": "0060", "Original identifier": "A-7", "Date *": "2025-04-03", "Women": 12,
                       "Profession": "Judges and magistrates"},
    }  # fmt: skip
    book = xlsxwriter.Workbook(path)
    for name, rows in sheets.items():
        sheet = book.add_worksheet(name)
        for number, cells in rows:
            sheet.write_row(number - 1, 0, cells)
        for heading, value in filled.get(name, {}).items():
            sheet.write(1, rows[0][1].index(heading), value)
    book.close()
    page = checked(staff, post, path.read_bytes(), name="t.xlsx")
    assert "Other sheets" not in staff.get(page).text
    assert post(staff, f"{page}/take", fields(staff.get(page), "take") | {"scope": "all"}).status_code == 303
    taken = staff.get(page).text
    assert re.findall(r'name="sheet" value="([^"]*)"', taken) == ["Deliveries"]
    others = [post(staff, f"{page}/sheet", {"sheet": "Deliveries"}).headers["Location"] for _ in range(2)]
    assert others[0] == others[1] != page  # pressed twice
    other = others[0]
    answer = post(staff, f"{other}/columns", fields(staff.get(other), "columns"))
    assert answer.status_code == 303, answer.text
    shown = staff.get(other).text
    assert "1 row would add or correct a delivery" in shown
    assert "2025-04-03" in shown
    answer = post(staff, f"{other}/take", fields(staff.get(other), "take") | {"scope": "all"})
    assert "Each delivery confirms its year" in staff.get(answer.headers["Location"]).text
    with sessions() as session:
        line = session.scalars(select(DeliveryLine)).one()
        assert (line.on, [(p.profession, p.women) for p in line.participations]) == ("2025-04-03", [("judges", 12)])
    assert post(staff, f"{other}/undo", fields(staff.get(other), "undo")).status_code == 303
    assert post(staff, f"{page}/sheet", {"sheet": "Budget"}).status_code == 422
    with sessions() as session:
        assert session.scalars(select(DeliveryLine)).all() == []


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


def test_a_long_one_is_worked_on_by_a_process_of_its_own(
    staff: FlaskClient, post: Post, app: Flask, sessions: sessionmaker[Session], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The process is this one here; that it is started with the right words is what is looked at."""
    started: list[tuple[str, ...]] = []
    desk: Desk = app.extensions[EXTENSION]
    app.extensions[EXTENSION] = Desk(desk.folder, desk.most, desk.env, inline_rows=1)
    monkeypatch.setattr(
        Desk, "start", lambda _self, i, act, version, *more: started.append((i.client_id, act, str(version), *more))
    )
    page = checked(staff, post, GOOD)
    shown = staff.get(page)
    assert "Nothing was heard" in shown.text or "Look again" in shown.text
    assert shown.headers["Cache-Control"] == "no-store"
    for _ in range(2):
        key, act, version, *more = started.pop()
        work(sessions, app.extensions[EXTENSION], Job(key, act, int(version), *more))
        if act == CHECK:
            assert "2 rows: 2 new" in staff.get(page).text
            assert post(staff, f"{page}/take", fields(staff.get(page), "take") | {"scope": "all"}).status_code == 303
    assert count(sessions) == 2
    with sessions() as session:
        assert session.scalars(select(Import.state)).all() == ["taken"]
        assert session.scalars(select(ImportRow.version)).all() == [1, 1]
    assert post(staff, f"{page}/undo", fields(staff.get(page), "undo")).status_code == 303
    key, act, version, *more = started.pop()
    assert act == UNDO
    assert "Being worked on" in staff.get(page).text
    work(sessions, app.extensions[EXTENSION], Job(key, act, int(version), *more))
    assert "Undone" in staff.get(page).text
    assert count(sessions) == 0


def test_undoing_a_long_one_is_refused_in_words_where_something_was_built_on_it(
    staff: FlaskClient, post: Post, app: Flask, sessions: sessionmaker[Session], monkeypatch: pytest.MonkeyPatch
) -> None:
    page = checked(staff, post, GOOD)
    post(staff, f"{page}/take", fields(staff.get(page), "take") | {"scope": "all"})
    with sessions.begin() as session:
        made = session.scalars(select(Activity).order_by(Activity.id)).first()
        assert made is not None
        save_activity(session, SYSTEM, made, quick(title="Mine"), made.version)
        reference = made.reference
    started: list[Job] = []
    desk: Desk = app.extensions[EXTENSION]
    app.extensions[EXTENSION] = desk = Desk(desk.folder, desk.most, desk.env, inline_rows=1)
    monkeypatch.setattr(Desk, "start", lambda _s, i, act, version: started.append(Job(i.client_id, act, version)))
    assert post(staff, f"{page}/undo", fields(staff.get(page), "undo")).status_code == 303
    work(sessions, desk, started[0])
    shown = staff.get(page).text
    assert f"Something was built on it already: {reference}." in shown
    assert "Undo the whole import" in shown
    assert count(sessions) == 2


def test_work_that_died_is_begun_again_and_the_dead_write_nothing(
    staff: FlaskClient, post: Post, app: Flask, sessions: sessionmaker[Session], monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[Job] = []
    desk: Desk = app.extensions[EXTENSION]
    app.extensions[EXTENSION] = desk = Desk(desk.folder, desk.most, desk.env, inline_rows=1)
    monkeypatch.setattr(
        Desk, "start", lambda _self, i, act, version, *more: started.append(Job(i.client_id, act, version, *more))
    )
    page = checked(staff, post, GOOD)
    for act in (CHECK, TAKE, UNDO):
        shown = staff.get(page)
        assert "Start it again" in shown.text
        desk.say(started[0].key, 1, 2)  # it lives
        assert "Start it again" not in staff.get(page).text
        assert post(staff, f"{page}/again", fields(shown, "again")).status_code == 409
        desk.end(started[0].key)
        assert post(staff, f"{page}/again", fields(shown, "again")).status_code == 303
        assert post(staff, f"{page}/again", fields(shown, "again")).status_code == 409  # a second press
        dead, anew = started
        assert (dead.act, anew.act) == (act, act)
        monkeypatch.setattr("app.exchange.work.time.sleep", lambda _seconds: None)
        work(sessions, desk, dead)
        assert "Being worked on" in staff.get(page).text
        work(sessions, desk, anew)
        started.clear()
        if act == CHECK:
            assert "2 rows: 2 new" in staff.get(page).text
            assert post(staff, f"{page}/take", fields(staff.get(page), "take") | {"scope": "all"}).status_code == 303
        elif act == TAKE:
            assert count(sessions) == 2
            assert post(staff, f"{page}/undo", fields(staff.get(page), "undo")).status_code == 303
    assert count(sessions) == 0
    assert post(staff, f"{page}/again", {"seen": "99"}).status_code == 409


@pytest.mark.parametrize(
    ("xml", "words"),
    [
        (b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aa">]><iati-activities/>', "declares entities"),
        (b'<iati-activities version="2.03"><iati-activity>', "breaks off"),
        (b"<rss/>", "no IATI activity file"),
    ],
)
def test_xml_that_cannot_be_read_is_refused_where_it_is_sent(
    staff: FlaskClient, post: Post, sessions: sessionmaker[Session], xml: bytes, words: str
) -> None:
    refused = post(staff, "/imports", {"client_id": new_client_id(), "file": (BytesIO(xml), "a.xml")})
    assert refused.status_code == 422
    assert words in refused.text
    with sessions() as session:
        assert session.scalars(select(Import)).all() == []


def test_what_is_wrong_with_an_iati_file_as_a_whole_is_said(staff: FlaskClient, post: Post) -> None:
    shown = staff.get(send(staff, post, b"<iati-activities/>", name="a.xml")).text
    assert "does not say which version of IATI" in shown
    assert "The file holds no activity." in shown


def test_wrong_activities_of_iati_come_back_to_be_mended(
    staff: FlaskClient, post: Post, sessions: sessionmaker[Session]
) -> None:
    """Named below its reason; mended, which here is an office chosen for the file, it is taken."""
    from tests.unit.exchange.iati_files import activity_xml, file_xml

    ours = activity_xml(
        iati_identifier="<iati-identifier>XX--1</iati-identifier>", recipient_country='<recipient-country code="AF"/>'
    )
    nobodys = activity_xml(iati_identifier="<iati-identifier>XX--2</iati-identifier>", recipient_country="")
    page = checked(staff, post, file_xml(ours, ours, nobodys).encode(), name="a.xml")
    assert "3 rows: 1 new, 2 wrong" in staff.get(page).text
    assert staff.get(f"{page}/bad-rows.xlsx").status_code == 404
    bad = staff.get(f"{page}/bad-activities.xml").data
    tree = etree.fromstring(bad)
    assert (tree.get("version"), tree.xpath("//iati-identifier/text()")) == ("2.03", ["XX--1", "XX--2"])
    reasons = [str(each.text) for each in tree.xpath("//comment()")]
    assert any("The same identifier as activity 1 of this file. XX- -1" in reason for reason in reasons)
    assert "names no office" in reasons[-1]
    again = checked(staff, post, bad, name="b.xml", office="0060")
    assert "2 rows: 2 new" in staff.get(again).text


def test_a_long_iati_file_is_told_by_the_batch(
    staff: FlaskClient, post: Post, app: Flask, sessions: sessionmaker[Session], monkeypatch: pytest.MonkeyPatch
) -> None:
    from tests.unit.exchange.iati_files import activity_xml, file_xml

    country = '<recipient-country code="AF"/>'
    several = (
        activity_xml(iati_identifier=f"<iati-identifier>XX-1-{n}</iati-identifier>", recipient_country=country)
        for n in (*range(450), 3)
    )
    started: list[Job] = []
    desk: Desk = app.extensions[EXTENSION]
    app.extensions[EXTENSION] = desk = Desk(desk.folder, desk.most, desk.env, inline_rows=1)
    monkeypatch.setattr(
        Desk, "start", lambda _self, i, act, version, *more: started.append(Job(i.client_id, act, version, *more))
    )
    heard: list[tuple[int, int]] = []
    monkeypatch.setattr(Desk, "say", lambda _self, _key, done, total: heard.append((done, total)))
    page = checked(staff, post, file_xml(*several).encode(), name="a.xml", office="0060")
    work(sessions, desk, started.pop())
    assert heard == [(200, 451), (400, 451), (451, 451)]
    shown = staff.get(page)
    assert "451 rows: 450 new, 1 wrong" in shown.text
    assert count(sessions) == 0
    assert post(staff, f"{page}/take", fields(shown, "take") | {"scope": "good"}).status_code == 303
    work(sessions, desk, started.pop())
    assert count(sessions) == 450
    with sessions() as session:
        batch = session.scalars(select(ImportBatch)).one()
        assert (batch.file_name, batch.rows) == ("a.xml", 451)
    assert post(staff, f"{page}/undo", fields(staff.get(page), "undo")).status_code == 303
    work(sessions, desk, started.pop())
    assert count(sessions) == 0


def test_iati_takes_the_same_way(staff: FlaskClient, post: Post, sessions: sessionmaker[Session]) -> None:
    from tests.unit.exchange.iati_files import activity_xml, file_xml

    xml = file_xml(activity_xml(recipient_country='<recipient-country code="AF"/>'))
    page = checked(staff, post, xml if isinstance(xml, bytes) else xml.encode(), name="a.xml", office="0060")
    shown = staff.get(page)
    assert "1 row: 1 new" in shown.text, shown.text
    assert post(staff, f"{page}/take", fields(shown, "take") | {"scope": "good"}).status_code == 303
    assert count(sessions) == 1
    assert post(staff, f"{page}/undo", fields(staff.get(page), "undo")).status_code == 303
    assert count(sessions) == 0


def test_what_the_source_has_changed_is_told_by_the_field(staff: FlaskClient, post: Post) -> None:
    from tests.unit.exchange.iati_files import activity_xml, file_xml

    def sent(**changes: str) -> str:
        xml = file_xml(activity_xml(recipient_country='<recipient-country code="AF"/>', **changes))
        return checked(staff, post, xml.encode(), name="a.xml", office="0060")

    page = sent()
    post(staff, f"{page}/take", fields(staff.get(page), "take") | {"scope": "all"})
    shown = staff.get(sent(title="<title><narrative>Another</narrative></title>")).text
    assert "The source has changed this activity" in shown
    assert "The source says this otherwise now." in shown
    assert "nothing that is entered here" not in shown
    shown = staff.get(sent(extra='<legacy-data name="a" value="b"/>')).text
    assert "What it changed is nothing that is entered here." in shown


def test_rows_to_be_mended_do_not_turn_their_dates_and_numbers(staff: FlaskClient, post: Post, tmp_path: Path) -> None:
    """How the whole file was read is not known any more where a few rows of it come again."""
    good = row(title="Tells the order", actual_start="03/27/2025", funding_amount_usd="1.500,50")
    bad = row(title="", actual_start="03/04/2025", funding_amount_usd="2.000")
    page = checked(staff, post, csv_text([good, bad], ";"))
    path = tmp_path / "bad.xlsx"
    path.write_bytes(staff.get(f"{page}/bad-rows.xlsx").data)
    rows = list(read_cells(path, "Activities"))
    told = dict(zip(rows[0][1], rows[1][1], strict=False))
    assert (told["actual_start"], told["funding_amount_usd"]) == ("2025-03-04", "2000")


def test_wrong_deliveries_come_back_on_a_sheet_of_that_name(staff: FlaskClient, post: Post, tmp_path: Path) -> None:
    page = checked(staff, post, csv_text([{"reference": "ROSA-2025-9999", "on": "4/3/2025", "women": "1,0"}]))
    path = tmp_path / "bad.xlsx"
    path.write_bytes(staff.get(f"{page}/bad-rows.xlsx").data)
    assert sheet_names(path) == ["Deliveries"]
