"""Hashing of passwords: argon2id, the same hashes that Flask-Security reads and writes here."""

from __future__ import annotations

import unicodedata

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

_hasher = PasswordHasher()
_dummy: dict[PasswordHasher, str] = {}


def use(hasher: PasswordHasher) -> None:
    """Hash with other costs from now on. Tests use cheap ones; old hashes still verify and are renewed."""
    global _hasher
    _hasher = hasher


def make_hash(password: str) -> str:
    """The argon2id hash of `password`, in the PHC format."""
    return _hasher.hash(_normalised(password))


def matches(password: str, hashed: str | None) -> bool:
    """True if `password` made `hashed`. Without a hash the answer is no, after the same work."""
    try:
        return _hasher.verify(hashed or _dummy_hash(), _normalised(password)) and hashed is not None
    except (VerificationError, InvalidHashError):
        return False


def is_outdated(hashed: str) -> bool:
    """True if the hash was made with other costs than today's."""
    return _hasher.check_needs_rehash(hashed)


def _normalised(password: str) -> str:
    return unicodedata.normalize("NFKD", password)


def _dummy_hash() -> str:
    if _hasher not in _dummy:
        _dummy[_hasher] = _hasher.hash("nobody has this password")
    return _dummy[_hasher]
