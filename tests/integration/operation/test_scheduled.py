"""Work that comes round runs once, whoever begins it; who dies holds it up for a while and no longer."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import time_machine
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session, sessionmaker

from app.accounts.links import ask_reset
from app.accounts.models import SignInAttempt, User, UserSession
from app.accounts.models_proof import ResetRequest
from app.core import clock
from app.core.db import make_sessions, unit_of_work
from app.core.leases import FOR, Held, Lease, once, take
from app.core.permissions import Role
from app.mail.letters import Post
from app.mail.models import OutboxMessage
from app.mail.rules import Kind
from app.mail.services import put
from app.operation import scheduled
from tests.factories.activities import submitted
from tests.factories.people import make_person

pytestmark = pytest.mark.both_engines


def place(engine: Engine, folder: Path) -> scheduled.Place:
    return scheduled.Place(
        engine, make_sessions(engine), folder, (folder / "mail").as_uri(),
        Post("https://example.org", "tracker@example.org"), idle_days=180,
    )  # fmt: skip


def test_a_lease_is_held_by_one_and_ends(sessions: sessionmaker[Session]) -> None:
    first = take(sessions, "work")
    assert first is not None
    assert take(sessions, "work") is None
    assert first.renew()
    first.end("done")
    second = take(sessions, "work")
    assert second is not None
    assert not first.renew()
    with time_machine.travel(clock.now() + FOR + timedelta(seconds=1), tick=False):
        assert take(sessions, "work") is not None  # who held it died
    with time_machine.travel(clock.now() - timedelta(days=60), tick=False):
        assert take(sessions, "work") is not None  # it was taken while the clock was wrong


def test_two_at_once_do_not_double(engine: Engine, tmp_path: Path) -> None:
    here = place(engine, tmp_path)
    with unit_of_work(here.sessions) as session:
        made = submitted(session, "0060")
        for number in range(5):
            user = make_person(session, f"p{number}@demo.example", role=Role.REGIONAL_ADVISER)
            put(session, user.id, Kind.SUBMITTED, once=f"x{number}", activity_id=made.id)
    told: list[object] = []
    runners = [threading.Thread(target=lambda: told.append(scheduled.run(here))) for _ in range(3)]
    for each in runners:
        each.start()
    for each in runners:
        each.join()
    assert len(told) == 3
    with here.sessions() as session:
        assert session.scalar(select(func.count()).where(OutboxMessage.sent_at.is_(None))) == 0
        work = session.get_one(Lease, scheduled.SCHEDULED)
        assert "broke" not in work.last_result
    assert len(list((tmp_path / "mail").iterdir())) == 5


def test_a_task_that_breaks_keeps_no_other(engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_place: scheduled.Place, _held: Held) -> str:
        raise RuntimeError("boom")

    monkeypatch.setattr(scheduled, "TASKS", {"broken": broken, **scheduled.TASKS})
    told = scheduled.run(place(engine, tmp_path))
    assert told is not None
    assert told["broken"] == "broke: RuntimeError"
    assert told["figures"] == "0 differences"
    again = scheduled.run(place(engine, tmp_path))
    assert again is not None
    assert again["figures"] == "proved lately"


def test_a_forgotten_password_is_answered_by_mail(engine: Engine, tmp_path: Path) -> None:
    here = place(engine, tmp_path)
    with unit_of_work(here.sessions) as session:
        make_person(session, "forgot@demo.example")
        for asked in ("forgot@demo.example", "nobody@demo.example"):
            ask_reset(session, asked, None)
    told = scheduled.run(here)
    assert told is not None
    assert told["mail"] == "1 sent, 0 dropped"
    (sent,) = (tmp_path / "mail").iterdir()
    assert "<forgot@demo.example>" in sent.read_text(encoding="utf-8")
    with here.sessions() as session:
        assert session.scalars(select(ResetRequest)).all() == []


def test_nobody_is_answered_where_no_mail_can_go_out(engine: Engine, tmp_path: Path) -> None:
    here = replace(place(engine, tmp_path), mail_url="")
    with unit_of_work(here.sessions) as session:
        make_person(session, "forgot@demo.example")
        ask_reset(session, "forgot@demo.example", None)
    assert (scheduled.run(here) or {})["mail"] == "no mail settings"
    with here.sessions() as session:
        assert len(session.scalars(select(ResetRequest)).all()) == 1


def test_what_is_kept_about_people_for_a_time_goes(engine: Engine, tmp_path: Path) -> None:
    here, now = place(engine, tmp_path), clock.now()
    with unit_of_work(here.sessions) as session:
        person = make_person(session)
        for days in (91, 89):
            at = now - timedelta(days=days)
            session.add(UserSession(user_id=person.id, token_hash=str(days), started_at=at, seen_at=at, ended_at=at,
                                    address="192.0.2.7", agent="Firefox"))  # fmt: skip
        for days in (31, 29):
            session.add(SignInAttempt(at=now - timedelta(days=days), email_key=str(days), address="x", succeeded=True))
    assert (scheduled.run(here) or {})["forget"] == "2 let go"
    with here.sessions() as session:
        kept = select(UserSession.token_hash, UserSession.address, UserSession.agent).order_by(UserSession.token_hash)
        assert [tuple(row) for row in session.execute(kept)] == [("89", "192.0.2.7", "Firefox"), ("91", "", "")]
        assert session.scalars(select(SignInAttempt.email_key)).all() == ["29"]
    assert (scheduled.run(here) or {})["forget"] == "0 let go"


def test_idle_accounts_are_closed(engine: Engine, tmp_path: Path) -> None:
    here = place(engine, tmp_path)
    with unit_of_work(here.sessions) as session:
        make_person(session, "away@demo.example").created_at = clock.now() - timedelta(days=181)
        make_person(session, "here@demo.example")
        make_person(session, "alone@demo.example", role=Role.ADMINISTRATOR).created_at = datetime(
            2020, 1, 1, tzinfo=UTC
        )
    told = scheduled.run(here)
    assert told is not None
    assert told["idle"] == "1 deactivated, 1 left alone as the only administrator"
    with here.sessions() as session:
        active = {user.email for user in session.scalars(select(User).where(User.active))}
    assert active == {"here@demo.example", "alone@demo.example"}


def test_work_that_raises_gives_the_lease_back(sessions: sessionmaker[Session]) -> None:
    def work(_held: Held) -> str:
        raise RuntimeError("boom")

    with pytest.raises(RuntimeError):
        once(sessions, "work", work)
    with sessions() as session:
        assert session.get_one(Lease, "work").last_result == "broke off"
    assert once(sessions, "work", lambda _held: "done") == "done"
