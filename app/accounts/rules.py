"""The numbers and rules of signing in. No database."""

from __future__ import annotations

import hashlib
import ipaddress
import re
import unicodedata
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from app.core.i18n import N_

IDLE_LIMIT = timedelta(hours=12)
ABSOLUTE_LIMIT = timedelta(days=14)
TOUCH_EVERY = timedelta(minutes=5)
# How long a person counts as just signed in, for the acts that matter.
FRESH = timedelta(minutes=30)
# How long the second factor may be looked for.
SECOND_STAGE = timedelta(minutes=10)
INVITATION_LIFE, RESET_LIFE = timedelta(days=7), timedelta(hours=1)
ONE_TIME_LIFE = timedelta(minutes=10)
RECOVERY_CODES = 10
MOST_PASSKEYS, MOST_TOKENS = 10, 20
LONGEST_TOKEN_DAYS = 366
TOKEN_BEGINS = "tat_"  # noqa: S105 - by it leaked tokens are found

MINIMUM_PASSWORD = 12
MAXIMUM_PASSWORD = 256

PASSWORD_SHORT = N_("Use at least 12 characters. Four unrelated words make a good password.")
PASSWORD_LONG = N_("Use at most 256 characters.")
PASSWORD_COMMON = N_("This password is too easy to guess. Four unrelated words make a good one.")
EMAIL_WRONG = N_("Write a full email address, for example name@organisation.example.")


@dataclass(frozen=True)
class Limit:
    """So many failures in such a time are too many."""

    failures: int
    within: timedelta


# Failures of one account from one address. Growing: who goes on, waits longer.
PAIR_LIMITS = (
    Limit(5, timedelta(minutes=15)),
    Limit(15, timedelta(hours=3)),
    Limit(40, timedelta(hours=24)),
)
# Failures of one account from all addresses together. Does not bind an address from which the person has signed in
# lately: an attacker elsewhere cannot lock the right person out.
ACCOUNT_LIMITS = (
    Limit(20, timedelta(minutes=15)),
    Limit(60, timedelta(hours=3)),
    Limit(150, timedelta(hours=24)),
)
# Failures of all accounts from one address: a whole office may sit behind one.
ADDRESS_LIMITS = (Limit(100, timedelta(minutes=15)),)
LATELY = timedelta(days=30)
# Mails that somebody asks for in somebody's name; an office may still ask for many.
RESET_PAIR_LIMITS = (Limit(3, timedelta(minutes=15)), Limit(10, timedelta(hours=24)))
RESET_ACCOUNT_LIMITS = (Limit(6, timedelta(hours=1)), Limit(20, timedelta(hours=24)))
RESET_ADDRESS_LIMITS = (Limit(60, timedelta(minutes=15)),)


class Kind(StrEnum):
    """What was tried."""

    PASSWORD = "password"  # noqa: S105 - a name
    CODE = "code"
    RESET = "reset"


_WORDS = frozenset(
    {
        "password", "passwort", "passw", "motdepasse", "contrasena", "contraseña", "admin", "administrator",
        "administrador", "welcome", "bienvenue", "bienvenido", "letmein", "iloveyou", "monkey", "dragon", "football",
        "baseball", "princess", "sunshine", "superman", "batman", "trustno", "master", "qwerty", "qwertyuiop",
        "qwertyuiopas", "azerty", "azertyuiop", "asdfghjkl", "zxcvbnm", "qazwsxedc", "login", "access", "changeme",
        "secret", "default", "unicef", "unitednations", "justice", "tracker", "children", "child", "technical",
        "assistance",
    }
)  # fmt: skip
_SEQUENCES = (
    "0123456789012345678901234567890",
    "abcdefghijklmnopqrstuvwxyzabcdefghijklm",
    "qwertyuiopasdfghjklzxcvbnm",
)


def normalise_email(text: str) -> str | None:
    """The address as we keep and compare it, or None if it is none. Whether mail arrives there is not asked.

    >>> normalise_email("  Amina@Demo.Example ")
    'amina@demo.example'
    """
    email = unicodedata.normalize("NFC", text.strip()).casefold()
    local, at, domain = email.rpartition("@")
    if not at or not 0 < len(local) <= 64 or len(email) > 254:
        return None
    labels = domain.split(".")
    if len(labels) < 2 or not all(re.fullmatch(r"[\w-]{1,63}", label) for label in labels):
        return None
    return email if re.fullmatch(r"[^\s@\x00-\x1f\x7f\"(),:;<>\[\]\\]+", local) else None


def email_key(text: str) -> str:
    """The account's name in the record of attempts: the same for every spelling, and not the address itself."""
    spelled = normalise_email(text) or text.strip().casefold()
    return hashlib.sha256(spelled.encode("utf-8", "replace")).hexdigest()


def address_key(address: str | None) -> str:
    """Where an attempt came from: an IPv4 address, the /64 network of an IPv6 one (its owner has all of it), or "-"."""
    try:
        parsed = ipaddress.ip_address(address or "")
    except ValueError:
        return "-"
    if parsed.version == 4:
        return str(parsed)
    if parsed.ipv4_mapped is not None:
        return str(parsed.ipv4_mapped)
    return str(ipaddress.ip_network((int(parsed), 64), strict=False))


def password_problem(password: str, *, email: str, demonstration: bool = False) -> str | None:
    """Why a new password will not do, as a marked sentence; None if it will.

    Length before everything else (NIST SP 800-63B 5.1.1.2); no mixture of signs is asked for. Demonstration accounts
    may have any, because their password is printed for everybody.
    """
    if len(password) > MAXIMUM_PASSWORD:
        return PASSWORD_LONG
    if demonstration:
        return None
    if len(password) < MINIMUM_PASSWORD:
        return PASSWORD_SHORT
    return PASSWORD_COMMON if _is_common(password.casefold(), email) else None


def _is_common(password: str, email: str) -> bool:
    letters = re.sub(r"[^a-zñ]", "", re.sub(r"[\W\d]+$", "", password).translate(str.maketrans("@$013457", "asoleast")))
    bare = re.sub(r"[^a-zñ]", "", password)
    names = {part for part in re.split(r"[@._+-]", email) if len(part) > 3}
    words = _WORDS | names
    if any(_only(words, text) for text in (letters, bare) if text):
        return True
    return len(set(password)) < 5 or any(password[:10] in each or password[:10] in each[::-1] for each in _SEQUENCES)


def _only(words: frozenset[str] | set[str], text: str) -> bool:
    """True if `text` is nothing but one or two of the words."""
    return any(text == word or (text.startswith(word) and text[len(word) :] in words) for word in words)
