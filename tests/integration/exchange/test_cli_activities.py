"""`tracker import activities` as a person runs it: a good file, bad rows, a dry run, the same again, hostile files."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import func, select
from sqlalchemy.orm import Session, sessionmaker

from app.activities.models import Activity, DeliveryLine
from app.cli import main
from app.core import clock
from app.core.files import FileStore
from app.core.sweep import remove
from app.exchange.models import Import
from app.exchange.sweep import KEPT, named
from tests.integration.exchange.conftest import Everything, last_line, refusal, told
from tests.integration.exchange.sheets import csv_text, row, xlsx_bytes

Run = Callable[..., Result]
GOOD = [row(), row(title="Second", original_identifier="A-7")]
BAD = [row(title="", how="magic"), row(title="Third"), row(lead_office="9ZZZ")]


@pytest.fixture
def run(engine_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """`run(data, "--dry-run", name="a.xlsx")` imports a file of these bytes."""
    monkeypatch.setenv("TRACKER_ENV", "development")
    monkeypatch.setenv("TRACKER_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("TRACKER_DATABASE_URL", engine_url)

    def invoke(data: str | bytes | None, *options: str, name: str = "file.csv") -> Result:
        path = tmp_path / name
        if data is not None:
            path.write_bytes(data.encode() if isinstance(data, str) else data)
        return CliRunner().invoke(main, ["import", "activities", str(path), *options])

    return invoke


def titles(session: Session) -> list[str]:
    session.rollback()
    return [a.current.title for a in session.scalars(select(Activity).order_by(Activity.id))]


@pytest.mark.both_engines
def test_from_a_trial_to_the_same_file_again(run: Run, session: Session, everything: Callable[[], Everything]) -> None:
    before = everything()
    tried = run(csv_text(GOOD), "--dry-run")
    summary = "2 rows in file.csv: 2 new, 0 changed, 0 unchanged, 0 wrong."
    assert told(tried).splitlines()[-2:] == ["Dry run: nothing was kept.", summary]
    assert everything() == before  # the counter of references too
    assert last_line(run(csv_text(GOOD))) == summary
    assert titles(session) == ["Course for judges", "Second"]
    assert {a.current.state for a in session.scalars(select(Activity))} == {"draft"}
    again = run(csv_text(GOOD))
    assert last_line(again) == "2 rows in file.csv: 0 new, 0 changed, 2 unchanged, 0 wrong."
    assert titles(session) == ["Course for judges", "Second"]
    more = run(csv_text([{**GOOD[1], "title": "Second, longer"}, *BAD]), "--good")
    assert last_line(more) == "4 rows in file.csv: 1 new, 1 changed, 0 unchanged, 2 wrong."
    assert titles(session) == ["Course for judges", "Second, longer", "Third"]


def test_deliveries_are_told_from_activities_by_their_columns(run: Run, session: Session) -> None:
    run(csv_text(GOOD))
    made = session.scalars(select(Activity).order_by(Activity.id)).first()
    assert made is not None
    text = csv_text([{"reference": made.reference, "on": "2025-04-03", "women": "12"}])
    answer = told(run(text)).splitlines()
    assert answer[0].startswith("Read as deliveries in csv:")
    assert answer[-1] == "1 rows in file.csv: 1 new, 0 changed, 0 unchanged, 0 wrong."
    assert last_line(run(text)) == "1 rows in file.csv: 0 new, 0 changed, 1 unchanged, 0 wrong."
    session.rollback()
    assert [line.on for line in session.scalars(select(DeliveryLine))] == ["2025-04-03"]


def test_bad_rows_are_told_with_row_and_column_and_nothing_is_taken(run: Run, session: Session) -> None:
    answer = run(csv_text(BAD))
    assert answer.exit_code == 2
    assert answer.stderr.startswith("tracker: Some rows have errors")
    lines = answer.stdout.splitlines()
    assert lines[0] == "Read as activities in csv: encoding 'utf-8', delimiter ',', order 'dmy', decimal 'dot'."
    assert "2. wrong" in lines
    assert "   error at title: Give it a title." in lines
    assert any(line.startswith("   error at how: “magic” is not on the list.") for line in lines)
    assert any(line.startswith("   error at lead_office: “9ZZZ” is not on the list.") for line in lines)
    assert titles(session) == []
    assert session.scalar(select(func.count()).select_from(Import)) == 0


def test_what_a_file_leaves_open_can_be_said(run: Run, session: Session) -> None:
    rows = [["title", "actual_start"], ["Course", "03/04/2025"]]
    assert "1 wrong" in told(run(xlsx_bytes(rows), "--dry-run", name="a.xlsx"))
    answer = run(xlsx_bytes(rows), "--office", "0060", "--order", "mdy", name="a.xlsx")
    assert last_line(answer) == "1 rows in a.xlsx: 1 new, 0 changed, 0 unchanged, 0 wrong."
    made = session.scalars(select(Activity)).one()
    assert (made.lead_office, made.current.actual_start) == ("0060", "2025-03-04")


HOSTILE: tuple[tuple[bytes | None, str], ...] = (
    (None, "The file is not there any more."),
    (b"MZ\x90\x00", "not a table"),
    (b'title\n"open', "never closed"),
    (b"\x00" * 50, "NUL"),
    (b"", "empty"),
    (b"PK\x03\x04 cut off", "damaged"),
    (b"name,what\nA,B\n", "No column says the title"),
    (b'<?xml version="1.0"?><iati-activities version="2.03"/>', "Use: tracker import iati"),
)


def test_files_that_cannot_be_read_are_refused_in_one_line(run: Run, everything: Callable[[], Everything]) -> None:
    before = everything()
    for data, words in HOSTILE:
        answer = run(data, name="theirs.csv")
        assert answer.exit_code == 2, answer.output
        assert words in answer.stderr
        assert len(answer.stderr.splitlines()) == 1, answer.stderr
    assert everything() == before


def test_an_office_that_is_none_is_refused(run: Run) -> None:
    assert refusal(run(csv_text(GOOD), "--office", "9ZZZ")) == "There is no office 9ZZZ."


@pytest.mark.both_engines
def test_the_file_of_a_trial_is_swept_and_that_of_an_import_when_it_is_old(
    run: Run, session: Session, sessions: sessionmaker[Session], tmp_path: Path
) -> None:
    run(csv_text(BAD), "--dry-run")
    run(csv_text(GOOD))
    store = FileStore(tmp_path / "data" / "imports")
    kept = session.scalars(select(Import.sha256)).one()
    session.rollback()
    assert len(list(store.kept())) == 2

    def swept() -> list[str]:
        remove(sessions, named(), list(store.kept()))
        return [path.name for path in store.kept()]

    assert len(swept()) == 2  # both are young
    for path in store.kept():
        os.utime(path, (1, 1))
    assert swept() == [kept]
    with clock.pretending(clock.now() + KEPT + timedelta(hours=1)):
        assert swept() == []
    assert session.scalars(select(Import.sha256)).one() == kept


def test_what_is_asked_for_and_is_not_there_is_said(run: Run, everything: Callable[[], Everything]) -> None:
    before = everything()
    book = xlsx_bytes([list(row()), list(row().values())])
    assert "no sheet “Nope”. It has: Activities." in refusal(run(book, "--sheet", "Nope", name="a.xlsx"))
    assert "There is no encoding “utf-9”." in refusal(run(csv_text(GOOD), "--encoding", "utf-9"))
    assert "“;;” cannot part columns" in refusal(run(csv_text(GOOD), "--delimiter", ";;"))
    assert everything() == before


def test_a_tab_can_be_written_in_a_shell(run: Run, session: Session) -> None:
    for mark in ("tab", "\\t"):
        told(run(csv_text([row(title=mark)], delimiter="\t"), "--delimiter", mark))
    assert titles(session) == ["tab", "\\t"]


def test_nothing_is_taken_of_a_file_whose_dates_have_either_order(run: Run, session: Session) -> None:
    text = csv_text([row(actual_start="03/04/2025")])
    tried = run(text, "--dry-run")
    assert "No date tells whether the day or the month comes first." in told(tried)
    refused = run(text)
    assert refused.exit_code != 0
    assert "say by --order dmy or --order mdy" in refused.stderr
    assert titles(session) == []
    assert "No date tells" not in told(run(text, "--order", "mdy"))
    session.rollback()
    assert [a.current.actual_start for a in session.scalars(select(Activity))] == ["2025-03-04"]


def test_a_guessed_encoding_is_said_to_be_one(run: Run) -> None:
    said = told(run(csv_text([row(title="Évaluation à Conakry")]).encode("cp1252"), "--dry-run"))
    assert "The encoding is a guess." in said
    assert "guess" not in told(run(csv_text([row(title="Évaluation")]), "--dry-run"))
