"""The rules of signing in."""

from __future__ import annotations

import pytest
from argon2 import PasswordHasher
from hypothesis import given
from hypothesis import strategies as st

from app.accounts import passwords, rules


@pytest.mark.parametrize(
    ("text", "email"),
    [
        (" Amina@Demo.Example ", "amina@demo.example"),
        ("o'neil+x@a-b.example", "o'neil+x@a-b.example"),
        ("jürgen@straße.example", "jürgen@strasse.example"),
        ("", None),
        ("amina", None),
        ("amina@demo", None),
        ("a b@demo.example", None),
        ("@demo.example", None),
        ("a@@demo.example", None),
        ("a@demo..example", None),
        ("a\x00@demo.example", None),
        ("a" * 65 + "@demo.example", None),
        ("a@" + "d" * 250 + ".example", None),
    ],
)
def test_email_addresses(text: str, email: str | None) -> None:
    assert rules.normalise_email(text) == email


@given(st.text(max_size=40))
def test_any_text_has_an_email_key(text: str) -> None:
    assert len(rules.email_key(text)) == 64
    email = rules.normalise_email(text)
    assert email is None or rules.normalise_email(email) == email


@pytest.mark.parametrize(
    ("address", "key"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        (None, "-"),
        ("unix:", "-"),
    ],
)
def test_addresses_are_counted_by_their_owner(address: str | None, key: str) -> None:
    assert rules.address_key(address) == key


@pytest.mark.parametrize(
    "password",
    [
        "short", "password1234", "Password123!", "P@ssw0rd1234", "passwordpassword", "aaaaaaaaaaaaaa", "abababababab",
        "123456789012", "qwertyuiop12", "adminadmin2026", "amina.tracker1", "x" * 257, "unicef202620",
    ],
)  # fmt: skip
def test_easy_passwords_are_refused(password: str) -> None:
    assert rules.password_problem(password, email="amina@demo.example")


@pytest.mark.parametrize(
    "password", ["correct horse battery staple", "rain on the tin roof", "قلم كتاب شجرة نهر", "7Gk!2vQp9$Lm"]
)
def test_good_passwords_pass(password: str) -> None:
    assert rules.password_problem(password, email="amina@demo.example") is None


def test_demonstration_accounts_may_have_any() -> None:
    assert rules.password_problem("demo", email="staff@demo.example", demonstration=True) is None


def test_hashes_are_argon2id_and_nobody_matches_no_hash() -> None:
    passwords.use(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
    hashed = passwords.make_hash("e\u0301 long enough")
    assert hashed.startswith("$argon2id$")
    assert passwords.matches("\u00e9 long enough", hashed)
    assert not passwords.matches("another", hashed)
    assert not passwords.matches("nobody has this password", None)
    assert not passwords.matches("x", "not a hash")
    assert not passwords.is_outdated(hashed)
