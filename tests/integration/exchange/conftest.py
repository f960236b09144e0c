"""An import as a person runs it: `tracker import iati`, on a database of the test's own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import Engine, inspect, text
from sqlalchemy.orm import Session, sessionmaker

from app.activities.models import Activity
from app.cli import main
from app.core import clock
from app.core.db import make_engine
from app.core.permissions import Actor
from app.offices.queries import actor_for
from tests.databases import rolled_back
from tests.factories.activities import approved
from tests.factories.people import make_person
from tests.integration.exchange.sheets import Sheets
from tests.unit.exchange.iati_files import file_xml, written

Everything = dict[str, list[tuple[Any, ...]]]
Import = Callable[..., Result]


@pytest.fixture(autouse=True)
def _day() -> Iterator[None]:
    """References and actual dates depend on the day."""
    with clock.pretending(datetime(2026, 11, 23, 12, tzinfo=UTC)):
        yield


@pytest.fixture
def take(engine_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Import:
    """`take(path, "--dry-run")` imports a file; `take(xml, …)` one made of these activities."""
    monkeypatch.setenv("TRACKER_ENV", "development")
    monkeypatch.setenv("TRACKER_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("TRACKER_DATABASE_URL", engine_url)

    def run(file: Path | str, *options: str) -> Result:
        path = file if isinstance(file, Path) else written(tmp_path, file_xml(file))
        return CliRunner().invoke(main, ["import", "iati", str(path), *options])

    return run


@pytest.fixture
def session(sessions: sessionmaker[Session]) -> Iterator[Session]:
    """A session of its own beside the command's; `rollback()` lets it see what was committed since."""
    with sessions() as session:
        yield session


@pytest.fixture
def sheets(session: Session, tmp_path: Path) -> Sheets:
    """Imports on the test's session."""
    return Sheets(session, tmp_path)


@pytest.fixture
def staff(session: Session) -> Actor:
    """Somebody who works in Kabul."""
    found = actor_for(session, make_person(session).id)
    assert found is not None
    return found


@pytest.fixture(scope="module")
def standing(server: Any) -> Iterator[Session]:
    """One session for all examples of a property, which judge, add to what is there, or take back what they wrote."""
    url = server.filled()
    engine = make_engine(url)
    with clock.pretending(datetime(2026, 11, 23, 12, tzinfo=UTC)), rolled_back(engine) as session:
        yield session
    engine.dispose()
    server.drop(url)


@pytest.fixture
def everything(engine: Engine) -> Callable[[], Everything]:
    """All rows of all tables, so that "nothing was written" can be said of the whole database."""

    def read() -> Everything:
        with engine.connect() as connection:
            return {
                table: sorted(map(tuple, connection.execute(text(f'SELECT * FROM "{table}"'))), key=repr)
                for table in inspect(connection).get_table_names()
            }

    return read


def told(result: Result) -> str:
    """What an import that ended well said."""
    assert result.exit_code == 0, result.output
    assert result.stderr == ""
    return result.stdout


def last_line(result: Result) -> str:
    """Its summary."""
    return told(result).splitlines()[-1]


def refusal(result: Result) -> str:
    """The one plain line of a command that was refused."""
    assert result.exit_code == 2, result.output
    assert result.stdout == ""
    lines = result.stderr.splitlines()
    assert len(lines) == 1, result.stderr
    assert lines[0].startswith("tracker: ")
    return lines[0].removeprefix("tracker: ")


@pytest.fixture
def activity(session: Session) -> Activity:
    """One that began two years before."""
    return approved(session, actual_start="2023-01-15")
