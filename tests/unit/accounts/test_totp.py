"""Codes of authenticator apps: the vectors of RFC 6238, drift, and that a code is good once."""

from __future__ import annotations

import base64
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.accounts import totp

RFC = base64.b32encode(b"12345678901234567890").decode()
NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("seconds", "digits"),
    [
        (59, "94287082"), (1111111109, "07081804"), (1111111111, "14050471"), (1234567890, "89005924"),
        (2000000000, "69279037"), (20000000000, "65353130"),
    ],
)  # fmt: skip
def test_the_vectors_of_the_standard(seconds: int, digits: str) -> None:
    """Eight digits there, the last six here."""
    assert totp.code_at(RFC, seconds // 30) == digits[2:]


def test_a_code_is_taken_once_and_no_older_one_after_it() -> None:
    """ASVS 6.5.1: a time-based code can be used once only."""
    now = totp.step_at(NOON)
    code, before = totp.code_at(RFC, now), totp.code_at(RFC, now - 1)
    assert totp.step_of(RFC, code, NOON, 0) == now
    assert totp.step_of(RFC, code, NOON, now) is None
    assert totp.step_of(RFC, before, NOON, now) is None
    assert totp.step_of(RFC, before, NOON, now - 2) == now - 1


@given(st.integers(-5, 5))
def test_half_a_minute_of_drift_is_forgiven_and_no_more(steps: int) -> None:
    """ASVS 6.5.5: codes live for seconds."""
    code = totp.code_at(RFC, totp.step_at(NOON) + steps)
    assert (totp.step_of(RFC, code, NOON, 0) is not None) == (abs(steps) <= 1)


@given(st.text(max_size=12))
def test_no_text_breaks_it(text: str) -> None:
    assert totp.step_of(RFC, text, NOON, 10**9) is None


def test_spaces_do_not_matter_and_secrets_differ() -> None:
    code = totp.code_at(RFC, totp.step_at(NOON))
    assert totp.step_of(RFC, f" {code[:3]} {code[3:]} ", NOON, 0)
    assert totp.step_of(RFC, code, NOON + timedelta(minutes=3), 0) is None
    assert len({totp.new_secret() for _ in range(50)}) == 50
    assert len(base64.b32decode(totp.new_secret())) == 20
