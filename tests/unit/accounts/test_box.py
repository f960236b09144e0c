"""Tokens of mailed links, sealed secrets, and which passwords are too easy."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.accounts import box, passwords
from app.accounts.rules import password_problem
from app.accounts.services import password_problems
from app.core.db import new_client_id
from app.core.errors import Refused
from tests.conftest import SECRET_KEY


@pytest.fixture(autouse=True)
def _key() -> Iterator[None]:
    yield
    box.use(SECRET_KEY)


def test_a_link_is_known_again_and_nobody_else_can_make_one() -> None:
    key = new_client_id()
    token = box.link_token(key)
    assert box.link_id(token) == key
    for at in range(len(token)):
        other = token[:at] + ("A" if token[at] != "A" else "B") + token[at + 1 :]
        assert box.link_id(other) != key
    box.use("another key that is long enough for all")
    assert box.link_id(token) is None


@given(st.text(max_size=60))
def test_any_other_text_is_no_link(text: str) -> None:
    assert box.link_id(text) is None


def test_what_is_sealed_is_read_with_the_same_key_only() -> None:
    """ASVS 11.3.3, 13.3.1: secrets at rest are encrypted with a key that is not beside them."""
    sealed = box.seal("JBSWY3DPEHPK3PXP")
    assert "JBSWY3DP" not in sealed
    assert box.unseal(sealed) == "JBSWY3DPEHPK3PXP"
    assert box.seal("JBSWY3DPEHPK3PXP") != sealed
    box.use("another key that is long enough for all")
    assert box.unseal(sealed) is None


def test_without_a_key_nothing_is_made() -> None:
    box.use("")
    with pytest.raises(Refused, match="TRACKER_SECRET_KEY"):
        box.link_token(new_client_id())


@pytest.mark.parametrize(
    "password",
    ["password1234", "Password123!", "qwertyuiop12", "iloveyou2024", "1q2w3e4r5t6y", "baseball1234", "Unicef-2026!",
     "aminaamina123", "letmeinplease", "monkey123456", "trustno1trustno1", "P@ssw0rd2026"],
)  # fmt: skip
def test_common_passwords_are_refused_offline(password: str) -> None:
    """ASVS 6.2.4, 6.2.11: common passwords and words of this place."""
    problems = password_problems(password, email="amina@demo.example", name="Amina", demonstration=False)
    assert [problem.field for problem in problems] == ["password"]


@pytest.mark.parametrize(
    "password",
    ["violet tractor ninety lamp", "kxqwvnbtzrpl", "Ünïcode ist auch länger gut", "пароль из четырёх слов",
     "x9$Kq!7vLm2@Pz", "the kettle hums while rain drums on tin roofs" * 4],
)  # fmt: skip
def test_long_ones_of_any_kind_will_do(password: str) -> None:
    """ASVS 6.2.5, 6.2.9: no mixture is asked for; 64 characters and more are taken."""
    assert not password_problems(password, email="amina@demo.example", name="Amina", demonstration=False)


def test_the_whole_password_counts() -> None:
    """ASVS 6.2.8: exactly as typed, without truncation."""
    long = "four unrelated words " * 11
    hashed = passwords.make_hash(long + "a")
    assert passwords.matches(long + "a", hashed)
    assert not passwords.matches(long + "b", hashed)
    assert not passwords.matches(long.upper() + "a", hashed)
    assert password_problem("x" * 257, email="") is not None
    assert password_problem("short pass", email="") is not None
