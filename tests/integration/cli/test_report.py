"""Reports and frozen figures from the shell: the same bytes as the web, and errors that name what there is."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner
from sqlalchemy import text
from sqlalchemy.orm import Session

from app.cli import main
from app.core import clock
from app.core.db import make_engine, make_sessions, unit_of_work
from app.core.permissions import Role
from app.factory import create_app
from app.figures.services import Freeze, freeze_figure
from app.offices.queries import actor_for
from app.reports.registry import REPORTS
from config import Settings
from tests.downloads import download
from tests.factories.activities import approved
from tests.factories.people import make_person
from tests.web.conftest import sign_in_as


@pytest.fixture
def run(engine_url, tmp_path, monkeypatch):
    """A command on this test's own database."""
    monkeypatch.setenv("TRACKER_ENV", "development")
    monkeypatch.setenv("TRACKER_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("TRACKER_DATABASE_URL", engine_url)
    return lambda *words: CliRunner().invoke(main, words)


@pytest.fixture
def filled(engine_url):
    engine = make_engine(engine_url)
    with unit_of_work(make_sessions(engine)) as session:
        approved(session, "0060", visibility="office")
        make_person(session, "far@demo.example", office="0420")
        hq = make_person(session, "hq@demo.example", role=Role.HEADQUARTERS)
        command = Freeze("trend", (("year", "2025"),), "2025/approved/world//", "Coverage in 2025")
        freeze_figure(session, actor_for(session, hq.id), command)
    yield engine
    engine.dispose()


def test_a_report_is_written_as_headquarters_would_read_it(run, filled) -> None:
    told = json.loads(run("report", "terms", "--filter", "year=2025", "--format", "json").output)
    assert {row["code"]: row["numerator"] for row in told["rows"]}["long"] == 1
    written = run("report", "activities").stdout_bytes.decode("utf-8-sig")
    with Session(filled) as session:
        (row,) = download(session, "activities")
    assert row["reference"] in written
    far = run("report", "activities", "--as", "far@demo.example")
    assert far.exit_code == 0
    assert row["reference"] not in far.output


def test_what_searches_read_is_verified_mended_and_upgraded(run, filled) -> None:
    assert run("coverage", "verify").output == "The kept facts are what the records say.\n"
    with Session(filled) as session, session.begin():
        (row,) = download(session, "activities")
        session.execute(text("UPDATE activity_line SET search = ' astray =office_9999 '"))
        session.execute(text("INSERT INTO activity_word (rowid, search) VALUES (99999, ' ghost ')"))
    told = run("coverage", "verify")
    assert told.exit_code == 1
    assert f"{row['reference']}: what searches read of it is not what its line says" in told.output
    assert "The index of words is not that of the records" in told.output
    assert "2 differences" in told.output
    assert run("coverage", "rebuild").exit_code == 0
    assert run("coverage", "verify").exit_code == 0
    with Session(filled) as session, session.begin():
        session.execute(text("UPDATE activity_line SET search = 'words of an older program'"))
    assert "1 lines made ready for searches." in run("db", "upgrade").output
    assert "made ready" not in run("db", "upgrade").output
    assert run("coverage", "verify").exit_code == 0


def test_every_report_has_the_bytes_of_its_page(run, filled, tmp_path) -> None:
    """In CSV and in JSON, by one filter; with the text of a sensitive record left out in both."""
    with unit_of_work(make_sessions(filled)) as session:
        approved(session, "0060", sensitive=True, title="Not for files")
    url = filled.url.render_as_string(hide_password=False)
    env = {"TRACKER_ENV": "development", "TRACKER_DATA_DIR": str(tmp_path), "TRACKER_DATABASE_URL": url}
    client = create_app(Settings.from_env(env | {"TRACKER_SECRET_KEY": "0123456789abcdef" * 4})).test_client()
    assert sign_in_as(client, "hq@demo.example").status_code == 302
    with clock.pretending(clock.now()):
        for key, report in REPORTS.items():
            first = next((p.name for p in report.parameters if p.name in ("year", "from")), None)
            chosen = f"{first}=2025" if first else ""
            for ending in ("csv", "json"):
                words = ("--filter", chosen) if chosen else ()
                written = run("report", key, *words, "--format", ending)
                assert (written.exit_code, written.stderr) == (0, ""), key
                assert written.stdout_bytes == client.get(f"/reports/{key}.{ending}?{chosen}").data, key
                assert b"Not for files" not in written.stdout_bytes


def test_without_a_key_the_reports_are_named(run, filled) -> None:
    listed = run("report").output
    assert all(key in listed for key in REPORTS)


def test_what_is_unknown_is_refused_with_what_is_known(run, filled) -> None:
    wrong = {
        ("nothing",): "There are: coverage, offices",
        (
            "terms",
            "--filter",
            "regon=ROSA",
        ): "It has: year, basis, region, country, support_type, provision, definition.",
        ("terms", "--filter", "region=XX"): "region: This choice is not on the list.",
        ("terms", "--as", "nobody@demo.example"): "Nobody signs in with the address nobody@demo.example.",
    }
    for words, said in wrong.items():
        answer = run("report", *words)
        assert (answer.exit_code, answer.stdout) == (2, "")
        assert said in answer.stderr
        assert answer.stderr.count("\n") == 1


def test_frozen_figures_are_listed_and_verified(run, filled) -> None:
    assert "Coverage in 2025: 1 of " in run("figures", "list").output
    assert run("figures", "verify").output == "Frozen figures that stand: 1.\n"
    with filled.begin() as connection:
        connection.exec_driver_sql("DELETE FROM revision_provision")
    answer = run("figures", "verify")
    assert answer.exit_code == 1
    assert "are not what they were" in answer.output
