"""Long imports, which a process of their own works on; and files of IATI, by the page."""

from __future__ import annotations

from io import BytesIO

import pytest
from flask import Flask
from flask.testing import FlaskClient
from lxml import etree
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from app.activities.models import Activity, ImportBatch
from app.activities.services import save_activity
from app.core.db import new_client_id
from app.core.permissions import SYSTEM
from app.exchange.desk import Desk
from app.exchange.models import Import, ImportRow
from app.exchange.routes import EXTENSION
from app.exchange.work import CHECK, TAKE, UNDO, Job, work
from tests.factories.activities import quick
from tests.web.exchange.sending import GOOD, Post, checked, count, fields, send


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
