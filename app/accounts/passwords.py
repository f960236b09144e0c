"""Hashing of passwords: argon2id, the same hashes that Flask-Security reads and writes here."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

# zxcvbn's "safely unguessable": moderate protection even where the hashes are stolen.
ENOUGH_GUESSES = 10**8
LOOKED_AT = 100
HERE = ("unicef", "tracker", "technical assistance", "justice", "children", "united nations")

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


def easy_to_guess(password: str, about: Iterable[str]) -> bool:
    """True if a guesser who knows common passwords, words, names, keyboards and the person needs few tries.

    zxcvbn, offline: 30,000 common passwords, dictionaries, sequences. `about` are words that are near at hand here.
    """
    from zxcvbn import zxcvbn  # its dictionaries take a moment

    found = zxcvbn(password[:LOOKED_AT], user_inputs=[*about, *HERE], max_length=LOOKED_AT)
    return int(found["guesses"]) < ENOUGH_GUESSES


def _normalised(password: str) -> str:
    return unicodedata.normalize("NFKD", password)


def _dummy_hash() -> str:
    if _hasher not in _dummy:
        _dummy[_hasher] = _hasher.hash("nobody has this password")
    return _dummy[_hasher]
