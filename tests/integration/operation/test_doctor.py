"""The doctor names each illness in words, and finds nothing where nothing is."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session, sessionmaker

from app.core import clock
from app.core.db import make_engine, unit_of_work
from app.core.permissions import Role
from app.mail.letters import Post
from app.mail.rules import Kind
from app.mail.services import put
from app.operation import scheduled
from app.operation.doctor import How, Patient, examine
from tests.factories.people import make_person

pytestmark = pytest.mark.both_engines


@pytest.fixture
def patient(engine: Engine, sessions: sessionmaker[Session], tmp_path: Path) -> Patient:
    tmp_path.chmod(0o700)
    with unit_of_work(sessions) as session:
        make_person(session, "admin@demo.example", role=Role.ADMINISTRATOR)
    place = scheduled.Place(engine, sessions, tmp_path, (tmp_path / "mail").as_uri(),
                            Post("https://example.org", "tracker@example.org"), idle_days=180)  # fmt: skip
    scheduled.run(place)
    return Patient(engine, tmp_path, True, None, "smtp://mail.example.org", "https://example.org", 1)


def ills(patient: Patient, how: How = How.BAD) -> str:
    return "\n".join(each.words for each in examine(patient) if each.how is how)


def test_nothing_is_wrong(patient: Patient) -> None:
    assert ills(patient) == ""
    assert ills(patient, How.ODD) == ""


def test_settings_are_named(patient: Patient) -> None:
    bad = replace(patient, refusal="TRACKER_SECRET_KEY is not set.", mail_url="", base_url="", proxies=0)
    assert "TRACKER_SECRET_KEY is not set." in ills(bad)
    odd = ills(bad, How.ODD)
    assert all(word in odd for word in ("TRACKER_MAIL_URL", "TRACKER_BASE_URL", "TRACKER_PROXIES"))
    assert "cannot be written" in ills(replace(patient, data_dir=patient.data_dir / "nowhere"))
    patient.data_dir.chmod(0o755)
    assert "Others on this machine" in ills(patient, How.ODD)


def test_an_unreachable_and_an_old_database_are_named(patient: Patient, server: object) -> None:
    away = make_engine("postgresql+psycopg://nobody@127.0.0.1:9/none?connect_timeout=1")
    assert "The database does not answer" in ills(replace(patient, engine=away))
    empty = make_engine(server.empty())  # type: ignore[attr-defined]
    assert "tracker db upgrade" in ills(replace(patient, engine=empty))
    empty.dispose()


def test_what_waits_and_what_never_ran_is_named(patient: Patient, sessions: sessionmaker[Session]) -> None:
    with unit_of_work(sessions) as session:
        user = make_person(session, "late@demo.example")
        put(session, user.id, Kind.STEP_DUE, once="late")
    with time_machine.travel(clock.now() + timedelta(hours=3), tick=False):
        told = ills(patient)
        assert "messages wait, the oldest since" in told
        assert "Scheduled work ran last at" in told
    with time_machine.travel(clock.now() - timedelta(hours=3), tick=False):
        assert "Set the clock" in ills(patient)


def test_an_audit_without_its_guard_and_demonstration_accounts_are_named(
    patient: Patient, engine: Engine, dialect: str
) -> None:
    drop = (
        "DROP TRIGGER audit_event_only_grows_update"
        if dialect == "sqlite"
        else "ALTER TABLE audit_event DISABLE TRIGGER audit_event_only_grows"
    )
    with engine.begin() as connection:
        connection.execute(text(drop))
        connection.execute(text("UPDATE user_account SET demonstration = true"))
    told = ills(patient)
    assert "its triggers are gone" in told
    assert "demonstration accounts, whose password is no secret" in told
