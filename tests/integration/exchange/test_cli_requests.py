"""`tracker import requests` as a person runs it: the real file, a dry run, the same again, hostile files."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.asked.models import SupportRequest
from app.cli import main
from tests.integration.asked.test_import import REAL, real
from tests.integration.exchange.conftest import Everything, last_line, refusal, told
from tests.integration.exchange.hostile import FEW_OF_REQUESTS

Run = Callable[..., Result]


@pytest.fixture
def run(engine_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """`run(path, "--dry-run")`."""
    monkeypatch.setenv("TRACKER_ENV", "development")
    monkeypatch.setenv("TRACKER_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("TRACKER_DATABASE_URL", engine_url)
    return lambda path, *options: CliRunner().invoke(main, ["import", "requests", str(path), *options])


def count(session: Session) -> int:
    session.rollback()
    return session.scalar(select(func.count()).select_from(SupportRequest)) or 0


@real
@pytest.mark.both_engines
def test_the_real_file_from_a_trial_to_the_same_again(
    run: Run, session: Session, everything: Callable[[], Everything]
) -> None:
    before = everything()
    tried = run(REAL, "--dry-run")
    assert told(tried).splitlines()[0] == "Dry run: nothing was kept."
    assert last_line(tried) == f"285 rows in {REAL.name}: 285 new."
    assert everything() == before
    assert last_line(run(REAL)) == f"285 rows in {REAL.name}: 285 new."
    assert count(session) == 285
    assert last_line(run(REAL)) == f"285 rows in {REAL.name}: 285 there already."
    assert count(session) == 285


def test_the_order_of_dates_can_be_said(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "file.csv"
    path.write_text("state,text,Adoption date\nNepal,Train judges,03/04/2019\nNepal,Raise it,03/25/2019\n")
    assert "month first: March 4." in told(run(path, "--dry-run"))
    said = told(run(path, "--dry-run", "--dates", "dmy"))
    assert "error at Adoption date: This date does not fit the order chosen for the file (day first)." in said
    assert "Found: 03/25/2019" in said
    assert last_line(run(path, "--dates", "mdy")) == "2 rows in file.csv: 2 new."


@pytest.mark.parametrize("name", FEW_OF_REQUESTS)
def test_a_hostile_file_is_refused_in_one_line(
    run: Run, tmp_path: Path, everything: Callable[[], Everything], name: str
) -> None:
    data, words = FEW_OF_REQUESTS[name]
    path = tmp_path / "file.csv"
    path.write_bytes(data)
    before = everything()
    assert words in refusal(run(path))
    assert everything() == before


def test_a_folder_and_a_file_that_is_not_there(run: Run, tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "none.csv"):
        assert "not there" in refusal(run(path))
