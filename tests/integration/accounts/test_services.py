"""Accounts, passwords, sessions and throttling, on both engines."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from argon2 import PasswordHasher
from sqlalchemy import func, select
from sqlalchemy.orm import Session, sessionmaker

from app.accounts import passwords, queries, rules, services
from app.accounts.models import SignInAttempt, User
from app.core.audit import AuditEvent
from app.core.db import unit_of_work
from app.core.errors import Invalid
from tests.factories.people import PASSWORD, make_person

pytestmark = pytest.mark.both_engines
NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
EMAIL = "amina@demo.example"
HERE, THERE = "192.0.2.1", "198.51.100.1"


@pytest.fixture(autouse=True)
def _cheap_hashes() -> None:
    passwords.use(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


@pytest.fixture
def amina(sessions: sessionmaker[Session]) -> User:
    with unit_of_work(sessions) as session:
        return make_person(session, EMAIL)


def attempt(sessions: sessionmaker[Session], password: str = "wrong", address: str = HERE, email: str = EMAIL) -> str:
    """ "in", "no" or "wait"."""
    try:
        user = services.authenticate(sessions, email=email, password=password, address=address)
    except services.Throttled as refusal:
        return "wait" if refusal.retry_after > 0 else "wrong"
    return "in" if user else "no"


def test_an_account_is_made_once_and_its_audit_event_holds_no_secret(session: Session) -> None:
    user = services.create_user(session, email=" Amina@Demo.Example", name=" Amina ", password=PASSWORD, actor_id=None)
    assert (user.email, user.name) == (EMAIL, "Amina")
    event = session.scalars(select(AuditEvent).where(AuditEvent.action == "account.create")).one()
    assert EMAIL in event.state
    assert "argon2" not in event.state
    with pytest.raises(Invalid) as refusal:
        services.create_user(session, email="AMINA@demo.example", name="Other", password=PASSWORD)
    assert [p.field for p in refusal.value.problems] == ["email"]


def test_everything_wrong_is_told_at_once(session: Session) -> None:
    with pytest.raises(Invalid) as refusal:
        services.create_user(session, email="amina", name=" ", password="short")
    assert [p.field for p in refusal.value.problems] == ["email", "name", "password"]


def test_an_account_without_a_password_lets_nobody_in(sessions: sessionmaker[Session]) -> None:
    with unit_of_work(sessions) as session:
        services.create_user(session, email=EMAIL, name="Amina", password=None)
    assert attempt(sessions, "") == "no"
    assert attempt(sessions, "nobody has this password") == "no"


def test_a_new_password_ends_every_session(sessions: sessionmaker[Session], amina: User) -> None:
    with unit_of_work(sessions) as session:
        token = services.start_session(session, amina, address=HERE, agent="x" * 500)
    with sessions() as session:
        assert queries.signed_in(session, services.token_hash(token)) is not None
    with unit_of_work(sessions) as session:
        services.set_password(session, session.get_one(User, amina.id), "another long password here")
    with sessions() as session:
        assert queries.signed_in(session, services.token_hash(token)) is None
        assert session.get_one(User, amina.id).fs_uniquifier != amina.fs_uniquifier
    assert attempt(sessions, PASSWORD) == "no"
    assert attempt(sessions, "another long password here") == "in"


def test_nobody_ends_anothers_session(sessions: sessionmaker[Session], amina: User) -> None:
    with unit_of_work(sessions) as session:
        other = make_person(session)
        token = services.start_session(session, amina, address=None, agent="")
        (row,) = queries.live_sessions(session, amina.id)
        services.end_session(session, row.id, user_id=other.id)
        assert queries.signed_in(session, services.token_hash(token)) is not None
        services.end_session(session, row.id, user_id=amina.id)
        assert queries.signed_in(session, services.token_hash(token)) is None


def test_the_wait_grows(sessions: sessionmaker[Session], amina: User, clock: time_machine.Traveller) -> None:
    tried = 0
    for minutes in range(0, 60, 16):
        clock.move_to(NOON + timedelta(minutes=minutes))
        while attempt(sessions) == "no":
            tried += 1
    assert tried == rules.PAIR_LIMITS[1].failures
    clock.move_to(NOON + timedelta(hours=4))
    assert attempt(sessions, PASSWORD) == "in"


def test_an_attacker_elsewhere_does_not_lock_the_right_person_out(
    sessions: sessionmaker[Session], amina: User, clock: time_machine.Traveller
) -> None:
    assert attempt(sessions, PASSWORD, HERE) == "in"
    clock.shift(timedelta(minutes=1))
    answers = [attempt(sessions, address=f"203.0.113.{number}") for number in range(60)]
    assert answers.count("no") == rules.ACCOUNT_LIMITS[0].failures
    assert attempt(sessions, PASSWORD, THERE) == "wait"
    assert attempt(sessions, PASSWORD, HERE) == "in"


def test_a_whole_office_behind_one_address_still_works_and_a_sprayer_does_not(
    sessions: sessionmaker[Session], amina: User, clock: time_machine.Traveller
) -> None:
    answers = [attempt(sessions, email=f"person{number}@demo.example") for number in range(99)]
    assert set(answers) == {"no"}
    assert attempt(sessions, PASSWORD) == "in"
    assert attempt(sessions, email="x@demo.example") == "no"
    assert attempt(sessions, email="y@demo.example") == "wait"
    assert attempt(sessions, email="y@demo.example", address=THERE) == "no"


def test_many_guesses_at_once_do_not_slip_under_the_limit(sessions: sessionmaker[Session], amina: User) -> None:
    with ThreadPoolExecutor(12) as pool:
        answers = list(pool.map(lambda _: attempt(sessions), range(24)))
    assert answers.count("no") == rules.PAIR_LIMITS[0].failures
    assert answers.count("wait") == 24 - rules.PAIR_LIMITS[0].failures


def test_old_attempts_are_cleared_away(
    sessions: sessionmaker[Session], amina: User, clock: time_machine.Traveller
) -> None:
    attempt(sessions)
    clock.shift(timedelta(days=31))
    assert attempt(sessions, PASSWORD) == "in"
    with sessions() as session:
        assert session.scalar(select(func.count()).select_from(SignInAttempt)) == 1


def test_hashes_of_older_costs_are_renewed_at_sign_in(sessions: sessionmaker[Session], amina: User) -> None:
    passwords.use(PasswordHasher(time_cost=2, memory_cost=16, parallelism=1))
    assert attempt(sessions, PASSWORD) == "in"
    with sessions() as session:
        assert "m=16,t=2" in (session.get_one(User, amina.id).password or "")
