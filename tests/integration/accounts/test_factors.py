"""What is good once is good once, also for many at the same moment, on both engines."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from sqlalchemy.orm import Session, sessionmaker

from app.accounts import factors, links, once, rules, services, totp
from app.accounts.models import User
from app.accounts.models_proof import AccountLink
from app.core.db import unit_of_work
from tests.factories.people import make_person

pytestmark = pytest.mark.both_engines
NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


@pytest.fixture
def amina(sessions: sessionmaker[Session]) -> User:
    with unit_of_work(sessions) as session:
        return make_person(session, "amina@demo.example")


def at_once(act: Callable[[], object], times: int = 8) -> list[object]:
    """What `act` answers to so many who ask at the same moment."""
    with ThreadPoolExecutor(times) as pool:
        return list(pool.map(lambda _: act(), range(times)))


def test_a_code_and_a_recovery_code_open_once_and_tries_are_counted(
    sessions: sessionmaker[Session], amina: User
) -> None:
    """ASVS 6.3.1, 6.5.1."""
    with time_machine.travel(NOON, tick=False):
        with unit_of_work(sessions) as session:
            secret = factors.begin_authenticator(session, amina.id)
            assert factors.begin_authenticator(session, amina.id) == secret  # asked again, the same picture
            before = totp.code_at(secret, totp.step_at(NOON) - 1)
            codes = factors.confirm_authenticator(session, amina.id, before, None)

        def answer(code: str) -> object:
            try:
                return factors.check_code(sessions, amina, code, "192.0.2.1")
            except services.Throttled:
                return "wait"

        code = totp.code_at(secret, totp.step_at(NOON))
        assert at_once(lambda: answer(code)).count(True) == 1
        assert at_once(lambda: answer(codes[0])).count(True) <= 1
    with time_machine.travel(NOON + timedelta(hours=4), tick=False) as clock:
        assert answer(codes[1]) is True
        clock.shift(timedelta(seconds=1))
        wrong = at_once(lambda: answer("000000"), 16)
        assert wrong.count(False) == rules.PAIR_LIMITS[0].failures
        assert wrong.count("wait") == 16 - rules.PAIR_LIMITS[0].failures


def test_a_challenge_is_taken_once_and_not_after_ten_minutes(sessions: sessionmaker[Session]) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        for key in ("one", "two"):
            with unit_of_work(sessions) as session:
                once.put(session, key, {"prove": 7})

        def take(key: str) -> object:
            with unit_of_work(sessions) as session:
                return once.take(session, key)

        answers = at_once(lambda: take("one"))
        assert [each for each in answers if each is not None] == [{"prove": 7}]
        clock.shift(rules.ONE_TIME_LIFE)
        assert take("two") is None


def test_a_link_chooses_one_password(sessions: sessionmaker[Session], amina: User) -> None:
    """ASVS 6.4.1."""
    from app.accounts import box

    with unit_of_work(sessions) as session:
        token = box.link_token(
            links.make_link(session, session.get_one(User, amina.id), "reset", actor_id=None).client_id
        )

    def choose() -> object:
        try:
            with unit_of_work(sessions) as session:
                links.choose_password(session, token, "violet tractor ninety lamp")
            return True
        except links.LinkEnded:
            return False

    assert at_once(choose, 4).count(True) == 1
    with sessions() as session:
        assert session.query(AccountLink).filter(AccountLink.ended_at.is_(None)).count() == 0
