"""The console script: what it does, and that refusals are one plain line with exit code 2."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from app.accounts.models import User
from app.activities.models import Activity
from app.cli import main
from app.cli.serve import _greeting
from app.cli.surroundings import surroundings
from app.core import migrations
from app.core.db import make_engine, make_sessions, unit_of_work
from app.core.permissions import SYSTEM, Role
from app.demo.services import DEMO_FILE
from app.offices.models import Membership
from app.offices.queries import actor_for
from config import Settings
from tests.factories.activities import submitted
from tests.factories.people import PASSWORD, add_role, make_person

Run = Callable[..., Result]
KEY = "0123456789abcdef" * 4


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run a command on a data directory of this test's own."""
    monkeypatch.setenv("TRACKER_ENV", "development")
    monkeypatch.setenv("TRACKER_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.delenv("TRACKER_DATABASE_URL", raising=False)

    def invoke(*words: str, **env: str) -> Result:
        return CliRunner().invoke(main, words, env=env)

    return invoke


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Engine]:
    (tmp_path / "data").mkdir(exist_ok=True)
    engine = make_engine(f"sqlite:///{tmp_path / 'data' / 'tracker.sqlite3'}")
    yield engine
    engine.dispose()


def test_upgrade_sync_and_a_first_administrator(run: Run, database: Engine) -> None:
    assert run("db", "upgrade").exit_code == 0
    assert migrations.at_head(database)
    assert run("db", "upgrade").exit_code == 0
    first = run("reference", "sync")
    assert first.exit_code == 0
    assert "0 changed, 0 retired, 0 unchanged" in first.output
    assert "Reference lists: 0 added, 0 changed, 0 retired" in run("reference", "sync").output
    made = run("admin", "create", "first@demo.example")
    assert made.exit_code == 0
    assert "Password (shown once): " in made.output
    with Session(database) as session:
        user = session.scalars(select(User)).one()
        assert user.email == "first@demo.example"
        assert session.scalars(select(Membership)).one().role == "administrator"


def test_a_refusal_is_one_line(run: Run) -> None:
    run("db", "upgrade")
    run("admin", "create", "first@demo.example")
    again = run("admin", "create", "first@demo.example")
    assert again.exit_code == 2
    assert again.stderr.count("\n") == 1
    assert again.stderr.startswith("tracker: ")


def test_an_unmigrated_database_is_named(run: Run) -> None:
    for command in (("reference", "sync"), ("admin", "create", "first@demo.example"), ("serve",)):
        refused = run(*command)
        assert refused.exit_code == 2
        assert refused.stderr == "tracker: The database is not migrated. Run: tracker db upgrade\n"


def test_a_wrong_setting_is_named(run: Run) -> None:
    refused = run("db", "upgrade", TRACKER_ENV="testing")
    assert refused.exit_code == 2
    assert "TRACKER_ENV" in refused.stderr
    assert "Traceback" not in refused.output


def test_downgrade_asks_first(run: Run, database: Engine) -> None:
    run("db", "upgrade")
    assert run("db", "downgrade", "base").exit_code != 0
    assert migrations.at_head(database)
    assert run("db", "downgrade", "base", "--yes").exit_code == 0
    assert not migrations.at_head(database)


def test_the_migrations_lead_to_the_models(run: Run) -> None:
    assert run("db", "check").exit_code == 0


def test_help_lists_the_commands(run: Run) -> None:
    words = run("--help").output
    assert all(name in words for name in ("admin", "db", "reference", "serve"))
    assert run("no-such-command").exit_code == 2


@pytest.mark.parametrize("key", ["", "short", "a" * 40])
def test_production_does_not_serve_without_a_good_key(run: Run, key: str) -> None:
    run("db", "upgrade")
    refused = run("serve", TRACKER_ENV="production", TRACKER_SECRET_KEY=key)
    assert refused.exit_code == 2
    assert "TRACKER_SECRET_KEY" in refused.stderr


def test_the_demonstration_is_loaded_once(run: Run, database: Engine, tmp_path: Path) -> None:
    some = tmp_path / "some.csv"
    some.write_text("".join(DEMO_FILE.read_text(encoding="utf-8").splitlines(keepends=True)[:4]), encoding="utf-8")
    for words in (("db", "upgrade"), ("reference", "sync")):
        assert run(*words).exit_code == 0
    first = run("demo", "load", str(some), TRACKER_DEMO_PASSWORD=PASSWORD)
    assert first.output == "3 records loaded, 0 known already, 0 made up, 7 accounts.\n"
    again = run("demo", "load", str(some), TRACKER_DEMO_PASSWORD=PASSWORD)
    assert again.output == "0 records loaded, 3 known already, 0 made up, 0 accounts.\n"
    assert run("demo", "load", "--if-empty").output == ""
    refused = run("demo", "load", str(some), TRACKER_ENV="production", TRACKER_SECRET_KEY="k" * 64)
    assert refused.exit_code != 0
    assert "Demonstration data are made up" in refused.stderr
    with Session(database) as session:
        assert len(session.scalars(select(Activity)).all()) == 3
        assert all(user.demonstration for user in session.scalars(select(User)))


def test_production_does_not_serve_demonstration_accounts(run: Run, database: Engine) -> None:
    run("db", "upgrade")
    _add_demonstration_account(database)
    refused = run("serve", TRACKER_ENV="production", TRACKER_SECRET_KEY=KEY)
    assert refused.exit_code == 2
    assert "demonstration accounts" in refused.stderr


def test_commands_that_do_not_serve_run_in_production_without_a_key(run: Run) -> None:
    assert run("db", "upgrade", TRACKER_ENV="production").exit_code == 0
    assert run("reference", "sync", TRACKER_ENV="production").exit_code == 0


def test_the_demonstration_greets_with_its_accounts(
    run: Run, database: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    run("db", "upgrade")
    _add_demonstration_account(database)
    monkeypatch.setenv("TRACKER_DEMO", "1")
    monkeypatch.setenv("TRACKER_DEMO_PASSWORD", "a pass phrase to show")
    with surroundings() as here:
        assert isinstance(here.settings, Settings)
        words = _greeting(here, "127.0.0.1")
    assert "http://127.0.0.1:8000" in words
    assert "somebody@demo.example" in words
    assert "a pass phrase to show" in words


def _add_demonstration_account(database: Engine) -> None:
    from app.accounts.services import create_user

    with Session(database) as session, session.begin():
        create_user(
            session,
            email="somebody@demo.example",
            name="Somebody",
            password="a long enough pass phrase",
            demonstration=True,
        )


def test_mail_is_sent_into_a_folder_and_says_what_is_missing(run: Run, database: Engine, tmp_path: Path) -> None:
    run("db", "upgrade")
    run("reference", "sync")
    with unit_of_work(make_sessions(database)) as session:
        add_role(session, make_person(session, "adviser@demo.example", role=None), Role.REGIONAL_ADVISER)
        staff = actor_for(session, make_person(session, "staff@demo.example").id)
        assert staff is not None
        submitted(session, actor=staff)
    sent = run("mail", "send")
    assert sent.exit_code == 0
    assert sent.output == "1 sent, 0 dropped, 0 left.\n"
    (file,) = (tmp_path / "data" / "mail").glob("*.eml")
    assert b"http://127.0.0.1:8000/activities/ROSA-" in file.read_bytes()
    assert run("mail", "send").output.startswith("0 sent")
    production = {"TRACKER_ENV": "production", "TRACKER_SECRET_KEY": KEY}
    assert "TRACKER_MAIL_URL is not set" in run("mail", "send", **production).output
    nowhere = {**production, "TRACKER_MAIL_URL": "smtp://127.0.0.1:1"}
    assert "TRACKER_BASE_URL is not set" in run("mail", "send", **nowhere).output
    for wrong in ("gopher://host", "smtp://host:port"):
        assert run("mail", "send", TRACKER_MAIL_URL=wrong).exit_code == 2


def test_a_dead_server_is_said_and_the_mail_waits(run: Run, database: Engine) -> None:
    run("db", "upgrade")
    run("reference", "sync")
    with unit_of_work(make_sessions(database)) as session:
        add_role(session, make_person(session, "adviser@demo.example", role=None), Role.REGIONAL_ADVISER)
        submitted(session, actor=actor_for(session, make_person(session).id) or SYSTEM)
    dead = run("mail", "send", TRACKER_MAIL_URL="smtp://127.0.0.1:1")
    assert dead.exit_code == 1
    assert "0 sent, 0 dropped, 1 left." in dead.output
    assert "The mail server is away" in dead.output
